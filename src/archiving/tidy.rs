//! Keeping the archive between batches: hours are merged, what was kept long enough goes.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use archive::{Keeper, ManifestId, Moment, Steady, StoreError};
use tokio::runtime::Runtime;

use crate::clock::wall_ms;

/// Between two rounds of keeping.
const PERIOD: Duration = Duration::from_secs(300);

/// Who keeps the server's archive.
pub(crate) struct Tidy {
    keeper: Keeper,
    compacts: bool,
    retention_days: Option<u32>,
    due: Instant,
    begun: Instant,
    /// Since when the clocks agree.
    steady: Steady,
    /// Whether old hours stay, since the wall clock is not believed.
    is_waiting: bool,
}

impl Tidy {
    /// Keeps what this keeper is of; the first round is a while after the start.
    pub(crate) fn new(keeper: Keeper, compacts: bool, retention_days: Option<u32>) -> Self {
        let begun = Instant::now();
        let due = begun + PERIOD;
        let steady = Steady::new(Moment { at_ms: 0, wall_ms: wall_ms() });
        Self { keeper, compacts, retention_days, due, begun, steady, is_waiting: false }
    }

    /// Deletes what was replaced in a place that follows, and no more.
    pub(crate) fn follower(keeper: Keeper) -> Self {
        Self::new(keeper, false, None)
    }

    /// A round, if one is due. No batch may be under way.
    pub(crate) fn step(&mut self, wall_ms: u64, runtime: &Runtime) {
        if Instant::now() < self.due {
            return;
        }
        if let Err(error) = runtime.block_on(self.round(wall_ms)) {
            tracing::warn!(%error, "the archive could not be tidied; it will be tried again");
        }
        self.due = Instant::now() + PERIOD;
    }

    /// What operators should know of it, if anything.
    pub(crate) fn trouble(&self) -> Option<&'static str> {
        self.is_waiting.then_some(
            "archive: what is old by the clock is not removed yet: the clock is over 7 days past \
             the newest batch",
        )
    }

    /// Whether old hours may go. A wall clock that was set ahead would take all of them.
    async fn may_retire(&mut self, days: u32, wall_ms: u64) -> Result<bool, StoreError> {
        let now = Moment { at_ms: self.begun.elapsed().as_millis() as u64, wall_ms };
        self.steady.look(now);
        let before_ms = self.steady.before_ms();
        let outlook = self.keeper.outlook(days, wall_ms, before_ms).await?;
        let may = outlook.hours == 0 || self.steady.may_remove(now, outlook.newest_ms);
        if !may && !self.is_waiting {
            let hours = outlook.hours;
            tracing::warn!(
                hours,
                wall_ms,
                newest_ms = outlook.newest_ms,
                "the wall clock is over 7 days past the newest batch: if it is right, hours older \
                 than archive.retention_days go once the server has been up for 24 h"
            );
        }
        self.is_waiting = !may;
        Ok(may)
    }

    async fn round(&mut self, wall_ms: u64) -> Result<(), StoreError> {
        if let Some(days) = self.retention_days
            && self.may_retire(days, wall_ms).await?
        {
            let gone = self.keeper.retention(days, wall_ms, &mut |_| {}).await?;
            if gone.hours > 0 {
                let (hours, matches) = (gone.hours, gone.matches);
                tracing::info!(hours, matches, "old matches are gone from the archive");
            }
        }
        if self.compacts {
            let merged = self.keeper.compact(.., wall_ms, &mut |_| {}).await?;
            if merged.files_before > 0 {
                let (hours, before, after) =
                    (merged.hours, merged.files_before, merged.files_after);
                tracing::info!(hours, before, after, "hours of the archive are merged");
            }
        }
        let cleaned = self.keeper.clean(wall_ms, &mut |_| {}).await?;
        // No batch is under way: the archiver has nothing to do.
        let none: HashSet<ManifestId> = HashSet::new();
        let swept = self.keeper.sweep(wall_ms, &none, &mut |_| {}).await?;
        if cleaned.files + swept.files > 0 {
            let (replaced, strays) = (cleaned.files, swept.files);
            tracing::debug!(replaced, strays, "files of the archive are deleted");
        }
        Ok(())
    }
}
