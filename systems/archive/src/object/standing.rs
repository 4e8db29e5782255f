//! Which of some matches are here already, whatever batch they came with.

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMillisecondType;
use futures_util::future::join_all;
use uuid::Uuid;

use super::{Footer, ObjectTarget, Span, StoreError, Wanted, unreadable};
use crate::batch::match_text;
use crate::catalog::began;
use crate::{Ended, FileEntry, Hour, Standing, Table};

/// Files read at a time: what hides the way to a distant store.
const READS: usize = 16;

/// Searches begun anew because files were replaced meanwhile.
const TRIES: usize = 5;

const MATCH_ID: &str = "match_id";
const ENDED_AT: &str = "ended_at";

/// A match that is asked for.
struct Asked {
    id: String,
    /// Before this hour it cannot have ended.
    first: Hour,
    ended_ms: u64,
    standing: Standing,
}

impl Asked {
    fn of(ended: &Ended) -> Self {
        let hour = began(Uuid::from_bytes(ended.match_id.0));
        Self {
            id: match_text(ended.match_id),
            // A clock that was set back in between may have filed it an hour early.
            first: Hour(hour.0.saturating_sub(1)),
            ended_ms: ended.ended_ms,
            standing: Standing::Absent,
        }
    }
}

impl ObjectTarget {
    /// What is known of each of these. A match may have ended at any hour since it began, so files of
    /// all those hours are asked which matches they may have: each once, as long as this lives.
    ///
    /// A file that cannot be read is passed over, which the log says: else one damaged file would keep
    /// everything out for ever.
    pub(super) async fn standing_of(&self, matches: &[Ended]) -> Result<Vec<Standing>, StoreError> {
        let mut asked: Vec<Asked> = matches.iter().map(Asked::of).collect();
        let Some(first) = asked.iter().map(|one| one.first).min() else { return Ok(Vec::new()) };
        for left in (0..TRIES).rev() {
            let files: Vec<FileEntry> = {
                let mut catalog = self.catalog.lock().await;
                catalog.refresh().await?;
                catalog.files(Table::Matches, first..).cloned().collect()
            };
            let damage = self.ask_files(&files, &mut asked).await?;
            if damage.is_empty() {
                break;
            }
            // What cannot be read may have gone because a keeper was here.
            if left == 0 || !self.catalog.lock().await.refresh().await? {
                tracing::warn!(?damage, "files of the archive cannot be asked for matches");
                break;
            }
        }
        Ok(asked.into_iter().map(|one| one.standing).collect())
    }

    /// Notes which are in these files; returns what cannot be read.
    async fn ask_files(
        &self,
        files: &[FileEntry],
        asked: &mut [Asked],
    ) -> Result<Vec<String>, StoreError> {
        let mut damage = Vec::new();
        for some in files.chunks(READS) {
            let answers = join_all(some.iter().map(|file| self.ask_file(file, asked))).await;
            for answer in answers {
                match answer {
                    Ok(found) => note(asked, &found),
                    Err(StoreError::Damaged(why)) => damage.push(why),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(damage)
    }

    /// Those of the matches that are in this file, and when they ended.
    async fn ask_file(
        &self,
        file: &FileEntry,
        asked: &[Asked],
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let of_hour = asked.iter().filter(|one| one.first <= file.hour);
        let ids: Vec<&str> = of_hour.map(|one| one.id.as_str()).collect();
        let may_have = |span: &Span| ids.iter().any(|id| span.may_have(id));
        if self.spans.lock().await.get(&file.path).is_some_and(|span| !may_have(span)) {
            return Ok(Vec::new());
        }
        let footer = Footer::read(&*self.store, file).await?;
        let span = footer.span(MATCH_ID);
        let is_ruled_out = !may_have(&span);
        self.remember(file, span).await;
        if is_ruled_out {
            return Ok(Vec::new());
        }
        let columns = &[MATCH_ID, ENDED_AT];
        let wanted = Wanted { rows: Some((MATCH_ID, &ids)), columns };
        let batches = footer.rows(&*self.store, wanted).await?;
        let mut found = Vec::new();
        for batch in &batches {
            found.extend(ends(batch).ok_or_else(|| unreadable(&file.path, "other columns"))?);
        }
        Ok(found)
    }

    /// At most as many files as there may be manifests: then it begins anew.
    async fn remember(&self, file: &FileEntry, span: Span) {
        let mut spans = self.spans.lock().await;
        if self.limits.manifests_max <= spans.len() {
            spans.clear();
        }
        spans.insert(file.path.clone(), span);
    }
}

/// Which matches there are, and when they ended, in ms since 1970.
fn ends(batch: &RecordBatch) -> Option<Vec<(String, u64)>> {
    let ids = batch.column_by_name(MATCH_ID)?.as_string_opt::<i32>()?;
    let ends = batch.column_by_name(ENDED_AT)?.as_primitive_opt::<TimestampMillisecondType>()?;
    let rows = ids.iter().zip(ends);
    rows.map(|(id, ended)| Some((id?.to_owned(), u64::try_from(ended?).ok()?))).collect()
}

fn note(asked: &mut [Asked], found: &[(String, u64)]) {
    for (id, there_ms) in found {
        for one in asked.iter_mut().filter(|one| one.id == *id) {
            one.standing = one.standing.or(Standing::of(one.ended_ms, *there_ms));
        }
    }
}

#[cfg(test)]
mod tests;
