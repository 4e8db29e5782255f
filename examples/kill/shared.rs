//! What all people share: how far the run has come, and what was found.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::BufWriter;

use crate::verdict::Verdict;

/// How far the run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Match after match.
    Playing,
    /// The matches that run are the last.
    Ending,
    /// Everybody leaves.
    Over,
}

/// What all people share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) stage: Cell<Stage>,
    pub(crate) think_ms: u64,
    pub(crate) verdict: RefCell<Verdict>,
    /// Where every update is written, if that is wanted.
    pub(crate) seen: Option<RefCell<BufWriter<File>>>,
}
