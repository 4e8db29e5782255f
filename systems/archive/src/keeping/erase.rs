//! Erasing: a player out of the files themselves.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, StringArray};

use crate::merge::{Written, rewrite};
use crate::object::{Footer, StoreError, Wanted, unreadable};
use crate::{FileEntry, Hour, Kind, Part, Table};

use super::progress::Meter;
use super::step::Plan;
use super::{Activity, Cleaned, Keeper, Progress, TRIES};

/// What else is taken out of rows of other tables than `seats`: the batch without it, or none if it
/// has nothing to take out. An error is told as it is.
pub type Redact<'a> =
    dyn FnMut(Table, &RecordBatch) -> Result<Option<RecordBatch>, String> + Send + 'a;

/// What erasing touched.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Erased {
    /// Matches the player was in.
    pub matches: u64,
    /// Hours that have such matches.
    pub hours: u64,
    /// Files written anew.
    pub files: u64,
    /// Rows in them that were the player's seats.
    pub rows: u64,
    /// Bytes of the new files.
    pub bytes: u64,
    /// Old files deleted.
    pub deleted: u64,
    /// Hours left alone, since a manifest or a file of theirs is damaged: mend it and erase again.
    pub left_alone: u64,
    /// Which files, and why.
    pub damage: Vec<String>,
    /// Files that should be there and are not: of these hours, old files were left.
    pub missing: Vec<String>,
}

/// What is known of a player in an hour.
struct Traces {
    files: Vec<FileEntry>,
    matches: BTreeSet<String>,
}

impl Keeper {
    /// Takes the player of this key out of `seats`, and what `redact` finds out of `others`, in every
    /// file that may hold a match in which the player sat; what these files replace is deleted at once. `now_ms`
    /// is in ms since 1970. It may be repeated: what is done already is not done again.
    ///
    /// # Errors
    /// `Unavailable`, if the store is. Hours before stay done. A file that cannot be read, or of which
    /// `redact` says that it cannot, is told in [`Erased::damage`].
    pub async fn erase(
        &mut self,
        player_key: &str,
        others: &[Table],
        now_ms: u64,
        redact: &mut Redact<'_>,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Erased, StoreError> {
        self.catalog.refresh().await?;
        let hours: Vec<Hour> = self.catalog.known_hours();
        let mut meter = Meter::new(Activity::Searching, hours.len() as u64, tell);
        let mut erased = Erased::default();
        for hour in hours {
            self.erase_hour(hour, player_key, others, now_ms, redact, &mut erased).await?;
            meter.add(1);
        }
        Ok(erased)
    }

