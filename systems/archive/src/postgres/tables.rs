//! Tables of the database: made with the columns that are written now, widened by parts that have
//! more.

use tokio_postgres::{GenericClient, Transaction};

use super::ask::Ask;
use super::columns::{Column, Kind};
use crate::{Table, TargetError};

/// What makes a row one row: twice the same is refused, whatever went wrong before. A table without
/// such columns has only an index by match.
const fn key(table: Table) -> Option<&'static str> {
    match table {
        Table::Matches => Some("match_id"),
        Table::Seats => Some("match_id, seat"),
        Table::Rounds => Some("match_id, round, seat"),
        Table::Plays => Some("match_id, round, turn, position"),
        Table::Events => Some("match_id, version"),
        Table::Redeals | Table::Presence => None,
    }
}

/// Whether the table is there with all these columns.
pub(super) async fn fits(
    ask: &Ask<'_, Transaction<'_>>,
    table: Table,
    columns: &[Column],
) -> Result<bool, TargetError> {
    let there = columns_of(ask, table).await?;
    for column in columns {
        match there.iter().find(|found| found.name == column.name) {
            Some(found) if found.kind == column.kind => {}
            Some(_) => return Err(other_type(table, column)),
            None => return Ok(false),
        }
    }
    Ok(true)
}

fn other_type(table: Table, column: &Column) -> TargetError {
    TargetError::Unavailable(format!(
        "column liap.{}.{} of the database is not of type {}: another program made it; use another \
         database, or alter it",
        table.name(),
        column.name,
        column.kind.sql()
    ))
}

/// The columns it has, without the partition's; none if it is not there. What is of another type
/// than ours somebody added by hand.
pub(super) async fn columns_of<C: GenericClient + Sync>(
    ask: &Ask<'_, C>,
    table: Table,
) -> Result<Vec<Column>, TargetError> {
    let ask = ask.about("reading the columns of a table");
    let sql = "select a.attname::text, t.typname::text, a.attnotnull from pg_attribute a \
               join pg_type t on t.oid = a.atttypid \
               where a.attrelid = to_regclass($1::text) and a.attnum > 0 \
               and not a.attisdropped and a.attname not in ('date', 'hour') order by a.attnum";
    let rows = ask.rows(sql, &[&format!("liap.{}", table.name())]).await?;
    let mut columns = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(kind) = Kind::named(&ask.get::<String>(row, 1)?) {
            let nullable = !ask.get::<bool>(row, 2)?;
            columns.push(Column { name: ask.get(row, 0)?, kind, nullable });
        }
    }
    Ok(columns)
}

/// Makes the table, or adds what columns it lacks; needs the layout's lock, alone.
pub(super) async fn make(
    ask: &Ask<'_, Transaction<'_>>,
    table: Table,
    columns: &[Column],
) -> Result<(), TargetError> {
    let there = columns_of(ask, table).await?;
    let sql = if there.is_empty() { create(table, columns) } else { widen(table, columns, &there) };
    ask.run(&sql).await
}

fn create(table: Table, columns: &[Column]) -> String {
    let name = table.name();
    let definitions: Vec<String> = columns.iter().map(Column::definition).collect();
    let definitions = definitions.join(", ");
    let partition = "date date not null, hour smallint not null";
    match key(table) {
        Some(key) => format!(
            "create table liap.{name} ({definitions}, {partition}, primary key ({key}, date)) \
             partition by range (date)"
        ),
        None => format!(
            "create table liap.{name} ({definitions}, {partition}) partition by range (date); \
             create index on liap.{name} (match_id)"
        ),
    }
}

/// What comes later may be null: the rows before it have no value there.
fn widen(table: Table, columns: &[Column], there: &[Column]) -> String {
    let name = table.name();
    let lacks = |column: &&Column| !there.iter().any(|found| found.name == column.name);
    let add = |column: &Column| {
        let (column, kind) = (&column.name, column.kind.sql());
        format!("alter table liap.{name} add column \"{column}\" {kind};")
    };
    columns.iter().filter(lacks).map(add).collect()
}
