//! Parquet files of one table into one: the same rows, match by match, in the order of their ids.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, StringArray};
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::arrow::{ArrowWriter, ProjectionMask};

use crate::{ManifestId, Table};

/// How a file of so many rows of a table is to be written, for this manifest.
pub type Layout =
    Arc<dyn Fn(Table, ManifestId, u64) -> Result<ArrowWriterOptions, String> + Send + Sync>;

/// Rows decoded at a time from each file, and written at a time: what bounds the memory.
const ROWS: usize = 8192;

/// A file that was written.
pub(crate) struct Written {
    pub(crate) bytes: Bytes,
    pub(crate) rows: u64,
}

/// A file, opened: its columns and its rows.
pub(crate) struct Opened {
    pub(crate) columns: SchemaRef,
    reader: ParquetRecordBatchReader,
}

/// Opens a file. Its metadata is not part of its columns: files of several writers are merged.
pub(crate) fn open(bytes: Bytes) -> Result<Opened, String> {
    open_columns(ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(text)?)
}

/// Opens a file to read only its first column, which is the match.
pub(crate) fn open_first_column(bytes: Bytes) -> Result<Opened, String> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(text)?;
    let first = ProjectionMask::roots(builder.parquet_schema(), [0]);
    open_columns(builder.with_projection(first))
}

fn open_columns(builder: ParquetRecordBatchReaderBuilder<Bytes>) -> Result<Opened, String> {
    let reader = builder.with_batch_size(ROWS).build().map_err(text)?;
    let columns = Arc::new(Schema::new(reader.schema().fields().clone()));
    Ok(Opened { columns, reader })
}

impl Opened {
    /// The next rows.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>, String> {
        let Some(batch) = self.reader.next() else { return Ok(None) };
        let columns = batch.map_err(text)?.columns().to_vec();
        RecordBatch::try_new(Arc::clone(&self.columns), columns).map(Some).map_err(text)
    }
}

/// Merges files with the same columns.
pub(crate) fn merge(files: Vec<Opened>, options: ArrowWriterOptions) -> Result<Written, String> {
    let columns = files.first().map(|file| Arc::clone(&file.columns)).ok_or("nothing to merge")?;
    let mut output = Output::new(columns, options)?;
    let mut sources = Vec::new();
    let mut next = BinaryHeap::new();
    for (index, file) in files.into_iter().enumerate() {
        let mut source = Source { file, batch: None, row: 0 };
        source.load()?;
        next.extend(source.id().map(|id| Reverse((id.to_owned(), index))));
        sources.push(source);
    }
    while let Some(Reverse((id, index))) = next.pop() {
        let Some(source) = sources.get_mut(index) else { continue };
        while source.id() == Some(id.as_str()) {
            output.push(source.take_run()?)?;
        }
        next.extend(source.id().map(|id| Reverse((id.to_owned(), index))));
    }
    output.finish()
}

/// Writes a file anew, each of its batches as `change` gives it back. None, if it changed nothing.
pub(crate) fn rewrite(
    bytes: Bytes,
    options: ArrowWriterOptions,
    mut change: impl FnMut(RecordBatch) -> Result<Option<RecordBatch>, String>,
) -> Result<Option<Written>, String> {
    let mut file = open(bytes)?;
    let mut output = Output::new(Arc::clone(&file.columns), options)?;
    let mut changed = false;
    while let Some(batch) = file.next()? {
        let new = change(batch.clone())?;
        changed |= new.is_some();
        output.push(new.unwrap_or(batch))?;
    }
    if changed { output.finish().map(Some) } else { Ok(None) }
}

/// Where a merge is in one of its files.
struct Source {
    file: Opened,
    batch: Option<(RecordBatch, StringArray)>,
    row: usize,
}

impl Source {
    fn load(&mut self) -> Result<(), String> {
        self.row = 0;
        self.batch = match self.file.next()? {
            Some(batch) => {
                let ids = batch.column(0).as_string_opt::<i32>();
                let ids = ids.ok_or("its first column is no text")?.clone();
                Some((batch, ids))
            }
            None => None,
        };
        Ok(())
    }

    /// The match whose rows come next.
    fn id(&self) -> Option<&str> {
        self.batch.as_ref().map(|(_, ids)| ids.value(self.row))
    }

    /// Its rows, as far as they are decoded.
    fn take_run(&mut self) -> Result<RecordBatch, String> {
        let (batch, ids) = self.batch.as_ref().ok_or("no rows are left")?;
        let (start, id) = (self.row, ids.value(self.row));
        let end = (start..ids.len()).find(|row| ids.value(*row) != id).unwrap_or(ids.len());
        let run = batch.slice(start, end - start);
        self.row = end;
        if end == ids.len() {
            self.load()?;
        }
        Ok(run)
    }
}

/// A file being written.
struct Output {
    columns: SchemaRef,
    writer: ArrowWriter<Vec<u8>>,
    waiting: Vec<RecordBatch>,
    waiting_rows: usize,
    rows: u64,
}

impl Output {
    fn new(columns: SchemaRef, options: ArrowWriterOptions) -> Result<Self, String> {
        let writer = ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(&columns), options);
        let writer = writer.map_err(text)?;
        Ok(Self { columns, writer, waiting: Vec::new(), waiting_rows: 0, rows: 0 })
    }

    fn push(&mut self, rows: RecordBatch) -> Result<(), String> {
        self.waiting_rows += rows.num_rows();
        self.waiting.push(rows);
        if self.waiting_rows >= ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), String> {
        let batch = concat_batches(&self.columns, &self.waiting).map_err(text)?;
        self.waiting.clear();
        self.rows += self.waiting_rows as u64;
        self.waiting_rows = 0;
        self.writer.write(&batch).map_err(text)
    }

    fn finish(mut self) -> Result<Written, String> {
        self.flush()?;
        let bytes = self.writer.into_inner().map_err(text)?;
        Ok(Written { bytes: bytes.into(), rows: self.rows })
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
