//! Manifests: what of the archive counts. A file that no manifest lists was never finished.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Hour, Table};

/// The name of a batch, a compaction or an erasure: a UUID of version 7, so that names sort by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ManifestId(pub Uuid);

impl fmt::Display for ManifestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a manifest came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Finished matches were added.
    Batch,
    /// Files of a closed hour were merged: the same rows in fewer files.
    Compaction,
    /// A player was taken out of files: the same rows without who it was.
    Erasure,
    /// Hours that were kept long enough are gone: no files, only `replaces`.
    Retention,
}

/// A commit of the archive: an object of its own, published last, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The layout of this: 1.
    pub format: u32,
    /// Its name, and that of its files.
    pub id: ManifestId,
    /// How it came to be.
    pub kind: Kind,
    /// When, in ms since 1970.
    pub created_ms: u64,
    /// Who wrote it: `liap 0.1.0`.
    pub writer: String,
    /// The layout of the tables.
    pub schema: u32,
    /// Matches in its files.
    pub matches: u64,
    /// Its files.
    pub files: Vec<FileEntry>,
    /// Paths of files that count no more, since these take their place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<String>,
    /// The batches whose matches are in its files, if it is not one itself: a batch that is listed
    /// here was committed, even if its own manifest is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<ManifestId>,
}

/// A Parquet file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Of which table.
    pub table: Table,
    /// In which partition: hours since 1970.
    pub hour: Hour,
    /// Where, from the archive's root.
    pub path: String,
    /// How many rows.
    pub rows: u64,
    /// How large.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// The layout this version writes.
    pub const FORMAT: u32 = 1;

    /// The folder of manifests: readers of Hive partitions pass over what begins with `_`.
    pub const FOLDER: &str = "_manifests";

    /// Where it is, from the archive's root.
    #[must_use]
    pub fn path(id: ManifestId) -> String {
        format!("{}/{id}.json", Self::FOLDER)
    }
}
