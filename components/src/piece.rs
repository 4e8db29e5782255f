//! Pieces, and sets of them as 32-bit masks.

/// A piece's identity, 0..=31: red General, 2 red Advisors, 2 red Elephants, 2 red Chariots, 2 red
/// Horses, 2 red Cannons, 5 red Soldiers (0..=15), then black in the same order (16..=31).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Piece(u8);

impl Piece {
    /// How many there are.
    pub const COUNT: usize = 32;

    /// The piece of this index, if there is one.
    #[must_use]
    pub const fn new(index: u8) -> Option<Self> {
        if index < 32 { Some(Self(index)) } else { None }
    }

    /// Its index, 0..=31.
    #[must_use]
    pub const fn index(self) -> u8 {
        self.0 & 31
    }
}

/// A set of pieces: bit n is piece n.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PieceSet(pub u32);

impl PieceSet {
    /// No piece.
    pub const EMPTY: Self = Self(0);
    /// Every piece.
    pub const ALL: Self = Self(u32::MAX);

    /// The set of one piece.
    #[must_use]
    pub const fn of(piece: Piece) -> Self {
        Self(1 << piece.0)
    }

    /// How many pieces it has, 0..=32.
    #[must_use]
    pub const fn len(self) -> u8 {
        self.0.count_ones() as u8
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `other` is in it.
    #[must_use]
    pub const fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What of it is not in `other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Its pieces in order of index.
    pub fn iter(self) -> impl Iterator<Item = Piece> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let index = rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
            (index < 32).then_some(Piece(index as u8))
        })
    }
}

impl FromIterator<Piece> for PieceSet {
    fn from_iter<I: IntoIterator<Item = Piece>>(pieces: I) -> Self {
        pieces.into_iter().fold(Self::EMPTY, |set, piece| set.union(Self::of(piece)))
    }
}

/// The kinds of valid sets, all of one colour. A play beats a lead only with the same kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetKind {
    /// Any one piece.
    Single,
    /// Two of a kind.
    Pair,
    /// Three Soldiers.
    ThreeOfAKind,
    /// General, Advisor, Elephant; or Chariot, Horse, Cannon.
    Straight,
    /// Four Soldiers.
    FourOfAKind,
    /// The three kinds of one straight group, one of them twice.
    ExtendedStraight,
    /// Five Soldiers.
    FiveOfAKind,
    /// The three kinds of one straight group, two of them twice.
    ExtendedStraightOfFive,
    /// Two Chariots, two Horses, two Cannons.
    DoubleStraight,
}
