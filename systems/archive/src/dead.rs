//! Matches that could not be archived: what was wrong, and a replay file to try again with.

mod folder;
mod letter;
mod retry;

pub use folder::{Dead, DeadError};
pub use letter::{DeadLetter, Reason};
pub use retry::{Retried, retry};

pub(crate) use letter::short;
