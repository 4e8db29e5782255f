//! Columns out of values.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Int16Array, Int32Array, Int64Array, StringArray,
    TimestampMillisecondArray,
};
use arrow_schema::ArrowError;
use components::PieceSet;
use uuid::Uuid;

use crate::rows::{MatchRows, Word, write_pieces};

pub(super) fn int16(values: impl Iterator<Item = i16>) -> ArrayRef {
    Arc::new(Int16Array::from_iter_values(values))
}

pub(super) fn int16_or_none(values: impl Iterator<Item = Option<i16>>) -> ArrayRef {
    Arc::new(values.collect::<Int16Array>())
}

pub(super) fn int32(values: impl Iterator<Item = i32>) -> ArrayRef {
    Arc::new(Int32Array::from_iter_values(values))
}

pub(super) fn int32_or_none(values: impl Iterator<Item = Option<i32>>) -> ArrayRef {
    Arc::new(values.collect::<Int32Array>())
}

pub(super) fn int64(values: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

pub(super) fn bools(values: impl Iterator<Item = bool>) -> ArrayRef {
    Arc::new(values.map(Some).collect::<BooleanArray>())
}

pub(super) fn bools_or_none(values: impl Iterator<Item = Option<bool>>) -> ArrayRef {
    Arc::new(values.collect::<BooleanArray>())
}

/// Moments in ms since 1970.
pub(super) fn moments(values: impl Iterator<Item = u64>) -> ArrayRef {
    let column = TimestampMillisecondArray::from_iter_values(values.map(long));
    Arc::new(column.with_timezone("UTC"))
}

pub(super) fn moments_or_none(values: impl Iterator<Item = Option<u64>>) -> ArrayRef {
    let column: TimestampMillisecondArray = values.map(|ms| ms.map(long)).collect();
    Arc::new(column.with_timezone("UTC"))
}

pub(super) fn words(values: impl Iterator<Item = impl Word>) -> ArrayRef {
    words_or_none(values.map(Some))
}

pub(super) fn words_or_none(values: impl Iterator<Item = Option<impl Word>>) -> ArrayRef {
    let mut column = StringBuilder::new();
    values.for_each(|value| column.append_option(value.map(Word::word)));
    Arc::new(column.finish())
}

pub(super) fn text(values: impl Iterator<Item = String>) -> ArrayRef {
    text_or_none(values.map(Some))
}

pub(super) fn text_or_none(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

pub(super) fn pieces(values: impl Iterator<Item = PieceSet>) -> ArrayRef {
    let mut column = StringBuilder::with_capacity(values.size_hint().0, 0);
    for value in values {
        // A buffer in memory takes whatever is written.
        _ = write_pieces(&mut column, value);
        column.append_value("");
    }
    Arc::new(column.finish())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// The id of each match, as often as it has rows.
pub(super) fn match_ids(
    matches: &[&MatchRows],
    rows: impl Fn(&MatchRows) -> usize,
) -> Result<ArrayRef, ArrowError> {
    let ids = matches.iter().map(|it| Uuid::from_bytes(it.game.id.0).to_string());
    let ids = StringArray::from_iter_values(ids);
    let numbers = (0..).zip(matches).flat_map(|(n, it)| std::iter::repeat_n(n, rows(it)));
    let numbers = Int32Array::from_iter_values(numbers);
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(numbers, Arc::new(ids))?))
}

/// A number as Spark can read it; one that is too large is the largest there is.
pub(super) fn long(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The same in 32 bits.
pub(super) fn int(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The same in 16 bits.
pub(super) fn short(number: impl Into<u64>) -> i16 {
    i16::try_from(number.into()).unwrap_or(i16::MAX)
}
