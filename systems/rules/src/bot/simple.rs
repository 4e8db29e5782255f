//! The simple bot: a beginner's habits, in well under a microsecond.
//!
//! It declares one pile for each General and Advisor, or what else is worth as much, and the size
//! of its largest set of three or more. While it lacks piles it leads that set or its strongest
//! piece, and beats what it can with the strongest it has; otherwise, and when it cannot win, it
//! gets rid of its weakest pieces. It counts nothing, keeps nothing back, does not mind winning
//! more than it lacks in one turn, and throws no strong piece away while it can.

use components::{Piece, PieceSet, SetKind, Settings, Table};

use super::Sight;
use crate::{Kind, beats, classify, piece::points, set::turn_winner};

/// The pieces that can form large sets together.
const LARGE: [PieceSet; 6] = {
    let [upper, lower, soldiers] = [0x001F, 0x07E0, 0xF800];
    [
        PieceSet(upper),
        PieceSet(upper << 16),
        PieceSet(lower),
        PieceSet(lower << 16),
        PieceSet(soldiers),
        PieceSet(soldiers << 16),
    ]
};

/// It accepts two times of three.
pub(super) const fn redeal(random: u64) -> bool {
    !random.is_multiple_of(3)
}

/// How many piles it would like to declare.
pub(super) fn declare(sight: &Sight, settings: &Settings) -> u8 {
    let large = large_set(sight.hand);
    let strong_min = settings.weak_points_max.saturating_add(2);
    let strong = |piece: &Piece| points(*piece, settings) >= strong_min;
    let singles = sight.hand.minus(large).iter().filter(strong).count() as u8;
    large.len() + singles
}

/// What it plays.
pub(super) fn play(sight: &Sight, table: &Table, settings: &Settings) -> PieceSet {
    let lacks =
        sight.captured[sight.seat.index()] < sight.declared[sight.seat.index()].unwrap_or(0);
    let hand = sight.hand;
    let size = table.count();
    let Some(kind) = table.kind.filter(|_| size < hand.len()) else {
        return if size > 0 { hand } else { lead(hand, lacks, settings) };
    };
    if lacks {
        let best = table.plays[turn_winner(table, settings).index()];
        let beating = strongest_of(hand, kind, settings);
        if beats(beating, best, kind, settings) {
            return beating;
        }
    }
    weakest(hand, size, settings)
}

fn lead(hand: PieceSet, lacks: bool, settings: &Settings) -> PieceSet {
    if !lacks {
        return weakest(hand, 1, settings);
    }
    let large = large_set(hand);
    if large.is_empty() { strongest(hand, settings) } else { large }
}

/// Its strongest set of a kind that it sees at a glance, if any.
fn strongest_of(hand: PieceSet, kind: SetKind, settings: &Settings) -> PieceSet {
    match kind {
        SetKind::Single => strongest(hand, settings),
        SetKind::Pair => {
            let copies = Kind::ALL.into_iter().flat_map(|kind| [kind.red(), kind.black()]);
            let mut held = copies.map(|copies| hand.intersection(copies));
            held.find(|held| held.len() >= 2).map_or(PieceSet::EMPTY, |held| first(held, 2))
        }
        _ => {
            let mut held = LARGE.into_iter().map(|pieces| hand.intersection(pieces));
            held.find(|held| classify(*held) == Some(kind)).unwrap_or(PieceSet::EMPTY)
        }
    }
}

/// The largest set of three or more whose pieces all belong together.
fn large_set(hand: PieceSet) -> PieceSet {
    let mut largest = PieceSet::EMPTY;
    for pieces in LARGE {
        let held = hand.intersection(pieces);
        if held.len() >= 3 && held.len() > largest.len() && classify(held).is_some() {
            largest = held;
        }
    }
    largest
}

fn strongest(hand: PieceSet, settings: &Settings) -> PieceSet {
    let strongest = hand.iter().max_by_key(|piece| points(*piece, settings));
    strongest.map_or(PieceSet::EMPTY, PieceSet::of)
}

fn weakest(hand: PieceSet, count: u8, settings: &Settings) -> PieceSet {
    let mut kept = hand;
    for _ in 0..count {
        let weakest = kept.iter().min_by_key(|piece| points(*piece, settings));
        kept = kept.minus(weakest.map_or(PieceSet::EMPTY, PieceSet::of));
    }
    hand.minus(kept)
}

fn first(pieces: PieceSet, count: usize) -> PieceSet {
    pieces.iter().take(count).collect()
}

#[cfg(test)]
mod tests {
    use components::{Piece, PieceSet, SetKind, Settings};

    use super::{large_set, lead, strongest_of, weakest};

    fn pieces(indices: &[u8]) -> PieceSet {
        indices.iter().map(|index| Piece::new(*index).unwrap()).collect()
    }

    fn settings() -> Settings {
        Settings::default()
    }

    #[test]
    fn it_leads_its_largest_set_then_its_strongest_piece() {
        let hand = pieces(&[0, 5, 7, 9, 11, 12, 27, 28]);
        assert_eq!(lead(hand, true, &settings()), pieces(&[5, 7, 9]));
        assert_eq!(lead(pieces(&[1, 17, 11]), true, &settings()), pieces(&[1]));
    }

    #[test]
    fn with_its_piles_it_leads_its_weakest_piece() {
        assert_eq!(lead(pieces(&[0, 5, 7, 9, 27]), false, &settings()), pieces(&[27]));
    }

    #[test]
    fn it_answers_with_its_strongest_of_the_kind() {
        let hand = pieces(&[1, 2, 17, 18, 11, 12, 13, 16]);
        let strongest = |kind| strongest_of(hand, kind, &settings());
        assert_eq!(strongest(SetKind::Single), pieces(&[16]));
        assert_eq!(strongest(SetKind::Pair), pieces(&[1, 2]));
        assert_eq!(strongest(SetKind::ThreeOfAKind), pieces(&[11, 12, 13]));
        assert_eq!(strongest(SetKind::Straight), PieceSet::EMPTY);
    }

    #[test]
    fn it_gets_rid_of_its_weakest_pieces() {
        assert_eq!(weakest(pieces(&[0, 9, 11, 25, 27]), 2, &settings()), pieces(&[11, 27]));
    }

    #[test]
    fn two_families_make_no_large_set() {
        assert_eq!(large_set(pieces(&[3, 5, 7, 11, 12, 21, 23, 27])), PieceSet::EMPTY);
    }
}
