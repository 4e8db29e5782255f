//! Keeping the archive between batches: hours are merged, what was kept long enough goes.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use archive::{Keeper, ManifestId, StoreError};
use tokio::runtime::Runtime;

/// Between two rounds of keeping.
const PERIOD: Duration = Duration::from_secs(300);

/// Who keeps the server's archive.
pub(crate) struct Tidy {
    keeper: Keeper,
    compacts: bool,
    retention_days: Option<u32>,
    due: Instant,
}

impl Tidy {
    /// Keeps what this keeper is of; the first round is a while after the start.
    pub(crate) fn new(keeper: Keeper, compacts: bool, retention_days: Option<u32>) -> Self {
        Self { keeper, compacts, retention_days, due: Instant::now() + PERIOD }
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

    async fn round(&mut self, wall_ms: u64) -> Result<(), StoreError> {
        if let Some(days) = self.retention_days {
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
