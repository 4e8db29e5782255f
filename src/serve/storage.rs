//! What the server keeps in its data directory: the journal, and the keys of its tokens.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use components::{Faults, RoomId, RoomState};
use journal::{AnyDisk, FileDisk, Journal, MemoryDisk, OpenError, Options, Torn};

use super::Failure;
use crate::clock::wall_ms;
use crate::config::{ArchiveTarget, Config, Durability};

const MIB: u64 = 1 << 20;

/// The journal's directory in the data directory.
pub(crate) const JOURNAL: &str = "journal";

/// The journal, and what it had kept.
pub(super) struct Stored {
    /// `None` where nothing is to be kept.
    pub(super) journal: Option<Journal<AnyDisk>>,
    /// The same files, for whoever reads finished matches back.
    pub(super) reading: Option<AnyDisk>,
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
    let archives = config.archive.target != ArchiveTarget::None;
    if config.journal.durability == Durability::None {
        tracing::warn!("journal.durability is none: every game is lost with this process");
        if !archives {
            return Ok(Stored { journal: None, reading: None, rooms: Vec::new(), next_room: 1 });
        }
    }
    let options = Options {
        durability: match config.journal.durability {
            Durability::None | Durability::Process => journal::Durability::Process,
            Durability::Disk => journal::Durability::Disk,
        },
        state_segment_bytes: u64::from(config.journal.state_file_mb) * MIB,
        event_segment_bytes: u64::from(config.journal.events_file_mb) * MIB,
        events_bytes_max: u64::from(config.journal.finished_mb) * MIB,
        // In memory the oldest go when there are too many: it is lost anyhow, and then sooner.
        keep_finished: archives && config.journal.durability != Durability::None,
        reserve_bytes: match config.journal.durability {
            Durability::None => 0,
            Durability::Process | Durability::Disk => u64::from(config.journal.reserve_mb) * MIB,
        },
        faults,
        ..Options::default()
    };
    if config.journal.durability == Durability::None {
        return in_memory(config, options);
    }
    let directory = Path::new(&config.server.data).join(JOURNAL);
    // What is in there holds secrets of games that are going on.
    DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
    let disk = FileDisk::open(&directory)
        .map(AnyDisk::File)
        .map_err(|error| explain(&directory, OpenError::Io(error)))?;
    let (journal, recovered) = Journal::open(disk, &config.game, options, wall_ms())
        .map_err(|error| explain(&directory, error))?;
    for torn in &recovered.torn {
        let Torn { file, offset, bytes } = torn;
        tracing::warn!(file, offset, bytes, "cut off what was not written whole: nobody saw it");
    }
    for damage in &recovered.damages {
        tracing::error!(%damage, "the journal is not as it should be");
    }
    if !archives && recovered.finished > 0 {
        let matches = recovered.finished;
        tracing::warn!(matches, "finished matches are in the journal, and archive.target is none");
    }
    let (rooms, next_room) = (recovered.rooms, recovered.next_room);
    let reading =
        archives.then(|| FileDisk::read_only(&directory).map(AnyDisk::File)).transpose()?;
    Ok(Stored { journal: Some(journal), reading, rooms, next_room })
}

/// A journal for the archive alone.
fn in_memory(config: &Config, options: Options) -> Result<Stored, Failure> {
    let disk = MemoryDisk::new();
    let reading = Some(AnyDisk::Memory(disk.clone()));
    let (journal, _) = Journal::open(AnyDisk::Memory(disk), &config.game, options, wall_ms())
        .map_err(|error| Failure::Data(format!("the journal in memory: {error}")))?;
    Ok(Stored { journal: Some(journal), reading, rooms: Vec::new(), next_room: 1 })
}

fn explain(directory: &Path, error: OpenError) -> Failure {
    let what = format!("{}: {error}", directory.display());
    match error {
        OpenError::Io(_) => Failure::Io(io::Error::other(what)),
        OpenError::Newer { .. } | OpenError::Damaged(_) => Failure::Data(what),
    }
}
