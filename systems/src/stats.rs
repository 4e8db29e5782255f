//! What the ticks did: the root exports it as metrics.

use bevy_ecs::prelude::Resource;

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
    /// Actions that made the rules panic.
    pub panicked: u64,
    /// Matches finished.
    pub finished: u64,
    /// Actions that still wait for their room.
    pub waiting: u64,
}
