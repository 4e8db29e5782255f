//! One match out of the whole archive.

use arrow_array::RecordBatch;
use uuid::Uuid;

use super::Catalog;
use crate::batch::began_ms;
use crate::object::{Footer, StoreError, Wanted};
use crate::{FileEntry, Hour, Table};

/// Files of `matches` looked into for one match. With one file an hour, that is over a year.
const FILES_MAX: usize = 10_000;

/// Searches begun anew because files were replaced meanwhile, before it is an error.
const TRIES: usize = 5;

const MATCH_ID: &str = "match_id";

impl Catalog {
    /// The hour a match is filed under, which is that of its end; none if it is not here. Its id says
    /// when it began: hours before are not looked at, and of the others only files whose least and
    /// greatest match do not rule it out.
    ///
    /// # Errors
    /// `Unavailable`, if the store cannot be read; `Damaged`, if a file cannot; `TooLarge`, if there
    /// are more than 10,000 files of `matches` since it began.
    pub async fn find_match(&mut self, id: Uuid) -> Result<Option<Hour>, StoreError> {
        for _ in 1..TRIES {
            match self.find_once(id).await {
                Err(StoreError::Damaged(_)) if self.refresh().await? => {}
                other => return other,
            }
        }
        self.find_once(id).await
    }

    /// The rows of a match in a table, as they were written, in their order; none if the match is
    /// not here.
    ///
    /// # Errors
    /// As [`find_match`](Self::find_match).
    pub async fn fetch(
        &mut self,
        id: Uuid,
        table: Table,
    ) -> Result<Option<Vec<RecordBatch>>, StoreError> {
        for _ in 0..TRIES {
            let Some(hour) = self.find_match(id).await? else { return Ok(None) };
            match self.fetch_once(id, table, hour).await {
                Err(StoreError::Damaged(_)) if self.refresh().await? => {}
                other => return other.map(Some),
            }
        }
        Err(StoreError::Unavailable("its files change faster than they can be read".into()))
    }

    /// The rows of a match in `events`: enough to run it again.
    ///
    /// # Errors
    /// As [`find_match`](Self::find_match).
    pub async fn fetch_events(&mut self, id: Uuid) -> Result<Option<Vec<RecordBatch>>, StoreError> {
        self.fetch(id, Table::Events).await
    }

    async fn find_once(&self, id: Uuid) -> Result<Option<Hour>, StoreError> {
        // A clock that was set back in between may have filed it an hour early.
        let first = Hour(began(id).0.saturating_sub(1));
        let mut damage = None;
        for (number, file) in self.files(Table::Matches, first..).enumerate() {
            if number >= FILES_MAX {
                return Err(StoreError::TooLarge(format!(
                    "match {id} is not in the first {FILES_MAX} files since it began: merge hours \
                     with `liap archive compact`"
                )));
            }
            match self.rows(id, file, &[MATCH_ID]).await {
                Ok(rows) if rows.is_empty() => {}
                Ok(_) => return Ok(Some(file.hour)),
                // It may be in another.
                Err(error @ StoreError::Damaged(_)) => damage = damage.or(Some(error)),
                Err(error) => return Err(error),
            }
        }
        damage.map_or(Ok(None), Err)
    }

    async fn fetch_once(
        &self,
        id: Uuid,
        table: Table,
        hour: Hour,
    ) -> Result<Vec<RecordBatch>, StoreError> {
        let mut found = Vec::new();
        for file in self.files(table, hour..=hour) {
            found.extend(self.rows(id, file, &[]).await?);
        }
        Ok(found)
    }

    async fn rows(
        &self,
        id: Uuid,
        file: &FileEntry,
        columns: &[&str],
    ) -> Result<Vec<RecordBatch>, StoreError> {
        let id = id.to_string();
        let footer = Footer::read(&**self.store(), file).await?;
        if footer.groups(MATCH_ID, &[&id]).is_empty() {
            return Ok(Vec::new());
        }
        let wanted = Wanted { rows: Some((MATCH_ID, &[&id])), columns };
        footer.rows(&**self.store(), wanted).await
    }
}

/// The hour in which a match began, as its id says; the first of all if it does not.
pub(crate) fn began(id: Uuid) -> Hour {
    began_ms(id).map_or(Hour(0), Hour::of)
}
