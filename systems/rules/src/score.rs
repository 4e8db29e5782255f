//! What rounds and matches are worth.

use components::{PerSeat, Seat, SeatSet, Settings};

/// The points of one seat for a round.
#[must_use]
pub fn round_points(declared: u8, captured: u8, multiplier: u8, settings: &Settings) -> i16 {
    let base = match (declared, captured) {
        (0, 0) => i32::from(settings.zero_bonus),
        (_, _) if declared == captured => i32::from(declared) + i32::from(settings.exact_bonus),
        _ => -i32::from(declared.abs_diff(captured)),
    };
    clamped(base * i32::from(multiplier))
}

/// A score with points added. Within the settings' ranges it never comes to the limits.
#[must_use]
pub(crate) fn add(score: i16, points: i16) -> i16 {
    score.saturating_add(points)
}

fn clamped(points: i32) -> i16 {
    points.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// Each seat's rank: 1 + how many have a higher score. Equal scores share one: 1, 1, 3, 4.
#[must_use]
pub fn ranks(scores: &PerSeat<i16>) -> PerSeat<u8> {
    scores.map(|own| 1 + scores.iter().filter(|other| **other > own).count() as u8)
}

/// Everybody with the highest score.
#[must_use]
pub fn winners(scores: &PerSeat<i16>) -> SeatSet {
    let ranks = ranks(scores);
    let first = |seat: &Seat| ranks[seat.index()] == 1;
    Seat::ALL.into_iter().filter(first).fold(SeatSet::EMPTY, SeatSet::with)
}

#[cfg(test)]
mod tests {
    use components::{SeatSet, Settings};

    use super::{ranks, round_points, winners};

    fn points(declared: u8, captured: u8, multiplier: u8) -> i16 {
        round_points(declared, captured, multiplier, &Settings::default())
    }

    #[test]
    fn zero_declared_and_kept_is_3() {
        assert_eq!(points(0, 0, 1), 3);
    }

    #[test]
    fn zero_declared_and_missed_costs_every_pile() {
        assert_eq!((1..=8).map(|n| points(0, n, 1)).sum::<i16>(), -36);
        assert_eq!(points(0, 5, 1), -5);
    }

    #[test]
    fn an_exact_declaration_is_5_more_than_declared() {
        for declared in 1..=8 {
            assert_eq!(points(declared, declared, 1), i16::from(declared) + 5);
        }
    }

    #[test]
    fn a_missed_declaration_costs_the_difference_either_way() {
        assert_eq!(points(4, 1, 1), -3);
        assert_eq!(points(1, 4, 1), -3);
        assert_eq!(points(8, 0, 1), -8);
    }

    #[test]
    fn the_multiplier_multiplies_gains_and_losses() {
        assert_eq!(points(0, 0, 3), 9);
        assert_eq!(points(2, 2, 10), 70);
        assert_eq!(points(2, 0, 4), -8);
    }

    #[test]
    fn absurd_bonuses_do_not_overflow() {
        let settings = Settings { exact_bonus: i16::MAX, ..Settings::default() };
        assert_eq!(round_points(8, 8, 10, &settings), i16::MAX);
    }

    #[test]
    fn equal_scores_share_a_rank_and_the_win() {
        assert_eq!(ranks(&[50, 50, 10, -3]), [1, 1, 3, 4]);
        assert_eq!(winners(&[50, 50, 10, -3]), SeatSet(0b0011));
        assert_eq!(ranks(&[0, 0, 0, 0]), [1, 1, 1, 1]);
        assert_eq!(winners(&[0, 0, 0, 0]), SeatSet::ALL);
        assert_eq!(ranks(&[-9, -2, -5, -2]), [4, 1, 3, 1]);
        assert_eq!(winners(&[1, 2, 3, 4]), SeatSet(0b1000));
    }
}
