//! What happens in a round: deals, redeals, declarations, plays, scores.

use components::{Decider, Fact, MatchEnd, Seat, SeatSet, StarterReason};
use rules::{deal, is_weak, points_sum};

use super::super::ConvertError;
use super::Fold;
use crate::rows::{Declared, PlayRow, RedealRow, RoundRow, Scored};

impl<'a> Fold<'a> {
    /// From now on, this seat is the one to decide.
    pub(super) fn ask(&mut self, seat: Seat) {
        self.asked[seat.index()] = Some(self.clock_ms);
    }

    /// How long this seat was the one to decide, until now.
    fn answered(&mut self, seat: Seat, decider: Decider) -> u64 {
        let since = self.asked[seat.index()].take();
        let think_ms = self.clock_ms - since.unwrap_or(self.clock_ms);
        let row = &mut self.seats[seat.index()];
        let is_own = match decider {
            Decider::Person => true,
            // Of a bot that was there from the beginning, not of a person's successor.
            Decider::Bot => row.bot.is_some(),
            Decider::Absence => false,
            Decider::TimeOut => {
                row.timeouts += 1;
                false
            }
        };
        if is_own {
            row.decisions += 1;
            row.think_ms += think_ms;
        }
        think_ms
    }

    pub(super) fn dealt(
        &mut self,
        round: u8,
        redeal: u8,
        multiplier: u8,
    ) -> Result<(), ConvertError> {
        let follows = if redeal == 0 {
            self.round.checked_add(1) == Some(round) && self.is_round_over()
        } else {
            round > 0 && self.round == round && self.redeal.checked_add(1) == Some(redeal)
        };
        if !follows {
            return Err(self.wrong("a deal does not follow the one before it"));
        }
        (self.round, self.redeal, self.turn) = (round, redeal, 0);
        let mut started_ms = self.step.wall_ms;
        if redeal > 0 {
            self.redeals_held += 1;
            let first = self.rounds.len().saturating_sub(Seat::COUNT);
            started_ms = self.rounds.drain(first..).next().map_or(started_ms, |row| row.started_ms);
        }
        let hands = deal(&self.chain.base.game.seed, round, redeal);
        self.rounds.extend(Seat::ALL.into_iter().zip(hands).map(|(seat, hand)| RoundRow {
            round,
            seat,
            hand,
            hand_points: points_sum(hand, self.settings),
            is_weak: is_weak(hand, self.settings),
            starter: false,
            reason: None,
            redeals: redeal,
            multiplier,
            declared: None,
            scored: None,
            started_ms,
        }));
        Ok(())
    }

    fn is_round_over(&self) -> bool {
        self.rounds.last().is_none_or(|row| row.scored.is_some())
    }

    /// The rows of the round, by seat; none before the first.
    fn round_rows(&mut self) -> &mut [RoundRow] {
        let first = self.rounds.len().saturating_sub(Seat::COUNT);
        &mut self.rounds[first..]
    }

    pub(super) fn redeal_decided(&mut self, seat: Seat, accepted: bool, decider: Decider) {
        let think_ms = self.answered(seat, decider);
        self.redeals.push(RedealRow {
            at_ms: self.step.wall_ms,
            think_ms,
            round: self.round,
            redeal: self.redeal,
            seat,
            accepted,
            decider,
        });
    }

    pub(super) fn round_started(
        &mut self,
        round: u8,
        starter: Seat,
        reason: StarterReason,
    ) -> Result<(), ConvertError> {
        if round != self.round || round == 0 {
            return Err(self.wrong("a round starts that was not dealt"));
        }
        for row in self.round_rows() {
            (row.starter, row.reason) = (row.seat == starter, Some(reason));
        }
        Ok(())
    }

    pub(super) fn declared(
        &mut self,
        seat: Seat,
        piles: u8,
        next: Option<Seat>,
        by: Decider,
    ) -> Result<(), ConvertError> {
        let think_ms = self.answered(seat, by);
        let order = 1 + self.round_rows().iter().filter(|row| row.declared.is_some()).count() as u8;
        let Some(row) = self.round_rows().get_mut(seat.index()) else {
            return Err(self.wrong("a declaration before any deal"));
        };
        if row.declared.is_some() {
            return Err(self.wrong("a seat declares twice"));
        }
        row.declared = Some(Declared { piles, order, by, think_ms });
        if let Some(next) = next {
            self.ask(next);
        }
        Ok(())
    }

