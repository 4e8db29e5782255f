//! A commit becomes one record in each stream; no I/O.

use components::{Commit, Durable, Event, Fact, Fault, MatchId, Phase};

use crate::body::StateHead;
use crate::codec::{put_bytes, put_room, put_varint, put_zigzag};
use crate::codec::{write_fixed, write_moving, write_step};
use crate::live::{Live, hash, tag};
use crate::segment::Kind;
use crate::{Disk, Finished, Journal};

/// A chain begins here: the room's whole state follows.
pub(crate) const FIRST: u8 = 1;
/// The room's clocks were armed again before this commit: a restart, or its shard was built anew.
pub(crate) const RECOVERED: u8 = 2;
/// The settings in force follow.
pub(crate) const SETTINGS: u8 = 4;
/// The match is over: the chain ends here.
pub(crate) const LAST: u8 = 8;
/// The chain is a match's. In the first record of one.
pub(crate) const MATCH: u8 = 16;

/// Outside of matches nobody reads far back: a room's chain begins anew every so many versions, so
/// that one which never plays does not grow.
const LOBBY_VERSIONS_MAX: u64 = 256;

/// What a commit means for the room's chain.
#[derive(Debug, Clone, Copy)]
struct Turning {
    /// A match began.
    starts: Option<MatchId>,
    /// A match is over.
    ends: Option<MatchId>,
    /// The room is gone.
    closes: bool,
}

impl<D: Disk> Journal<D> {
    /// Takes a tick's commits. They are durable, and may be shown, when the next
    /// [`Journal::flush`] has said so.
    pub fn record(&mut self, durable: &Durable) {
        for commit in &durable.commits {
            let events = commit.events.start as usize..commit.events.end as usize;
            self.record_commit(commit, durable.events.get(events).unwrap_or_default());
        }
    }

    fn record_commit(&mut self, commit: &Commit, events: &[Event]) {
        let turning = Turning::of(commit, events);
        self.fixed.clear();
        write_fixed(&commit.state, &mut self.fixed);
        self.moving.clear();
        write_moving(&commit.state, self.options.faults, &mut self.moving);
        self.next_room = self.next_room.max((commit.room.0 & ((1 << 56) - 1)) + 1);

        let known = self.live.get(&commit.room).copied();
        let mut live = known.unwrap_or(Live::NEW);
        self.write_commit(commit, events, turning, &mut live);
        live.wall_ms = commit.wall_ms;
        live.at_ms = commit.at_ms as u32;
        if let Some(id) = turning.ends {
            self.end_chain(commit, id, &mut live);
        }
        if turning.closes {
            self.close_room(commit, &live);
        } else {
            self.write_state(commit, &mut live);
            self.live.insert(commit.room, live);
        }
        self.stats.commits += 1;
    }

    fn write_commit(
        &mut self,
        commit: &Commit,
        events: &[Event],
        turning: Turning,
        live: &mut Live,
    ) {
        let is_lobby = !live.has(Live::MATCH);
        let is_first = !live.has(Live::CHAIN)
            || turning.starts.is_some()
            || (is_lobby && commit.state.version.0.is_multiple_of(LOBBY_VERSIONS_MAX));
        let position = self.events.position();
        if is_first {
            self.begin_chain(position, commit, turning, live);
        }
        let mut flags = if live.has(Live::RECOVERED) { RECOVERED } else { 0 };
        flags |= if is_first { FIRST } else { 0 };
        flags |= if live.has(Live::SETTINGS) { 0 } else { SETTINGS };
        flags |= if turning.ends.is_some() { LAST } else { 0 };
        flags |= if is_first && live.has(Live::MATCH) { MATCH } else { 0 };

        let at = self.events.open(Kind::Commit);
        let out = self.events.out();
        out.push(flags);
        put_room(out, commit.room);
        put_varint(out, commit.state.version.0);
        put_varint(out, position - live.head.min(position));
        let elapsed_ms = (commit.at_ms as u32).wrapping_sub(live.at_ms);
        put_varint(out, elapsed_ms.into());
        if is_first {
            put_varint(out, commit.wall_ms);
            put_varint(out, commit.owner_epoch.into());
            put_bytes(out, &self.fixed);
            put_bytes(out, &self.moving);
        } else {
            // Both clocks mostly run alike: what they differ by is one byte.
            let expected_ms = live.wall_ms.wrapping_add(elapsed_ms.into());
            put_zigzag(out, commit.wall_ms.wrapping_sub(expected_ms) as i64);
        }
        if flags & SETTINGS != 0 {
            put_bytes(out, &self.settings);
        }
        write_step(commit.cause, &commit.action, events, out);
        self.events.close(at);
        live.head = position;
        live.flags = (live.flags | Live::SETTINGS) & !Live::RECOVERED;
    }

