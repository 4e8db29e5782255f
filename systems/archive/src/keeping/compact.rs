//! Merging: many small files of a closed hour into few.

use std::collections::HashSet;
use std::ops::RangeBounds;

use crate::merge::{Opened, merge, open};
use crate::object::{StoreError, unreadable};
use crate::{FileEntry, Hour, Kind, Part, Table};

use super::progress::Meter;
use super::step::Plan;
use super::{Activity, Keeper, Progress, TRIES};

/// What merging did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Compacted {
    /// Hours that were merged.
    pub hours: u64,
    /// Hours left alone, since a manifest or a file of theirs is damaged.
    pub left_alone: u64,
    /// Which files, and why.
    pub damage: Vec<String>,
    /// Files that were merged.
    pub files_before: u64,
    /// What became of them.
    pub files_after: u64,
    /// Their rows.
    pub rows: u64,
    /// Bytes that were merged.
    pub bytes_before: u64,
    /// What became of them.
    pub bytes_after: u64,
}

impl Keeper {
    /// Merges those of these hours that ended long enough before `now_ms` (ms since 1970).
    ///
    /// # Errors
    /// `Unavailable`, if the store is. Hours before stay merged.
    pub async fn compact(
        &mut self,
        hours: impl RangeBounds<Hour>,
        now_ms: u64,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Compacted, StoreError> {
        self.catalog.refresh().await?;
        let closed = now_ms.saturating_sub(self.limits.settle_ms);
        let all = self.catalog.hours().filter(|hour| hours.contains(hour));
        let hours: Vec<Hour> = all.filter(|hour| hour.end_ms() <= closed).collect();
        let mut meter = Meter::new(Activity::Merging, hours.len() as u64, tell);
        let mut total = Compacted::default();
        for hour in hours {
            self.compact_hour(hour, now_ms, &mut total).await?;
            meter.add(1);
        }
        Ok(total)
    }

    async fn compact_hour(
        &mut self,
        hour: Hour,
        now_ms: u64,
        total: &mut Compacted,
    ) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            if !self.is_sound(hour) {
                total.left_alone += 1;
                return Ok(());
            }
            let (plan, done) = match self.plan_merge(hour).await {
                // What cannot be read may be gone because another keeper was here.
                Err(StoreError::Damaged(_)) if self.catalog.refresh().await? => continue,
                Err(StoreError::Damaged(why)) => {
                    total.left_alone += 1;
                    total.damage.push(why);
                    return Ok(());
                }
                other => other?,
            };
            if plan.parts.is_empty() {
                return Ok(());
            }
            if self.commit(plan, now_ms).await?.is_some() {
                total.hours += 1;
                total.files_before += done.files_before;
                total.files_after += done.files_after;
                total.rows += done.rows;
                total.bytes_before += done.bytes_before;
                total.bytes_after += done.bytes_after;
                return Ok(());
            }
        }
        Err(StoreError::Unavailable(format!("{hour} is being kept by others all the time")))
    }

    pub(super) async fn plan_merge(&self, hour: Hour) -> Result<(Plan, Compacted), StoreError> {
        let (mut parts, mut gone, mut done) = (Vec::new(), HashSet::new(), Compacted::default());
        for table in Table::ALL {
            let files: Vec<FileEntry> = self.catalog.files(table, hour..=hour).cloned().collect();
            for group in groups(files, self.limits.file_bytes_max) {
                for (files, part) in self.merge_group(table, hour, &group).await? {
                    done.files_before += files.len() as u64;
                    done.files_after += 1;
                    done.rows += part.rows;
                    done.bytes_before += files.iter().map(|file| file.bytes).sum::<u64>();
                    done.bytes_after += part.bytes.len() as u64;
                    gone.extend(files.iter().map(|file| file.path.clone()));
                    parts.push(part);
                }
            }
        }
        Ok((Plan { hour, kind: Kind::Compaction, parts, gone }, done))
    }

    /// Files of an older layout are merged among themselves.
    async fn merge_group<'a>(
        &self,
        table: Table,
        hour: Hour,
        group: &'a [FileEntry],
    ) -> Result<Vec<(Vec<&'a FileEntry>, Part)>, StoreError> {
        let mut alike: Vec<(Vec<&FileEntry>, Vec<Opened>)> = Vec::new();
        for file in group {
            let bytes = self.fetch_whole(file).await?;
            let opened = open(bytes).map_err(|why| unreadable(&file.path, &why))?;
            match alike.iter_mut().find(|(_, others)| others[0].columns == opened.columns) {
                Some((files, others)) => {
                    files.push(file);
                    others.push(opened);
                }
                None => alike.push((vec![file], vec![opened])),
            }
        }
        let id = self.next_step(hour);
        let mut merged = Vec::new();
        for (files, opened) in alike.into_iter().filter(|(files, _)| files.len() > 1) {
            let rows = files.iter().map(|file| file.rows).sum();
            let options = (self.layout)(table, id, rows).map_err(StoreError::Refused)?;
            let written = merge(opened, options).map_err(|why| unreadable(&files[0].path, &why))?;
            if written.rows != rows {
                let why = format!("merged with others it has {} rows, not {rows}", written.rows);
                return Err(unreadable(&files[0].path, &why));
            }
            merged.push((files, Part { table, hour, rows, bytes: written.bytes }));
        }
        Ok(merged)
    }
}

/// Files to be merged with each other: together not over the limit, and at least two. A file of
/// over half the limit is not worth another write.
fn groups(files: Vec<FileEntry>, bytes_max: u64) -> Vec<Vec<FileEntry>> {
    let mut groups: Vec<Vec<FileEntry>> = Vec::new();
    let mut bytes = 0;
    for file in files.into_iter().filter(|file| file.bytes <= bytes_max / 2) {
        match groups.last_mut().filter(|_| bytes + file.bytes <= bytes_max) {
            Some(group) => {
                bytes += file.bytes;
                group.push(file);
            }
            None => {
                bytes = file.bytes;
                groups.push(vec![file]);
            }
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::text_batch;

    #[test]
    fn files_are_grouped_up_to_the_limit_and_never_alone() {
        let file = text_batch(1, "a").manifest.files[0].clone();
        let sized = |bytes: &[u64]| -> Vec<FileEntry> {
            bytes.iter().map(|bytes| FileEntry { bytes: *bytes, ..file.clone() }).collect()
        };
        let lengths = |bytes: &[u64]| -> Vec<usize> {
            groups(sized(bytes), 100).iter().map(Vec::len).collect()
        };
        assert_eq!(lengths(&[40, 40, 40, 40, 40]), [2, 2]);
        assert_eq!(lengths(&[60, 1, 1, 200]), [2]);
        assert_eq!(lengths(&[60, 1]), [0; 0]);
        assert_eq!(lengths(&[50, 50, 1]), [2]);
    }
}
