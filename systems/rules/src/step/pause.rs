//! A room that the server stops, and lets go on.

use components::{Act, Fact, Rejection};

use super::Step;

impl Step<'_> {
    /// Whether an act may happen in a room that stands still: who is there goes on being true, a
    /// person may always go, the server may end what it began, and a room that nobody is in closes.
    /// Those may start clocks, of a grace or a bot that takes over; they run when the room goes on.
    /// The empty clock runs at once.
    pub(super) const fn may_happen_paused(act: &Act) -> bool {
        matches!(
            act,
            Act::Connected(_)
                | Act::Disconnected(_)
                | Act::Leave
                | Act::EmptyOver
                | Act::Resume
                | Act::Close
        )
    }

    pub(super) fn pause(&mut self) -> Result<(), Rejection> {
        if self.room.paused {
            return Err(Rejection::Paused);
        }
        self.room.paused = true;
        self.tell(Fact::RoomPaused);
        self.settle_empty();
        Ok(())
    }

    pub(super) fn resume(&mut self) -> Result<(), Rejection> {
        if !self.room.paused {
            return Err(Rejection::NotDue);
        }
        self.room.paused = false;
        self.tell(Fact::RoomResumed);
        self.settle_empty();
        Ok(())
    }
}
