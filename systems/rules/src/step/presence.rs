//! Who is there: connections open and close, people are away and back.

use components::{By, Epoch, Fact, Human, LeaveReason, Phase, Presence, Rejection, Seat};

use super::Step;

impl Step<'_> {
    pub(super) fn connected(&mut self, by: By, epoch: Epoch) -> Result<(), Rejection> {
        let seat = self.seat_by(by)?;
        let human = self.current(seat, epoch)?;
        human.epoch = epoch;
        let was = std::mem::replace(&mut human.presence, Presence::Here);
        self.room.clocks.grace[seat.index()] = None;
        if was == Presence::Away {
            self.tell(Fact::PlayerBack { seat });
        }
        self.settle_host();
        self.settle_empty();
        Ok(())
    }

    pub(super) fn disconnected(&mut self, by: By, epoch: Epoch) -> Result<(), Rejection> {
        let seat = self.seat_by(by)?;
        let human = self.current(seat, epoch)?;
        if human.epoch == epoch && human.presence != Presence::Here {
            return Err(Rejection::NotDue);
        }
        human.epoch = epoch;
        if human.presence == Presence::Here {
            human.presence = Presence::Lost;
            let rooms = &self.settings.rooms;
            let is_running = self.room.phase.is_running();
            let grace_ms = if is_running { rooms.grace_match_ms } else { rooms.grace_lobby_ms };
            self.room.clocks.grace[seat.index()] = Some(grace_ms);
        }
        self.settle_empty();
        Ok(())
    }

    /// The person in a seat, unless the connection meant is older than its newest.
    fn current(&mut self, seat: Seat, epoch: Epoch) -> Result<&mut Human, Rejection> {
        let human = self.human_mut(seat).ok_or(Rejection::NotInRoom)?;
        if epoch < human.epoch { Err(Rejection::NotDue) } else { Ok(human) }
    }

    /// A connection has been lost for too long: in a match a bot decides until the person is back,
    /// otherwise the seat is freed.
    pub(super) fn grace_over(&mut self, seat: Seat) -> Result<(), Rejection> {
        if self.room.clocks.grace[seat.index()] != Some(0) {
            return Err(Rejection::NotDue);
        }
        if !self.room.phase.is_running() {
            self.free(seat, LeaveReason::Away);
            return Ok(());
        }
        let human = self.human_mut(seat).ok_or(Rejection::NotDue)?;
        human.presence = Presence::Away;
        self.room.clocks.grace[seat.index()] = None;
        self.tell(Fact::PlayerAway { seat });
        self.settle_host();
        Ok(())
    }

    /// Starts the empty clock when the last person is gone and clears it when one is there; one
    /// that runs is left alone.
    pub(super) fn settle_empty(&mut self) {
        let is_empty = !Seat::ALL.into_iter().any(|seat| self.is_here(seat));
        let limit_ms = if is_empty { self.empty_ms() } else { None };
        let clock = self.room.clocks.empty;
        self.room.clocks.empty = limit_ms.and(clock.or(limit_ms));
    }

    /// How long the room may be empty as it is now. A finished or an endless one goes its own way,
    /// but not while it is paused: then nothing but this would ever take it away.
    fn empty_ms(&self) -> Option<u32> {
        let (rooms, is_endless) = (&self.settings.rooms, self.is_endless());
        match self.room.phase {
            Phase::Vacant | Phase::Closed => None,
            _ if is_endless => self.room.paused.then_some(rooms.match_empty_ms),
            Phase::Open => Some(rooms.open_empty_ms),
            Phase::Finished { .. } => self.room.paused.then_some(rooms.open_empty_ms),
            _ => Some(rooms.match_empty_ms),
        }
    }
}