    /// The room's chain begins at `position`; the one it had is not needed any more.
    fn begin_chain(&mut self, position: u64, commit: &Commit, turning: Turning, live: &mut Live) {
        if live.has(Live::CHAIN) {
            self.events.segments.unpin(live.start);
        }
        self.events.segments.pin(position);
        live.start = position;
        live.head = position;
        live.flags = (live.flags & Live::RECOVERED) | Live::CHAIN;
        // A match whose chain was lost goes on in a new one.
        if turning.starts.is_some() || commit.state.phase.is_running() {
            live.flags |= Live::MATCH;
            live.tag = tag(commit.state.game.id);
        }
    }

    /// The room's match is over: its chain waits for whoever reads it.
    fn end_chain(&mut self, commit: &Commit, id: MatchId, live: &mut Live) {
        let position = self.state.position();
        let done = Finished {
            match_id: id,
            room: commit.room,
            wall_ms: commit.wall_ms,
            head: live.head,
            start: live.start,
            position,
        };
        let at = self.state.open(Kind::Finished);
        done.write(self.state.out());
        self.state.close(at);
        self.events.segments.wait(done.start, 1);
        if let Some(before) = self.waiting.insert(done) {
            self.events.segments.wait(before.start, -1);
            self.events.segments.unpin(before.start);
        }
        live.flags &= !(Live::CHAIN | Live::MATCH);
    }

    fn close_room(&mut self, commit: &Commit, live: &Live) {
        if live.has(Live::CHAIN) {
            self.events.segments.unpin(live.start);
        }
        self.live.remove(&commit.room);
        if self.options.faults.has(Fault::CloseForgotten) {
            return;
        }
        let at = self.state.open(Kind::Closed);
        let out = self.state.out();
        put_room(out, commit.room);
        put_varint(out, commit.state.version.0);
        self.state.close(at);
    }

    /// What moves of the room, or all of it where more than that has changed.
    fn write_state(&mut self, commit: &Commit, live: &mut Live) {
        let fixed = hash(&self.fixed);
        let position = self.state.position();
        let is_full = live.full == u64::MAX || live.fixed != fixed;
        if is_full {
            live.fixed = fixed;
            live.full = position;
        }
        live.newest = position;
        let created_ms = self.state.newest().created_ms;
        let at = self.state.open(if is_full { Kind::Full } else { Kind::Moving });
        let out = self.state.out();
        StateHead::of(commit.room, live).write(created_ms, out);
        if is_full {
            put_bytes(out, &self.fixed);
        } else {
            out.extend_from_slice(&(fixed as u16).to_le_bytes());
        }
        out.extend_from_slice(&self.moving);
        if is_full {
            self.stats.full_records += 1;
            self.stats.full_bytes += self.state.position() - position;
        }
        self.state.close(at);
    }
}

impl Turning {
    fn of(commit: &Commit, events: &[Event]) -> Self {
        let mut turning =
            Self { starts: None, ends: None, closes: matches!(commit.state.phase, Phase::Closed) };
        for event in events {
            match event {
                Event::MatchStarted(start) => turning.starts = Some(start.id),
                Event::Public(Fact::MatchOver(end)) => turning.ends = Some(end.id),
                _ => {}
            }
        }
        turning
    }
}
