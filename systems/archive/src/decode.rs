//! Parquet as rows, of whatever version: the one reader of all that was ever written.

use std::fmt;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use arrow_schema::SchemaRef;
use arrow_select::concat::concat_batches;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use crate::encode::{SCHEMA_KEY, TABLE_KEY};
use crate::{SCHEMA_VERSION, Table, schema};

/// Rows that are decoded at a time.
const ROWS_AT_A_TIME: usize = 1 << 16;

/// Why bytes are no part of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadPartError {
    /// A newer version of the server has written them.
    Newer {
        /// The layout they are in.
        schema: u32,
    },
    /// They are not what this archive writes.
    Other(String),
}

impl fmt::Display for ReadPartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer { schema } => write!(
                f,
                "its rows are of schema {schema}, but this version reads up to {SCHEMA_VERSION}: \
                 use the version that wrote it, or a newer one"
            ),
            Self::Other(why) => write!(f, "it is no part of an archive: {why}"),
        }
    }
}

impl std::error::Error for ReadPartError {}

impl From<ParquetError> for ReadPartError {
    fn from(error: ParquetError) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<ArrowError> for ReadPartError {
    fn from(error: ArrowError) -> Self {
        Self::Other(error.to_string())
    }
}

/// Reads a part: its table, and its rows in the present schema, whatever version wrote them.
///
/// # Errors
///
/// When the bytes are no part, or of a version that is not known yet.
pub fn read_part(bytes: Bytes) -> Result<(Table, RecordBatch), ReadPartError> {
    let metadata = ArrowReaderMetadata::load(&bytes, Default::default())?;
    let (table, version) = told(&metadata)?;
    let found = metadata.schema().clone();
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, metadata)
        .with_batch_size(ROWS_AT_A_TIME)
        .build()?;
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    let batch = concat_batches(&found, &batches)?;
    Ok((table, migrated(table, version, batch)?))
}

/// The table and the version that a file's metadata tell.
fn told(metadata: &ArrowReaderMetadata) -> Result<(Table, u32), ReadPartError> {
    let pairs = metadata.metadata().file_metadata().key_value_metadata();
    let value = |key: &str| {
        let pair = pairs.into_iter().flatten().find(|pair| pair.key == key);
        pair.and_then(|pair| pair.value.as_deref())
            .ok_or_else(|| ReadPartError::Other(format!("its metadata have no `{key}`")))
    };
    let version = value(SCHEMA_KEY)?;
    let version = version
        .parse::<u32>()
        .ok()
        .filter(|version| *version >= 1)
        .ok_or_else(|| ReadPartError::Other(format!("`{SCHEMA_KEY}` is {version:?}")))?;
    if version > SCHEMA_VERSION {
        return Err(ReadPartError::Newer { schema: version });
    }
    let name = value(TABLE_KEY)?;
    let table = Table::of(name)
        .ok_or_else(|| ReadPartError::Other(format!("`{TABLE_KEY}` is {name:?}")))?;
    Ok((table, version))
}

/// Rows of a known version in the present schema. A later version adds a step here: a function from
/// each version's batch to the next one's, and `schema` is what the last of them gives.
fn migrated(table: Table, version: u32, batch: RecordBatch) -> Result<RecordBatch, ReadPartError> {
    debug_assert!(version == SCHEMA_VERSION, "a version without a way to the next");
    let wanted = schema(table);
    check_columns(&batch.schema(), &wanted)?;
    Ok(RecordBatch::try_new(wanted, batch.columns().to_vec())?)
}

/// That the columns are those of this version, by name, type and nullability.
fn check_columns(found: &SchemaRef, wanted: &SchemaRef) -> Result<(), ReadPartError> {
    for field in wanted.fields() {
        let same = found.field_with_name(field.name()).is_ok_and(|have| {
            have.data_type() == field.data_type() && have.is_nullable() == field.is_nullable()
        });
        if !same {
            let why = format!("its column `{}` is missing or of another type", field.name());
            return Err(ReadPartError::Other(why));
        }
    }
    if found.fields().len() == wanted.fields().len() {
        return Ok(());
    }
    Err(ReadPartError::Other("it has columns that its version does not know".to_owned()))
}
