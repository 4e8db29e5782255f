//! `liap journal`: looking into, checking, copying and mending what the server keeps.

mod backup;
mod export;
mod inspect;
mod names;
mod repair;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod verify;
mod walk;

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use journal::OpenError;

use crate::args::{DataDirectory, Exit, JournalCommand};
use crate::serve::storage::JOURNAL;
use names::match_name;
pub(crate) use names::{level_name, parse_match, phase_name, presence, room_name};
pub(crate) use walk::{find, open};

/// Why a tool could not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the operating system says.
    Io(io::Error),
    /// What is on disk cannot be used.
    Data(String),
    /// What was asked for is not there.
    Missing(String),
}

impl Failure {
    /// Says it, and how the process is to end.
    pub(crate) fn tell(self, err: &mut impl Write) -> io::Result<Exit> {
        let exit = match &self {
            Self::Io(_) => Exit::Io,
            Self::Data(_) => Exit::Data,
            Self::Missing(_) => Exit::CheckFailed,
        };
        writeln!(err, "liap: {self}")?;
        Ok(exit)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Data(what) | Self::Missing(what) => f.write_str(what),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Does what the command line asks for.
///
/// # Errors
///
/// What the operating system says.
pub(crate) fn run(
    asked: &JournalCommand,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<Exit> {
    let done = match asked {
        JournalCommand::Verify(asked) => verify::run(asked, out),
        JournalCommand::Inspect(asked) => inspect::run(asked, out),
        JournalCommand::Export(asked) => export::run(asked, out),
        JournalCommand::Backup(asked) => backup::run(asked, out),
        JournalCommand::Repair(asked) => repair::run(asked, out),
    };
    done.or_else(|failure| failure.tell(err))
}

/// Where the journal of a data directory is.
fn journal_of(data: &DataDirectory) -> PathBuf {
    data.path.join(JOURNAL)
}

/// With the place in front, which the journal does not know.
pub(crate) fn explain(directory: &Path, error: &OpenError) -> Failure {
    let what = format!("{}: {error}", directory.display());
    match error {
        OpenError::Io(_) => Failure::Io(io::Error::other(what)),
        OpenError::Newer { .. } | OpenError::Damaged(_) => Failure::Data(what),
    }
}
