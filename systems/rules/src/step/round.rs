//! A round is over: its score, and what follows.

use components::{EndReason, Fact, Phase, Player, Round, Seat};

use super::Step;
use crate::score::{add, round_points};

impl Step<'_> {
    pub(super) fn score_round(&mut self) {
        let Round { number, multiplier, .. } = self.room.round;
        let (mut declared, mut captured) = ([0; Seat::COUNT], [0; Seat::COUNT]);
        let (mut points, mut scores) = ([0; Seat::COUNT], [0; Seat::COUNT]);
        for (index, player) in self.room.players.iter_mut().enumerate() {
            let Some(Player { tally, .. }) = player else { continue };
            declared[index] = tally.declared.unwrap_or(0);
            captured[index] = tally.captured;
            points[index] =
                round_points(declared[index], captured[index], multiplier, self.settings);
            tally.score = add(tally.score, points[index]);
            scores[index] = tally.score;
            let is_perfect = declared[index] > 0 && declared[index] == captured[index];
            tally.perfect_rounds = tally.perfect_rounds.saturating_add(u8::from(is_perfect));
        }
        self.tell(Fact::RoundScored {
            round: number,
            multiplier,
            declared,
            captured,
            points,
            scores,
        });
        self.show(Phase::Scored { points }, self.pace().score_ms);
    }

    /// The round's score has been shown: the match is over, or the next round begins.
    pub(super) fn after_score(&mut self) {
        let number = self.room.round.number;
        let is_reached = |player: &Player| player.tally.score >= self.settings.score_target;
        if self.room.players.iter().flatten().any(is_reached) {
            self.end_match(EndReason::ScoreReached);
        } else if number >= self.settings.rounds_max {
            self.end_match(EndReason::RoundsPlayed);
        } else {
            self.begin_round(number.saturating_add(1));
        }
    }
}
