//! A journal read from beside: also one that a server is writing at this moment.

use std::collections::BTreeMap;

use components::{MatchId, RoomId, RoomState};

use crate::chain::Chain;
use crate::image::{Image, Room};
use crate::live::{Live, LiveRooms};
use crate::segment::{HEADER_BYTES, Segment, Segments, StreamKind, name};
use crate::source::{ReadError, Source};
use crate::{Damage, Disk, Finished, Intent, OpenError, Torn, chain, recovery};

/// How often a reading is begun anew because the server has removed a file meanwhile: it removes
/// one every few megabytes at most.
const TRIES_MAX: usize = 5;

/// All that a journal holds, as of the moment it was read. Nothing is locked, nothing changed.
#[derive(Debug)]
pub struct Inspection<D> {
    disk: D,
    events: Segments,
    state: Segments,
    live: LiveRooms,
    finished: BTreeMap<MatchId, Finished>,
    intents: Vec<Intent>,
    rooms: Vec<RoomInfo>,
    next_room: u64,
    torn: Vec<Torn>,
    damages: Vec<Damage>,
}

/// A live room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomInfo {
    /// Which.
    pub room: RoomId,
    /// The whole of it.
    pub state: RoomState,
    /// The wall clock at its newest commit, in ms since 1970.
    pub wall_ms: u64,
    /// Bytes of its newest whole state.
    pub bytes: usize,
    /// Whether its commits can be read: [`Inspection::read_chain`].
    pub has_chain: bool,
}

/// A file of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentInfo {
    /// Its name.
    pub file: String,
    /// Of which stream.
    pub stream: StreamKind,
    /// The format it is in: see [`FILE_FORMAT`](crate::FILE_FORMAT).
    pub format: u16,
    /// When it was begun, in ms since 1970.
    pub created_ms: u64,
    /// Bytes of it that count.
    pub bytes: u64,
}

impl<D: Disk> Inspection<D> {
    /// Reads the journal on this disk.
    ///
    /// # Errors
    /// When the disk cannot be read, or a newer version has written it. What is damaged is no error:
    /// see [`Inspection::damages`].
    pub fn open(disk: D) -> Result<Self, OpenError> {
        let mut tries = 1;
        let image = loop {
            match recovery::load(&disk) {
                Err(OpenError::Io(error))
                    if error.kind() == std::io::ErrorKind::NotFound && tries < TRIES_MAX =>
                {
                    tries += 1;
                }
                // A file that went between two looks at the directory seems to be missing.
                Ok(image) if tries < TRIES_MAX && image.misses_a_file() => tries += 1,
                other => break other?,
            }
        };
        let Image {
            event_segments, state_segments, rooms, finished, intents, torn, damages, ..
        } = image;
        let live = rooms.iter().map(|room| (room.id, room.live)).collect();
        let info = |room: Room| RoomInfo {
            room: room.id,
            wall_ms: room.live.wall_ms,
            bytes: room.bytes,
            has_chain: room.live.has(Live::CHAIN),
            state: room.state,
        };
        Ok(Self {
            disk,
            events: event_segments,
            state: state_segments,
            live,
            finished,
            intents: intents.into_iter().map(|(_, intent)| intent).collect(),
            rooms: rooms.into_iter().map(info).collect(),
            next_room: image.next_room,
            torn,
            damages,
        })
    }

    /// Every live room, by id.
    #[must_use]
    pub fn rooms(&self) -> &[RoomInfo] {
        &self.rooms
    }

    /// Matches that are over and not forgotten, by id: that is the order in which they began.
    pub fn finished(&self) -> impl Iterator<Item = Finished> + '_ {
        self.finished.values().copied()
    }

    /// Batches on their way into the archive, by id.
    #[must_use]
    pub fn intents(&self) -> &[Intent] {
        &self.intents
    }

    /// The lowest `n` of [`RoomId::nth`] that no room has had.
    #[must_use]
    pub const fn next_room(&self) -> u64 {
        self.next_room
    }

    /// Where a stream's last write has not come to its end (yet).
    #[must_use]
    pub fn torn(&self) -> &[Torn] {
        &self.torn
    }

    /// What is not as it should be. Rooms that are damaged themselves are left out, or as they were
    /// before.
    #[must_use]
    pub fn damages(&self) -> &[Damage] {
        &self.damages
    }

    /// All files, those of the events first, each stream's oldest first.
    pub fn segments(&self) -> impl Iterator<Item = SegmentInfo> + '_ {
        let info = |stream| {
            move |segment: &Segment| SegmentInfo {
                file: name(stream, segment.start),
                stream,
                format: segment.format,
                created_ms: segment.created_ms,
                bytes: segment.end - segment.start + HEADER_BYTES as u64,
            }
        };
        let events = self.events.0.iter().map(info(StreamKind::Events));
        events.chain(self.state.0.iter().map(info(StreamKind::State)))
    }

    /// All commits of a match, live or finished; `None` if the journal does not have it.
    ///
    /// # Errors
    /// When its records cannot be read: they are damaged, or were given up since.
    pub fn read_match(&self, id: MatchId) -> Result<Option<Chain>, ReadError> {
        chain::read_match(&self.source(), &self.live, &self.finished, id)
    }

    /// The commits of a live room since its match began, or since it was last over; `None` if no
    /// such room lives or it has none.
    ///
    /// # Errors
    /// As [`Inspection::read_match`].
    pub fn read_chain(&self, room: RoomId) -> Result<Option<Chain>, ReadError> {
        chain::read_live(&self.source(), &self.live, room)
    }

    fn source(&self) -> Source<'_, D> {
        Source {
            disk: &self.disk,
            stream: StreamKind::Events,
            segments: &self.events,
            tail: (u64::MAX, &[]),
        }
    }
}
