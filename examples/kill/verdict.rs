//! What was counted, and what was wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

/// Violations that are told in words; all are counted.
const TOLD_MAX: usize = 20;

/// Characters of one of them that are told.
const CHARACTERS_MAX: usize = 1_000;

/// What came of a run so far.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Verdict {
    /// Updates that people got.
    pub(crate) updates: u64,
    /// Snapshots that people got.
    pub(crate) snapshots: u64,
    /// Snapshots that could be held against what the same person had folded.
    pub(crate) snapshots_folded: u64,
    /// Versions that a person missed, so that a snapshot was asked for.
    pub(crate) gaps: u64,
    /// Connections that were made again.
    pub(crate) returns: u64,
    /// The longest that anybody was cut off, from noticing it to the answer to `hello`, in ms.
    pub(crate) longest_pause_ms: u64,
    /// Requests sent again, since their answer had not come, or to see whether they are known.
    pub(crate) repeats: u64,
    /// Of those, how many were answered as duplicates.
    pub(crate) duplicates: u64,
    /// Requests answered `ok`.
    pub(crate) ok: u64,
    /// Requests refused, by code.
    pub(crate) refused: BTreeMap<String, u64>,
    /// How many violations there are.
    pub(crate) violations: u64,
    /// The first of them.
    pub(crate) told: Vec<String>,
}

impl Verdict {
    /// Somebody is back after so long.
    pub(crate) fn returned(&mut self, after: Duration) {
        self.returns += 1;
        self.longest_pause_ms = self.longest_pause_ms.max(after.as_millis() as u64);
    }

    /// Notes that something is not as it must be.
    #[expect(clippy::print_stderr, reason = "it is a program for a terminal")]
    pub(crate) fn violate(&mut self, what: String) {
        self.violations += 1;
        if self.told.len() < TOLD_MAX {
            let what: String = what.chars().take(CHARACTERS_MAX).collect();
            eprintln!("kill: violation: {what}");
            self.told.push(what);
        }
    }

    /// The same, unless the condition holds.
    pub(crate) fn need(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.violate(what());
        }
    }
}
