//! Pieces as text: a letter each, as players of Chinese chess write them.

use std::fmt;

use components::PieceSet;
use rules::{is_red, kind_of};

/// By kind, in the order of [`rules::Kind`]: General, Advisor, Elephant, Chariot (a rook), Horse,
/// Cannon, Soldier. Red is in capitals.
const RED: &[u8; 7] = b"GAERHCS";
const BLACK: &[u8; 7] = b"gaerhcs";

/// Writes pieces: red before black, the strongest first.
pub(crate) fn write_pieces(out: &mut impl fmt::Write, pieces: PieceSet) -> fmt::Result {
    for piece in pieces.iter() {
        let letters = if is_red(piece) { RED } else { BLACK };
        out.write_char(char::from(letters[kind_of(piece) as usize]))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pieces: PieceSet) -> String {
        let mut text = String::new();
        write_pieces(&mut text, pieces).unwrap();
        text
    }

    #[test]
    fn a_piece_is_a_letter_and_red_is_in_capitals() {
        assert_eq!(text(PieceSet::EMPTY), "");
        assert_eq!(text(PieceSet::ALL), "GAAEERRHHCCSSSSSgaaeerrhhccsssss");
        // Red General, black Advisor, red Soldier.
        assert_eq!(text(PieceSet(1 | 1 << 17 | 1 << 11)), "GSa");
    }
}
