//! Who may start matches.

use components::{By, Fact, Presence, Rejection, Seat};

use super::Step;

impl Step<'_> {
    /// Moves the host's right if its seat is gone or its person away: to the first connected
    /// person in play order after it. Where there is none, it stays with a person who is away.
    pub(super) fn settle_host(&mut self) {
        let old = self.room.host;
        let presence = old.and_then(|seat| self.human(seat)).map(|human| human.presence);
        if matches!(presence, Some(Presence::Here | Presence::Lost)) {
            return;
        }
        let first = old.map_or(Seat::ALL[0], Seat::next);
        let new = first.play_order().into_iter().find(|seat| self.is_here(*seat));
        if let Some(seat) = new {
            self.tell(Fact::HostChanged { seat });
        }
        self.room.host = new.or(old.filter(|_| presence.is_some()));
    }

    pub(super) fn check_host(&self, by: By) -> Result<(), Rejection> {
        if by == By::Nobody {
            return Err(Rejection::NotHost);
        }
        let seat = self.seat_by(by)?;
        if self.room.host == Some(seat) { Ok(()) } else { Err(Rejection::NotHost) }
    }
}
