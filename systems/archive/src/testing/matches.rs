//! Small matches as Parquet: as much of the tables as keeping looks at.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::{ArrayRef, Int64Array, StringArray, TimestampMillisecondArray};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use uuid::Uuid;

use super::{batch_id, batch_of};
use crate::merge::Layout;
use crate::{Change, Hour, ManifestId, Part, Table};

/// The n-th match that began some minutes before this hour.
pub(crate) fn match_id(hour: Hour, n: u32) -> Uuid {
    let ms = hour.start_ms() - 600_000 + u64::from(n) * 1000;
    uuid::Builder::from_unix_timestamp_millis(ms, &[n as u8; 10]).into_uuid()
}

/// When it ended, in ms since 1970.
pub(crate) fn ended_ms(hour: Hour, n: u32) -> u64 {
    hour.start_ms() + u64::from(n) * 1000
}

/// Who sits there; the last seat is a bot's.
pub(crate) fn player(n: u32, seat: u32) -> Option<String> {
    let number = (n + seat) % 5;
    (seat < 3).then(|| Uuid::from_u128(u128::from(number) + 1).to_string())
}

/// A batch of these matches.
pub(crate) fn batch(number: u8, hour: Hour, matches: &[u32]) -> Change {
    let id = batch_id(number);
    let parts = Table::ALL.map(|table| part(table, hour, id, matches));
    batch_of(id, matches.len() as u64, parts.into())
}

fn part(table: Table, hour: Hour, id: ManifestId, matches: &[u32]) -> Part {
    let each = match table {
        Table::Matches => 1,
        Table::Seats => 4,
        _ => 30,
    };
    let mut matches = matches.to_vec();
    matches.sort_unstable();
    let rows: Vec<(u32, u32)> =
        matches.iter().flat_map(|n| (0..each).map(|row| (*n, row))).collect();
    let ids: StringArray = rows.iter().map(|(n, _)| Some(match_id(hour, *n).to_string())).collect();
    let numbers: Int64Array = rows.iter().map(|(_, row)| Some(i64::from(*row))).collect();
    let keys: StringArray = rows.iter().map(|(n, row)| player(*n, *row)).collect();
    let schema = Schema::new(vec![
        Field::new("match_id", DataType::Utf8, false),
        Field::new("number", DataType::Int64, false),
        Field::new("player_key", DataType::Utf8, true),
        Field::new("ended_at", crate::moment(), false),
    ]);
    let ends = rows.iter().map(|(n, _)| Some(ended_ms(hour, *n) as i64));
    let ends = ends.collect::<TimestampMillisecondArray>().with_timezone("UTC");
    let columns: Vec<ArrayRef> =
        vec![Arc::new(ids), Arc::new(numbers), Arc::new(keys), Arc::new(ends)];
    let has: &[usize] = match table {
        Table::Matches => &[0, 1, 3],
        Table::Seats | Table::Events => &[0, 1, 2],
        _ => &[0, 1],
    };
    let rows = RecordBatch::try_new(Arc::new(schema), columns).unwrap().project(has).unwrap();
    Part { table, hour, rows: rows.num_rows() as u64, bytes: encode(table, id, &rows) }
}

fn encode(table: Table, id: ManifestId, rows: &RecordBatch) -> Bytes {
    let options = layout()(table, id, rows.num_rows() as u64).unwrap();
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), rows.schema(), options).unwrap();
    writer.write(rows).unwrap();
    writer.into_inner().unwrap().into()
}

/// As files are written: metadata that names the manifest, as the real ones have.
pub(crate) fn layout() -> Layout {
    Arc::new(|table, id, _rows| {
        let told = vec![
            KeyValue::new("liap.table".to_owned(), table.name().to_owned()),
            KeyValue::new("liap.manifest".to_owned(), id.to_string()),
        ];
        let properties = WriterProperties::builder()
            .set_key_value_metadata(Some(told))
            .set_max_row_group_row_count(Some(100))
            .build();
        Ok(ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true))
    })
}
