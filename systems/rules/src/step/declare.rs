//! Seats declare how many piles they will capture.

use components::{Decider, Fact, Phase, Rejection, Seat};

use super::Step;
use crate::legal::declaration_bar;

impl Step<'_> {
    /// The round's start has been shown.
    pub(super) fn start_declaring(&mut self) {
        let seat = self.room.round.starter.unwrap_or(Seat::ALL[0]);
        self.tell(Fact::DeclareStarted { seat });
        self.ask_declaration(seat);
    }

    pub(super) fn declare(
        &mut self,
        seat: Seat,
        piles: u8,
        decider: Decider,
    ) -> Result<(), Rejection> {
        let Phase::Declaring { seat: asked } = self.room.phase else {
            return Err(Rejection::WrongPhase);
        };
        if let Some(piles) = self.declared(seat) {
            return Err(Rejection::AlreadyDeclared(piles));
        }
        if seat != asked {
            return Err(Rejection::NotYourTurn(asked));
        }
        self.check_decider(seat, decider)?;
        if let Some(bar) = declaration_bar(self.room, seat, piles, self.settings) {
            return Err(Rejection::BadDeclaration(bar));
        }
        if let Some(player) = &mut self.room.players[seat.index()] {
            player.tally.declared = Some(piles);
        }
        let next = Some(seat.next()).filter(|next| self.declared(*next).is_none());
        self.tell(Fact::Declared { seat, piles, next, decider });
        match next {
            Some(next) => self.ask_declaration(next),
            None => self.start_turn(seat.next()),
        }
        Ok(())
    }

    fn declared(&self, seat: Seat) -> Option<u8> {
        self.room.players[seat.index()].as_ref()?.tally.declared
    }
}
