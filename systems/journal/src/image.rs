//! All that a journal holds, as it was read.

use std::collections::BTreeMap;

use components::{MatchId, RoomId, RoomState};

use crate::body::Finished;
use crate::damage::{Case, Damage};
use crate::intent::Intent;
use crate::live::Live;
use crate::segment::Segments;

/// What a journal held when it was opened.
#[derive(Debug)]
pub struct Recovered {
    /// Every live room, by id.
    pub rooms: Vec<(RoomId, RoomState)>,
    /// The lowest `n` of [`RoomId::nth`] that no room has had.
    pub next_room: u64,
    /// How many finished matches wait to be forgotten.
    pub finished: usize,
    /// What was cut: the last write of each stream, if it did not come to its end.
    pub torn: Vec<Torn>,
    /// What else is not as it should be, but keeps nothing from starting.
    pub damages: Vec<Damage>,
}

/// R2: a write that did not come to its end. Nobody was shown anything of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// In which file.
    pub file: String,
    /// From which byte on.
    pub offset: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// Where a stream goes on.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Ends {
    /// The position behind its last good record.
    pub(crate) good: u64,
    /// The position behind its last byte.
    pub(crate) physical: u64,
    /// The position at which no record has ever been, so that no pointer leads astray.
    pub(crate) next: u64,
}

/// A room as it was read.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) id: RoomId,
    pub(crate) state: RoomState,
    pub(crate) live: Live,
    /// Bytes of its newest whole state.
    pub(crate) bytes: usize,
}

/// All that a journal holds.
#[derive(Debug, Default)]
pub(crate) struct Image {
    pub(crate) event_segments: Segments,
    pub(crate) state_segments: Segments,
    pub(crate) events_end: Ends,
    pub(crate) state_end: Ends,
    /// By id.
    pub(crate) rooms: Vec<Room>,
    pub(crate) finished: BTreeMap<MatchId, Finished>,
    /// Matches said to be over by a write that did not come to its end, while they go on.
    pub(crate) unfinished: Vec<MatchId>,
    /// Open batches, with the positions of their records.
    pub(crate) intents: Vec<(u64, Intent)>,
    /// Open batches of which no match is left.
    pub(crate) emptied: Vec<[u8; 16]>,
    pub(crate) next_room: u64,
    /// The last settings written, encoded; `None` too if in an older layout.
    pub(crate) settings: Option<Vec<u8>>,
    pub(crate) torn: Vec<Torn>,
    pub(crate) damages: Vec<Damage>,
    /// Files of segments that never began.
    pub(crate) unbegun: Vec<String>,
    /// All files that count.
    pub(crate) files: Vec<String>,
}

impl Image {
    /// Whether the match goes on in its room: a match is said to be over before its room is, and the
    /// write was cut in between.
    pub(crate) fn goes_on(&self, done: &Finished) -> bool {
        let Ok(at) = self.rooms.binary_search_by_key(&done.room, |room| room.id) else {
            return false;
        };
        let live = self.rooms[at].live;
        live.has(Live::CHAIN | Live::MATCH) && live.start == done.start && live.head < done.head
    }

    /// Whether a file is missing (R4).
    pub(crate) fn misses_a_file(&self) -> bool {
        self.damages.iter().any(|damage| damage.case == Case::MissingFile)
    }
}
