//! What the archiver tells of itself, for metrics and readiness.

use crate::BreakerSeen;

/// How the archiver is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// What was counted since the process started.
    pub counts: Counts,
    /// For how long the oldest match that can be taken has waited, in ms, as last seen.
    pub oldest_for_ms: Option<u64>,
    /// Batches under way.
    pub open: u64,
    /// Matches with a dead letter.
    pub dead: u64,
    /// Whether a flush that was asked for is not done yet.
    pub is_flushing: bool,
    /// Whether so many matches were refused in a row that no more are buried.
    pub is_distrusting: bool,
    /// The breaker of the target.
    pub breaker: BreakerSeen,
}

impl Status {
    /// Whether matches get into the archive, as far as is known.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.breaker.state == crate::BreakerState::Closed && !self.is_distrusting
    }
}

/// What was counted since the process started.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Matches that waited in the journal when it was last asked, those under way included.
    pub waiting: u64,
    /// When the oldest of them that can be taken ended, in ms since 1970.
    pub oldest_ms: Option<u64>,
    /// Batches archived.
    pub batches: u64,
    /// Matches archived.
    pub matches: u64,
    /// Matches that the archive had already, from before the journal was restored from a copy.
    pub met: u64,
    /// Bytes of the files that were brought in.
    pub bytes: u64,
    /// Matches buried.
    pub buried: u64,
    /// Batches taken apart.
    pub splits: u64,
    /// When a batch was last archived, in ms since 1970.
    pub archived_ms: Option<u64>,
    /// What failed.
    pub failures: Failures,
    /// The last thing that went wrong.
    pub last_error: Option<LastError>,
}

/// Failures by kind, since the process started.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// The target did not answer or could not.
    pub unavailable: u64,
    /// The target would not take a batch.
    pub refused: u64,
    /// A batch could not be converted.
    pub convert: u64,
    /// A match could not be read.
    pub unreadable: u64,
    /// The journal, the players' keys or the dead letters were in trouble.
    pub port: u64,
}

impl Failures {
    /// Each kind's word in metrics, and how often.
    #[must_use]
    pub const fn all(&self) -> [(&'static str, u64); 5] {
        [
            ("unavailable", self.unavailable),
            ("refused", self.refused),
            ("convert", self.convert),
            ("unreadable", self.unreadable),
            ("port", self.port),
        ]
    }
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastError {
    /// What was said, at most [`LastError::TEXT_MAX`] bytes.
    pub text: String,
    /// When, in ms since 1970.
    pub at_ms: u64,
}

impl LastError {
    /// Bytes of the text at most.
    pub const TEXT_MAX: usize = 500;
}
