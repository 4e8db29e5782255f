//! Turns: a lead, three plays after it, and who takes the piles.

use components::{Decider, Fact, Phase, PieceSet, Rejection, Seat, SetKind, Table};

use super::Step;
use crate::{
    legal::LEAD_MAX,
    piece::points_sum,
    set::{classify, strength, turn_winner},
};

impl Step<'_> {
    pub(super) fn start_turn(&mut self, leader: Seat) {
        let round = &mut self.room.round;
        round.turn = round.turn.saturating_add(1);
        let turn = round.turn;
        self.tell(Fact::TurnStarted { turn, seat: leader });
        self.ask_play(leader, Table::led_by(leader));
    }

    fn ask_play(&mut self, seat: Seat, table: Table) {
        self.room.phase = Phase::Playing { seat, table };
        self.room.clocks.phase = self.pace().play_ms;
    }

    pub(super) fn play(
        &mut self,
        seat: Seat,
        pieces: PieceSet,
        decider: Decider,
    ) -> Result<(), Rejection> {
        let Phase::Playing { seat: asked, mut table } = self.room.phase else {
            return Err(Rejection::WrongPhase);
        };
        if seat != asked {
            return Err(Rejection::NotYourTurn(asked));
        }
        self.check_decider(seat, decider)?;
        let kind = self.check_play(seat, pieces, &table)?;
        if let Some(player) = &mut self.room.players[seat.index()] {
            player.tally.hand = player.tally.hand.minus(pieces);
        }
        table.plays[seat.index()] = pieces;
        if seat == table.leader {
            table.kind = kind;
        }
        let next = Some(seat.next()).filter(|next| *next != table.leader);
        let points = match kind {
            Some(kind) => strength(pieces, kind, self.settings),
            None => points_sum(pieces, self.settings),
        };
        self.tell(Fact::Played { seat, pieces, kind, points, next, decider });
        match next {
            Some(next) => self.ask_play(next, table),
            None => self.all_played(table),
        }
        Ok(())
    }

    /// What kind of set the pieces are, if `seat` may play them.
    fn check_play(
        &self,
        seat: Seat,
        pieces: PieceSet,
        table: &Table,
    ) -> Result<Option<SetKind>, Rejection> {
        let hand = self.hand(seat);
        let leads = seat == table.leader;
        let (min, max) =
            if leads { (1, hand.len().min(LEAD_MAX)) } else { (table.count(), table.count()) };
        if !(min..=max).contains(&pieces.len()) {
            return Err(Rejection::BadCount { min, max });
        }
        let missing = pieces.minus(hand);
        if !missing.is_empty() {
            return Err(Rejection::NotInHand(missing));
        }
        let kind = classify(pieces);
        if leads && kind.is_none() { Err(Rejection::BadSet) } else { Ok(kind) }
    }

    /// The last play stays for a while, at paces that want it.
    fn all_played(&mut self, table: Table) {
        match self.pace().stay_ms {
            0 => self.decide_turn(table),
            stay_ms => self.show(Phase::Staying { table }, stay_ms),
        }
    }

    pub(super) fn decide_turn(&mut self, table: Table) {
        let winner = turn_winner(&table, self.settings);
        let piles = table.count();
        if let Some(player) = &mut self.room.players[winner.index()] {
            player.tally.captured += piles;
            player.tally.turns_won = player.tally.turns_won.saturating_add(1);
        }
        self.room.round.last_winner = Some(winner);
        self.tell(Fact::TurnWon { turn: self.room.round.turn, seat: winner, piles });
        self.show(Phase::TurnWon { table, winner }, self.pace().turn_ms);
    }

    /// The turn's result has been shown: the winner leads the next one, while there are pieces.
    pub(super) fn after_turn(&mut self, winner: Seat) {
        if self.hand(winner).is_empty() {
            self.score_round();
        } else {
            self.start_turn(winner);
        }
    }
}
