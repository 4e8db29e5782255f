//! Reading a damaged journal: whatever is good, wherever it is.

use std::collections::{BTreeMap, BTreeSet};

use components::{MatchId, RoomId, RoomState, Settings};

use super::files::File;
use crate::Disk;
use crate::body::{Finished, Kept, StateHead};
use crate::chain::RoomBody;
use crate::codec::{self, Malformed, Reader};
use crate::damage::{Damage, OpenError};
use crate::disk::read_range;
use crate::intent::{Intent, read_matches};
use crate::live::{Live, hash};
use crate::record::LAST;
use crate::scan::{End, Record, Scan};
use crate::segment::{HEADER_BYTES, Kind, Segment, Segments, StreamKind, values};
use crate::source::Found;

/// All that is good in a damaged journal.
#[derive(Debug, Default)]
pub(super) struct Salvage {
    /// The files of the events, to read chains from.
    pub(super) events: Segments,
    pub(super) rooms: BTreeMap<RoomId, Room>,
    /// Rooms that are gone.
    closed: BTreeSet<RoomId>,
    /// The newest commit of each room.
    heads: BTreeMap<RoomId, EventHead>,
    /// Where a match came to its end.
    ends: Vec<(RoomId, u64)>,
    pub(super) finished: BTreeMap<MatchId, Finished>,
    pub(super) forgotten: BTreeSet<MatchId>,
    /// Open batches, with the positions of their records.
    pub(super) intents: BTreeMap<[u8; 16], (u64, Intent)>,
    pub(super) next_room: u64,
    pub(super) settings: Settings,
    pub(super) damages: Vec<Damage>,
    /// Whether records of the state are lost, so that commits may know more than it does.
    is_state_damaged: bool,
    pub(super) kept: Option<Kept>,
    /// The newest position in the events that the state points to.
    newest_head: u64,
    /// How many writes of events there are behind that. A crash leaves one at most.
    writes_beyond: usize,
}

/// What the state has of a room.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Its newest fixed part.
    fixed: Vec<u8>,
    /// Its newest moving part, while that is of another fixed part: its own may follow.
    waiting: Option<Waiting>,
    /// Its newest state that can be read.
    pub(super) newest: Option<Candidate>,
}

/// A moving part without its fixed part.
#[derive(Debug)]
struct Waiting {
    head: StateHead,
    tag: u16,
    format: u16,
    moving: Vec<u8>,
}

/// A state of a room.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) state: RoomState,
    pub(super) wall_ms: u64,
    /// In the events: the newest record of its chain, if it has one.
    pub(super) head: Option<u64>,
}

/// A room's newest commit.
#[derive(Debug, Clone, Copy)]
pub(super) struct EventHead {
    pub(super) version: u64,
    pub(super) position: u64,
}

impl Salvage {
    /// Reads all files.
    pub(super) fn read<D: Disk>(disk: &D) -> Result<Self, OpenError> {
        let mut salvage = Self { next_room: 1, ..Self::default() };
        let events = salvage.files(disk, StreamKind::Events)?;
        let before = salvage.damages.len();
        let state = salvage.files(disk, StreamKind::State)?;
        for (index, file) in state.iter().enumerate() {
            salvage.scan(disk, StreamKind::State, file, index + 1 == state.len())?;
        }
        salvage.check_kept(StreamKind::State, &state);
        salvage.is_state_damaged = salvage.damages.len() > before;
        salvage.check_kept(StreamKind::Events, &events);
        for (index, file) in events.iter().enumerate() {
            let File { start, format, created_ms, len, .. } = *file;
            let end = start + len;
            let segment = Segment { start, end, format, created_ms, pins: 0, waiting: 0, held: 0 };
            salvage.events.0.push_back(segment);
            salvage.scan(disk, StreamKind::Events, file, index + 1 == events.len())?;
        }
        salvage.check_end(state.last());
        Ok(salvage)
    }

    /// Nothing but the events tells that the newest files of the state are missing.
    fn check_end(&mut self, last: Option<&File>) {
        let is_behind = |(room, head): (&RoomId, &EventHead)| {
            let newest = self.rooms.get(room).and_then(|room| room.newest.as_ref());
            let version = newest.map_or(0, |newest| newest.state.version.0);
            head.version > version && !self.closed.contains(room)
        };
        if self.writes_beyond > 1 && !self.is_state_damaged && self.heads.iter().any(is_behind) {
            self.is_state_damaged = true;
            let (name, len) = last.map_or(("", 0), |file| (file.name.as_str(), file.len));
            self.damage(name, len, "the state ends before the events do");
        }
    }

    /// Every room there is a trace of that may be live.
    pub(super) fn all_rooms(&self) -> BTreeSet<RoomId> {
        let mut rooms: BTreeSet<_> = self.rooms.keys().copied().collect();
        if self.is_state_damaged {
            let is_open = |room: &&RoomId| !self.closed.contains(*room);
            rooms.extend(self.heads.keys().filter(is_open));
        }
        rooms
    }

    /// The room's newest commit, if the state cannot be trusted to be newer than this version.
    pub(super) fn head_after(&self, room: RoomId, version: u64) -> Option<EventHead> {
        let head = self.heads.get(&room).copied()?;
        (self.is_state_damaged && head.version > version).then_some(head)
    }

    /// Ends of matches of which the state says nothing, where it is damaged.
    pub(super) fn unknown_ends(&self) -> Vec<(RoomId, u64)> {
        if !self.is_state_damaged {
            return Vec::new();
        }
        let known: BTreeSet<u64> = self.finished.values().map(|done| done.head).collect();
        self.ends.iter().copied().filter(|(_, head)| !known.contains(head)).collect()
    }

