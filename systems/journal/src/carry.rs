//! Space of the events: chains that are still needed leave the oldest file, so that it can go.

use std::collections::VecDeque;

use components::{MatchId, RoomId};

use crate::chain::{self, Body};
use crate::codec::{put_bytes, put_room, put_varint};
use crate::housekeeping::KeepError;
use crate::live::Live;
use crate::segment::{Kind, StreamKind};
use crate::source::{ReadError, Window};
use crate::{Disk, Finished, Journal};

/// Whose chain is to leave the oldest file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pinned {
    Room(RoomId),
    /// Finished, and in an open batch.
    Match(MatchId),
}

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
        let bytes_max = if self.is_tight() { 0 } else { self.options.events_bytes_max };
        if self.events.segments.bytes() <= bytes_max || self.events.segments.0.len() < 2 {
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

    /// Forgets the finished matches that begin before `end`, but for those in an open batch; `false`
    /// if somebody waits for all of them.
    fn forget_before(&mut self, end: u64) -> bool {
        let Some(oldest) = self.events.segments.0.front() else { return true };
        if oldest.waiting == 0 || self.options.keep_finished {
            return oldest.waiting == 0;
        }
        if oldest.waiting > oldest.held {
            let before = self.waiting.free().filter(|done| done.start < end);
            let ids: Vec<_> = before.map(|done| done.match_id).collect();
            for id in ids {
                self.forget(id);
            }
        }
        true
    }

    /// Copies forward the chains that begin before `end` and are needed.
    fn carry_before(&mut self, end: u64, work: u64) -> Result<(), KeepError> {
        let mut pinned = match self.housekeeping.carrying.take() {
            Some((until, pinned)) if until == end && !pinned.is_empty() => pinned,
            _ => self.pinned_before(end),
        };
        let mut done = 0;
        let mut outcome = Ok(());
        while done < work.min(self.housekeeping.credit) {
            let Some(next) = pinned.pop_front() else { break };
            let carried = match next {
                Pinned::Room(room) => self.carry_chain(room, end),
                Pinned::Match(id) => self.carry_match(id, end),
            };
            match carried {
                Ok(bytes) => done += bytes,
                Err(error) => {
                    pinned.push_back(next);
                    outcome = Err(error);
                    break;
                }
            }
        }
        self.housekeeping.credit -= done.min(self.housekeeping.credit);
        self.housekeeping.carrying = Some((end, pinned));
        outcome
    }

    /// The chains that begin before `end`: of live rooms, and of matches in an open batch.
    fn pinned_before(&self, end: u64) -> VecDeque<Pinned> {
        let live = self.live.iter().filter_map(|(room, live)| {
            live.has(Live::CHAIN).then_some((live.start, Pinned::Room(*room)))
        });
        let held = self.waiting.held().map(|done| (done.start, Pinned::Match(done.match_id)));
        let mut pinned: Vec<_> = live.chain(held).filter(|(start, _)| *start < end).collect();
        pinned.sort_unstable();
        pinned.into_iter().map(|(_, pinned)| pinned).collect()
    }

    /// Copies the chain of a match in an open batch forward, and what says where it is. One that is
    /// damaged is given up: nobody can archive it. Returns how many bytes of work that was.
    fn carry_match(&mut self, id: MatchId, end: u64) -> Result<u64, KeepError> {
        let Some(done) = self.waiting.get(id).filter(|done| done.start < end) else {
            return Ok(0);
        };
        let bodies = match chain::read_bodies(&self.events_source(), done.room, done.head) {
            Ok(bodies) => bodies,
            Err(ReadError::Damaged { .. }) => {
                self.give_up_match(&done);
                return Ok(CHAIN_BYTES_MAX as u64);
            }
            Err(error) => return Err(error.into()),
        };
        let start = self.events.position();
        let head = self.write_carried(done.room, &bodies);
        let segments = &mut self.events.segments;
        segments.unpin(done.start);
        segments.pin(start);
        for (position, count) in [(done.start, -1), (start, 1)] {
            segments.wait(position, count);
            segments.hold(position, count);
        }
        if let Some(done) = self.waiting.get_mut(id) {
            (done.start, done.head) = (start, head);
        }
        self.copy_finished(id);
        self.stats.chains_carried += 1;
        Ok(self.events.position() - start)
    }

    fn give_up_match(&mut self, done: &Finished) {
        let id = format!("{:032x}", done.match_id.as_u128());
        tracing::error!(id, "a match on its way to the archive is damaged, and given up");
        self.events.segments.hold(done.start, -1);
        self.release(done);
        self.write_forgotten(done.match_id);
        self.stats.chains_given_up += 1;
        if let Some(emptied) = self.waiting.lose(done.match_id) {
            self.withdraw(emptied);
        }
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
