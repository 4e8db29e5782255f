//! Reading back: the chain of a match, backwards from its newest record, and single rooms.

use std::collections::BTreeMap;
use std::sync::Arc;

use components::{Action, Cause, Event, MatchId, RoomId, RoomState, Settings, Version};

use crate::Disk;
use crate::body::{Finished, StateHead};
use crate::codec::{self, Malformed, Reader, Step};
use crate::live::{Live, LiveRooms, tag};
use crate::record::{FIRST, MATCH, RECOVERED, SETTINGS};
use crate::segment::Kind;
use crate::source::{Found, ReadError, Source, Window};

/// The commits of one match, or of a room between two matches, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// In which room.
    pub room: RoomId,
    /// Of which match; `None` between matches.
    pub match_id: Option<MatchId>,
    /// Which owner of the room's shard wrote its first commit.
    pub owner_epoch: u32,
    /// The whole room after the first of the steps.
    pub base: RoomState,
    /// Every commit. The first one made `base`, and is run again no more; each other one leads on
    /// from the one before it. Never empty.
    pub steps: Vec<Recorded>,
}

/// A commit as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The room's version after it.
    pub version: Version,
    /// Logical time since the commit before it, in ms; if `recovered`, since the room's clocks were
    /// armed again.
    pub elapsed_ms: u32,
    /// Whether the room's clocks were armed again before it: the server had started, or the room's
    /// shard was built anew.
    pub recovered: bool,
    /// The settings in force from this commit on, where they may have changed; always in the first.
    pub settings: Option<Arc<Settings>>,
    /// The wall clock, in ms since 1970.
    pub wall_ms: u64,
    /// Who or what was behind it.
    pub cause: Cause,
    /// What was settled.
    pub action: Action,
    /// What happened.
    pub events: Vec<Event>,
}

/// A commit's bytes and their layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Body {
    pub(crate) format: u16,
    pub(crate) bytes: Vec<u8>,
}

/// What comes before the step in a commit's record.
struct CommitHead<'a> {
    flags: u8,
    room: RoomId,
    version: Version,
    back: u64,
    elapsed_ms: u32,
    /// In the first record the moment, in others what is to be added to the one before.
    wall: i64,
    first: Option<FirstHead<'a>>,
    settings: Option<&'a [u8]>,
    step: &'a [u8],
}

struct FirstHead<'a> {
    owner_epoch: u32,
    fixed: &'a [u8],
    moving: &'a [u8],
}

impl<'a> CommitHead<'a> {
    fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(body);
        let flags = reader.u8("flags")?;
        let room = reader.room()?;
        let version = Version(reader.varint("version")?);
        let back = reader.varint("back pointer")?;
        let elapsed_ms = reader.number("elapsed time")?;
        let wall;
        let (mut first, mut settings) = (None, None);
        if flags & FIRST == 0 {
            wall = reader.zigzag("wall clock")?;
        } else {
            wall = reader.varint("wall clock")? as i64;
            let owner_epoch = reader.number("owner")?;
            let fixed = reader.counted("fixed part")?;
            let moving = reader.counted("moving part")?;
            first = Some(FirstHead { owner_epoch, fixed, moving });
        }
        if flags & SETTINGS != 0 {
            settings = Some(reader.counted("settings")?);
        }
        let step = reader.rest();
        Ok(Self { flags, room, version, back, elapsed_ms, wall, first, settings, step })
    }
}

/// The bodies of a chain's commits, oldest first.
pub(crate) fn read_bodies<D: Disk>(
    source: &Source<'_, D>,
    room: RoomId,
    head: u64,
) -> Result<Vec<Body>, ReadError> {
    read_short(source, room, head, usize::MAX).map(Option::unwrap_or_default)
}

/// The same; `None` if their records take more than this many bytes.
pub(crate) fn read_short<D: Disk>(
    source: &Source<'_, D>,
    room: RoomId,
    head: u64,
    bytes_max: usize,
) -> Result<Option<Vec<Body>>, ReadError> {
    read_through(source, room, head, bytes_max, &mut Window::default())
}

