//! Rows as columns.

mod column;
mod game;
mod round;
mod steps;

use arrow_array::ArrayRef;
use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use arrow_schema::{Field, Schema};

use crate::rows::MatchRows;
use crate::{Table, schema};

/// The rows of a table, of these matches in this order.
pub(crate) fn batch_of<'a>(
    table: Table,
    matches: impl Iterator<Item = &'a MatchRows>,
) -> Result<RecordBatch, ArrowError> {
    let matches: Vec<&MatchRows> = matches.collect();
    let columns = match table {
        Table::Matches => game::matches(&matches),
        Table::Seats => game::seats(&matches),
        Table::Rounds => round::rounds(&matches),
        Table::Plays => round::plays(&matches),
        Table::Redeals => round::redeals(&matches),
        Table::Presence => steps::presence(&matches),
        Table::Events => steps::events(&matches),
    }?;
    let fields = schema(table);
    let fields: Vec<Field> = fields.fields().iter().zip(&columns).map(in_memory).collect();
    RecordBatch::try_new(Schema::new(fields).into(), columns)
}

/// Text that repeats is in a dictionary here; in a file it is text like any other.
fn in_memory((field, column): (&std::sync::Arc<Field>, &ArrayRef)) -> Field {
    Field::clone(field).with_data_type(column.data_type().clone())
}
