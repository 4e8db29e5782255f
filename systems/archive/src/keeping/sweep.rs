//! Sweeping: files that no manifest lists, left by who was killed before publishing one.

use std::collections::{BTreeMap, HashSet};

use futures_util::TryStreamExt;
use object_store::path::Path as Location;
use object_store::{ObjectMeta, ObjectStore};

use crate::object::{StoreError, delete, manifest_of, step_of};
use crate::{Hour, ManifestId, Table};

use super::progress::Meter;
use super::{Activity, Keeper, Progress};

/// Files that no manifest lists, held in memory at most.
pub(super) const STRAYS_MAX: usize = 1_000_000;

/// What sweeping did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Files deleted.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that no manifest lists and that stay for now: too young, of a batch under way, or of a
    /// damaged manifest.
    pub left: u64,
}

impl Keeper {
    /// Deletes files that no manifest lists, if they are old enough at `now_ms` (ms since 1970).
    /// Those of the batches in `under_way` stay: name every open intent of the journal there.
    ///
    /// # Errors
    /// `Unavailable`, if the store is; `TooLarge`, if there are over a million such files.
    pub async fn sweep(
        &mut self,
        now_ms: u64,
        under_way: &HashSet<ManifestId>,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Swept, StoreError> {
        let strays = self.strays().await?;
        let mut meter = Meter::new(Activity::Sweeping, strays.len() as u64, tell);
        let mut swept = Swept::default();
        for stray in strays {
            let path = stray.location.to_string();
            let batch = manifest_of(&path);
            if batch.is_some_and(|id| under_way.contains(&id))
                || !self.may_go(&stray, batch, now_ms)
            {
                swept.left += 1;
            } else {
                swept.files += delete(&*self.store(), &[path]).await?;
                swept.bytes += stray.size;
            }
            meter.add(1);
        }
        Ok(swept)
    }

    /// Files in the tables' folders that no manifest lists. Listed before the manifests are, so
    /// that a batch that is committed meanwhile is none of them.
    pub(super) async fn strays(&mut self) -> Result<Vec<ObjectMeta>, StoreError> {
        let mut found = BTreeMap::new();
        for table in Table::ALL {
            let store = self.store();
            let mut objects = store.list(Some(&Location::from(table.name())));
            while let Some(object) = objects.try_next().await? {
                if found.len() >= STRAYS_MAX {
                    let why = format!("more than {STRAYS_MAX} files: merge hours first");
                    return Err(StoreError::TooLarge(why));
                }
                found.insert(object.location.to_string(), object);
            }
        }
        self.catalog.refresh().await?;
        for file in self.catalog.manifests().flat_map(|manifest| &manifest.files) {
            found.remove(&file.path);
        }
        let mut strays: Vec<ObjectMeta> = found.into_values().collect();
        strays.sort_by(|a, b| a.location.cmp(&b.location));
        Ok(strays)
    }

    fn may_go(&self, stray: &ObjectMeta, batch: Option<ManifestId>, now_ms: u64) -> bool {
        let hour = hour_of(stray.location.as_ref());
        let damaged = |id| self.catalog.damaged().iter().any(|damaged| damaged.id == id);
        if batch.is_some_and(damaged) || hour.is_some_and(|hour| !self.is_sound(hour)) {
            return false;
        }
        // A step that was taken is never taken again: whoever wrote this for it lost.
        let step = batch.and_then(step_of);
        let newest = step.and_then(|(hour, _)| self.catalog.newest_step(hour));
        if newest.is_some_and(|newest| batch.is_some_and(|id| id <= newest.id)) {
            return true;
        }
        let written_ms = u64::try_from(stray.last_modified.timestamp_millis()).unwrap_or(0);
        now_ms >= written_ms.saturating_add(self.limits.sweep_ms)
    }
}

/// The hour of the folder a file is in.
fn hour_of(path: &str) -> Option<Hour> {
    let (_, rest) = path.split_once("/date=")?;
    let (date, rest) = rest.split_once("/hour=")?;
    let of_day: i64 = rest.split('/').next()?.parse().ok()?;
    let date = chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let hours = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp() / 3600 + of_day;
    u32::try_from(hours).ok().map(Hour)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::part_path;
    use crate::testing::{HOUR, batch_id};

    #[test]
    fn the_hour_of_a_file_is_that_of_its_folder() {
        assert_eq!(hour_of(&part_path(Table::Plays, HOUR, batch_id(1))), Some(HOUR));
        assert_eq!(hour_of("plays/date=2026-13-01/hour=00/a.parquet"), None);
        assert_eq!(hour_of("plays/notes.txt"), None);
    }
}
