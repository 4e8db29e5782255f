//! What of a change's rows is to come in, and what they replace.

use std::collections::{BTreeSet, HashSet};

use arrow_array::Array;
use arrow_array::cast::AsArray;
use chrono::{DateTime, NaiveDate, Utc};
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use super::ask::Ask;
use super::parts::Opened;
use super::{copy, covered, days, paths};
use crate::{Kind, Manifest, Table, TargetError};

/// A change on its way in.
pub(super) struct Bringing<'a, 'tx> {
    pub(super) ask: Ask<'a, Transaction<'tx>>,
    pub(super) manifest: &'a Manifest,
    /// For one chunk of rows to be taken.
    pub(super) step_ms: u64,
}

impl Bringing<'_, '_> {
    /// Takes its name; false if it is in. Of two that bring the same in, one waits here.
    pub(super) async fn claim(&self, parts: &[Opened]) -> Result<bool, TargetError> {
        let manifest = self.manifest;
        let kind = match manifest.kind {
            Kind::Batch => "batch",
            Kind::Compaction => "compaction",
            Kind::Erasure => "erasure",
            Kind::Retention => "retention",
        };
        let created_ms = i64::try_from(manifest.created_ms).unwrap_or(i64::MAX);
        let Some(created) = DateTime::<Utc>::from_timestamp_millis(created_ms) else {
            return Err(TargetError::Refused(format!("created_ms {created_ms} is no time")));
        };
        let rows: u64 = parts.iter().map(|part| part.rows).sum();
        let mut files = Vec::with_capacity(manifest.files.len());
        for file in &manifest.files {
            let place = paths::read(&file.path)?;
            files.extend((place.writer == manifest.id).then(|| place.number()));
        }
        // A step of an hour whose removal was forgotten may have the name of one before that.
        let insert = "insert into liap.batches as b \
            (id, kind, created, writer, schema_version, matches, rows, files) \
            values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set \
            kind = excluded.kind, created = excluded.created, applied = now(), \
            writer = excluded.writer, schema_version = excluded.schema_version, \
            matches = excluded.matches, rows = excluded.rows, files = excluded.files \
            where b.kind = 'retention' and b.created <> excluded.created";
        let (schema, matches) = (manifest.schema as i32, manifest.matches as i64);
        let (id, writer, rows) = (&manifest.id.0, &manifest.writer, rows as i64);
        let values: [&(dyn ToSql + Sync); 8] =
            [id, &kind, &created, writer, &schema, &matches, &rows, &files];
        Ok(self.ask.about("taking the change's name").touch(insert, &values).await? == 1)
    }

    /// A batch has only files of its own. Another change says all there is of its hour: files of its
    /// own, and files that stay.
    pub(super) async fn bring(&self, parts: &[Opened]) -> Result<(), TargetError> {
        let (kind, id) = (self.manifest.kind, self.manifest.id);
        let (mut own, mut stays) = (Vec::new(), Vec::new());
        for file in &self.manifest.files {
            let of = if paths::read(&file.path)?.writer == id { &mut own } else { &mut stays };
            of.push(file.path.clone());
        }
        let never_came = covered::missing(&self.ask, &self.manifest.replaces).await?;
        let not_here = covered::missing(&self.ask, &stays).await?;
        let noted = covered::noted(&self.ask, &own).await?;
        own.retain(|path| !noted.contains(path));
        // The same rows in other files: nothing to do, unless some of them never came.
        if kind == Kind::Compaction && never_came.is_empty() && !self.manifest.replaces.is_empty() {
            own.clear();
        }
        let mut wanted: HashSet<&String> = own.iter().chain(&not_here).collect();
        if kind == Kind::Retention {
            self.delete_hours().await?;
            wanted.extend(&stays);
        }
        self.load(parts, &wanted, kind != Kind::Batch).await?;
        covered::note(&self.ask, &never_came).await?;
        covered::note(&self.ask, &not_here).await
    }

    /// Loads the parts of these files. Rows of their matches that are there go first, all of them: a
    /// match may lie across two parts.
    async fn load(
        &self,
        parts: &[Opened],
        wanted: &HashSet<&String>,
        replace: bool,
    ) -> Result<(), TargetError> {
        let parts: Vec<&Opened> = parts.iter().filter(|part| wanted.contains(&part.path)).collect();
        let lacks = |path: &&&String| !parts.iter().any(|part| part.path == ***path);
        if let Some(path) = wanted.iter().find(lacks) {
            return Err(TargetError::Unavailable(format!(
                "{path} was not given, and no change that replaces it is in: bring that in first"
            )));
        }
        if replace {
            for part in &parts {
                self.delete_matches(part).await?;
            }
        }
        for part in parts.iter().filter(|part| part.rows > 0) {
            copy::load(&self.ask, part, self.step_ms).await?;
        }
        Ok(())
    }

    async fn delete_matches(&self, part: &Opened) -> Result<(), TargetError> {
        let mut matches = BTreeSet::new();
        for batch in part.batches()? {
            let batch = batch?;
            let ids = batch.column_by_name("match_id").and_then(|ids| ids.as_string_opt::<i32>());
            let Some(ids) = ids.filter(|ids| ids.null_count() == 0) else {
                let why = format!("{}: match_id is no text, or null", part.path);
                return Err(TargetError::Refused(why));
            };
            matches.extend(ids.iter().flatten().map(str::to_owned));
        }
        let matches: Vec<String> = matches.into_iter().collect();
        let table = part.table.name();
        let delete = format!(
            "delete from liap.{table} where date = $1 and hour = $2 and match_id = any($3)"
        );
        let ask = self.ask.about("replacing rows");
        ask.touch(&delete, &[&part.date, &part.hour, &matches]).await.map(|_| ())
    }

    async fn delete_hours(&self) -> Result<(), TargetError> {
        let mut hours: BTreeSet<(Table, NaiveDate, i16)> = BTreeSet::new();
        for path in &self.manifest.replaces {
            let place = paths::read(path)?;
            hours.insert((place.table, place.date, place.hour));
        }
        for (table, date, hour) in hours {
            if !days::there(&self.ask, table, date).await? {
                continue;
            }
            let delete = format!("delete from liap.{} where date = $1 and hour = $2", table.name());
            self.ask.about("deleting an hour").touch(&delete, &[&date, &hour]).await?;
        }
        covered::forget_steps(&self.ask, &self.manifest.replaces).await
    }
}
