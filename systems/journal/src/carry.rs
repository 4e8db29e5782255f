//! Space of the events: chains that are still needed leave the oldest file, so that it can go.

use components::RoomId;

use crate::chain::{self, Body};
use crate::codec::{put_bytes, put_room, put_varint};
use crate::housekeeping::KeepError;
use crate::live::Live;
use crate::segment::{Kind, StreamKind};
use crate::source::{ReadError, Window};
use crate::{Disk, Journal};

/// A longer chain is written in pieces of this many bytes.
const PIECE_BYTES_MAX: usize = 1 << 20;

/// A longer chain is not carried: it is copied at once, and this much stalls a flush for some 7 ms.
/// The longest matches have a few thousand commits of 16 to 60 bytes.
const CHAIN_BYTES_MAX: usize = 1 << 20;

impl<D: Disk> Journal<D> {
    pub(crate) fn give_up_events(&mut self, work: u64) -> Result<(), KeepError> {
        while self.events.segments.0.len() > 1
            && self.events.segments.0.front().is_some_and(|oldest| oldest.pins == 0)
        {
            self.condemn(StreamKind::Events);
            self.housekeeping.carrying = None;
        }
        if self.events.segments.bytes() <= self.options.events_bytes_max
            || self.events.segments.0.len() < 2
        {
            return Ok(());
        }
        let Some(end) = self.events.segments.0.get(1).map(|second| second.start) else {
            return Ok(());
        };
        if !self.forget_before(end) {
            return Ok(());
        }
        self.carry_before(end, work)
    }

    /// Forgets the finished matches that begin before `end`; `false` if somebody waits for them.
    fn forget_before(&mut self, end: u64) -> bool {
        if self.events.segments.0.front().is_none_or(|oldest| oldest.waiting == 0) {
            return true;
        }
        if self.options.keep_finished {
            return false;
        }
        let before = self.finished.values().filter(|done| done.start < end);
        let ids: Vec<_> = before.map(|done| done.match_id).collect();
        for id in ids {
            self.forget(id);
        }
        true
    }

    /// Copies forward the chains of live rooms that begin before `end`.
    fn carry_before(&mut self, end: u64, work: u64) -> Result<(), KeepError> {
        let mut rooms = match self.housekeeping.carrying.take() {
            Some((until, rooms)) if until == end => rooms,
            _ => {
                let pinning = |(room, live): (&RoomId, &Live)| {
                    (live.has(Live::CHAIN) && live.start < end).then_some((live.start, *room))
                };
                let mut rooms: Vec<_> = self.live.iter().filter_map(pinning).collect();
                rooms.sort_unstable();
                rooms.into_iter().map(|(_, room)| room).collect()
            }
        };
        let mut done = 0;
        let mut outcome = Ok(());
        while done < work.min(self.housekeeping.credit) {
            let Some(room) = rooms.pop_front() else { break };
            match self.carry_chain(room, end) {
                Ok(bytes) => done += bytes,
                Err(error) => {
                    rooms.push_back(room);
                    outcome = Err(error);
                    break;
                }
            }
        }
        self.housekeeping.credit -= done.min(self.housekeeping.credit);
        self.housekeeping.carrying = Some((end, rooms));
        outcome
    }

    /// Copies a room's chain forward, and its state, which says where the chain is. A chain that is
    /// too long, or damaged, is given up: the room's next commit begins another with the whole state.
    /// Returns how many bytes of work that was.
    fn carry_chain(&mut self, room: RoomId, end: u64) -> Result<u64, KeepError> {
        let Some(mut live) = self.live.get(&room).copied() else { return Ok(0) };
        if !live.has(Live::CHAIN) || live.start >= end {
            return Ok(0);
        }
        let bodies = self.read_short(room, &live)?;
        let parts = chain::read_parts(&self.state_source(), &live, &mut Window::default())?;
        self.events.segments.unpin(live.start);
        let before = self.events.position();
        let work = if let Some(bodies) = bodies {
            live.start = before;
            live.head = self.write_carried(room, &bodies);
            self.events.segments.pin(live.start);
            self.stats.chains_carried += 1;
            self.events.position() - before
        } else {
            live.flags &= !(Live::CHAIN | Live::MATCH);
            self.stats.chains_given_up += 1;
            CHAIN_BYTES_MAX as u64
        };
        self.write_full(room, &mut live, parts)
            .map_err(|error| self.state_source().malformed(live.newest, error))?;
        self.live.insert(room, live);
        Ok(work)
    }

    /// The commits of a chain, if it is short enough to be carried, and good.
    fn read_short(&self, room: RoomId, live: &Live) -> Result<Option<Vec<Body>>, ReadError> {
        match chain::read_short(&self.events_source(), room, live.head, CHAIN_BYTES_MAX) {
            Err(error @ ReadError::Damaged { .. }) => {
                tracing::error!(room = room.0, %error, "a room's commits so far are given up");
                Ok(None)
            }
            Ok(None) => {
                let what = "a room's commits so far are given up: too many to be carried along";
                tracing::warn!(room = room.0, what);
                Ok(None)
            }
            read => read,
        }
    }

    /// Returns the position of the last piece.
    pub(crate) fn write_carried(&mut self, room: RoomId, bodies: &[Body]) -> u64 {
        let mut bodies = bodies.iter().peekable();
        let mut before = self.events.position();
        loop {
            let position = self.events.position();
            let at = self.events.open(Kind::Carried);
            let out = self.events.out();
            put_room(out, room);
            put_varint(out, position - before);
            while let Some(body) = bodies.peek() {
                if out.len() - at > PIECE_BYTES_MAX {
                    break;
                }
                put_varint(out, body.format.into());
                put_bytes(out, &body.bytes);
                bodies.next();
            }
            self.events.close(at);
            before = position;
            if bodies.peek().is_none() {
                return position;
            }
        }
    }
}
