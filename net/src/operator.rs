//! What an operator may see and do at the outside while it runs.

use std::sync::Arc;

use components::{Act, By, RoomCode, RoomId, RoomSummary, Seat};
use protocol::Counts;

use crate::outside::Outside;
use crate::stats::StatsSnapshot;

/// A handle to a running server's outside: clones share it. What it asks of rooms goes the way of
/// everything that is asked of them, and is settled by their next tick.
#[derive(Clone)]
pub struct Operator(Arc<Outside>);

impl Operator {
    pub(crate) fn new(outside: Arc<Outside>) -> Self {
        Self(outside)
    }

    /// Live rooms, private ones too, in order of code from the first one after `after`, at most
    /// `max`. Looks at every room: 100,000 of them take some ms, in which nothing is sent.
    #[must_use]
    pub fn rooms(&self, after: Option<RoomCode>, max: usize) -> Vec<RoomSummary> {
        self.0.act(|hub| hub.rooms_after(after, max))
    }

    /// What a live room last said of itself; `None` if there is none of this code.
    #[must_use]
    pub fn room(&self, code: RoomCode) -> Option<RoomSummary> {
        self.0.act(|hub| hub.room_of(code))
    }

    /// What all live rooms come to.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.act(|hub| hub.counts())
    }

    /// What was counted so far.
    #[must_use]
    pub fn stats(&self) -> StatsSnapshot {
        self.0.stats.snapshot()
    }

    /// Asks something of a room in the server's name. Whether it comes to pass, and when, the room's
    /// rules say.
    pub fn ask(&self, room: RoomId, by: By, act: Act) {
        self.0.act(|hub| hub.ask_room(room, by, act));
    }

    /// The same of every live room; returns of how many.
    pub fn ask_all(&self, act: &Act) -> usize {
        self.0.act(|hub| hub.ask_all_rooms(act))
    }

    /// Takes a person out of a seat, as if they had left, and closes their connection. Returns whether
    /// a person sits there.
    pub fn kick(&self, room: RoomId, seat: Seat) -> bool {
        self.0.act(|hub| hub.kick(room, seat))
    }

    /// Tells every connection something. Returns how many there are.
    pub fn announce(&self, message: &str) -> usize {
        self.0.act(|hub| hub.announce(message))
    }
}
