//! Rows as Parquet: the same rows, options and names give the same bytes.

use std::fmt;
use std::sync::Arc;

use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression as Codec, Encoding, GzipLevel, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use crate::{Layout, ManifestId, SCHEMA_VERSION, Table, schema};

/// Who writes: in every file and manifest.
pub const WRITER: &str = concat!("liap ", env!("CARGO_PKG_VERSION"));

/// The name of the layout's version in a file's metadata.
pub(crate) const SCHEMA_KEY: &str = "liap.schema";
/// The name of the table's name there.
pub(crate) const TABLE_KEY: &str = "liap.table";
const WRITER_KEY: &str = "liap.writer";
const MANIFEST_KEY: &str = "liap.manifest";

/// As other readers of Parquet understand who wrote a file, and so trust its statistics.
const CREATED_BY: &str = concat!("liap version ", env!("CARGO_PKG_VERSION"));

/// The most rows of a row group: smaller ones cost a fifth more bytes.
const ROW_GROUP_ROWS_MAX: usize = 1 << 20;

/// How the bytes of a file are made smaller.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Zstandard, level 3.
    #[default]
    Zstd,
    /// Gzip, level 6: a tenth larger and three times slower, for readers that know no better.
    Gzip,
}

impl Compression {
    fn codec(self) -> Result<Codec, ParquetError> {
        Ok(match self {
            Self::Zstd => Codec::ZSTD(ZstdLevel::try_new(3)?),
            Self::Gzip => Codec::GZIP(GzipLevel::try_new(6)?),
        })
    }
}

/// How files are written.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct WriterOptions {
    /// How their bytes are made smaller.
    pub compression: Compression,
}

/// Why rows are not encoded: a fault of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError(pub(crate) String);

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rows that cannot be written as Parquet: {}", self.0)
    }
}

impl std::error::Error for EncodeError {}

impl From<ParquetError> for EncodeError {
    fn from(error: ParquetError) -> Self {
        Self(error.to_string())
    }
}

impl From<arrow_schema::ArrowError> for EncodeError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self(error.to_string())
    }
}

/// Writes a file of these rows, which are to be sorted already, by match first. The columns of each
/// batch are those of [`schema`]; text may be in dictionaries.
///
/// # Errors
///
/// When they are not.
pub fn encode(
    table: Table,
    manifest: ManifestId,
    batches: &[RecordBatch],
    options: WriterOptions,
) -> Result<Bytes, EncodeError> {
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let columns = batches.first().map_or_else(|| schema(table), RecordBatch::schema);
    let options = writer_options(table, manifest, rows, options)?;
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), columns, options)?;
    for batch in batches {
        writer.write(batch)?;
    }
    Ok(writer.into_inner()?.into())
}

/// How [`encode`] writes: for whoever merges files.
#[must_use]
pub fn layout(options: WriterOptions) -> Layout {
    Arc::new(move |table, manifest, rows| {
        writer_options(table, manifest, rows as usize, options).map_err(|error| error.to_string())
    })
}

fn writer_options(
    table: Table,
    manifest: ManifestId,
    rows: usize,
    options: WriterOptions,
) -> Result<ArrowWriterOptions, EncodeError> {
    // Without Arrow's own copy of the schema: all readers see the same types.
    Ok(ArrowWriterOptions::new()
        .with_properties(properties(table, manifest, rows, options)?)
        .with_schema_root("liap".to_owned())
        .with_skip_arrow_metadata(true))
}

fn properties(
    table: Table,
    manifest: ManifestId,
    rows: usize,
    options: WriterOptions,
) -> Result<WriterProperties, EncodeError> {
    let text = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
    let told = vec![
        text(SCHEMA_KEY, SCHEMA_VERSION.to_string()),
        text(TABLE_KEY, table.name().to_owned()),
        text(WRITER_KEY, WRITER.to_owned()),
        text(MANIFEST_KEY, manifest.to_string()),
    ];
    let by_match = SortingColumn { column_idx: 0, descending: false, nulls_first: false };
    let builder = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(options.compression.codec()?)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS_MAX))
        .set_sorting_columns(Some(vec![by_match]))
        .set_key_value_metadata(Some(told));
    Ok(encodings(table, rows, builder).build())
}

/// What differs from the defaults, which are dictionaries: numbers that hardly repeat are written as
/// differences, and what is looked up by itself gets a bloom filter.
fn encodings(
    table: Table,
    rows: usize,
    mut builder: WriterPropertiesBuilder,
) -> WriterPropertiesBuilder {
    // Each chain is another.
    if table == Table::Events {
        builder = builder.set_column_dictionary_enabled(ColumnPath::from("chain"), false);
    }
    let (differences, looked_up): (&[&str], &[&str]) = match table {
        Table::Matches => (&["started_at", "ended_at", "duration_ms"], &["room_code"]),
        Table::Seats => (&[], &["player_key"]),
        Table::Plays | Table::Redeals | Table::Presence => (&["at"], &[]),
        Table::Events => (&["at", "version"], &[]),
        Table::Rounds => (&[], &[]),
    };
    for name in differences {
        let path = ColumnPath::from(*name);
        builder = builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
    }
    for name in looked_up {
        let distinct_max = rows.clamp(1, ROW_GROUP_ROWS_MAX) as u64;
        builder = builder.set_column_bloom_filter_max_ndv(ColumnPath::from(*name), distinct_max);
    }
    builder
}
