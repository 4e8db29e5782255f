//! How the process ends.

use std::process::ExitCode;

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All went well.
    Ok = 0,
    /// A check failed: something is not as it was said to be.
    CheckFailed = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// What is on disk cannot be used: damaged, or written by a newer version.
    Data = 65,
    /// A fault of the program.
    Internal = 70,
    /// The server was told twice to end, or did not end in time; nothing that was shown is lost.
    Forced = 75,
    /// The system refused: an address in use, a file that cannot be written.
    Io = 74,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
