//! Changes made up for the tests: every table, every type of column, a few rows for each match.

use std::sync::Arc;

use archive::{Change, FileEntry, Hour, Kind, Manifest, ManifestId, Part, Table};
use arrow_array::RecordBatch;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Int16Array, Int32Array, Int64Array, StringArray,
    TimestampMillisecondArray,
};
use arrow_schema::{DataType, Field};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// 2026-11-18, 11 o'clock.
pub(crate) const HOUR: Hour = Hour(498_611);

/// Rows of `plays` of a match.
pub(crate) const PLAYS: u64 = 12;

/// Rows of `events` of a match.
pub(crate) const EVENTS: u64 = 15;

/// A name nothing else has.
pub(crate) fn unique() -> Uuid {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The name of a match, by its number.
pub(crate) fn match_id(number: u32) -> String {
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 | u128::from(number)).to_string()
}

/// A batch of these matches, which ended in this hour.
pub(crate) fn batch(hour: Hour, matches: std::ops::Range<u32>) -> Change {
    change(Kind::Batch, Table::ALL.into(), hour, matches, Some("somebody"))
}

/// A change of this kind with these tables; whoever has the first seats of its matches is `player`.
pub(crate) fn change(
    kind: Kind,
    tables: Vec<Table>,
    hour: Hour,
    matches: std::ops::Range<u32>,
    player: Option<&str>,
) -> Change {
    let parts: Vec<Part> =
        tables.into_iter().map(|table| part(table, hour, matches.clone(), player)).collect();
    let count = u64::from(matches.end - matches.start);
    of_parts(kind, parts, count)
}

/// A change of this kind with these parts, of this many matches.
pub(crate) fn of_parts(kind: Kind, parts: Vec<Part>, matches: u64) -> Change {
    let id = ManifestId(unique());
    let created_ms = HOUR.end_ms();
    let files = parts.iter().map(|part| entry(id, part)).collect();
    let manifest = Manifest {
        format: Manifest::FORMAT,
        id,
        kind,
        created_ms,
        writer: "liap tests".to_owned(),
        schema: 1,
        matches,
        files,
        replaces: Vec::new(),
        batches: Vec::new(),
    };
    Change { manifest, parts }
}

/// As keeping makes it: the change takes the place of the files of its tables of these others, and
/// keeps the rest of theirs in its hour.
pub(crate) fn over(mut change: Change, others: &[&Change]) -> Change {
    let tables: Vec<Table> = change.parts.iter().map(|part| part.table).collect();
    for other in others {
        change.manifest.replaces.extend(other.manifest.replaces.clone());
        if other.manifest.kind == Kind::Batch {
            change.manifest.batches.push(other.manifest.id);
        }
        for (file, part) in other.manifest.files.iter().zip(&other.parts) {
            if tables.contains(&file.table) {
                change.manifest.replaces.push(file.path.clone());
            } else if file.hour == HOUR && !change.manifest.files.contains(file) {
                change.manifest.files.push(file.clone());
                change.parts.push(part.clone());
            }
        }
    }
    change
}

/// What a follower still finds of it when these tables' files are gone.
pub(crate) fn without(mut change: Change, tables: &[Table]) -> Change {
    change.manifest.files.retain(|file| !tables.contains(&file.table));
    change.parts.retain(|part| !tables.contains(&part.table));
    change
}

fn entry(id: ManifestId, part: &Part) -> FileEntry {
    FileEntry {
        table: part.table,
        hour: part.hour,
        path: format!("{}/{}/{id}.parquet", part.table.name(), part.hour),
        rows: part.rows,
        bytes: part.bytes.len() as u64,
        sha256: Sha256::digest(&part.bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn part(table: Table, hour: Hour, matches: std::ops::Range<u32>, player: Option<&str>) -> Part {
    encode(table, hour, &rows(table, hour, &matches.collect::<Vec<_>>(), player))
}

/// The part of these rows.
pub(crate) fn encode(table: Table, hour: Hour, batch: &RecordBatch) -> Part {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    Part { table, hour, rows: batch.num_rows() as u64, bytes: Bytes::from(bytes) }
}

/// How many rows of a match a table has.
pub(crate) const fn rows_each(table: Table) -> u64 {
    match table {
        Table::Matches => 1,
        Table::Seats | Table::Rounds => 4,
        Table::Plays => PLAYS,
        Table::Redeals => 0,
        Table::Presence => 2,
        Table::Events => EVENTS,
    }
}

/// The rows of these matches, with something in every column.
pub(crate) fn rows(table: Table, hour: Hour, matches: &[u32], player: Option<&str>) -> RecordBatch {
    let cells: Vec<(u32, u64)> =
        matches.iter().flat_map(|number| (0..rows_each(table)).map(|at| (*number, at))).collect();
    let schema = archive::schema(table);
    let columns = schema.fields().iter().map(|field| column(field, &cells, hour, player));
    RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap()
}

fn column(field: &Field, cells: &[(u32, u64)], hour: Hour, player: Option<&str>) -> ArrayRef {
    let (name, nullable) = (field.name().as_str(), field.is_nullable());
    let cells = cells.iter().copied();
    match field.data_type() {
        DataType::Utf8 => Arc::new(StringArray::from_iter(cells.map(|(number, at)| match name {
            "match_id" => Some(match_id(number)),
            "player_key" => player.filter(|_| at == 0).map(str::to_owned),
            _ => Some("jöined".to_owned()),
        }))),
        DataType::Int16 => Arc::new(Int16Array::from_iter(cells.map(|(_, at)| match name {
            "seat" if nullable => (at > 0).then_some(3),
            "seat" => Some((at % 4) as i16),
            "round" => Some(1),
            "turn" => Some((at / 4) as i16),
            "position" => Some((at % 4) as i16 + 1),
            _ => (!nullable || at != 2).then_some(-3),
        }))),
        DataType::Int32 => {
            Arc::new(cells.map(|(_, at)| Some(at as i32 - 1)).collect::<Int32Array>())
        }
        DataType::Int64 => Arc::new(Int64Array::from_iter(cells.map(|(number, at)| match name {
            "version" => Some(at as i64 + 1),
            _ => Some(i64::from(number) << 32),
        }))),
        DataType::Boolean => {
            Arc::new(cells.map(|(number, _)| Some(number % 2 == 0)).collect::<BooleanArray>())
        }
        DataType::Timestamp(..) => {
            let times = cells.map(|(_, at)| Some((hour.start_ms() + at) as i64));
            Arc::new(times.collect::<TimestampMillisecondArray>().with_timezone("UTC"))
        }
        DataType::Binary => {
            // What compression makes nothing of, so that sizes are what they seem.
            let noise = |(number, at)| Sha256::digest(format!("{number} {at}")).repeat(4);
            let some = |cell: (u32, u64)| (!nullable || cell.1 == 0).then(|| noise(cell));
            Arc::new(cells.map(some).collect::<BinaryArray>())
        }
        other => panic!("{name}: no values of {other} are made here"),
    }
}
