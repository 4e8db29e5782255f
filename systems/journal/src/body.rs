//! What the records of the state stream say before and beside the values in them.

use components::{MatchId, RoomId};

use crate::codec::{Malformed, Reader, put_room, put_varint, put_zigzag};
use crate::live::Live;

/// Where a room's newest state belongs: the beginning of `Full` and `Moving`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StateHead {
    /// See [`Live`]: all flags but `RECOVERED`.
    pub(crate) flags: u8,
    pub(crate) room: RoomId,
    pub(crate) wall_ms: u64,
    /// Both 0 without a chain.
    pub(crate) head: u64,
    pub(crate) start: u64,
}

impl StateHead {
    pub(crate) const fn of(room: RoomId, live: &Live) -> Self {
        let has_chain = live.has(Live::CHAIN);
        Self {
            flags: live.flags & (Live::CHAIN | Live::MATCH | Live::SETTINGS),
            room,
            wall_ms: live.wall_ms,
            head: if has_chain { live.head } else { 0 },
            start: if has_chain { live.start } else { 0 },
        }
    }

    /// `created_ms` is its segment's.
    pub(crate) fn write(&self, created_ms: u64, out: &mut Vec<u8>) {
        let Self { flags, room, wall_ms, head, start } = *self;
        out.push(flags);
        put_room(out, room);
        put_zigzag(out, wall_ms.wrapping_sub(created_ms) as i64);
        if flags & Live::CHAIN != 0 {
            put_varint(out, head);
            put_varint(out, head - start);
        }
    }

    pub(crate) fn read(created_ms: u64, reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let flags = reader.u8("flags")?;
        let room = reader.room()?;
        let wall_ms = created_ms.wrapping_add(reader.zigzag("wall clock")? as u64);
        let (mut head, mut start) = (0, 0);
        if flags & Live::CHAIN != 0 {
            head = reader.varint("head")?;
            let before = reader.malformed("start");
            start = head.checked_sub(reader.varint("start")?).ok_or(before)?;
        }
        Ok(Self { flags, room, wall_ms, head, start })
    }
}

/// A match that is over: its chain stays until it is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Which match.
    pub match_id: MatchId,
    /// In which room it was played.
    pub room: RoomId,
    /// When it ended, by the wall clock, in ms since 1970.
    pub wall_ms: u64,
    /// In the events: the last record of its chain.
    pub(crate) head: u64,
    /// In the events: where its chain begins.
    pub(crate) start: u64,
    /// In the state: the record that says this.
    pub(crate) position: u64,
}

impl Finished {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.match_id.0);
        put_room(out, self.room);
        put_varint(out, self.wall_ms);
        put_varint(out, self.head);
        put_varint(out, self.head - self.start);
    }

    pub(crate) fn read(position: u64, reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let match_id = MatchId(reader.array("match")?);
        let room = reader.room()?;
        let wall_ms = reader.varint("wall clock")?;
        let head = reader.varint("head")?;
        let before = reader.malformed("start");
        let start = head.checked_sub(reader.varint("start")?).ok_or(before)?;
        Ok(Self { match_id, room, wall_ms, head, start, position })
    }
}

/// The segments that must be there.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The start of the oldest segment of the state.
    pub(crate) state_first: u64,
    /// The start of the oldest segment of the events.
    pub(crate) events_first: u64,
    /// The start of the newest segment of the events.
    pub(crate) events_last: u64,
}

impl Kept {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        put_varint(out, self.state_first);
        put_varint(out, self.events_first);
        put_varint(out, self.events_last);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            state_first: reader.varint("oldest state")?,
            events_first: reader.varint("oldest events")?,
            events_last: reader.varint("newest events")?,
        })
    }
}
