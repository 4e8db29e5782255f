//! Every chain of a journal, once: also of one that a server is writing at this moment.

use std::collections::BTreeSet;
use std::path::Path;

use components::{MatchId, RoomId};
use journal::{Chain, Damage, FileDisk, Finished, Inspection, OpenError, ReadError, RoomInfo};

use super::{Failure, explain, match_name, room_name};

/// How often the journal is looked at anew because a chain cannot be read: the server may have
/// given up the file it was in, having copied it to another.
const TRIES_MAX: usize = 5;

/// Whose chain it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'a> {
    /// A live room's.
    Room(&'a RoomInfo),
    /// A finished match's.
    Match(Finished),
}

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Live rooms.
    pub(super) rooms: usize,
    /// Finished matches.
    pub(super) finished: usize,
    /// What is wrong with the files.
    pub(super) damages: Vec<Damage>,
    /// What could not be read, and why.
    pub(super) unread: Vec<String>,
}

/// Reads a journal as it is now.
pub(crate) fn open(directory: &Path) -> Result<Inspection<FileDisk>, Failure> {
    let disk = FileDisk::read_only(directory).map_err(OpenError::Io);
    disk.and_then(Inspection::open).map_err(|error| explain(directory, &error))
}

/// A match, finished or live.
pub(crate) fn find(directory: &Path, id: MatchId) -> Result<Chain, Failure> {
    let place = directory.display();
    for attempt in 1.. {
        match open(directory)?.read_match(id) {
            Ok(Some(chain)) => return Ok(chain),
            Err(error) if attempt == TRIES_MAX => {
                return Err(Failure::Data(format!("{place}: {error}")));
            }
            Err(_) => {}
            Ok(None) => break,
        }
    }
    let name = match_name(id);
    Err(Failure::Missing(format!("{place} has no match {name}; `liap journal inspect` lists them")))
}

/// Shows each chain: finished matches first, then live rooms, also those without one.
pub(super) fn walk(
    directory: &Path,
    mut see: impl FnMut(Subject<'_>, Option<Chain>) -> Result<(), Failure>,
) -> Result<Walked, Failure> {
    let mut seen = Seen::default();
    for attempt in 1.. {
        let inspection = open(directory)?;
        let unread = seen.pass(&inspection, &mut see)?;
        // A state that is ahead of its events may have been read after them.
        let is_good = unread.is_empty() && inspection.damages().is_empty();
        if is_good || attempt == TRIES_MAX {
            return Ok(Walked {
                rooms: seen.rooms.len(),
                finished: seen.finished.len(),
                damages: inspection.damages().to_vec(),
                unread,
            });
        }
    }
    Ok(Walked::default())
}

/// What has been shown.
#[derive(Default)]
struct Seen {
    rooms: BTreeSet<RoomId>,
    finished: BTreeSet<MatchId>,
}

impl Seen {
    /// Shows what has not been shown yet. Returns what cannot be read.
    fn pass(
        &mut self,
        inspection: &Inspection<FileDisk>,
        see: &mut impl FnMut(Subject<'_>, Option<Chain>) -> Result<(), Failure>,
    ) -> Result<Vec<String>, Failure> {
        let mut unread = Vec::new();
        let mut told = |what: String, error: ReadError| unread.push(format!("{what}: {error}"));
        for done in inspection.finished() {
            if self.finished.contains(&done.match_id) {
                continue;
            }
            match inspection.read_match(done.match_id) {
                Ok(chain) => {
                    see(Subject::Match(done), chain)?;
                    self.finished.insert(done.match_id);
                }
                Err(error) => told(format!("match {}", match_name(done.match_id)), error),
            }
        }
        for info in inspection.rooms() {
            if self.rooms.contains(&info.room) {
                continue;
            }
            match inspection.read_chain(info.room) {
                Ok(chain) => {
                    see(Subject::Room(info), chain)?;
                    self.rooms.insert(info.room);
                }
                Err(error) => told(format!("room {}", room_name(info.room)), error),
            }
        }
        Ok(unread)
    }
}
