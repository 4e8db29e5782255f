//! Matches and rounds begin: seeds, deals, starters.

use std::sync::Arc;

use components::{
    By, Event, Fact, Match, MatchStart, Phase, PieceSet, Rejection, Round, Seat, SeatSet,
    StarterReason, Tally,
};

use super::Step;
use crate::{
    asked::is_full,
    deal::{deal, match_id, match_seed},
    piece::{RED_GENERAL, is_weak},
};

impl Step<'_> {
    pub(super) fn start(&mut self, by: By, wall_ms: u64) -> Result<(), Rejection> {
        self.check_may_begin(by)?;
        match self.room.phase {
            Phase::Open => self.begin_match(wall_ms),
            _ => Err(self.not_now()),
        }
    }

    pub(super) fn rematch(&mut self, by: By, wall_ms: u64) -> Result<(), Rejection> {
        self.check_may_begin(by)?;
        match self.room.phase {
            Phase::Finished { .. } => self.begin_match(wall_ms),
            _ => Err(self.not_now()),
        }
    }

    /// The host may; so may nobody, when an endless room's time has come.
    fn check_may_begin(&self, by: By) -> Result<(), Rejection> {
        if by == By::Nobody && self.is_endless() {
            return if self.room.clocks.phase == Some(0) { Ok(()) } else { Err(Rejection::NotDue) };
        }
        self.check_host(by)
    }

    fn not_now(&self) -> Rejection {
        if self.room.phase.is_running() { Rejection::MatchRunning } else { Rejection::WrongPhase }
    }

    fn begin_match(&mut self, wall_ms: u64) -> Result<(), Rejection> {
        if !is_full(self.room) {
            let free = self.room.players.iter().filter(|player| player.is_none()).count();
            return Err(Rejection::SeatsEmpty(free as u8));
        }
        let secret = self.room.charter.as_ref().ok_or(Rejection::RoomNotFound)?.secret;
        let number = self.room.game.number.saturating_add(1);
        let (id, seed) = (match_id(&secret, number, wall_ms), match_seed(&secret, number));
        self.room.game = Match { id, number, seed };
        self.room.round = Round::default();
        for player in self.room.players.iter_mut().flatten() {
            player.tally = Tally::default();
        }
        self.events.push(Event::MatchStarted(Arc::new(MatchStart { id, number, seed })));
        self.begin_round(1);
        self.settle_empty();
        Ok(())
    }

    pub(super) fn begin_round(&mut self, number: u8) {
        let streak_max = self.settings.zero_streak_max;
        for player in self.room.players.iter_mut().flatten() {
            let tally = &mut player.tally;
            tally.zero_streak = match tally.declared.take() {
                Some(0) => tally.zero_streak.saturating_add(1).min(streak_max),
                _ => 0,
            };
            tally.captured = 0;
        }
        let round = &mut self.room.round;
        // Until the round starts, this is who would start it: redeals are counted from there.
        let starter = round.last_winner;
        *round = Round { number, redeals: 0, multiplier: 1, turn: 0, starter, ..*round };
        self.deal_hands();
    }

    pub(super) fn deal_hands(&mut self) {
        let Round { number, redeals, multiplier, .. } = self.room.round;
        let hands = deal(&self.room.game.seed, number, redeals);
        for (player, hand) in self.room.players.iter_mut().flatten().zip(hands) {
            player.tally.hand = hand;
        }
        self.events.push(Event::Dealt { round: number, redeal: redeals, multiplier });
        let pace = self.pace();
        self.show(Phase::Dealt, if redeals == 0 { pace.deal_ms } else { pace.redealt_ms });
    }

    /// The deal has been shown: a redeal is offered, or the round starts.
    pub(super) fn after_deal(&mut self) {
        let weak = self.weak_seats();
        if weak.is_empty() || self.room.round.redeals >= self.settings.redeals_max {
            self.start_round();
        } else {
            self.offer_redeal(weak);
        }
    }

    fn weak_seats(&self) -> SeatSet {
        let is_weak = |seat: &Seat| is_weak(self.hand(*seat), self.settings);
        Seat::ALL.into_iter().filter(is_weak).fold(SeatSet::EMPTY, SeatSet::with)
    }

    /// Everybody plays with the hands they have.
    pub(super) fn start_round(&mut self) {
        let (starter, reason) = self.starter();
        let round = &mut self.room.round;
        (round.starter, round.reason) = (Some(starter), reason);
        let Round { number, multiplier, .. } = *round;
        self.tell(Fact::RoundStarted { round: number, starter, reason, multiplier });
        self.show(Phase::Starting, self.pace().start_ms);
    }

    fn starter(&self) -> (Seat, StarterReason) {
        let round = &self.room.round;
        let holds_red_general =
            |seat: &Seat| self.hand(*seat).intersection(RED_GENERAL) != PieceSet::EMPTY;
        let found = if round.redeals > 0 {
            round.starter.map(|seat| (seat, StarterReason::RedealAccepted))
        } else if round.number == 1 {
            let holder = Seat::ALL.into_iter().find(holds_red_general);
            holder.map(|seat| (seat, StarterReason::RedGeneral))
        } else {
            round.last_winner.map(|seat| (seat, StarterReason::WonLastTurn))
        };
        found.unwrap_or((Seat::ALL[0], StarterReason::FirstSeat))
    }
}
