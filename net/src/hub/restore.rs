//! After a restart: the rooms there are, and the people in them who are expected back.

use components::{Act, Epoch, RoomId, SessionId};

use super::Hub;
use crate::directory::session_of;
use crate::outside::Now;
use crate::recovered::Recovered;
use crate::session::Session;

/// Who was there before a restart, as long as their rooms were not told that they are gone.
#[derive(Debug, Default)]
pub(super) struct Expected {
    /// Each with a room and the epoch it knows; the last one is looked at first. After a repair one
    /// session may be in two rooms.
    people: Vec<(RoomId, SessionId, Epoch)>,
    grace_ms: u64,
    /// When they count as gone; `None` before the first look.
    until_ms: Option<u64>,
}

impl Hub {
    /// Takes in what a restart found.
    pub(super) fn restore(&mut self, recovered: Recovered) {
        let Recovered { rooms, mut seats, grace_ms } = recovered;
        self.directory.restore(rooms);
        // A seat of no room would never let its session go.
        seats.retain(|it| self.directory.summary(it.room).is_some());
        let present = seats.iter().rev().filter(|it| it.present);
        let people = present.map(|it| (it.room, it.session, it.epoch)).collect();
        self.sessions.restore(seats);
        self.expected = Expected { people, grace_ms, until_ms: None };
        self.stats.rooms.set(self.directory.len());
        self.stats.sessions.set(self.sessions.len());
    }

    /// Once their grace is over, tells rooms who has not come back: as many as the lanes take, the
    /// others next time.
    pub(super) fn report_missing(&mut self, now: Now) {
        if self.expected.people.is_empty() {
            return;
        }
        let grace_ms = self.expected.grace_ms;
        let until_ms = *self.expected.until_ms.get_or_insert(now.ms.saturating_add(grace_ms));
        if now.ms < until_ms {
            return;
        }
        while let Some((room, id, epoch)) = self.expected.people.pop() {
            if self.is_missing(room, id, epoch) {
                self.report(room, id, Act::Disconnected(epoch));
                if self.outlet.is_waiting() {
                    return;
                }
            }
        }
        self.expected.people = Vec::new();
    }

    /// Whether the room still has somebody in a seat who has not come back to it since `epoch`.
    fn is_missing(&self, room: RoomId, id: SessionId, epoch: Epoch) -> bool {
        let Some(summary) = self.directory.summary(room) else { return false };
        if !summary.seats.iter().any(|seat| session_of(seat) == Some(id)) {
            return false;
        }
        // Connections are reported to the one room in which the session holds its seat; and with
        // every connection comes a new epoch: whoever came and went was reported then.
        let holds = |it: &&Session| it.seat.is_some_and(|(held, _)| held == room);
        let holder = self.sessions.get(id).filter(holds);
        holder.is_none_or(|it| it.connection.is_none() && it.epoch == epoch)
    }
}