    async fn erase_hour(
        &mut self,
        hour: Hour,
        player_key: &str,
        others: &[Table],
        now_ms: u64,
        redact: &mut Redact<'_>,
        erased: &mut Erased,
    ) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            if !self.is_sound(hour) {
                erased.left_alone += 1;
                return Ok(());
            }
            let mut done = Erased::default();
            let plan = self.plan_erasure(hour, player_key, others, redact, &mut done).await;
            let plan = match plan {
                // What cannot be read may be gone because another keeper was here.
                Err(StoreError::Damaged(_)) if self.catalog.refresh().await? => continue,
                Err(StoreError::Damaged(why)) => {
                    erased.left_alone += 1;
                    erased.damage.push(why);
                    return Ok(());
                }
                other => other?,
            };
            if plan.parts.is_empty() {
                return self.delete_erased(hour, erased).await;
            }
            if self.commit(plan, now_ms).await?.is_some() {
                erased.matches += done.matches;
                erased.hours += 1;
                erased.files += done.files;
                erased.rows += done.rows;
                erased.bytes += done.bytes;
                return self.delete_erased(hour, erased).await;
            }
        }
        Err(StoreError::Unavailable(format!("{hour} is being kept by others all the time")))
    }

    /// Where the player sat.
    async fn traces(&self, hour: Hour, player_key: &str) -> Result<Traces, StoreError> {
        let mut traces = Traces { files: Vec::new(), matches: BTreeSet::new() };
        for file in self.catalog.files(Table::Seats, hour..=hour) {
            let footer = Footer::read(&*self.store(), file).await?;
            let wanted =
                Wanted { rows: Some(("player_key", &[player_key])), columns: &["match_id"] };
            let rows = footer.rows(&*self.store(), wanted).await?;
            if rows.iter().any(|batch| batch.num_rows() > 0) {
                traces.files.push(file.clone());
            }
            for batch in &rows {
                let ids = batch.column(0).as_string_opt::<i32>();
                let ids = ids.ok_or_else(|| unreadable(&file.path, "match_id is no text"))?;
                traces.matches.extend(ids.iter().flatten().map(str::to_owned));
            }
        }
        Ok(traces)
    }

    async fn plan_erasure(
        &self,
        hour: Hour,
        player_key: &str,
        others: &[Table],
        redact: &mut Redact<'_>,
        done: &mut Erased,
    ) -> Result<Plan, StoreError> {
        let (mut parts, mut gone) = (Vec::new(), HashSet::new());
        let traces = self.traces(hour, player_key).await?;
        done.matches = traces.matches.len() as u64;
        let mut files = traces.files;
        for table in others.iter().filter(|table| **table != Table::Seats) {
            for file in self.catalog.files(*table, hour..=hour) {
                let footer = Footer::read(&*self.store(), file).await?;
                if traces.matches.iter().any(|id| !footer.groups("match_id", &[id]).is_empty()) {
                    files.push(file.clone());
                }
            }
        }
        for file in files {
            let mut rows = 0;
            let written = self.rewrite(&file, |batch| match file.table {
                Table::Seats => without(batch, player_key, &mut rows),
                table => redact(table, batch),
            });
            if let Some(written) = written.await? {
                done.files += 1;
                done.rows += rows;
                done.bytes += written.bytes.len() as u64;
                let Written { bytes, rows } = written;
                parts.push(Part { table: file.table, hour, rows, bytes });
                gone.insert(file.path);
            }
        }
        Ok(Plan { hour, kind: Kind::Erasure, parts, gone })
    }

    async fn rewrite(
        &self,
        file: &FileEntry,
        mut change: impl FnMut(&RecordBatch) -> Result<Option<RecordBatch>, String>,
    ) -> Result<Option<Written>, StoreError> {
        let bytes = self.fetch_whole(file).await?;
        let options = (self.layout)(file.table, self.next_step(file.hour), file.rows);
        let options = options.map_err(StoreError::Refused)?;
        let written = rewrite(bytes, options, |batch| change(&batch));
        written.map_err(|why| unreadable(&file.path, &why))
    }

    /// Deletes what the newest step replaced, if a player was taken out by it: now, or by one that
    /// was killed before it came to this.
    async fn delete_erased(&mut self, hour: Hour, erased: &mut Erased) -> Result<(), StoreError> {
        let step = self.catalog.newest_step(hour).cloned();
        if let Some(step) = step.filter(|step| step.kind == Kind::Erasure) {
            let mut cleaned = Cleaned::default();
            self.clean_hour(&step, &mut cleaned).await?;
            erased.deleted += cleaned.files;
            erased.missing.extend(cleaned.missing);
        }
        Ok(())
    }
}

/// The rows of `seats` without who sat there, if it was this player.
pub(super) fn without(
    batch: &RecordBatch,
    key: &str,
    rows: &mut u64,
) -> Result<Option<RecordBatch>, String> {
    let (index, _) = batch.schema_ref().column_with_name("player_key").ok_or("no player_key")?;
    let keys = batch.column(index).as_string_opt::<i32>().ok_or("player_key is no text")?;
    let found = keys.iter().filter(|other| *other == Some(key)).count();
    if found == 0 {
        return Ok(None);
    }
    *rows += found as u64;
    let left: StringArray = keys.iter().map(|other| other.filter(|other| *other != key)).collect();
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    columns[index] = Arc::new(left);
    let schema = batch.schema();
    RecordBatch::try_new(schema, columns).map(Some).map_err(|error| error.to_string())
}
