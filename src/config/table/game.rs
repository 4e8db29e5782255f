//! Section `game`: the numbers of the rules.

use super::super::key::Key;
use super::super::kind::Kind::Int;
use super::DAY_MS;

/// A score below the highest target (10,000), and a round of 8 piles and this bonus with the
/// highest multiplier (10), add up to 20,080: within the 16 bits of a score.
const BONUS_MAX: i64 = 1000;

const PIECES: [&str; 7] =
    ["general", "advisor", "elephant", "chariot", "horse", "cannon", "soldier"];

pub(super) fn keys() -> Vec<Key> {
    let red = PIECES.iter().enumerate().map(|(row, piece)| {
        Key::new(
            format!("game.points.red_{piece}"),
            Int(1, 99),
            format!("Points of a red {piece}."),
            |config, row| &mut config.game.red_points[row],
        )
        .at(row)
    });
    let black = PIECES.iter().enumerate().map(|(row, piece)| {
        Key::new(
            format!("game.points.black_{piece}"),
            Int(1, 99),
            format!("Points of a black {piece}."),
            |config, row| &mut config.game.black_points[row],
        )
        .at(row)
    });
    red.chain(black).chain(rule_keys()).collect()
}

fn rule_keys() -> Vec<Key> {
    vec![
        Key::new(
            "game.weak_points_max",
            Int(0, 99),
            "A hand is weak when no piece is worth more than this.",
            |config, _| &mut config.game.weak_points_max,
        ),
        Key::new("game.redeals_max", Int(0, 9), "Redeals a round may have.", |config, _| {
            &mut config.game.redeals_max
        }),
        Key::new(
            "game.redeal_warning_ms",
            Int(0, DAY_MS),
            "With this much time left, those asked about a redeal are warned.",
            |config, _| &mut config.game.redeal_warning_ms,
        ),
        Key::new(
            "game.score_target",
            Int(1, 10_000),
            "A match ends when a score reaches this.",
            |config, _| &mut config.game.score_target,
        ),
        Key::new("game.rounds_max", Int(1, 99), "A match ends after this round.", |config, _| {
            &mut config.game.rounds_max
        }),
        Key::new(
            "game.zero_bonus",
            Int(0, BONUS_MAX),
            "Points for declaring and capturing nothing.",
            |config, _| &mut config.game.zero_bonus,
        ),
        Key::new(
            "game.exact_bonus",
            Int(0, BONUS_MAX),
            "Points beside the declaration for capturing just what was declared.",
            |config, _| &mut config.game.exact_bonus,
        ),
        Key::new(
            "game.zero_streak_max",
            Int(1, 20),
            "Rounds in a row in which a seat may declare 0.",
            |config, _| &mut config.game.zero_streak_max,
        ),
    ]
}
