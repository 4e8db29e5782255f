//! Matches as read back from the journal, turned into the rows and files of a batch.

mod fold;
mod settings_id;

use std::collections::BTreeMap;
use std::fmt;

use components::{MatchId, PlayerId, SessionId, Version};
use journal::Chain;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::encode::WRITER;
use crate::rows::MatchRows;
use crate::tables::batch_of;
use crate::{
    Aliases, Change, EncodeError, FileEntry, Hour, Kind, Manifest, ManifestId, Part,
    SCHEMA_VERSION, Table, WriterOptions, encode, object::part_path,
};

/// Why a chain is no finished match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConvertError {
    /// Its commits are of no match.
    NoMatch,
    /// Its first commit does not begin a match: what came before it is lost.
    NoBeginning,
    /// Its last commit does not end the match.
    NoEnd,
    /// Two commits contradict each other.
    Inconsistent {
        /// The version at which it shows.
        version: Version,
        /// What is wrong there.
        what: &'static str,
    },
    /// A player for whom there is no alias: they were made for other matches.
    UnknownPlayer(PlayerId),
    /// A session for which there is no alias.
    UnknownSession(SessionId),
    /// A name for which there is no alias.
    UnknownName,
    /// The match has been added before.
    Twice(MatchId),
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMatch => f.write_str("its commits are of no match"),
            Self::NoBeginning => {
                f.write_str("its first commit does not begin a match: what came before is lost")
            }
            Self::NoEnd => f.write_str("its last commit does not end the match"),
            Self::Inconsistent { version, what } => write!(f, "version {}: {what}", version.0),
            Self::UnknownPlayer(_) => f.write_str("one of its players has no alias"),
            Self::UnknownSession(_) => f.write_str("one of its sessions has no alias"),
            Self::UnknownName => f.write_str("one of its names has no alias"),
            Self::Twice(id) => {
                write!(f, "match {} is in the batch already", Uuid::from_bytes(id.0))
            }
        }
    }
}

impl std::error::Error for ConvertError {}

/// A batch in the making: matches go in in any order, a change comes out. The same matches, aliases,
/// id and options give the same bytes.
#[derive(Debug, Default)]
pub struct Builder {
    options: WriterOptions,
    hours: BTreeMap<Hour, BTreeMap<MatchId, MatchRows>>,
    bytes: usize,
}

impl Builder {
    /// An empty one.
    #[must_use]
    pub fn new(options: WriterOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// Adds a finished match. `aliases` has everybody who takes part in it.
    ///
    /// # Errors
    ///
    /// When the chain is no whole and consistent match, when somebody has no alias, or when the
    /// match is in already. The builder is then as it was.
    pub fn add(&mut self, chain: &Chain, aliases: &Aliases) -> Result<(), ConvertError> {
        let rows = fold::rows(chain, aliases)?;
        let id = rows.game.id;
        let hour = self.hours.entry(Hour::of(rows.game.ended_ms)).or_default();
        if hour.contains_key(&id) {
            return Err(ConvertError::Twice(id));
        }
        self.bytes += rows.bytes();
        hour.insert(id, rows);
        Ok(())
    }

    /// How many matches are in it.
    #[must_use]
    pub fn matches(&self) -> usize {
        self.hours.values().map(BTreeMap::len).sum()
    }

    /// About how many bytes of memory it takes. Its files are about an eighth of that.
    #[must_use]
    pub const fn bytes_estimate(&self) -> usize {
        self.bytes
    }

    /// The files and the manifest of a batch: a file for each table and hour that has rows, in the
    /// order in which they are to be published. `created_ms` is the intent's, in ms since 1970.
    ///
    /// # Errors
    ///
    /// When rows cannot be encoded: a fault of ours.
    pub fn finish(self, id: ManifestId, created_ms: u64) -> Result<Change, EncodeError> {
        let matches = self.matches() as u64;
        let mut parts = Vec::new();
        for table in Table::ALL {
            for (hour, rows) in &self.hours {
                let batch = batch_of(table, rows.values())?;
                if batch.num_rows() > 0 {
                    let rows = batch.num_rows() as u64;
                    let bytes = encode(table, id, &[batch], self.options)?;
                    parts.push(Part { table, hour: *hour, rows, bytes });
                }
            }
        }
        Ok(change(id, Kind::Batch, created_ms, matches, parts))
    }
}

/// A manifest with its files, which are in the order in which they are to be published: other tables
/// before `matches`. What it replaces or merges is left empty.
#[must_use]
pub fn change(
    id: ManifestId,
    kind: Kind,
    created_ms: u64,
    matches: u64,
    parts: Vec<Part>,
) -> Change {
    let files = parts.iter().map(|part| entry(id, part)).collect();
    let manifest = Manifest {
        format: Manifest::FORMAT,
        id,
        kind,
        created_ms,
        writer: WRITER.to_owned(),
        schema: SCHEMA_VERSION,
        matches,
        files,
        replaces: Vec::new(),
        batches: Vec::new(),
    };
    Change { manifest, parts }
}

fn entry(id: ManifestId, part: &Part) -> FileEntry {
    let Part { table, hour, rows, bytes } = part;
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    FileEntry {
        table: *table,
        hour: *hour,
        path: part_path(*table, *hour, id),
        rows: *rows,
        bytes: bytes.len() as u64,
        sha256,
    }
}
