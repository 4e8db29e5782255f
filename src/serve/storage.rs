//! What the server keeps in its data directory: the journal, and the keys of its tokens.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use components::{Faults, RoomId, RoomState};
use journal::{FileDisk, Journal, OpenError, Options, Torn};

use super::Failure;
use crate::clock::wall_ms;
use crate::config::{Config, Durability};

const MIB: u64 = 1 << 20;

/// The journal's directory in the data directory.
pub(crate) const JOURNAL: &str = "journal";

/// The journal, and what it had kept.
pub(super) struct Stored {
    /// `None` where nothing is to be kept.
    pub(super) journal: Option<Journal<FileDisk>>,
    /// Every live room as of its last commit.
    pub(super) rooms: Vec<(RoomId, RoomState)>,
    /// The number of the first room name that was never given away.
    pub(super) next_room: u64,
}

/// Opens what is there, or begins it.
///
/// # Errors
///
/// The directory cannot be made or written, another process has it, or it is damaged.
pub(super) fn open(config: &Config, faults: Faults) -> Result<Stored, Failure> {
    let durability = match config.journal.durability {
        Durability::None => {
            tracing::warn!("journal.durability is none: every game is lost with this process");
            return Ok(Stored { journal: None, rooms: Vec::new(), next_room: 1 });
        }
        Durability::Process => journal::Durability::Process,
        Durability::Disk => journal::Durability::Disk,
    };
    let options = Options {
        durability,
        state_segment_bytes: u64::from(config.journal.state_file_mb) * MIB,
        event_segment_bytes: u64::from(config.journal.events_file_mb) * MIB,
        events_bytes_max: u64::from(config.journal.finished_mb) * MIB,
        keep_finished: false,
        faults,
        ..Options::default()
    };
    let directory = Path::new(&config.server.data).join(JOURNAL);
    // What is in there holds secrets of games that are going on.
    DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
    let disk =
        FileDisk::open(&directory).map_err(|error| explain(&directory, OpenError::Io(error)))?;
    let (journal, recovered) = Journal::open(disk, &config.game, options, wall_ms())
        .map_err(|error| explain(&directory, error))?;
    for torn in &recovered.torn {
        let Torn { file, offset, bytes } = torn;
        tracing::warn!(file, offset, bytes, "cut off what was not written whole: nobody saw it");
    }
    for damage in &recovered.damages {
        tracing::error!(%damage, "the journal is not as it should be");
    }
    let (rooms, next_room) = (recovered.rooms, recovered.next_room);
    Ok(Stored { journal: Some(journal), rooms, next_room })
}

fn explain(directory: &Path, error: OpenError) -> Failure {
    let what = format!("{}: {error}", directory.display());
    match error {
        OpenError::Io(_) => Failure::Io(io::Error::other(what)),
        OpenError::Newer { .. } | OpenError::Damaged(_) => Failure::Data(what),
    }
}
