//! Cleaning: what a step replaced is deleted when nobody reads it any more.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use futures_util::future::try_join_all;
use object_store::path::Path as Location;
use object_store::{Error, ObjectStoreExt};

use crate::object::{StoreError, delete, step_of};
use crate::{FileEntry, Hour, Kind, Manifest, ManifestId, Table};

use super::progress::Meter;
use super::{Activity, Keeper, Progress};

/// Questions at a time.
const HEADS: usize = 16;

/// What cleaning did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// Files deleted.
    pub files: u64,
    /// Manifests deleted.
    pub manifests: u64,
    /// Files that should be there in place of others and are not: nothing they replaced was deleted.
    pub missing: Vec<String>,
}

impl Keeper {
    /// Deletes what was replaced so long before `now_ms` (ms since 1970) that no reader is left.
    ///
    /// # Errors
    /// `Unavailable`, if the store is. What was deleted stays so; the rest is for the next time.
    pub async fn clean(
        &mut self,
        now_ms: u64,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Cleaned, StoreError> {
        self.catalog.refresh().await?;
        let hours = self.catalog.known_hours();
        let mut meter = Meter::new(Activity::Cleaning, hours.len() as u64, tell);
        let (mut cleaned, mut clean) = (Cleaned::default(), BTreeMap::new());
        for hour in hours {
            let due =
                self.catalog.newest_step(hour).cloned().filter(|step| self.is_due(step, now_ms));
            if let Some(step) = due.filter(|_| self.is_sound(hour))
                && self.clean_hour(&step, &mut cleaned).await?
            {
                clean.insert(hour, step);
            }
            meter.add(1);
        }
        self.forget_manifests(&clean, now_ms, &mut cleaned).await?;
        self.catalog.refresh().await?;
        Ok(cleaned)
    }

    /// A player is gone at once: who reads an old file meanwhile begins anew.
    fn is_due(&self, step: &Manifest, now_ms: u64) -> bool {
        let grace_ms = if step.kind == Kind::Erasure { 0 } else { self.limits.grace_ms };
        now_ms >= step.created_ms.saturating_add(grace_ms)
    }

    /// Deletes what this step replaced. False, if not all of its own files are there.
    pub(super) async fn clean_hour(
        &self,
        step: &Manifest,
        cleaned: &mut Cleaned,
    ) -> Result<bool, StoreError> {
        let (matches, others) = self.waiting(step);
        if matches.is_empty() && others.is_empty() {
            return Ok(true);
        }
        let sizes = self.sizes(step.files.iter().map(|file| file.path.as_str())).await?;
        let whole = |file: &&FileEntry| sizes.get(file.path.as_str()) == Some(&file.bytes);
        let missing = step.files.iter().filter(|file| !whole(file)).map(|file| file.path.clone());
        let before = cleaned.missing.len();
        cleaned.missing.extend(missing);
        if cleaned.missing.len() > before {
            return Ok(false);
        }
        // First the matches: of one that is seen there, all else is there.
        for mut paths in [matches, others] {
            let there = self.sizes(paths.iter().map(String::as_str)).await?;
            paths.retain(|path| there.contains_key(path));
            cleaned.files += delete(&*self.store(), &paths).await?;
        }
        Ok(true)
    }

    /// What manifests it has taken the place of list and it does not: files of `matches`, and
    /// others. What none lists was deleted before.
    fn waiting(&self, step: &Manifest) -> (Vec<String>, Vec<String>) {
        let hour = step_of(step.id).map(|(hour, _)| hour);
        let kept: HashSet<&str> = step.files.iter().map(|file| file.path.as_str()).collect();
        let batches: HashSet<&ManifestId> = step.batches.iter().collect();
        let over = self.catalog.manifests().filter(|manifest| match manifest.kind {
            Kind::Batch => batches.contains(&manifest.id),
            _ => manifest.id < step.id && step_of(manifest.id).map(|(hour, _)| hour) == hour,
        });
        let gone = over
            .flat_map(|manifest| &manifest.files)
            .filter(|file| Some(file.hour) == hour && !kept.contains(file.path.as_str()));
        let gone: BTreeSet<(Table, String)> =
            gone.map(|file| (file.table, file.path.clone())).collect();
        let (matches, others): (Vec<_>, Vec<_>) =
            gone.into_iter().partition(|(table, _)| *table == Table::Matches);
        let paths = |files: Vec<(Table, String)>| files.into_iter().map(|(_, path)| path).collect();
        (paths(matches), paths(others))
    }

    /// Which of these are there, and how large they are.
    async fn sizes(
        &self,
        paths: impl Iterator<Item = &str>,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        let (mut found, paths) = (BTreeMap::new(), paths.map(str::to_owned).collect::<Vec<_>>());
        for some in paths.chunks(HEADS) {
            let heads = some.iter().map(|path| async move {
                match self.store().head(&Location::from(path.as_str())).await {
                    Ok(there) => Ok(Some((path.clone(), there.size))),
                    Err(Error::NotFound { .. }) => Ok(None),
                    Err(error) => Err(StoreError::from(error)),
                }
            });
            found.extend(try_join_all(heads).await?.into_iter().flatten());
        }
        Ok(found)
    }

    /// Deletes manifests that say nothing any more: earlier steps; batches that all their hours'
    /// steps have taken over; and in the end, that an hour was removed.
    async fn forget_manifests(
        &self,
        clean: &BTreeMap<Hour, Arc<Manifest>>,
        now_ms: u64,
        cleaned: &mut Cleaned,
    ) -> Result<(), StoreError> {
        let told = clean.iter().map(|(hour, step)| (*hour, step.batches.iter().collect()));
        let told: BTreeMap<Hour, HashSet<&ManifestId>> = told.collect();
        let mut needless = Vec::new();
        for manifest in self.catalog.manifests() {
            let goes = if manifest.kind == Kind::Batch {
                let mut files = manifest.files.iter();
                !manifest.files.is_empty()
                    && files.all(|f| told.get(&f.hour).is_some_and(|b| b.contains(&manifest.id)))
            } else {
                let newest = step_of(manifest.id).and_then(|(hour, _)| clean.get(&hour));
                newest.is_some_and(|newest| newest.id > manifest.id)
            };
            if goes {
                needless.push(manifest.id);
            }
        }
        let gone: HashSet<ManifestId> = needless.iter().copied().collect();
        needless.extend(self.forgotten_hours(clean, &gone, now_ms));
        let paths: Vec<String> = needless.into_iter().map(Manifest::path).collect();
        cleaned.manifests += delete(&*self.store(), &paths).await?;
        Ok(())
    }

    /// That these were removed needs no remembering: no manifest lists a file there.
    fn forgotten_hours(
        &self,
        clean: &BTreeMap<Hour, Arc<Manifest>>,
        gone: &HashSet<ManifestId>,
        now_ms: u64,
    ) -> Vec<ManifestId> {
        let left = self.catalog.manifests().filter(|manifest| !gone.contains(&manifest.id));
        let listed: HashSet<Hour> =
            left.flat_map(|manifest| &manifest.files).map(|file| file.hour).collect();
        let remember_ms = self.limits.grace_ms.saturating_add(self.limits.remember_ms);
        let old = clean.iter().filter(|(hour, step)| {
            step.kind == Kind::Retention
                && now_ms >= step.created_ms.saturating_add(remember_ms)
                && !listed.contains(hour)
        });
        old.map(|(_, step)| step.id).collect()
    }
}
