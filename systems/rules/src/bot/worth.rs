//! What the end of a round is worth to a seat.

use components::Settings;

use super::Sight;
use crate::score::round_points;

/// What an own point is worth, against [`OTHERS`].
const OWN: i32 = 12;

/// What a point of one of the others is worth.
const OTHERS: i32 = -3;

/// What winning the match is worth, and losing it costs.
const MATCH: i32 = 400;

/// What it is worth to the seat that the round ends so: `aims` declared, `left` not captured of
/// it. Own points count, what the others get counts against them, and the match's end decides.
pub(super) fn worth(sight: &Sight, aims: [u8; 4], left: [i8; 4], settings: &Settings) -> i32 {
    let own = sight.seat.index();
    let mut scores = [0; 4];
    let mut worth = 0;
    for seat in 0..4 {
        let captured = (aims[seat] as i8 - left[seat]).clamp(0, 8) as u8;
        let points = round_points(aims[seat], captured, sight.round.multiplier, settings);
        scores[seat] = i32::from(sight.scores[seat]) + i32::from(points);
        worth += i32::from(points) * if seat == own { OWN } else { OTHERS };
    }
    let most = scores.into_iter().max().unwrap_or(0);
    let ends =
        most >= i32::from(settings.score_target) || sight.round.number >= settings.rounds_max;
    if ends {
        worth += if scores[own] == most { MATCH } else { -MATCH };
    }
    worth
}

#[cfg(test)]
mod tests {
    use components::{Phase, PieceSet, Round, Seat, Settings};

    use super::worth;
    use crate::bot::Sight;

    fn seen(scores: [i16; 4], number: u8) -> Sight {
        Sight {
            seat: Seat::ALL[0],
            hand: PieceSet::EMPTY,
            phase: Phase::Starting,
            round: Round { number, multiplier: 1, ..Round::default() },
            declared: [None; 4],
            captured: [0; 4],
            scores,
            held: [0; 4],
            gone: PieceSet::ALL,
            zero_streak: 0,
        }
    }

    fn of(sight: &Sight, left: [i8; 4]) -> i32 {
        worth(sight, [2; 4], left, &Settings::default())
    }

    #[test]
    fn an_own_hit_is_worth_more_than_anothers_miss() {
        let sight = seen([0; 4], 3);
        let (hit, spoilt) = (of(&sight, [0, 0, 1, -1]), of(&sight, [1, 1, 1, -3]));
        assert!(hit > spoilt);
    }

    #[test]
    fn with_the_own_aim_lost_the_others_misses_count() {
        let sight = seen([0; 4], 3);
        assert!(of(&sight, [1, 1, 0, -2]) > of(&sight, [1, 0, 0, -1]));
    }

    #[test]
    fn the_end_of_the_match_outweighs_points() {
        // Seat 1 would reach the target with a hit, and win.
        let sight = seen([30, 45, 0, 0], 9);
        assert!(of(&sight, [1, 1, 0, 0]) > of(&sight, [0, 0, 1, 1]));
        // In the last round somebody wins anyway.
        assert!(of(&seen([0; 4], 20), [0, 1, 1, -2]) > of(&seen([0; 4], 19), [0, 1, 1, -2]));
    }
}