/// The same, through a window that goes on from chain to chain.
pub(crate) fn read_through<D: Disk>(
    source: &Source<'_, D>,
    room: RoomId,
    head: u64,
    bytes_max: usize,
    window: &mut Window,
) -> Result<Option<Vec<Body>>, ReadError> {
    let mut bodies = Vec::new();
    let mut position = head;
    let mut bytes = 0;
    loop {
        let found = source.read(position, window)?;
        bytes += found.body.len();
        if bytes > bytes_max {
            return Ok(None);
        }
        let back = read_piece(&found, room, &mut bodies)
            .map_err(|error| source.malformed(position, error))?;
        if back == 0 {
            break;
        }
        position = position
            .checked_sub(back)
            .ok_or_else(|| source.malformed(position, Malformed { what: "back pointer", at: 0 }))?;
    }
    bodies.reverse();
    Ok(Some(bodies))
}

/// Adds the commits of one record, newest first. Returns how far back the next record is; 0 for the
/// chain's first.
fn read_piece(found: &Found<'_>, room: RoomId, bodies: &mut Vec<Body>) -> Result<u64, Malformed> {
    let strange = Malformed { what: "record of another chain", at: 0 };
    match found.kind {
        Kind::Commit => {
            let head = CommitHead::read(found.body)?;
            if head.room != room || (head.back == 0) != (head.flags & FIRST != 0) {
                return Err(strange);
            }
            bodies.push(Body { format: found.format, bytes: found.body.to_owned() });
            Ok(head.back)
        }
        Kind::Carried => {
            let mut reader = Reader::new(found.body);
            if reader.room()? != room {
                return Err(strange);
            }
            let back = reader.varint("back pointer")?;
            let from = bodies.len();
            while !reader.is_finished() {
                let format = reader.number("format")?;
                let bytes = reader.counted("commit")?.to_owned();
                bodies.push(Body { format, bytes });
            }
            bodies[from..].reverse();
            Ok(back)
        }
        _ => Err(strange),
    }
}

/// Makes sense of a chain's bodies.
pub(crate) fn decode(room: RoomId, bodies: &[Body]) -> Result<Chain, Malformed> {
    let mut chain = None;
    let mut wall_ms = 0;
    for body in bodies {
        let head = CommitHead::read(&body.bytes)?;
        let Step { cause, action, events } = codec::read_step(body.format, head.step)?;
        let settings = match head.settings {
            Some(bytes) => Some(Arc::new(codec::read_settings(body.format, bytes)?)),
            None => None,
        };
        wall_ms = if head.first.is_some() {
            head.wall as u64
        } else {
            u64::wrapping_add(wall_ms, u64::from(head.elapsed_ms)).wrapping_add(head.wall as u64)
        };
        let step = Recorded {
            version: head.version,
            elapsed_ms: head.elapsed_ms,
            recovered: head.flags & RECOVERED != 0,
            settings,
            wall_ms,
            cause,
            action,
            events,
        };
        match (head.first, &mut chain) {
            (Some(first), chain @ None) => {
                let base = codec::read_state(body.format, first.fixed, first.moving)?;
                let match_id = (head.flags & MATCH != 0).then_some(base.game.id);
                let owner_epoch = first.owner_epoch;
                *chain = Some(Chain { room, match_id, owner_epoch, base, steps: vec![step] });
            }
            (None, Some(chain)) => chain.steps.push(step),
            _ => return Err(Malformed { what: "order of a chain", at: 0 }),
        }
    }
    chain.ok_or(Malformed { what: "empty chain", at: 0 })
}

/// The chain that ends in the record at `head`.
pub(crate) fn read<D: Disk>(
    source: &Source<'_, D>,
    room: RoomId,
    head: u64,
) -> Result<Chain, ReadError> {
    let bodies = read_bodies(source, room, head)?;
    decode(room, &bodies).map_err(|error| source.malformed(head, error))
}