    /// Takes every good record of a file.
    fn scan<D: Disk>(
        &mut self,
        disk: &D,
        stream: StreamKind,
        file: &File,
        is_last: bool,
    ) -> Result<(), OpenError> {
        let bytes = read_range(disk, &file.name, HEADER_BYTES as u64, file.len as usize)?;
        let mut scan = Scan::new(stream, &bytes, file.start);
        loop {
            for (at, record) in scan.by_ref() {
                let position = file.start + at as u64;
                let taken = match stream {
                    StreamKind::Events => self.take_commit(position, record),
                    StreamKind::State => self.take_state(file, position, record),
                };
                if let Err(error) = taken {
                    self.damage(&file.name, at as u64, &error.to_string());
                }
            }
            match scan.end(is_last) {
                // What a torn write has left was shown to nobody.
                End::Clean | End::Torn(_) => return Ok(()),
                End::Bad(at) => self.damage(&file.name, at as u64, "a record is damaged"),
            }
            if !scan.resync() {
                return Ok(());
            }
        }
    }

    fn take_commit(&mut self, position: u64, record: Record<'_>) -> Result<(), Malformed> {
        let mut body = record.body;
        if record.kind == Kind::Carried {
            let mut reader = Reader::new(record.body);
            reader.room()?;
            reader.varint("back pointer")?;
            while !reader.is_finished() {
                reader.varint("format")?;
                body = reader.counted("commit")?;
            }
        }
        let mut reader = Reader::new(body);
        let flags = reader.u8("flags")?;
        let room = reader.room()?;
        let version = reader.varint("version")?;
        self.saw(room);
        self.writes_beyond += usize::from(record.is_first && position > self.newest_head);
        let head = self.heads.entry(room).or_insert(EventHead { version, position });
        if version >= head.version {
            *head = EventHead { version, position };
        }
        if flags & LAST != 0 {
            self.ends.push((room, position));
        }
        Ok(())
    }

    fn take_state(
        &mut self,
        file: &File,
        position: u64,
        record: Record<'_>,
    ) -> Result<(), Malformed> {
        let mut reader = Reader::new(record.body);
        match record.kind {
            Kind::Full | Kind::Moving | Kind::Fixed => {
                let (format, created_ms) = (values(file.format), file.created_ms);
                let found = Found { kind: record.kind, format, body: record.body, created_ms };
                let body = RoomBody::read(&found)?;
                self.saw(body.room);
                let head = body.moving.map_or(0, |(head, _)| head.head);
                self.newest_head = self.newest_head.max(head);
                let room = self.rooms.entry(body.room).or_default();
                room.take(&body, format)?;
            }
            Kind::Closed => {
                let room = reader.room()?;
                self.saw(room);
                self.rooms.remove(&room);
                self.closed.insert(room);
            }
            Kind::Finished => {
                let done = Finished::read(position, &mut reader)?;
                self.newest_head = self.newest_head.max(done.head);
                self.forgotten.remove(&done.match_id);
                self.finished.insert(done.match_id, done);
            }
            Kind::Forgotten => {
                let id = MatchId(reader.array("match")?);
                self.finished.remove(&id);
                self.forgotten.insert(id);
            }
            Kind::Intent => {
                let intent = Intent::read(&mut reader)?;
                self.intents.insert(intent.id, (position, intent));
            }
            Kind::Archived => {
                self.intents.remove(&reader.array("batch")?);
                for id in read_matches(&mut reader)? {
                    self.finished.remove(&id);
                    self.forgotten.insert(id);
                }
            }
            Kind::Withdrawn => {
                self.intents.remove(&reader.array("batch")?);
            }
            Kind::Kept => self.kept = Some(Kept::read(&mut reader)?),
            Kind::Settings => {
                self.settings = codec::read_settings(values(file.format), record.body)?;
            }
            Kind::Commit | Kind::Carried => {}
        }
        Ok(())
    }

    fn saw(&mut self, room: RoomId) {
        let number = room.0 & ((1 << 56) - 1);
        self.next_room = self.next_room.max(number + 1);
    }
}

impl Room {
    fn take(&mut self, body: &RoomBody<'_>, format: u16) -> Result<(), Malformed> {
        if let Some(fixed) = body.fixed {
            fixed.clone_into(&mut self.fixed);
        }
        let own = hash(&self.fixed) as u16;
        match body.moving {
            Some((head, moving)) => match body.tag {
                Some(tag) if tag != own => {
                    // Its fixed part is copied forward behind it, or it is damaged.
                    let moving = moving.to_owned();
                    self.waiting = Some(Waiting { head, tag, format, moving });
                    Ok(())
                }
                _ => self.read(head, format, moving),
            },
            None => match self.waiting.take_if(|waiting| waiting.tag == own) {
                Some(Waiting { head, format, moving, .. }) => self.read(head, format, &moving),
                None => Ok(()),
            },
        }
    }

    fn read(&mut self, head: StateHead, format: u16, moving: &[u8]) -> Result<(), Malformed> {
        self.waiting = None;
        let state = codec::read_state(format, &self.fixed, moving)?;
        let StateHead { flags, wall_ms, head, .. } = head;
        let head = (flags & Live::CHAIN != 0).then_some(head);
        self.newest = Some(Candidate { state, wall_ms, head });
        Ok(())
    }
}
