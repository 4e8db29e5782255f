//! What is good goes into a new journal.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use components::{Faults, MatchId, RoomId, RoomState};

use super::{Kept, Run};
use crate::chain::Parts;
use crate::codec::{FORMAT, put_room, put_varint, write_fixed, write_moving};
use crate::damage::OpenError;
use crate::live::{Live, tag};
use crate::segment::Kind;
use crate::{Disk, Finished, Intent, Journal};

impl<D: Disk> Journal<D> {
    /// No room gets a number below this again: where none of those adopted says so, a tombstone of
    /// the last one before it does.
    pub(super) fn adopt_next_room(&mut self, next_room: u64) {
        self.next_room = self.next_room.max(next_room);
        let last = RoomId::nth(next_room.saturating_sub(1));
        if self.live.contains_key(&last) {
            return;
        }
        let at = self.state.open(Kind::Closed);
        put_room(self.state.out(), last);
        put_varint(self.state.out(), 0);
        self.state.close(at);
    }

    pub(super) fn adopt_room(&mut self, room: RoomId, kept: &Kept) {
        let mut live = Live { wall_ms: kept.wall_ms, tag: tag(kept.state.game.id), ..Live::NEW };
        if let Some((bodies, is_match)) = &kept.chain {
            live.start = self.events.position();
            live.head = self.write_carried(room, bodies);
            live.flags = Live::CHAIN | if *is_match { Live::MATCH } else { 0 };
            self.events.segments.pin(live.start);
        }
        if self.write_full(room, &mut live, parts(&kept.state)).is_ok() {
            self.live.insert(room, live);
        }
    }

    pub(super) fn adopt_finished(&mut self, match_id: MatchId, room: RoomId, run: &Run) {
        let start = self.events.position();
        let head = self.write_carried(room, &run.bodies);
        let position = self.state.position();
        let done = Finished { match_id, room, wall_ms: run.wall_ms, head, start, position };
        let at = self.state.open(Kind::Finished);
        done.write(self.state.out());
        self.state.close(at);
        self.events.segments.pin(start);
        self.events.segments.wait(start, 1);
        self.waiting.insert(done);
    }

    /// Batches stay open, with those of their matches that were adopted. Where the record that closed
    /// one is damaged, its matches may be in a newer one too: then that is theirs.
    pub(super) fn adopt_intents(&mut self, intents: &BTreeMap<[u8; 16], (u64, Intent)>) {
        let mut newest: Vec<_> = intents.values().collect();
        newest.sort_unstable_by_key(|(position, _)| Reverse(*position));
        for (_, intent) in newest {
            let mut intent = intent.clone();
            let is_free =
                |id: &MatchId| self.waiting.get(*id).is_some() && !self.waiting.is_held(*id);
            intent.matches.retain(is_free);
            if let Err(error) = self.intend(&intent) {
                tracing::warn!(%error, "a batch on its way to the archive is not open any more");
            }
        }
    }

    /// Writes what waits, if it is this much or more.
    pub(super) fn flush_if(&mut self, bytes: usize, wall_ms: u64) -> Result<(), OpenError> {
        if self.events.tail().1.len() + self.state.tail().1.len() < bytes {
            return Ok(());
        }
        self.flush(wall_ms).map_err(|error| OpenError::Io(std::io::Error::other(error.to_string())))
    }
}

/// In the newest format.
fn parts(state: &RoomState) -> Parts {
    let mut parts = Parts { format: FORMAT, fixed: Vec::new(), moving: Vec::new() };
    write_fixed(state, &mut parts.fixed);
    write_moving(state, Faults::NONE, &mut parts.moving);
    parts
}
