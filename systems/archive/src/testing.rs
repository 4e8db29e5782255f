//! What tests of stores share: stores that fail, and small batches to put there.

mod faulty;
mod matches;

use bytes::Bytes;

use crate::object::sha256_hex;
use crate::{Change, FileEntry, Hour, Kind, Manifest, ManifestId, Part, Table, part_path};

pub(crate) use faulty::{Dies, Faulty, Others};
pub(crate) use matches::{batch, ended_ms, layout, match_id, player};

/// The hour most tests are in.
pub(crate) const HOUR: Hour = Hour(498_611);

/// The n-th batch of that hour.
pub(crate) fn batch_id(number: u8) -> ManifestId {
    let ms = HOUR.start_ms() + 1000 + u64::from(number);
    ManifestId(uuid::Builder::from_unix_timestamp_millis(ms, &[number; 10]).into_uuid())
}

/// A batch with these parts.
pub(crate) fn batch_of(id: ManifestId, matches: u64, parts: Vec<Part>) -> Change {
    let files = parts.iter().map(|part| entry(id, part)).collect();
    let manifest = Manifest {
        format: Manifest::FORMAT,
        id,
        kind: Kind::Batch,
        created_ms: HOUR.start_ms() + 1000,
        writer: "test".into(),
        schema: 1,
        matches,
        files,
        replaces: Vec::new(),
        batches: Vec::new(),
    };
    Change { manifest, parts }
}

fn entry(id: ManifestId, part: &Part) -> FileEntry {
    FileEntry {
        table: part.table,
        hour: part.hour,
        path: part_path(part.table, part.hour, id),
        rows: part.rows,
        bytes: part.bytes.len() as u64,
        sha256: sha256_hex(&part.bytes),
    }
}

/// A batch whose files hold just this text.
pub(crate) fn text_batch(number: u8, text: &str) -> Change {
    let part = |table| Part {
        table,
        hour: HOUR,
        rows: 1,
        bytes: Bytes::from(format!("{text} of {table:?}")),
    };
    batch_of(batch_id(number), 1, Table::ALL.map(part).into())
}

/// Runs what needs no runtime.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

/// A folder that goes with the test.
pub(crate) struct TempFolder(pub(crate) std::path::PathBuf);

impl TempFolder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("liap-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
