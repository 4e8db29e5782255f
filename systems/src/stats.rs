//! What the ticks did: the root exports it as metrics.

use bevy_ecs::prelude::Resource;
use components::{Outcome, Refusal};

/// Totals since the shard began.
#[derive(Resource, Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct TickStats {
    /// Ticks run.
    pub ticks: u64,
    /// Actions settled: one version of one room each.
    pub settled: u64,
    /// Actions the rules refused.
    pub rejected: u64,
    /// Actions refused before the rules: rate limits, full queues.
    pub refused: u64,
    /// Snapshots taken.
    pub seen: u64,
    /// Actions that made the rules panic: each is a dead letter.
    pub panicked: u64,
    /// Rooms that were paused because they made the rules panic again and again.
    pub quarantined: u64,
    /// Matches finished.
    pub finished: u64,
    /// Actions that still wait for their room.
    pub waiting: u64,
}

impl TickStats {
    /// Counts what became of an action; panics are counted where they are caught.
    pub(crate) const fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Settled => self.settled += 1,
            Outcome::Seen => self.seen += 1,
            Outcome::Rejected(Refusal::Busy) => self.refused += 1,
            Outcome::Rejected(Refusal::Internal(_)) | Outcome::Waiting => {}
            Outcome::Rejected(_) => self.rejected += 1,
        }
    }
}
