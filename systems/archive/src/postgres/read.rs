//! The events of a match, read back.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use arrow_array::RecordBatch;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Int16Array, Int32Array, Int64Array, StringArray,
    TimestampMillisecondArray,
};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use super::columns::{self, Column, Kind};
use super::fault::fault;
use super::link::Link;
use super::tables;
use crate::{Table, TargetError};

/// Rows of `events` of one match at most: many times what the longest match has.
pub const EVENTS_MAX: usize = 100_000;

const WHAT: &str = "reading a match's events";

/// The rows of a match in their order; none if there are none.
pub(super) async fn events(
    link: &Link,
    match_id: &str,
) -> Result<Option<RecordBatch>, TargetError> {
    let ask = link.ask(WHAT);
    let columns = tables::columns_of(&ask, Table::Events).await?;
    if columns.is_empty() {
        return Ok(None);
    }
    let names = columns::names(&columns);
    let sql = format!(
        "select {names} from liap.events where match_id = $1 order by version limit {}",
        EVENTS_MAX + 1
    );
    let rows = ask.rows(&sql, &[&match_id]).await?;
    if rows.len() > EVENTS_MAX {
        let why = format!("match {match_id} has more than {EVENTS_MAX} rows of events");
        return Err(TargetError::Refused(why));
    }
    if rows.is_empty() { Ok(None) } else { batch(&columns, &rows).map(Some) }
}

fn batch(columns: &[Column], rows: &[Row]) -> Result<RecordBatch, TargetError> {
    let mut arrays = Vec::with_capacity(columns.len());
    for (at, column) in columns.iter().enumerate() {
        arrays.push(array(column.kind, at, rows)?);
    }
    RecordBatch::try_new(columns::to_schema(columns), arrays)
        .map_err(|error| TargetError::Refused(format!("{WHAT}: {error}")))
}

fn array(kind: Kind, at: usize, rows: &[Row]) -> Result<ArrayRef, TargetError> {
    Ok(match kind {
        Kind::Text => Arc::new(StringArray::from(cells::<&str>(at, rows)?)),
        Kind::Int16 => Arc::new(Int16Array::from(cells::<i16>(at, rows)?)),
        Kind::Int32 => Arc::new(Int32Array::from(cells::<i32>(at, rows)?)),
        Kind::Int64 => Arc::new(Int64Array::from(cells::<i64>(at, rows)?)),
        Kind::Bool => Arc::new(BooleanArray::from(cells::<bool>(at, rows)?)),
        Kind::Bytes => Arc::new(BinaryArray::from(cells::<&[u8]>(at, rows)?)),
        Kind::TimeMs => {
            let times = cells::<SystemTime>(at, rows)?.into_iter().map(|time| time.map(ms));
            Arc::new(times.collect::<TimestampMillisecondArray>().with_timezone("UTC"))
        }
    })
}

fn cells<'a, T: FromSql<'a>>(at: usize, rows: &'a [Row]) -> Result<Vec<Option<T>>, TargetError> {
    rows.iter().map(|row| row.try_get(at).map_err(|error| fault(WHAT, &error))).collect()
}

/// A moment in ms since 1970.
pub(super) fn ms(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_millis() as i64,
        Err(before) => -(before.duration().as_millis() as i64),
    }
}
