//! A made-up archive, written as the archiver writes it: the same for the same numbers, so that
//! tests know what is in it, and a recorded mix of requests finds its players again.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use archive::{FileEntry, Hour, Kind, Manifest, ManifestId, Table};
use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::WriterProperties;
use sha2::{Digest, Sha256};

pub(crate) mod columns;
pub(crate) mod games;

use games::Game;

/// How large the archive is to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Synthetic {
    /// Matches; of these, the last `detailed` have rows in the other tables too.
    pub(crate) matches: u64,
    /// See `matches`.
    pub(crate) detailed: u64,
    /// Players, of whom the first ones play most.
    pub(crate) players: u64,
    /// The hours over which they are spread, up to the last.
    pub(crate) hours: u32,
    /// The last hour.
    pub(crate) last: Hour,
    /// Batches of which the last hour consists; all others have been merged.
    pub(crate) last_batches: u64,
}

impl Default for Synthetic {
    fn default() -> Self {
        Self { matches: 240, detailed: 240, players: 20, hours: 6, last: LAST, last_batches: 3 }
    }
}

/// The last hour of all that is made up: 2026-11-20 11:00.
pub(crate) const LAST: Hour = Hour(498_659);

impl Synthetic {
    /// All matches, by number.
    pub(crate) fn games(self) -> impl Iterator<Item = Game> {
        (0..self.matches).map(move |number| Game::of(number, &self))
    }

    /// Writes it all.
    pub(crate) fn write(self, root: &Path) {
        for back in (0..self.hours).rev() {
            let hour = Hour(self.last.0 - back);
            let batches = if back == 0 { self.last_batches } else { 1 };
            let (from, to) = self.numbers(hour);
            for batch in 0..batches {
                let part = |at: u64| from + (to - from) * at / batches;
                let games = (part(batch)..part(batch + 1)).map(|number| Game::of(number, &self));
                publish(
                    root,
                    hour,
                    batch,
                    &games.collect::<Vec<_>>(),
                    self.matches - self.detailed,
                );
            }
        }
    }

    /// The numbers of an hour's matches.
    fn numbers(self, hour: Hour) -> (u64, u64) {
        let at = u64::from(hour.0 + self.hours - 1 - self.last.0);
        let part = |at: u64| self.matches * at / u64::from(self.hours);
        (part(at), part(at + 1))
    }

    /// The hour in which a match ended.
    pub(crate) fn hour_of(self, number: u64) -> Hour {
        let first = self.last.0 + 1 - self.hours;
        let mut hour = Hour(first + (number * u64::from(self.hours) / self.matches) as u32);
        while self.numbers(hour).0 > number {
            hour.0 -= 1;
        }
        while self.numbers(hour).1 <= number {
            hour.0 += 1;
        }
        hour
    }
}

/// Publishes matches as one batch: the files of all tables, then the manifest.
pub(crate) fn publish(root: &Path, hour: Hour, batch: u64, games: &[Game], detailed_from: u64) {
    let mut games: Vec<Game> = games.to_vec();
    games.sort_by_key(|game| game.id);
    let id = ManifestId(games::uuid_v7(hour.end_ms() - 1, u64::from(hour.0) << 20 | batch));
    let detailed: Vec<Game> =
        games.iter().filter(|game| game.number >= detailed_from).cloned().collect();
    let mut files = Vec::new();
    for table in Table::ALL {
        let of = if matches!(table, Table::Seats | Table::Matches) { &games } else { &detailed };
        let rows = columns::rows(table, of);
        if rows.num_rows() > 0 {
            files.push(write_file(root, table, hour, id, &rows));
        }
    }
    publish_manifest(root, id, Kind::Batch, hour, games.len() as u64, files, Vec::new());
}

/// Writes a manifest.
pub(crate) fn publish_manifest(
    root: &Path,
    id: ManifestId,
    kind: Kind,
    hour: Hour,
    matches: u64,
    files: Vec<FileEntry>,
    replaces: Vec<String>,
) {
    let manifest = Manifest {
        format: Manifest::FORMAT,
        id,
        kind,
        created_ms: hour.end_ms() - 1,
        writer: "synthetic".to_owned(),
        schema: 1,
        matches,
        files,
        replaces,
        batches: Vec::new(),
    };
    let path = root.join(Manifest::path(id));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, serde_json::to_vec(&manifest).unwrap()).unwrap();
}

/// Writes one file.
pub(crate) fn write_file(
    root: &Path,
    table: Table,
    hour: Hour,
    id: ManifestId,
    rows: &RecordBatch,
) -> FileEntry {
    let path = format!("{}/{hour}/{id}.parquet", table.name());
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap()))
        .set_created_by("liap 0.1.0".to_owned())
        .set_key_value_metadata(Some(vec![
            KeyValue::new("liap.schema".to_owned(), "1".to_owned()),
            KeyValue::new("liap.table".to_owned(), table.name().to_owned()),
        ]));
    for column in ["player_key", "room_code"] {
        properties = properties.set_column_bloom_filter_enabled(column.into(), true);
    }
    let mut writer =
        ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties.build())).unwrap();
    writer.write(rows).unwrap();
    let bytes = writer.into_inner().unwrap();
    let whole = root.join(&path);
    fs::create_dir_all(whole.parent().unwrap()).unwrap();
    fs::write(whole, &bytes).unwrap();
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    FileEntry { table, hour, path, rows: rows.num_rows() as u64, bytes: bytes.len() as u64, sha256 }
}

/// A batch of these columns.
pub(crate) fn batch(
    table: Table,
    columns: Vec<Arc<dyn datafusion::arrow::array::Array>>,
) -> RecordBatch {
    RecordBatch::try_new(archive::schema(table), columns).unwrap()
}
