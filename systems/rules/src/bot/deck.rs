//! The pieces in order of worth: comparing pieces becomes comparing bits.

use components::{PieceSet, Settings};

use crate::Kind;

/// A set of pieces by rank: bit 0 is the weakest piece, bit 31 the strongest.
pub(super) type Ranked = u32;

/// All 32 pieces ordered by points. Pieces of one colour and kind are neighbours.
pub(super) struct Deck {
    /// Points by rank.
    pub(super) points: [u16; 32],
    /// By rank: all pieces worth more.
    pub(super) above: [Ranked; 32],
    /// By rank: all pieces worth as much or more.
    pub(super) at_least: [Ranked; 32],
    /// By colour and kind: its pieces.
    pub(super) groups: [[Ranked; Kind::COUNT]; 2],
    /// The pieces that can form large sets together: of each colour General to Elephant, Chariot
    /// to Cannon, Soldiers.
    pub(super) families: [Ranked; 6],
    /// The second piece and later ones of each group: with the one before it, it is a pair.
    pub(super) seconds: Ranked,
    rank_of: [u8; 32],
    piece_at: [u8; 32],
}

impl Deck {
    /// The deck under these settings.
    pub(super) fn new(settings: &Settings) -> Self {
        let mut deck = Self {
            points: [0; 32],
            above: [0; 32],
            at_least: [0; 32],
            groups: [[0; Kind::COUNT]; 2],
            families: [0; 6],
            seconds: 0,
            rank_of: [0; 32],
            piece_at: [0; 32],
        };
        let mut rank = 0;
        for (points, colour, kind) in order(settings) {
            let copies = if colour == 0 { kind.red() } else { kind.black() };
            let group = ((1 << copies.len()) - 1) << rank;
            deck.groups[colour][kind as usize] = group;
            deck.families[3 * colour + kind as usize / 3] |= group;
            deck.seconds |= group & (group << 1);
            for piece in copies.iter() {
                deck.points[rank] = u16::from(points);
                deck.rank_of[usize::from(piece.index())] = rank as u8;
                deck.piece_at[rank] = piece.index();
                rank += 1;
            }
        }
        deck.compare();
        deck
    }

    fn compare(&mut self) {
        let mut start = 0;
        for rank in 1..=32 {
            if rank == 32 || self.points[rank] != self.points[start] {
                let above = if rank == 32 { 0 } else { u32::MAX << rank };
                self.above[start..rank].fill(above);
                self.at_least[start..rank].fill(u32::MAX << start);
                start = rank;
            }
        }
    }

    /// The same pieces by rank.
    pub(super) fn ranked(&self, pieces: PieceSet) -> Ranked {
        let mut ranked = 0;
        let mut rest = pieces.0;
        while rest != 0 {
            ranked |= 1 << self.rank_of[rest.trailing_zeros() as usize];
            rest &= rest - 1;
        }
        ranked
    }

    /// The same pieces by index.
    pub(super) fn pieces(&self, ranked: Ranked) -> PieceSet {
        let mut pieces = 0;
        let mut rest = ranked;
        while rest != 0 {
            pieces |= 1 << self.piece_at[rest.trailing_zeros() as usize];
            rest &= rest - 1;
        }
        PieceSet(pieces)
    }
}

/// The groups from weakest to strongest: points, colour (0 is red), kind.
fn order(settings: &Settings) -> [(u8, usize, Kind); 2 * Kind::COUNT] {
    let mut order = [(0, 0, Kind::Soldier); 2 * Kind::COUNT];
    for (at, kind) in Kind::ALL.into_iter().rev().enumerate() {
        order[2 * at] = (settings.black_points[kind as usize], 1, kind);
        order[2 * at + 1] = (settings.red_points[kind as usize], 0, kind);
    }
    // By default they are in order already, and so this is one pass.
    for end in 1..order.len() {
        let mut at = end;
        while at > 0 && order[at - 1].0 > order[at].0 {
            order.swap(at - 1, at);
            at -= 1;
        }
    }
    order
}

/// The rank of the strongest piece. `set` is not empty.
pub(super) const fn top_rank(set: Ranked) -> usize {
    (31 - (set | 1).leading_zeros()) as usize
}

/// The strongest piece alone; nothing of nothing.
pub(super) const fn top(set: Ranked) -> Ranked {
    if set == 0 { 0 } else { 1 << top_rank(set) }
}

/// The weakest piece alone; nothing of nothing.
pub(super) const fn bottom(set: Ranked) -> Ranked {
    set & set.wrapping_neg()
}

/// The `n` strongest pieces, or all.
pub(super) const fn top_n(set: Ranked, n: u32) -> Ranked {
    let mut rest = set;
    let mut taken = 0;
    while taken < n && rest != 0 {
        rest ^= top(rest);
        taken += 1;
    }
    set ^ rest
}

/// The `n` weakest pieces, or all.
pub(super) const fn bottom_n(set: Ranked, n: u32) -> Ranked {
    let mut rest = set;
    let mut taken = 0;
    while taken < n && rest != 0 {
        rest ^= bottom(rest);
        taken += 1;
    }
    set ^ rest
}

#[cfg(test)]
mod tests {
    use components::{Piece, PieceSet, Settings};

    use super::{Deck, bottom, bottom_n, top, top_n, top_rank};
    use crate::points;

    fn decks() -> [(Settings, Deck); 3] {
        let default = Settings::default();
        let flat = Settings { red_points: [5; 7], black_points: [5; 7], ..default.clone() };
        let mixed = Settings {
            red_points: [3, 9, 1, 9, 2, 9, 7],
            black_points: [99, 1, 9, 2, 8, 3, 7],
            ..default.clone()
        };
        [default, flat, mixed].map(|settings| (settings.clone(), Deck::new(&settings)))
    }

    #[test]
    fn ranks_follow_points_and_lead_back_to_the_pieces() {
        for (settings, deck) in decks() {
            assert!(deck.points.is_sorted());
            for piece in PieceSet::ALL.iter() {
                let ranked = deck.ranked(PieceSet::of(piece));
                assert_eq!(deck.points[top_rank(ranked)], u16::from(points(piece, &settings)));
                assert_eq!(deck.pieces(ranked), PieceSet::of(piece));
            }
        }
    }

    #[test]
    fn what_is_above_a_piece_is_worth_more_and_equals_are_at_least_it() {
        for (_, deck) in decks() {
            for own in 0..32 {
                for other in 0..32 {
                    let (own_points, other_points) = (deck.points[own], deck.points[other]);
                    assert_eq!(deck.above[own] >> other & 1 == 1, other_points > own_points);
                    assert_eq!(deck.at_least[own] >> other & 1 == 1, other_points >= own_points);
                }
            }
        }
    }

    #[test]
    fn the_strongest_piece_is_the_red_general() {
        let deck = Deck::new(&Settings::default());
        assert_eq!(deck.pieces(top(u32::MAX)), PieceSet::of(Piece::new(0).unwrap()));
    }

    #[test]
    fn ends_are_cut_off_and_never_more_than_there_is() {
        assert_eq!((top(0b0110), bottom(0b0110)), (0b0100, 0b0010));
        assert_eq!((top_n(0b10_1101, 2), bottom_n(0b10_1101, 2)), (0b10_1000, 0b00_0101));
        assert_eq!((top_n(0b11, 5), bottom_n(0b11, 5)), (0b11, 0b11));
        assert_eq!((top(0), bottom(0), top_n(0, 1), bottom_n(0, 1)), (0, 0, 0, 0));
    }
}
