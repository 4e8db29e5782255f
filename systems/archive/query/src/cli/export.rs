//! `liap-query export`: as many rows as there are, through a bounded amount of memory.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use archive::Table;
use clap::{Args, ValueEnum};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::physical_plan::SendableRecordBatchStream;
use futures_util::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::{Common, Failed};
use crate::ask::{AskError, Limits, plan};
use crate::render::json_lines;

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// How it is written: JSON is an object a line.
    #[arg(long, value_enum)]
    format: Format,
    /// All of this table.
    #[arg(long, value_name = "TABLE", conflicts_with = "sql", required_unless_present = "sql")]
    table: Option<String>,
    /// What this question finds.
    #[arg(long, value_name = "SQL")]
    sql: Option<String>,
    /// The file; it must not be there, and is there only once it is whole.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// MiB that sorts, joins and groups may hold.
    #[arg(long, value_name = "MB", default_value_t = 1_024,
          value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    sql_memory_mb: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
    Parquet,
}

pub(super) async fn run(common: &Common, args: ExportArgs) -> Result<(), Failed> {
    if args.out.exists() {
        return Err(Failed::usage(format!("{} is there already", args.out.display())));
    }
    let limits = Limits { memory_bytes: (args.sql_memory_mb << 20) as usize, ..Limits::default() };
    let sql = match (args.table, args.sql) {
        (Some(table), _) if Table::of(&table).is_some() => format!("select * from {table}"),
        (Some(table), _) => return Err(Failed::asked(AskError::UnknownTable(table))),
        (None, sql) => sql.unwrap_or_default(),
    };
    let (engine, snapshot) = common.snapshot().await?;
    let failed = move |error| Failed::asked(AskError::of(error, &limits));
    let session = engine.session(snapshot.tables(), limits.memory_bytes).map_err(failed)?;
    let part = args.out.with_added_extension("part");
    let run = async move {
        let frame = plan(&session, &sql).await.map_err(Failed::asked)?;
        let stream = frame.execute_stream().await.map_err(failed)?;
        let rows = write(stream, args.format, &part, failed).await;
        if rows.is_err() {
            // What was begun is of no use.
            _ = fs::remove_file(&part);
        }
        let rows = rows?;
        fs::rename(&part, &args.out).map_err(|error| unwritable(&args.out, &error))?;
        super::say(&format!("{rows} rows in {}", args.out.display()));
        Ok(())
    };
    let task = engine.strangers().spawn(run);
    task.await.map_err(|died| Failed::new(70, died.to_string()))?
}

fn unwritable(file: &Path, error: &dyn std::fmt::Display) -> Failed {
    Failed::system(format!("{} cannot be written: {error}", file.display()))
}

async fn write(
    mut stream: SendableRecordBatchStream,
    format: Format,
    file: &Path,
    failed: impl Fn(datafusion::error::DataFusionError) -> Failed,
) -> Result<usize, Failed> {
    let opened = File::create(file).map_err(|error| unwritable(file, &error))?;
    let mut sink = Sink::new(BufWriter::new(opened), format, stream.schema())
        .map_err(|error| unwritable(file, &error))?;
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(&failed)?;
        rows += batch.num_rows();
        sink.write(&batch).map_err(|error| unwritable(file, &error))?;
    }
    sink.finish().map_err(|error| unwritable(file, &error))?;
    Ok(rows)
}

type Out = BufWriter<File>;

enum Sink {
    Csv(Box<datafusion::arrow::csv::Writer<Out>>),
    Json(Out),
    Parquet(Box<ArrowWriter<Out>>),
}

impl Sink {
    fn new(
        out: Out,
        format: Format,
        schema: SchemaRef,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(match format {
            Format::Csv => {
                let mut writer =
                    datafusion::arrow::csv::WriterBuilder::new().with_header(true).build(out);
                // The names are there even if no row is.
                writer.write(&RecordBatch::new_empty(Arc::clone(&schema)))?;
                Self::Csv(Box::new(writer))
            }
            Format::Json => Self::Json(out),
            Format::Parquet => {
                let zstd = Compression::ZSTD(ZstdLevel::try_new(3)?);
                let properties = WriterProperties::builder().set_compression(zstd).build();
                Self::Parquet(Box::new(ArrowWriter::try_new(out, schema, Some(properties))?))
            }
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), Box<dyn std::error::Error + Send>> {
        fn boxed(
            error: impl std::error::Error + Send + 'static,
        ) -> Box<dyn std::error::Error + Send> {
            Box::new(error)
        }
        match self {
            Self::Csv(writer) => writer.write(batch).map_err(boxed),
            Self::Json(out) => json_lines(batch, out).map_err(boxed),
            Self::Parquet(writer) => writer.write(batch).map_err(boxed),
        }
    }

    /// All of it is on its way to the disk, and is synced.
    fn finish(self) -> Result<(), std::io::Error> {
        let out = match self {
            Self::Csv(writer) => writer.into_inner(),
            Self::Json(out) => out,
            Self::Parquet(writer) => writer.into_inner().map_err(std::io::Error::other)?,
        };
        let mut out = out;
        out.flush()?;
        out.get_ref().sync_all()
    }
}
