//! A room while recovery reads: where its two parts are.

use components::RoomId;

use crate::chain::RoomBody;
use crate::codec::{self, FORMAT, Malformed};
use crate::frame::{self, FRAME_BYTES};
use crate::image::Room;
use crate::listing::Listed;
use crate::live::{Live, hash, tag};
use crate::segment::{Kind, values};
use crate::source::Found;

/// Where the newest of a room is: small, since a million records look one up at random.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pending {
    /// The position of the record with its fixed part; [`Pending::NOWHERE`] if none went by.
    pub(crate) fixed: u64,
    /// The same of its moving part.
    pub(crate) moving: u64,
    /// The hash of the settings its chain tells of; 0 if it is not known.
    pub(crate) settings: u64,
}

impl Pending {
    /// No position.
    pub(crate) const NOWHERE: u64 = u64::MAX;

    /// A room of which nothing went by.
    pub(crate) const NEW: Self = Self { fixed: Self::NOWHERE, moving: Self::NOWHERE, settings: 0 };

    /// The position of its newest record that matters.
    pub(crate) const fn newest(&self) -> u64 {
        if self.moving == Self::NOWHERE { self.fixed } else { self.moving }
    }
}

/// The records of the state, in memory.
pub(crate) struct Loaded<'a> {
    pub(crate) segments: &'a [Listed],
    /// The bytes of each one's records.
    pub(crate) files: &'a [Vec<u8>],
}

impl Loaded<'_> {
    /// The segment of a position, and how far in it that is.
    pub(crate) fn place(&self, position: u64) -> Option<(usize, usize)> {
        let after = self.segments.partition_point(|listed| listed.header.start <= position);
        let segment = after.checked_sub(1)?;
        Some((segment, (position - self.segments[segment].header.start) as usize))
    }

    /// A record that was good when it went by.
    fn record(&self, position: u64) -> Option<Found<'_>> {
        let (segment, at) = self.place(position)?;
        let header = &self.segments[segment].header;
        let bytes = self.files[segment].get(at..)?;
        let len = frame::claimed(bytes)? + 8;
        let kind = Kind::of(header.stream, bytes.get(8)? & 0x7f)?;
        let body = bytes.get(FRAME_BYTES..len)?;
        Some(Found { kind, format: values(header.format), body, created_ms: header.created_ms })
    }

    /// Makes a room of its two parts.
    pub(crate) fn decode(
        &self,
        id: RoomId,
        room: Pending,
        settings_hash: u64,
    ) -> Result<Room, Malformed> {
        let missing = |what| Malformed { what, at: 0 };
        let fixed_in = self.record(room.fixed).ok_or(missing("room: its fixed part is missing"))?;
        let moving_in =
            self.record(room.moving).ok_or(missing("room: its moving part is missing"))?;
        let body = RoomBody::read(&moving_in)?;
        let fixed = RoomBody::read(&fixed_in)?.fixed.ok_or(missing("room: fixed part"))?;
        let (head, moving) = body.moving.ok_or(missing("room: moving part"))?;
        let fixed_hash = hash(fixed);
        if body.tag.is_some_and(|tag| tag != fixed_hash as u16) {
            return Err(missing("room: its parts do not belong together"));
        }
        let state = codec::read_state(moving_in.format, fixed, moving)?;
        let mut flags = head.flags & (Live::CHAIN | Live::MATCH);
        flags |= Live::RECOVERED;
        if room.settings == settings_hash && settings_hash != 0 {
            flags |= Live::SETTINGS;
        }
        // What moves is only written on top of what is in the same layout.
        let is_current = fixed_in.format == FORMAT;
        let live = Live {
            fixed: if is_current { fixed_hash } else { !fixed_hash },
            head: head.head,
            start: head.start,
            newest: room.moving,
            full: room.fixed,
            wall_ms: head.wall_ms,
            at_ms: 0,
            tag: tag(state.game.id),
            flags,
        };
        Ok(Room { id, state, live, bytes: fixed.len() + moving.len() })
    }
}
