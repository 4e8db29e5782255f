//! Matches end and rooms close.

use std::sync::Arc;

use components::{
    Clocks, CloseReason, EndReason, Fact, MatchEnd, PerSeat, Phase, Rejection, Tally,
};

use super::Step;
use crate::score::{ranks, winners};

impl Step<'_> {
    /// The match is over. The room stays for a while, or until its next match if it is endless.
    pub(super) fn end_match(&mut self, reason: EndReason) {
        let players = self.room.players.each_ref();
        let tallies: PerSeat<Tally> =
            players.map(|player| player.as_ref().map(|own| own.tally).unwrap_or_default());
        let scores = tallies.map(|tally| tally.score);
        let is_scored = matches!(self.room.phase, Phase::Scored { .. });
        let number = self.room.round.number;
        let end = MatchEnd {
            id: self.room.game.id,
            reason,
            rounds: if is_scored { number } else { number.saturating_sub(1) },
            winners: winners(&scores),
            scores,
            ranks: ranks(&scores),
            turns_won: tallies.map(|tally| tally.turns_won),
            perfect_rounds: tallies.map(|tally| tally.perfect_rounds),
            seed: self.room.game.seed,
        };
        self.room.phase = Phase::Finished { winners: end.winners };
        self.tell(Fact::MatchOver(Arc::new(end)));
        let stays_ms = if self.is_endless() {
            self.settings.rooms.endless_rest_ms
        } else {
            self.settings.rooms.finished_ms
        };
        self.room.clocks.phase = Some(stays_ms);
        self.room.clocks.empty = None;
    }

    /// Nobody has been there for too long. While the room is paused bots may not play, so that it
    /// closes whatever else they were to do.
    pub(super) fn empty_over(&mut self) -> Result<(), Rejection> {
        if self.room.clocks.empty != Some(0) {
            return Err(Rejection::NotDue);
        }
        if !self.room.phase.is_running() {
            self.close(CloseReason::Empty);
        } else if self.settings.rooms.abandoned_finish && !self.room.paused {
            self.room.clocks.empty = None;
        } else {
            self.end_match(EndReason::Abandoned);
            self.close(CloseReason::Empty);
        }
        Ok(())
    }

    pub(super) fn close_by_server(&mut self) {
        if self.room.phase.is_running() {
            self.end_match(EndReason::Closed);
        }
        self.close(CloseReason::Server);
    }

    pub(super) fn close(&mut self, reason: CloseReason) {
        self.room.phase = Phase::Closed;
        self.room.clocks = Clocks::default();
        self.tell(Fact::RoomClosed { reason });
    }
}
