//! The weak seats are asked whether they want a redeal.

use components::{Decider, Fact, Phase, Rejection, Seat, SeatSet, StarterReason};

use super::Step;
use crate::asked::first_in_play_order;

impl Step<'_> {
    /// Asks the weak seats. The phase clock runs to the warning first, where there is one.
    pub(super) fn offer_redeal(&mut self, asked: SeatSet) {
        let whole = self.pace().redeal_ms;
        let warning = self.settings.redeal_warning_ms;
        let warned = warning == 0 || whole <= warning;
        let (accepted, declined) = (SeatSet::EMPTY, SeatSet::EMPTY);
        self.room.phase = Phase::Redealing { asked, accepted, declined, warned };
        self.room.clocks.phase = Some(if warned { whole } else { whole - warning });
        self.tell(Fact::RedealOffered { seats: asked });
    }

    pub(super) fn answer_redeal(
        &mut self,
        seat: Seat,
        accept: bool,
        decider: Decider,
    ) -> Result<(), Rejection> {
        let Phase::Redealing { asked, accepted, declined, .. } = self.room.phase else {
            return Err(Rejection::WrongPhase);
        };
        if !asked.contains(seat) {
            return Err(Rejection::NotWeak);
        }
        if accepted.contains(seat) || declined.contains(seat) {
            return Err(Rejection::AlreadyDecided);
        }
        // Out of time, all who are silent decline in one step: no single seat does.
        if decider == Decider::TimeOut {
            return Err(Rejection::NotDue);
        }
        self.check_decider(seat, decider)?;
        self.record_answer(seat, accept, decider);
        self.conclude_redeal();
        Ok(())
    }

    /// Part of the time is over: a warning. All of it: silence declines.
    pub(super) fn redeal_time_over(&mut self) {
        let Phase::Redealing { asked, accepted, declined, warned } = &mut self.room.phase else {
            return;
        };
        if !*warned {
            *warned = true;
            let ms_left = self.settings.redeal_warning_ms;
            self.room.clocks.phase = Some(ms_left);
            self.tell(Fact::RedealWarned { ms_left });
            return;
        }
        for seat in asked.minus(*accepted).minus(*declined).iter() {
            self.record_answer(seat, false, Decider::TimeOut);
        }
        self.conclude_redeal();
    }

    fn record_answer(&mut self, seat: Seat, accept: bool, decider: Decider) {
        if let Phase::Redealing { accepted, declined, .. } = &mut self.room.phase {
            let answered = if accept { accepted } else { declined };
            *answered = answered.with(seat);
        }
        self.tell(Fact::RedealDecided { seat, accept, decider });
    }

    /// When all have answered: another deal if anybody accepted, else the round starts.
    fn conclude_redeal(&mut self) {
        let Phase::Redealing { asked, accepted, declined, .. } = self.room.phase else { return };
        if !asked.minus(accepted).minus(declined).is_empty() {
            return;
        }
        let Some(first) = first_in_play_order(self.room, accepted, |_| true) else {
            self.start_round();
            return;
        };
        let round = &mut self.room.round;
        round.redeals = round.redeals.saturating_add(1);
        round.multiplier = round.multiplier.saturating_add(1);
        round.starter = Some(first);
        round.reason = StarterReason::RedealAccepted;
        self.deal_hands();
    }
}
