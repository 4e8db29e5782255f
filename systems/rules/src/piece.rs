//! What a piece is: its kind, its colour, its points.

use components::{Piece, PieceSet, Settings};

/// The kinds of pieces, in the order of [`Settings::red_points`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One of each colour.
    General,
    /// Two of each colour.
    Advisor,
    /// Two of each colour.
    Elephant,
    /// Two of each colour.
    Chariot,
    /// Two of each colour.
    Horse,
    /// Two of each colour.
    Cannon,
    /// Five of each colour.
    Soldier,
}

impl Kind {
    /// How many kinds there are.
    pub const COUNT: usize = 7;

    /// All kinds, the strongest first.
    pub const ALL: [Self; Self::COUNT] = [
        Self::General,
        Self::Advisor,
        Self::Elephant,
        Self::Chariot,
        Self::Horse,
        Self::Cannon,
        Self::Soldier,
    ];

    /// The red pieces of this kind.
    #[must_use]
    pub const fn red(self) -> PieceSet {
        PieceSet(MASKS[self as usize] as u32)
    }

    /// The black pieces of this kind.
    #[must_use]
    pub const fn black(self) -> PieceSet {
        PieceSet((MASKS[self as usize] as u32) << 16)
    }

    /// The pieces of this kind, both colours.
    #[must_use]
    pub const fn both(self) -> PieceSet {
        self.red().union(self.black())
    }
}

/// All red pieces.
pub const RED: PieceSet = PieceSet(0x0000_FFFF);
/// All black pieces.
pub const BLACK: PieceSet = PieceSet(0xFFFF_0000);
/// The piece whose holder starts the first round.
pub const RED_GENERAL: PieceSet = Kind::General.red();

/// Where each kind lies among the 16 pieces of a colour.
const MASKS: [u16; Kind::COUNT] = [0x0001, 0x0006, 0x0018, 0x0060, 0x0180, 0x0600, 0xF800];

/// The kind of each of the 16 pieces of a colour.
const KINDS: [Kind; 16] = {
    let mut kinds = [Kind::General; 16];
    let mut index = 0;
    while index < 16 {
        let mut kind = 0;
        while MASKS[kind] & (1 << index) == 0 {
            kind += 1;
        }
        kinds[index] = Kind::ALL[kind];
        index += 1;
    }
    kinds
};

/// The kind of a piece.
#[must_use]
pub const fn kind_of(piece: Piece) -> Kind {
    KINDS[(piece.index() & 15) as usize]
}

/// Whether a piece is red rather than black.
#[must_use]
pub const fn is_red(piece: Piece) -> bool {
    piece.index() < 16
}

/// What a piece is worth.
#[must_use]
pub const fn points(piece: Piece, settings: &Settings) -> u8 {
    let kind = kind_of(piece) as usize;
    if is_red(piece) { settings.red_points[kind] } else { settings.black_points[kind] }
}

/// What pieces are worth together: at most 32 * 255.
#[must_use]
pub fn points_sum(pieces: PieceSet, settings: &Settings) -> u16 {
    pieces.iter().map(|piece| u16::from(points(piece, settings))).sum()
}

/// Whether a hand is weak: no piece is worth more than [`Settings::weak_points_max`].
#[must_use]
pub fn is_weak(hand: PieceSet, settings: &Settings) -> bool {
    hand.iter().all(|piece| points(piece, settings) <= settings.weak_points_max)
}

#[cfg(test)]
mod tests {
    use components::{Piece, PieceSet, Settings};

    use super::{BLACK, Kind, RED, is_red, is_weak, kind_of, points, points_sum};

    fn piece(index: u8) -> Piece {
        Piece::new(index).unwrap()
    }

    #[test]
    fn every_piece_is_in_the_mask_of_its_kind_and_colour_alone() {
        for piece in PieceSet::ALL.iter() {
            let one = PieceSet::of(piece);
            assert_eq!(is_red(piece), RED.contains_all(one));
            for kind in Kind::ALL {
                assert_eq!(kind.both().contains_all(one), kind == kind_of(piece));
                assert_eq!(kind.red().contains_all(one), kind == kind_of(piece) && is_red(piece));
            }
        }
        assert_eq!(RED.union(BLACK), PieceSet::ALL);
        let copies: Vec<u8> = Kind::ALL.iter().map(|kind| kind.black().len()).collect();
        assert_eq!(copies, [1, 2, 2, 2, 2, 2, 5]);
    }

    #[test]
    fn points_are_the_tables_and_sum_to_192() {
        let settings = Settings::default();
        let table = [14, 12, 12, 10, 10, 8, 8, 6, 6, 4, 4, 2, 2, 2, 2, 2];
        for (index, worth) in (0..).zip(table) {
            assert_eq!(points(piece(index), &settings), worth);
            assert_eq!(points(piece(index + 16), &settings), worth - 1);
        }
        assert_eq!(points_sum(PieceSet::ALL, &settings), 192);
        assert_eq!(points_sum(PieceSet::EMPTY, &settings), 0);
    }

    #[test]
    fn a_black_elephant_is_weak_and_a_red_one_is_not() {
        let settings = Settings::default();
        assert!(is_weak(Kind::Elephant.black(), &settings));
        assert!(!is_weak(Kind::Elephant.red(), &settings));
        let weak = PieceSet::ALL.iter().filter(|p| is_weak(PieceSet::of(*p), &settings)).count();
        assert_eq!(weak, 24);
    }
}
