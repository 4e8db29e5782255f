//! PostgreSQL as a target: the same tables, loaded by binary COPY, a change in one transaction.

mod ask;
mod bringing;
mod change;
mod columns;
mod copy;
mod covered;
mod days;
mod fault;
mod layout;
mod link;
mod options;
mod parts;
mod paths;
mod read;
mod standing;
mod tables;

use std::fmt;

use arrow_array::RecordBatch;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, MutexGuard};

use crate::{Applied, Change, Ended, ManifestId, Standing, Target, TargetError};
use link::{Backend, Link};
pub use options::PostgresOptions;
pub use read::EVENTS_MAX;

/// The layout of the database this version makes and understands: `liap.meta.version`.
pub const LAYOUT_VERSION: i32 = 1;

/// The archive in a PostgreSQL database, schema `liap`.
///
/// It holds one connection, made when it is first needed and made again when it broke. Its methods
/// are called within a tokio runtime with time and I/O; they wait for each other.
pub struct PostgresTarget {
    options: PostgresOptions,
    slot: Mutex<Slot>,
}

/// The connection that rests, and the backend of the last one that broke.
#[derive(Default)]
struct Slot {
    link: Option<Link>,
    broken: Option<Backend>,
}

impl PostgresTarget {
    /// The target of these options. Nothing is connected yet.
    #[must_use]
    pub fn new(options: PostgresOptions) -> Self {
        Self { options, slot: Mutex::default() }
    }

    /// The rows of `events` of this match in their order, without the columns of the partition;
    /// none if the match is not there.
    ///
    /// # Errors
    ///
    /// If the database cannot be asked, or holds more than [`EVENTS_MAX`] rows of it.
    pub async fn read_events(&self, match_id: &str) -> Result<Option<RecordBatch>, TargetError> {
        let (mut slot, link) = self.take().await?;
        let rows = read::events(&link, match_id).await?;
        slot.link = Some(link);
        Ok(rows)
    }

    async fn bring_in(&self, change: &Change) -> Result<Applied, TargetError> {
        let parts = parts::open(change)?;
        let (mut slot, mut link) = self.take().await?;
        let applied = change::apply(&mut link, &change.manifest, parts).await?;
        slot.link = Some(link);
        Ok(applied)
    }

    async fn has(&self, batch: ManifestId) -> Result<bool, TargetError> {
        let (mut slot, link) = self.take().await?;
        let held = change::holds(&link, batch).await?;
        slot.link = Some(link);
        Ok(held)
    }

    async fn standing_of(&self, matches: &[Ended]) -> Result<Vec<Standing>, TargetError> {
        let (mut slot, link) = self.take().await?;
        let found = standing::of(&link, matches).await?;
        slot.link = Some(link);
        Ok(found)
    }

    async fn ask(&self) -> Result<(), TargetError> {
        let (mut slot, link) = self.take().await?;
        link.check_writable().await?;
        slot.link = Some(link);
        Ok(())
    }

    /// A connection that answers. It is put back after success only: what failed half-way, or was
    /// given up by its caller, is dropped, and with it its transaction.
    async fn take(&self) -> Result<(MutexGuard<'_, Slot>, Link), TargetError> {
        let mut slot = self.slot.lock().await;
        if let Some(link) = slot.link.take() {
            slot.broken = Some(link.backend());
            if link.answers().await {
                return Ok((slot, link));
            }
        }
        let link = Link::open(&self.options, slot.broken).await?;
        slot.broken = Some(link.backend());
        Ok((slot, link))
    }
}

impl Target for PostgresTarget {
    fn name(&self) -> &str {
        "postgres"
    }

    fn apply<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied, TargetError>> {
        self.bring_in(change).boxed()
    }

    /// Whether that very change is in. A batch whose rows came merged with others does not count, since
    /// it may have rows in another hour; nor does the removal of hours, which is repeated.
    fn holds(&self, batch: ManifestId) -> BoxFuture<'_, Result<bool, TargetError>> {
        self.has(batch).boxed()
    }

    fn standing<'a>(
        &'a self,
        matches: &'a [Ended],
    ) -> BoxFuture<'a, Result<Vec<Standing>, TargetError>> {
        self.standing_of(matches).boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        self.ask().boxed()
    }
}

impl fmt::Debug for PostgresTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresTarget").field("options", &self.options).finish_non_exhaustive()
    }
}