/// The chain a live room's next commit will belong to.
pub(crate) fn read_live<D: Disk>(
    source: &Source<'_, D>,
    rooms: &LiveRooms,
    room: RoomId,
) -> Result<Option<Chain>, ReadError> {
    match rooms.get(&room) {
        Some(live) if live.has(Live::CHAIN) => read(source, room, live.head).map(Some),
        _ => Ok(None),
    }
}

/// The chain of a match, finished or live.
pub(crate) fn read_match<D: Disk>(
    source: &Source<'_, D>,
    rooms: &LiveRooms,
    finished: &BTreeMap<MatchId, Finished>,
    id: MatchId,
) -> Result<Option<Chain>, ReadError> {
    if let Some(done) = finished.get(&id) {
        return read(source, done.room, done.head).map(Some);
    }
    let tag = tag(id);
    for (room, live) in rooms {
        if live.tag == tag && live.has(Live::CHAIN | Live::MATCH) {
            let chain = read(source, *room, live.head)?;
            if chain.match_id == Some(id) {
                return Ok(Some(chain));
            }
        }
    }
    Ok(None)
}

/// The two parts of a room's newest state, as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) format: u16,
    pub(crate) fixed: Vec<u8>,
    pub(crate) moving: Vec<u8>,
}

/// Reads a room's newest state: from one record, or from two.
pub(crate) fn read_parts<D: Disk>(
    source: &Source<'_, D>,
    live: &Live,
    window: &mut Window,
) -> Result<Parts, ReadError> {
    let mut parts = Parts { format: codec::FORMAT, fixed: Vec::new(), moving: Vec::new() };
    for position in [live.full, live.newest] {
        let found = source.read(position, window)?;
        let read = RoomBody::read(&found).map_err(|error| source.malformed(position, error))?;
        parts.format = found.format;
        if let Some(fixed) = read.fixed {
            parts.fixed = fixed.to_owned();
        }
        if let Some((_, moving)) = read.moving {
            parts.moving = moving.to_owned();
        }
        if live.full == live.newest {
            break;
        }
    }
    Ok(parts)
}

/// What a record of the state says of a room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoomBody<'a> {
    pub(crate) room: RoomId,
    /// In `Full` and `Fixed`.
    pub(crate) fixed: Option<&'a [u8]>,
    /// In `Full` and `Moving`: where it belongs, and the part.
    pub(crate) moving: Option<(StateHead, &'a [u8])>,
    /// In `Moving`: a part of the hash of the fixed part it belongs to.
    pub(crate) tag: Option<u16>,
}

impl<'a> RoomBody<'a> {
    pub(crate) fn read(found: &Found<'a>) -> Result<Self, Malformed> {
        let mut reader = Reader::new(found.body);
        match found.kind {
            Kind::Full => {
                let head = StateHead::read(found.created_ms, &mut reader)?;
                let fixed = Some(reader.counted("fixed part")?);
                let moving = Some((head, reader.rest()));
                Ok(Self { room: head.room, fixed, moving, tag: None })
            }
            Kind::Moving => {
                let head = StateHead::read(found.created_ms, &mut reader)?;
                let tag = Some(u16::from_le_bytes(reader.array("tag of the fixed part")?));
                let moving = Some((head, reader.rest()));
                Ok(Self { room: head.room, fixed: None, moving, tag })
            }
            Kind::Fixed => {
                let room = reader.room()?;
                Ok(Self { room, fixed: Some(reader.rest()), moving: None, tag: None })
            }
            _ => Err(reader.malformed("record of a room")),
        }
    }
}

/// A live room's newest state.
pub(crate) fn read_state<D: Disk>(
    source: &Source<'_, D>,
    live: &Live,
) -> Result<RoomState, ReadError> {
    let parts = read_parts(source, live, &mut Window::default())?;
    codec::read_state(parts.format, &parts.fixed, &parts.moving)
        .map_err(|error| source.malformed(live.newest, error))
}
