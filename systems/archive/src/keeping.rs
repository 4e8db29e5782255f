//! Keeping the archive: hours merged, old ones removed, players taken out, nothing left lying about.

mod clean;
mod compact;
mod erase;
mod progress;
mod retention;
mod steady;
mod step;
mod sweep;
mod verify;

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path as Location;
use object_store::{Error, ObjectStore, ObjectStoreExt};

use crate::catalog::Catalog;
use crate::merge::Layout;
use crate::object::{StoreError, absent, sha256_hex, step_of, unreadable};
use crate::{FileEntry, Hour};

pub use clean::Cleaned;
pub use compact::Compacted;
pub use erase::{Erased, Redact};
pub use progress::{Activity, Progress};
pub use retention::{Outlook, Retired};
pub use steady::Steady;
pub use sweep::Swept;
pub use verify::{Finding, Verified};

/// How keeping is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepingLimits {
    /// An hour is merged only so long after its end, in ms: later batches of it are rare then.
    pub settle_ms: u64,
    /// What was replaced is deleted only so much later, in ms: readers that began before still read
    /// it, and readers by glob see such matches twice meanwhile, but never miss one.
    pub grace_ms: u64,
    /// Files that no manifest lists are deleted when they are so old, in ms: a batch whose manifest
    /// is still to come must be faster.
    pub sweep_ms: u64,
    /// That an hour was removed is remembered so long, in ms.
    pub remember_ms: u64,
    /// Files are merged into ones that are not larger than this, unless one was. What is merged is
    /// held in memory, once as it was and once as it will be.
    pub file_bytes_max: u64,
}

impl Default for KeepingLimits {
    fn default() -> Self {
        Self {
            settle_ms: 10 * 60_000,
            grace_ms: 10 * 60_000,
            sweep_ms: 24 * 3_600_000,
            remember_ms: 24 * 3_600_000,
            file_bytes_max: 128 << 20,
        }
    }
}

/// Changes of one hour begun anew because another keeper was quicker, before it is an error.
const TRIES: usize = 8;

/// Who keeps an archive. Several may at once, in several processes: of each hour, one is first and
/// the others begin anew.
pub struct Keeper {
    catalog: Catalog,
    limits: KeepingLimits,
    layout: Layout,
}

impl Keeper {
    /// A keeper of what this catalog is of, which writes files in this layout.
    #[must_use]
    pub fn new(catalog: Catalog, limits: KeepingLimits, layout: Layout) -> Self {
        Self { catalog, limits, layout }
    }

    /// What it knows of the archive.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(self.catalog.store())
    }

    /// Whether all steps of this hour can be read: if not, nobody knows what counts there, and it is
    /// left alone.
    fn is_sound(&self, hour: Hour) -> bool {
        let mut steps = self.catalog.damaged().iter().filter_map(|damaged| step_of(damaged.id));
        steps.all(|(damaged, _)| damaged != hour)
    }

    /// A whole file that is as its manifest says: Parquet decodes many a flipped bit, and written
    /// anew the damage would have a good hash.
    async fn fetch_whole(&self, file: &FileEntry) -> Result<Bytes, StoreError> {
        let bytes = self.fetch(file).await?;
        if bytes.len() as u64 != file.bytes || sha256_hex(&bytes) != file.sha256 {
            return Err(unreadable(&file.path, "it is not as its manifest says"));
        }
        Ok(bytes)
    }

    /// A whole file.
    async fn fetch(&self, file: &FileEntry) -> Result<Bytes, StoreError> {
        match self.store().get(&Location::from(file.path.as_str())).await {
            Ok(found) => Ok(found.bytes().await?),
            Err(Error::NotFound { .. }) => Err(absent(&file.path)),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests;