    pub(super) fn turn_started(&mut self, turn: u8, seat: Seat) -> Result<(), ConvertError> {
        if self.round == 0 || self.turn.checked_add(1) != Some(turn) {
            return Err(self.wrong("a turn does not follow the one before it"));
        }
        (self.turn, self.turn_from) = (turn, self.plays.len());
        self.ask(seat);
        Ok(())
    }

    pub(super) fn played(&mut self, fact: &Fact) -> Result<(), ConvertError> {
        let &Fact::Played { seat, pieces, kind, points, next, decider } = fact else {
            return Ok(());
        };
        let position = self.plays.len() - self.turn_from + 1;
        if self.turn == 0 || position > Seat::COUNT {
            return Err(self.wrong("a play outside a turn"));
        }
        let think_ms = self.answered(seat, decider);
        self.plays.push(PlayRow {
            at_ms: self.step.wall_ms,
            think_ms,
            pieces,
            strength: points,
            round: self.round,
            turn: self.turn,
            position: position as u8,
            seat,
            kind,
            won: None,
            piles: None,
            decider,
        });
        if let Some(next) = next {
            self.ask(next);
        }
        Ok(())
    }

    pub(super) fn turn_won(
        &mut self,
        turn: u8,
        winner: Seat,
        piles: u8,
    ) -> Result<(), ConvertError> {
        let plays = &mut self.plays[self.turn_from..];
        let is_new = plays.iter().all(|play| play.won.is_none());
        if turn != self.turn || plays.len() != Seat::COUNT || !is_new {
            return Err(self.wrong("a turn is decided that was not played"));
        }
        for play in plays {
            let won = play.seat == winner;
            (play.won, play.piles) = (Some(won), won.then_some(piles));
        }
        let turns = &mut self.turns_won[winner.index()];
        *turns = turns.saturating_add(1);
        Ok(())
    }

    pub(super) fn round_scored(&mut self, fact: &Fact) -> Result<(), ConvertError> {
        let Fact::RoundScored { round, declared, captured, points, scores, .. } = fact else {
            return Ok(());
        };
        if *round != self.round || self.rounds.is_empty() || self.is_round_over() {
            return Err(self.wrong("a round is scored that was not played"));
        }
        for row in self.round_rows() {
            let seat = row.seat.index();
            let (captured, points, score) = (captured[seat], points[seat], scores[seat]);
            row.scored = Some(Scored { captured, points, score });
        }
        for (seat, row) in self.seats.iter_mut().enumerate() {
            row.rounds += 1;
            row.declared_hits += u8::from(declared[seat] == captured[seat]);
            row.declared_sum += u16::from(declared[seat]);
            row.captured_sum += u16::from(captured[seat]);
            row.zero_declarations += u8::from(declared[seat] == 0);
        }
        self.scores = *scores;
        Ok(())
    }

    pub(super) fn match_over(&mut self, end: &'a MatchEnd) -> Result<(), ConvertError> {
        if self.end.is_some() {
            return Err(self.wrong("the match ends twice"));
        }
        let game = &self.chain.base.game;
        let rounds = self.seats[0].rounds;
        if (end.id, end.seed) != (game.id, game.seed) {
            return Err(self.wrong("another match ends in it"));
        }
        if (end.rounds, end.scores, end.turns_won) != (rounds, self.scores, self.turns_won) {
            return Err(self.wrong("the match ends with other numbers than it came to"));
        }
        for (seat, row) in self.seats.iter_mut().enumerate() {
            row.score = end.scores[seat];
            row.rank = end.ranks[seat];
            row.won = end.winners.0 & SeatSet::ALL.0 & (1 << seat) != 0;
            row.turns_won = end.turns_won[seat];
            row.perfect_rounds = end.perfect_rounds[seat];
        }
        self.end = Some(end);
        Ok(())
    }
}
