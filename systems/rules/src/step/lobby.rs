//! Seats are taken and given up.

use components::{
    BotLevel, By, Control, Fact, Guest, Human, LeaveReason, Opening, Phase, Player, Presence,
    Recent, Rejection, Seat, Tally,
};

use super::Step;
use crate::asked::{is_full, seat_of};

impl Step<'_> {
    pub(super) fn open(&mut self, opening: &Opening) -> Result<(), Rejection> {
        if self.room.charter.is_some() {
            return Err(Rejection::WrongPhase);
        }
        self.room.charter = Some(opening.charter);
        self.room.phase = Phase::Open;
        if let Some(guest) = &opening.guest {
            self.seat_guest(Seat::ALL[0], guest);
        }
        // More bots than free seats stay out.
        for level in opening.bots.iter().take(Seat::COUNT) {
            if let Ok(seat) = self.free_seat(None) {
                self.seat_bot(seat, *level);
            }
        }
        self.after_seating();
        Ok(())
    }

    pub(super) fn join(&mut self, guest: &Guest, seat: Option<Seat>) -> Result<(), Rejection> {
        if let Some(seat) = seat_of(self.room, guest.session) {
            return Err(Rejection::AlreadySeated(seat));
        }
        self.check_seats_may_change()?;
        let seat = self.free_seat(seat)?;
        let name = guest.name.to_lowercase();
        let is_same =
            |own: &Seat| self.human(*own).is_some_and(|own| own.name.to_lowercase() == name);
        if Seat::ALL.iter().any(is_same) {
            return Err(Rejection::NameTaken);
        }
        self.seat_guest(seat, guest);
        self.after_seating();
        Ok(())
    }

    pub(super) fn add_bot(
        &mut self,
        by: By,
        seat: Option<Seat>,
        level: BotLevel,
    ) -> Result<(), Rejection> {
        self.check_host(by)?;
        self.check_seats_may_change()?;
        let seat = self.free_seat(seat)?;
        self.seat_bot(seat, level);
        self.after_seating();
        Ok(())
    }

    pub(super) fn remove(&mut self, by: By, seat: Seat) -> Result<(), Rejection> {
        self.check_host(by)?;
        self.check_seats_may_change()?;
        if self.room.players[seat.index()].is_none() || self.room.host == Some(seat) {
            return Err(Rejection::SeatEmpty(seat));
        }
        self.free(seat, LeaveReason::Removed);
        Ok(())
    }

    pub(super) fn leave(&mut self, by: By) -> Result<(), Rejection> {
        let seat = self.seat_by(by)?;
        if self.human(seat).is_none() {
            return Err(Rejection::NotInRoom);
        }
        if self.room.phase.is_running() {
            self.replace(seat);
        } else {
            self.free(seat, LeaveReason::Left);
        }
        Ok(())
    }

    /// Frees a seat before or after a match.
    pub(super) fn free(&mut self, seat: Seat, reason: LeaveReason) {
        self.room.players[seat.index()] = None;
        self.room.clocks.grace[seat.index()] = None;
        self.tell(Fact::PlayerLeft { seat, reason, bot: None });
        self.settle_host();
        self.after_seating();
    }

    /// Has a bot play on to the end of the match for a person who leaves.
    fn replace(&mut self, seat: Seat) {
        let level = self.settings.substitute;
        if let Some(player) = &mut self.room.players[seat.index()] {
            player.control = Control::Bot(level);
        }
        self.room.clocks.grace[seat.index()] = None;
        self.tell(Fact::PlayerLeft { seat, reason: LeaveReason::Left, bot: Some(level) });
        self.settle_host();
        self.settle_empty();
    }

    fn seat_guest(&mut self, seat: Seat, guest: &Guest) {
        let human = Human {
            name: guest.name.clone(),
            player: guest.player,
            session: guest.session,
            epoch: guest.epoch,
            presence: Presence::Here,
            recent: Recent::default(),
        };
        self.seat(seat, Control::Human(human));
        self.tell(Fact::PlayerJoined { seat, name: Some(guest.name.clone()), bot: None });
        self.settle_host();
    }

    fn seat_bot(&mut self, seat: Seat, level: BotLevel) {
        self.seat(seat, Control::Bot(level));
        self.tell(Fact::PlayerJoined { seat, name: None, bot: Some(level) });
    }

    fn seat(&mut self, seat: Seat, control: Control) {
        let player = Player { control, tally: Tally::default() };
        self.room.players[seat.index()] = Some(player);
    }

    /// What follows from other people in the seats: whether the room is empty, and whether an
    /// endless room may begin.
    fn after_seating(&mut self) {
        self.settle_empty();
        if self.is_endless() && matches!(self.room.phase, Phase::Open) {
            self.room.clocks.phase = is_full(self.room).then_some(0);
        }
    }

    fn check_seats_may_change(&self) -> Result<(), Rejection> {
        if self.room.phase.is_running() { Err(Rejection::MatchRunning) } else { Ok(()) }
    }

    /// The seat that was asked for, or the first free one.
    fn free_seat(&self, wanted: Option<Seat>) -> Result<Seat, Rejection> {
        let is_free = |seat: &Seat| self.room.players[seat.index()].is_none();
        let first = Seat::ALL.into_iter().find(is_free).ok_or(Rejection::RoomFull)?;
        match wanted {
            Some(seat) if is_free(&seat) => Ok(seat),
            Some(seat) => Err(Rejection::SeatTaken(seat)),
            None => Ok(first),
        }
    }
}
