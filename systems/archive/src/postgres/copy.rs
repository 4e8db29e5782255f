//! Rows into PostgreSQL as binary COPY, column by column read, row by row written.

use std::pin::pin;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int16Type, Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{
    Array, BinaryArray, BooleanArray, Int16Array, Int32Array, Int64Array, StringArray,
    TimestampMillisecondArray,
};
use bytes::{BufMut, Bytes, BytesMut};
use chrono::NaiveDate;
use futures_util::SinkExt;
use tokio_postgres::Transaction;

use super::ask::Ask;
use super::columns::{self, Column, Kind};
use super::fault::within;
use super::parts::Opened;
use crate::TargetError;

/// Bytes sent at once: each such chunk has its own limit of time.
const CHUNK_BYTES: usize = 128 * 1024;

/// Signature, flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// 2000-01-01 in ms since 1970: where PostgreSQL's clock starts.
const EPOCH_MS: i64 = 946_684_800_000;

/// Days of 1970-01-01 to 2000-01-01.
const EPOCH_DAYS: i64 = 10_957;

/// Copies a part's rows into its table.
pub(super) async fn load(
    ask: &Ask<'_, Transaction<'_>>,
    part: &Opened,
    step_ms: u64,
) -> Result<(), TargetError> {
    let statement_ms = ask.ms;
    let what = format!("copying {}", part.path);
    let table = part.table.name();
    let names = columns::names(&part.columns);
    let copy = format!("copy liap.{table} ({names}, date, hour) from stdin (format binary)");
    let sink = within(statement_ms, &what, ask.of.copy_in::<_, Bytes>(&copy)).await?;
    let mut sink = pin!(sink);
    let mut buffer = BytesMut::with_capacity(2 * CHUNK_BYTES);
    buffer.put_slice(HEADER);
    for batch in part.batches()? {
        let rows = Rows::of(&batch?, part)?;
        for at in 0..rows.len {
            rows.write(at, &mut buffer);
            if buffer.len() < CHUNK_BYTES {
                continue;
            }
            if within(step_ms, &what, sink.send(buffer.split().freeze())).await.is_err() {
                // The server hung up: it says why only to who asks for the end.
                return Err(ended(within(step_ms, &what, sink.as_mut().finish()).await, &what));
            }
        }
    }
    buffer.put_i16(-1);
    if within(step_ms, &what, sink.send(buffer.split().freeze())).await.is_err() {
        return Err(ended(within(step_ms, &what, sink.as_mut().finish()).await, &what));
    }
    let copied = within(statement_ms, &what, sink.as_mut().finish()).await?;
    if copied == part.rows {
        return Ok(());
    }
    Err(TargetError::Unavailable(format!("{what}: {copied} rows taken of {}", part.rows)))
}

fn ended(answer: Result<u64, TargetError>, what: &str) -> TargetError {
    answer.err().unwrap_or_else(|| TargetError::Unavailable(format!("{what}: the server hung up")))
}

/// A batch of rows, its columns at hand.
struct Rows {
    len: usize,
    cells: Vec<Cells>,
    date: i32,
    hour: i16,
}

enum Cells {
    Text(StringArray),
    Int16(Int16Array),
    Int32(Int32Array),
    Int64(Int64Array),
    Bool(BooleanArray),
    TimeMs(TimestampMillisecondArray),
    Bytes(BinaryArray),
}

impl Rows {
    fn of(batch: &RecordBatch, part: &Opened) -> Result<Self, TargetError> {
        let cells: Option<Vec<Cells>> = (batch.columns().iter().zip(&part.columns))
            .map(|(array, column)| Cells::of(array.as_ref(), column))
            .collect();
        match cells {
            Some(cells) if batch.num_columns() == part.columns.len() => {
                let date = since_2000(part.date);
                Ok(Self { len: batch.num_rows(), cells, date, hour: part.hour })
            }
            _ => Err(TargetError::Refused(format!("{}: rows of other columns", part.path))),
        }
    }

    fn write(&self, at: usize, to: &mut BytesMut) {
        to.put_i16(self.cells.len() as i16 + 2);
        for cells in &self.cells {
            cells.write(at, to);
        }
        to.put_i32(4);
        to.put_i32(self.date);
        to.put_i32(2);
        to.put_i16(self.hour);
    }
}

fn since_2000(date: NaiveDate) -> i32 {
    let days = date.signed_duration_since(NaiveDate::default()).num_days();
    (days - EPOCH_DAYS) as i32
}

impl Cells {
    fn of(array: &dyn Array, column: &Column) -> Option<Self> {
        Some(match column.kind {
            Kind::Text => Self::Text(array.as_string_opt()?.clone()),
            Kind::Int16 => Self::Int16(array.as_primitive_opt::<Int16Type>()?.clone()),
            Kind::Int32 => Self::Int32(array.as_primitive_opt::<Int32Type>()?.clone()),
            Kind::Int64 => Self::Int64(array.as_primitive_opt::<Int64Type>()?.clone()),
            Kind::Bool => Self::Bool(array.as_boolean_opt()?.clone()),
            Kind::TimeMs => {
                Self::TimeMs(array.as_primitive_opt::<TimestampMillisecondType>()?.clone())
            }
            Kind::Bytes => Self::Bytes(array.as_binary_opt()?.clone()),
        })
    }

    fn array(&self) -> &dyn Array {
        match self {
            Self::Text(array) => array,
            Self::Int16(array) => array,
            Self::Int32(array) => array,
            Self::Int64(array) => array,
            Self::Bool(array) => array,
            Self::TimeMs(array) => array,
            Self::Bytes(array) => array,
        }
    }

    /// Length and value, or the length that says null.
    fn write(&self, at: usize, to: &mut BytesMut) {
        if self.array().is_null(at) {
            to.put_i32(-1);
            return;
        }
        match self {
            Self::Text(array) => put(to, array.value(at).as_bytes()),
            Self::Int16(array) => put(to, &array.value(at).to_be_bytes()),
            Self::Int32(array) => put(to, &array.value(at).to_be_bytes()),
            Self::Int64(array) => put(to, &array.value(at).to_be_bytes()),
            Self::Bool(array) => put(to, &[u8::from(array.value(at))]),
            Self::TimeMs(array) => put(to, &micros(array.value(at)).to_be_bytes()),
            Self::Bytes(array) => put(to, array.value(at)),
        }
    }
}

fn put(to: &mut BytesMut, value: &[u8]) {
    // An array of Arrow with 32-bit offsets holds no value of 2 GiB.
    to.put_i32(value.len() as i32);
    to.put_slice(value);
}

fn micros(ms: i64) -> i64 {
    ms.saturating_sub(EPOCH_MS).saturating_mul(1_000)
}
