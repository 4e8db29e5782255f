//! What follows when a phase is over by itself.

use components::{CloseReason, Phase, Rejection};

use super::Step;
use crate::asked::is_full;

impl Step<'_> {
    /// The phase clock ran out where no single seat's decision is awaited.
    pub(super) fn phase_over(&mut self) -> Result<(), Rejection> {
        let begins_anew = self.is_endless() && is_full(self.room);
        let awaits_other = match self.room.phase {
            Phase::Vacant | Phase::Open | Phase::Declaring { .. } | Phase::Playing { .. } => true,
            Phase::Finished { .. } => begins_anew,
            _ => false,
        };
        if awaits_other || self.room.clocks.phase != Some(0) {
            return Err(Rejection::NotDue);
        }
        self.go_on();
        Ok(())
    }

    /// Shows a phase for so long; goes on at once if that is no time at all. Of the phases shown,
    /// each leads to a later one of Staying, `TurnWon`, Scored, Dealt, Starting or to one that
    /// waits, so this calls itself at most 5 times.
    pub(super) fn show(&mut self, phase: Phase, ms: u32) {
        self.room.phase = phase;
        self.room.clocks.phase = Some(ms);
        if ms == 0 {
            self.go_on();
        }
    }

    fn go_on(&mut self) {
        match self.room.phase {
            Phase::Dealt => self.after_deal(),
            Phase::Redealing { .. } => self.redeal_time_over(),
            Phase::Starting => self.start_declaring(),
            Phase::Staying { table } => self.decide_turn(table),
            Phase::TurnWon { winner, .. } => self.after_turn(winner),
            Phase::Scored { .. } => self.after_score(),
            Phase::Finished { .. } => self.close(CloseReason::Finished),
            Phase::Vacant
            | Phase::Open
            | Phase::Declaring { .. }
            | Phase::Playing { .. }
            | Phase::Closed => {}
        }
    }
}
