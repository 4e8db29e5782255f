//! A seat decides what it was asked: what all decisions have in common.

use components::{Decider, Decision, Phase, Presence, Rejection, Seat, TurnMark};

use super::Step;
use crate::asked::automatic_seat;

impl Step<'_> {
    pub(super) fn decide(
        &mut self,
        seat: Seat,
        decision: Decision,
        turn: Option<TurnMark>,
        decider: Decider,
    ) -> Result<(), Rejection> {
        if !self.room.phase.is_running() {
            return Err(Rejection::WrongPhase);
        }
        let now = TurnMark { round: self.room.round.number, turn: self.room.round.turn };
        if turn.is_some_and(|meant| meant != now) {
            return Err(Rejection::Stale);
        }
        match decision {
            Decision::Play(pieces) => self.play(seat, pieces, decider),
            Decision::Declare(piles) => self.declare(seat, piles, decider),
            Decision::Redeal(accept) => self.answer_redeal(seat, accept, decider),
        }
    }

    /// Whether a decision really is whose it says, and due.
    pub(super) fn check_decider(&self, seat: Seat, decider: Decider) -> Result<(), Rejection> {
        let clocks = &self.room.clocks;
        let human = self.human(seat);
        let bot_is_due = || clocks.bot == Some(0) && automatic_seat(self.room) == Some(seat);
        let is_due = match decider {
            Decider::Person => human.is_some(),
            Decider::Bot => human.is_none() && bot_is_due(),
            Decider::Absence => {
                human.is_some_and(|human| human.presence == Presence::Away) && bot_is_due()
            }
            Decider::TimeOut => clocks.phase == Some(0),
        };
        if is_due { Ok(()) } else { Err(Rejection::NotDue) }
    }

    /// Has a seat declare next, or first.
    pub(super) fn ask_declaration(&mut self, seat: Seat) {
        self.room.phase = Phase::Declaring { seat };
        self.room.clocks.phase = self.pace().declare_ms;
    }
}
