//! From files to rows: the queries behind the ready-made answers, without SQL.

use std::sync::Arc;

use archive::{FileEntry, Table};
use datafusion::arrow::array::{Array, BooleanArray, Int16Array, RecordBatch, StringArray};
use datafusion::arrow::json::writer::JsonArray;
use datafusion::error::{DataFusionError, Result as Planned};
use datafusion::prelude::DataFrame;
use serde::de::DeserializeOwned;

use crate::ask::{AskError, Limits};
use crate::engine::Engine;
use crate::provider::ArchiveTable;
use crate::render::json_rows;

/// These files of a table.
///
/// # Errors
/// A fault of the program.
pub fn from<'a>(
    engine: &Engine,
    table: Table,
    files: impl IntoIterator<Item = &'a FileEntry>,
) -> Result<DataFrame, AskError> {
    planned(engine.own().read_table(Arc::new(ArchiveTable::new(table, files))))
}

/// A frame of ours is a fault of the program if it cannot be planned.
///
/// # Errors
/// That fault.
pub fn planned(frame: Planned<DataFrame>) -> Result<DataFrame, AskError> {
    frame.map_err(|error| AskError::Internal(error.strip_backtrace()))
}

/// Runs a frame on the engine's threads.
///
/// # Errors
/// If the archive cannot be read.
pub async fn collect(engine: &Engine, frame: DataFrame) -> Result<Vec<RecordBatch>, AskError> {
    let task = engine.handle().spawn(frame.collect());
    match task.await {
        Ok(batches) => batches.map_err(|error: DataFusionError| {
            match AskError::of(error, &Limits::default()) {
                AskError::BadSql { what, .. } => AskError::Internal(what),
                other => other,
            }
        }),
        Err(died) => Err(AskError::Internal(died.to_string())),
    }
}

/// Runs a frame and reads its rows: columns by the names of fields, times as RFC 3339.
///
/// # Errors
/// If the archive cannot be read, or holds what it should not.
pub async fn read<Row: DeserializeOwned>(
    engine: &Engine,
    frame: DataFrame,
) -> Result<Vec<Row>, AskError> {
    let batches = collect(engine, frame).await?;
    let mut json = Vec::new();
    json_rows::<JsonArray>(&batches, &mut json)
        .map_err(|error| AskError::Internal(error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| AskError::Internal(error.to_string()))
}

fn column<Of: Array + 'static>(batch: &RecordBatch, at: usize) -> Result<&Of, AskError> {
    let found = batch.columns().get(at).and_then(|column| column.as_any().downcast_ref());
    found.ok_or_else(|| AskError::Internal(format!("column {at} is of another type")))
}

/// A column of text.
///
/// # Errors
/// If it is none.
pub fn text(batch: &RecordBatch, at: usize) -> Result<&StringArray, AskError> {
    column(batch, at)
}

/// A column of truths.
///
/// # Errors
/// If it is none.
pub fn flags(batch: &RecordBatch, at: usize) -> Result<&BooleanArray, AskError> {
    column(batch, at)
}

/// A column of small numbers.
///
/// # Errors
/// If it is none.
pub fn small(batch: &RecordBatch, at: usize) -> Result<&Int16Array, AskError> {
    column(batch, at)
}
