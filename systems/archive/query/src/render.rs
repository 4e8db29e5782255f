//! Answers as text: a table for people, CSV and JSON for programs.

use std::io::Write;

use clap::ValueEnum;
use datafusion::arrow::csv::WriterBuilder;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::writer::{JsonArray, JsonFormat, LineDelimited};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches_with_schema;

use crate::ask::Answer;

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// RFC 4180, with names in the first line; null is empty.
    Csv,
    /// One array of objects; null is written.
    Json,
}

/// Writes an answer.
///
/// # Errors
/// If it cannot be written.
pub fn render(answer: &Answer, format: Format, mut out: impl Write) -> Result<(), ArrowError> {
    match format {
        Format::Table => {
            let schema = std::sync::Arc::clone(&answer.schema);
            let table = pretty_format_batches_with_schema(schema, &answer.batches)?;
            writeln!(out, "{table}")?;
        }
        Format::Csv => {
            let mut writer = WriterBuilder::new().with_header(true).build(&mut out);
            if answer.batches.is_empty() {
                writer.write(&RecordBatch::new_empty(std::sync::Arc::clone(&answer.schema)))?;
            }
            for batch in &answer.batches {
                writer.write(batch)?;
            }
        }
        Format::Json => {
            json_rows::<JsonArray>(&answer.batches, &mut out)?;
            writeln!(out)?;
        }
    }
    out.flush().map_err(ArrowError::from)
}

/// Rows as JSON: `JsonArray` for one array, `LineDelimited` for an object a line.
///
/// # Errors
/// If they cannot be written.
pub fn json_rows<Shape: JsonFormat>(
    batches: &[RecordBatch],
    out: impl Write,
) -> Result<(), ArrowError> {
    let mut writer = datafusion::arrow::json::WriterBuilder::new()
        .with_explicit_nulls(true)
        .build::<_, Shape>(out);
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()
}

/// Rows as JSON, an object a line.
///
/// # Errors
/// If they cannot be written.
pub fn json_lines(batch: &RecordBatch, out: impl Write) -> Result<(), ArrowError> {
    json_rows::<LineDelimited>(std::slice::from_ref(batch), out)
}
