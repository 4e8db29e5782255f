//! Retention: hours that were kept long enough go.

use crate::batch::began_ms;
use crate::object::StoreError;
use crate::{Hour, Kind, Table};

use super::progress::Meter;
use super::step::Plan;
use super::{Activity, Keeper, Progress, TRIES};

const DAY_MS: u64 = 86_400_000;

/// What retention removed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// Hours.
    pub hours: u64,
    /// Hours left alone, since a manifest of theirs is damaged.
    pub left_alone: u64,
    /// Matches.
    pub matches: u64,
    /// Files. They are deleted by the first cleaning after the grace.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What retention would do, and what time it is by the archive itself.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// Hours it would remove.
    pub hours: u64,
    /// When the newest batch before a given moment was made, in ms since 1970; none, if none was.
    pub newest_ms: Option<u64>,
}

impl Keeper {
    /// What [`retention`](Self::retention) of so many days would do at `now_ms` (ms since 1970), and
    /// when the newest batch before `before_ms` was made.
    ///
    /// # Errors
    /// `Unavailable`, if the store is.
    pub async fn outlook(
        &mut self,
        days: u32,
        now_ms: u64,
        before_ms: u64,
    ) -> Result<Outlook, StoreError> {
        self.catalog.refresh().await?;
        let limit_ms = now_ms.saturating_sub(u64::from(days) * DAY_MS);
        let hours = self.catalog.hours().filter(|hour| hour.end_ms() < limit_ms).count() as u64;
        // Of batches that were merged only the ids are left, which say when they were made.
        let merged = self.catalog.manifests().flat_map(|manifest| &manifest.batches);
        let merged = merged.filter_map(|id| began_ms(id.0));
        let batches = self.catalog.manifests().filter(|manifest| manifest.kind == Kind::Batch);
        let made = merged.chain(batches.map(|manifest| manifest.created_ms));
        Ok(Outlook { hours, newest_ms: made.filter(|ms| *ms < before_ms).max() })
    }

    /// Removes the hours that ended more than so many days before `now_ms` (ms since 1970).
    ///
    /// # Errors
    /// `Unavailable`, if the store is. Hours before stay removed.
    pub async fn retention(
        &mut self,
        days: u32,
        now_ms: u64,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Retired, StoreError> {
        self.catalog.refresh().await?;
        let Some(limit_ms) = now_ms.checked_sub(u64::from(days) * DAY_MS) else {
            return Ok(Retired::default());
        };
        let hours: Vec<Hour> =
            self.catalog.hours().filter(|hour| hour.end_ms() < limit_ms).collect();
        let mut meter = Meter::new(Activity::Removing, hours.len() as u64, tell);
        let mut total = Retired::default();
        for hour in hours {
            self.retire(hour, now_ms, &mut total).await?;
            meter.add(1);
        }
        Ok(total)
    }

    async fn retire(
        &mut self,
        hour: Hour,
        now_ms: u64,
        total: &mut Retired,
    ) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            if !self.is_sound(hour) {
                total.left_alone += 1;
                return Ok(());
            }
            let mut done = Retired { hours: 1, ..Retired::default() };
            let mut gone = Vec::new();
            for table in Table::ALL {
                for file in self.catalog.files(table, hour..=hour) {
                    gone.push(file.path.clone());
                    done.files += 1;
                    done.bytes += file.bytes;
                    done.matches += if table == Table::Matches { file.rows } else { 0 };
                }
            }
            if gone.is_empty() {
                return Ok(());
            }
            let gone = gone.into_iter().collect();
            let plan = Plan { hour, kind: Kind::Retention, parts: Vec::new(), gone };
            if self.commit(plan, now_ms).await?.is_some() {
                total.hours += 1;
                total.matches += done.matches;
                total.files += done.files;
                total.bytes += done.bytes;
                return Ok(());
            }
        }
        Err(StoreError::Unavailable(format!("{hour} is being kept by others all the time")))
    }
}
