//! The parts of a change, opened: what they hold is known before the database is asked anything.

use arrow_array::RecordBatch;
use bytes::Bytes;
use chrono::NaiveDate;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use super::columns::{self, Column};
use super::paths;
use crate::{Change, FileEntry, Manifest, Part, Table, TargetError};

/// Rows decoded at once: what bounds the memory a part takes beside its own bytes.
const ROWS_AT_ONCE: usize = 1_024;

/// A part with its columns and its place.
pub(super) struct Opened {
    pub(super) table: Table,
    pub(super) date: NaiveDate,
    pub(super) hour: i16,
    pub(super) path: String,
    pub(super) rows: u64,
    pub(super) columns: Vec<Column>,
    bytes: Bytes,
}

/// Opens every part and finds its entry in the manifest.
pub(super) fn open(change: &Change) -> Result<Vec<Opened>, TargetError> {
    let mut entries = change.manifest.files.iter();
    let mut opened = Vec::with_capacity(change.parts.len());
    for part in &change.parts {
        // Parts come in the order of the entries; entries may lack theirs.
        let Some(entry) = entries.find(|entry| describes(entry, part)) else {
            return Err(no_entry(&change.manifest, part));
        };
        opened.push(open_part(part, entry)?);
    }
    Ok(opened)
}

fn describes(entry: &FileEntry, part: &Part) -> bool {
    entry.table == part.table
        && entry.hour == part.hour
        && entry.rows == part.rows
        && entry.bytes == part.bytes.len() as u64
}

fn no_entry(manifest: &Manifest, part: &Part) -> TargetError {
    TargetError::Refused(format!(
        "manifest {} has no entry for a part of {} {} with {} rows in {} bytes, or it comes out of \
         its order",
        manifest.id,
        part.table.name(),
        part.hour,
        part.rows,
        part.bytes.len()
    ))
}

fn open_part(part: &Part, entry: &FileEntry) -> Result<Opened, TargetError> {
    let builder = builder(&part.bytes, &entry.path)?;
    let rows = builder.metadata().file_metadata().num_rows();
    if u64::try_from(rows) != Ok(part.rows) {
        let path = &entry.path;
        return Err(TargetError::Refused(format!("{path}: {rows} rows, {} said", part.rows)));
    }
    let (date, hour) = paths::partition(part.hour);
    let columns = columns::of_schema(part.table, builder.schema())?;
    if !columns.iter().any(|column| column.name == "match_id") {
        return Err(TargetError::Refused(format!("{}: no column match_id", entry.path)));
    }
    Ok(Opened {
        table: part.table,
        date,
        hour,
        path: entry.path.clone(),
        rows: part.rows,
        columns,
        bytes: part.bytes.clone(),
    })
}

impl Opened {
    /// Its rows, some at a time.
    pub(super) fn batches(&self) -> Result<Batches<'_>, TargetError> {
        let builder = builder(&self.bytes, &self.path)?.with_batch_size(ROWS_AT_ONCE);
        let reader = builder.build().map_err(|error| damaged(&self.path, &error))?;
        Ok(Batches { reader, path: &self.path })
    }
}

/// The rows of a part, [`ROWS_AT_ONCE`] at a time.
pub(super) struct Batches<'a> {
    reader: ParquetRecordBatchReader,
    path: &'a str,
}

impl Iterator for Batches<'_> {
    type Item = Result<RecordBatch, TargetError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.reader.next()?.map_err(|error| damaged(self.path, &error)))
    }
}

fn builder(
    bytes: &Bytes,
    path: &str,
) -> Result<ParquetRecordBatchReaderBuilder<Bytes>, TargetError> {
    // Not the types the writer had in memory, dictionaries say: those of the file.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    ParquetRecordBatchReaderBuilder::try_new_with_options(bytes.clone(), options)
        .map_err(|error| damaged(path, &error))
}

fn damaged(path: &str, error: &impl std::fmt::Display) -> TargetError {
    TargetError::Refused(format!("{path}: no readable Parquet: {error}"))
}
