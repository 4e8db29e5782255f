//! What the archive holds, as its manifests say: readers of it see a match whole or not at all.

mod find;
mod live;
mod read;
mod summary;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use object_store::ObjectStore;

use crate::object::StoreError;
use crate::{FileEntry, Hour, Manifest, ManifestId, Table};
use live::Live;
use read::Fresh;

pub use summary::{Amount, Summary};

pub(crate) use find::began;
pub(crate) use read::{Reading, check_file, list_manifests, read_manifest};

/// Listings begun anew because a manifest went between listing and reading, before it is an error.
const LISTINGS: usize = 5;

/// What a catalog may hold at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogLimits {
    /// Manifests. A batch an hour for a year is 8,760 of them.
    pub manifests_max: usize,
    /// All of them together, as they are stored.
    pub bytes_max: u64,
}

impl Default for CatalogLimits {
    fn default() -> Self {
        Self { manifests_max: 200_000, bytes_max: 512 << 20 }
    }
}

/// A manifest that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedManifest {
    /// Which.
    pub id: ManifestId,
    /// What is wrong with it.
    pub why: String,
}

/// The manifests of a store, and what follows from them.
pub struct Catalog {
    store: Arc<dyn ObjectStore>,
    limits: CatalogLimits,
    manifests: BTreeMap<ManifestId, Arc<Manifest>>,
    damaged: Vec<DamagedManifest>,
    live: Live,
    version: u64,
}

impl Catalog {
    /// A catalog that has read nothing yet: [`refresh`](Self::refresh) does.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>, limits: CatalogLimits) -> Self {
        let (manifests, damaged) = (BTreeMap::new(), Vec::new());
        Self { store, limits, manifests, damaged, live: Live::default(), version: 0 }
    }

    /// The catalog of this store, read.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh).
    pub async fn load(
        store: Arc<dyn ObjectStore>,
        limits: CatalogLimits,
    ) -> Result<Self, StoreError> {
        let mut catalog = Self::new(store, limits);
        catalog.refresh().await?;
        Ok(catalog)
    }

    /// Reads the manifests that came since, and says whether anything changed.
    ///
    /// # Errors
    /// `Unavailable`, if the store cannot be listed or read; `Newer`, if a manifest is of a later
    /// format; `TooLarge` over a limit. Then the catalog is as it was.
    pub async fn refresh(&mut self) -> Result<bool, StoreError> {
        let (listed, fresh) = self.read().await?;
        let gone = self.manifests.keys().any(|id| !listed.contains(id));
        let changed = gone || !fresh.whole.is_empty() || fresh.damaged != self.damaged;
        if changed {
            self.manifests.retain(|id, _| listed.contains(id));
            self.manifests.extend(fresh.whole);
            self.damaged = fresh.damaged;
            self.live = Live::of(self.manifests.values());
            self.version += 1;
        }
        Ok(changed)
    }

    async fn read(&self) -> Result<(BTreeSet<ManifestId>, Fresh), StoreError> {
        for _ in 0..LISTINGS {
            let listed = list_manifests(&*self.store, self.limits).await?;
            let fresh = read::read_new(&*self.store, &listed, &self.manifests).await?;
            if let Some(fresh) = fresh {
                return Ok((listed, fresh));
            }
        }
        Err(StoreError::Unavailable("its manifests change faster than they can be read".into()))
    }

    /// Grows by one whenever a refresh found something changed: what was derived from an older one
    /// may be stale.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The store it is of.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// The files of a table that count, of these hours, in their order.
    pub fn files(
        &self,
        table: Table,
        hours: impl RangeBounds<Hour>,
    ) -> impl Iterator<Item = &FileEntry> {
        let start = match hours.start_bound() {
            Bound::Included(hour) => *hour,
            Bound::Excluded(hour) => Hour(hour.0.saturating_add(1)),
            Bound::Unbounded => Hour(0),
        };
        let inside = move |hour: Hour| hours.contains(&hour);
        let keys = (table, start)..=(table, Hour(u32::MAX));
        let hours = self.live.files.range(keys).take_while(move |((_, hour), _)| inside(*hour));
        hours.flat_map(|(_, files)| files).map(live::Slot::entry)
    }

    /// The hours that hold files, in their order.
    pub fn hours(&self) -> impl DoubleEndedIterator<Item = Hour> {
        self.live.hours.iter().filter(|(_, hour)| hour.files > 0).map(|(hour, _)| *hour)
    }

    /// Whether this batch was committed: by its own manifest, or merged with others since.
    #[must_use]
    pub fn holds(&self, batch: ManifestId) -> bool {
        self.witness(batch).is_some()
    }

    /// The manifest that says so.
    pub(crate) fn witness(&self, batch: ManifestId) -> Option<ManifestId> {
        if self.manifests.contains_key(&batch) {
            return Some(batch);
        }
        self.live.merged.get(&batch).copied()
    }

    /// All manifests that could be read, by their ids, replaced ones too.
    pub fn manifests(&self) -> impl Iterator<Item = &Arc<Manifest>> {
        self.manifests.values()
    }

    /// A manifest by its id.
    #[must_use]
    pub fn manifest(&self, id: ManifestId) -> Option<&Arc<Manifest>> {
        self.manifests.get(&id)
    }

    /// Manifests that could not be read: what they committed is not seen.
    #[must_use]
    pub fn damaged(&self) -> &[DamagedManifest] {
        &self.damaged
    }

    /// The newest step of keeping this hour that can be read.
    pub(crate) fn newest_step(&self, hour: Hour) -> Option<&Arc<Manifest>> {
        self.live.hours.get(&hour)?.step.as_ref()
    }

    /// Every hour that has files or was kept.
    pub(crate) fn known_hours(&self) -> Vec<Hour> {
        self.live.hours.keys().copied().collect()
    }
}

#[cfg(test)]
mod tests;
