//! Where the archive is kept.

use std::fmt;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::{Ended, Hour, Manifest, ManifestId, Table};

/// A Parquet file to be, with what its [`FileEntry`](crate::FileEntry) says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Of which table.
    pub table: Table,
    /// In which partition.
    pub hour: Hour,
    /// How many rows.
    pub rows: u64,
    /// The file.
    pub bytes: Bytes,
}

/// A manifest with its files: all or nothing of it is to be in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What is to count.
    pub manifest: Manifest,
    /// Its files, in the order of [`Manifest::files`].
    pub parts: Vec<Part>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is in now.
    Now,
    /// It had been before: an earlier answer was lost.
    Before,
}

/// What a target knows of a match.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does not have it.
    #[default]
    Absent,
    /// It has it, with the same end.
    Same,
    /// It has it, and there it ended at another moment: somebody went on from an older journal.
    Other {
        /// When it ended there, in ms since 1970.
        ended_ms: u64,
    },
}

impl Standing {
    /// What this is, if it is also so.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, _) | (_, Self::Same) => Self::Same,
            (Self::Absent, other) | (other, _) => other,
        }
    }

    /// What it is to have a match that ended at `there_ms` when asked for one that ended at
    /// `here_ms`.
    #[must_use]
    pub(crate) const fn of(here_ms: u64, there_ms: u64) -> Self {
        if here_ms == there_ms { Self::Same } else { Self::Other { ended_ms: there_ms } }
    }
}

/// A place for the archive. Whatever it does may be repeated, and is then done once.
pub trait Target: Send + Sync {
    /// What operators know it by: `local`, `s3`, `postgres`.
    fn name(&self) -> &str;

    /// Brings a change in, whole and durably. If it returns an error, it may be in all the same.
    fn apply<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied, TargetError>>;

    /// Whether that batch is in, by itself or merged with others since.
    fn holds(&self, batch: ManifestId) -> BoxFuture<'_, Result<bool, TargetError>>;

    /// What it knows of each of these matches, whatever batch they came with, in their order. For
    /// matches that may have been archived by a process that our journal does not know of.
    fn standing<'a>(
        &'a self,
        matches: &'a [Ended],
    ) -> BoxFuture<'a, Result<Vec<Standing>, TargetError>>;

    /// Whether it can be reached and written at all: a cheap question that changes nothing a reader
    /// sees.
    fn probe(&self) -> BoxFuture<'_, Result<(), TargetError>>;
}

/// Why a target did not do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetError {
    /// It cannot now; it may later: away, slow, full, or told us to wait.
    Unavailable(String),
    /// It will not take this, however often it is asked.
    Refused(String),
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "unavailable: {why}"),
            Self::Refused(why) => write!(f, "refused: {why}"),
        }
    }
}

impl std::error::Error for TargetError {}
