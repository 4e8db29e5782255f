//! Pieces by name, and by the numbers under which a hand's pieces are typed.

use components::{Piece, PieceSet, Settings};
use protocol::Pieces;
use rules::{is_red, kind_of, points};

use super::style::Style;

/// The same pieces, as the rules have them.
pub(super) const fn set_of(pieces: Pieces) -> PieceSet {
    PieceSet(pieces.0)
}

/// Such as `R-General(14)` or `b-Soldier(1)`.
pub(super) fn name(piece: Piece, style: Style) -> String {
    let worth = points(piece, &Settings::default());
    let kind = kind_of(piece);
    if is_red(piece) {
        style.red(&format!("R-{kind:?}({worth})"))
    } else {
        format!("b-{kind:?}({worth})")
    }
}

/// Their names, red before black, the strongest first.
pub(super) fn names(pieces: PieceSet, style: Style) -> String {
    let names: Vec<String> = pieces.iter().map(|piece| name(piece, style)).collect();
    names.join(" ")
}

/// The hand with the number of each piece, from 1.
pub(super) fn hand_line(hand: PieceSet, style: Style) -> String {
    if hand.is_empty() {
        return "Your hand is empty.".to_owned();
    }
    let numbered: Vec<String> = (1..)
        .zip(hand.iter())
        .map(|(number, piece)| format!("[{number}] {}", name(piece, style)))
        .collect();
    format!("Your hand: {}", numbered.join("  "))
}

/// What to type for these pieces of the hand.
pub(super) fn numbers(hand: PieceSet, pieces: PieceSet) -> String {
    let numbers: Vec<String> = (1..)
        .zip(hand.iter())
        .filter(|(_, piece)| pieces.contains_all(PieceSet::of(*piece)))
        .map(|(number, _): (u8, _)| number.to_string())
        .collect();
    numbers.join(" ")
}

/// The pieces of the hand under these numbers.
///
/// # Errors
/// Says which number is none of the hand's, or comes twice.
pub(super) fn pick(hand: PieceSet, numbers: &[u8]) -> Result<PieceSet, String> {
    let mut picked = PieceSet::EMPTY;
    for number in numbers {
        let place = usize::from(*number).checked_sub(1);
        let piece =
            place.and_then(|place| hand.iter().nth(place)).ok_or_else(|| match hand.len() {
                0 => "You hold no pieces now.".to_owned(),
                held => {
                    format!("There is no piece {number} in your hand: type numbers 1 to {held}.")
                }
            })?;
        let piece = PieceSet::of(piece);
        if picked.contains_all(piece) {
            return Err(format!("Piece {number} was named twice."));
        }
        picked = picked.union(piece);
    }
    Ok(picked)
}

#[cfg(test)]
mod tests {
    use components::{Piece, PieceSet};

    use super::super::style::Style;
    use super::{hand_line, name, names, numbers, pick};

    /// Red General, red Soldier, black Advisor, black Soldier.
    const HAND: PieceSet = PieceSet(1 | 1 << 11 | 1 << 17 | 1 << 31);

    #[test]
    fn a_name_says_colour_kind_and_points() {
        assert_eq!(name(Piece::new(0).unwrap(), Style::Plain), "R-General(14)");
        assert_eq!(name(Piece::new(0).unwrap(), Style::Colour), "\x1b[31mR-General(14)\x1b[0m");
        assert_eq!(name(Piece::new(31).unwrap(), Style::Colour), "b-Soldier(1)");
        assert_eq!(names(PieceSet(0b110), Style::Plain), "R-Advisor(12) R-Advisor(12)");
    }

    #[test]
    fn a_hand_shows_the_numbers_to_type() {
        let line = "Your hand: [1] R-General(14)  [2] R-Soldier(2)  [3] b-Advisor(11)  \
                    [4] b-Soldier(1)";
        assert_eq!(hand_line(HAND, Style::Plain), line);
        assert_eq!(hand_line(PieceSet::EMPTY, Style::Plain), "Your hand is empty.");
    }

    #[test]
    fn numbers_and_pieces_are_each_others_inverse() {
        for picked in [&[1, 3][..], &[4], &[1, 2, 3, 4], &[]] {
            let pieces = pick(HAND, picked).unwrap();
            let typed: Vec<String> = picked.iter().map(u8::to_string).collect();
            assert_eq!(numbers(HAND, pieces), typed.join(" "));
        }
        assert_eq!(pick(HAND, &[3, 1]), pick(HAND, &[1, 3]));
    }

    #[test]
    fn numbers_beside_the_hand_are_refused() {
        for number in [0, 5, 255] {
            let error = pick(HAND, &[1, number]).unwrap_err();
            assert!(error.contains(&format!("no piece {number} ")) && error.contains("1 to 4"));
        }
        assert_eq!(pick(HAND, &[2, 2]).unwrap_err(), "Piece 2 was named twice.");
        assert_eq!(pick(PieceSet::EMPTY, &[1]).unwrap_err(), "You hold no pieces now.");
    }
}
