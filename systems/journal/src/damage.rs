//! What recovery can find wrong: the labels of the table in the README.

use std::{fmt, io};

/// A case of recovery: see the table in the README, which says what is done in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Case {
    /// R2: the last write did not come to its end.
    TornTail,
    /// R3: what was once written completely is not as it was.
    BadInside,
    /// R4: a file is missing.
    MissingFile,
    /// R6: a room's state is ahead of its events.
    StateBeyondEvents,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TornTail => "R2",
            Self::BadInside => "R3",
            Self::MissingFile => "R4",
            Self::StateBeyondEvents => "R6",
        })
    }
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Which case it is.
    pub case: Case,
    /// In which file, or which file.
    pub file: String,
    /// From which byte on.
    pub offset: u64,
    /// What.
    pub what: String,
}

impl Damage {
    /// Whether a server must not start with it: something that was shown may be lost.
    #[must_use]
    pub const fn is_fatal(&self) -> bool {
        matches!(self.case, Case::BadInside | Case::MissingFile)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, file, offset, what } = self;
        write!(f, "{file}, byte {offset}: {what} ({case})")
    }
}

/// Why a journal cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The disk does not do what it must.
    Io(io::Error),
    /// R7: a newer version of the server has written it.
    Newer {
        /// Which file says so.
        file: String,
        /// The layout it is in.
        format: u16,
    },
    /// R3, R4: what should be there is not.
    Damaged(Damage),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the journal cannot be opened: {error}"),
            Self::Newer { file, format } => {
                let known = crate::FILE_FORMAT;
                write!(
                    f,
                    "{file} is in format {format}, but this version reads formats up to {known}: \
                     use the version that wrote it, or a newer one (R7)"
                )
            }
            Self::Damaged(damage) => write!(
                f,
                "the journal is damaged: {damage}. Nothing was changed. Restore a backup, or let \
                 `liap journal repair` cut back what is damaged"
            ),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
