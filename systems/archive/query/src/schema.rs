//! The columns of each table, as SQL sees them: those in its files, then those in their paths.

use std::sync::Arc;

use archive::Table;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::datasource::table_schema::TableSchema;

/// The columns that are in the paths: `date` (a date) and `hour` (0 to 23), both UTC and of the
/// match's end. Spark, DuckDB and Polars read them as the same types.
#[must_use]
pub fn partition_columns() -> Vec<FieldRef> {
    [("date", DataType::Date32), ("hour", DataType::Int32)]
        .map(|(name, kind)| Arc::new(Field::new(name, kind, false)))
        .to_vec()
}

/// All columns of a table.
#[must_use]
pub fn whole(table: Table) -> TableSchema {
    TableSchema::builder(archive::schema(table))
        .with_table_partition_cols(partition_columns())
        .build()
}
