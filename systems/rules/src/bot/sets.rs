//! Valid sets by rank: which ones a hand holds, and what some pieces are.
//!
//! Of sets that differ only in copies, or in which kinds of a straight are doubled, one stands for
//! all: they are equally strong.

use arrayvec::ArrayVec;
use components::SetKind;

use super::deck::{Deck, Ranked, bottom_n, top, top_rank};

/// A valid set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Set {
    /// Its pieces.
    pub(super) pieces: Ranked,
    /// What it is.
    pub(super) kind: SetKind,
    /// What it is compared by.
    pub(super) strength: u16,
}

impl Set {
    /// A set of one. `piece` is exactly one piece.
    pub(super) const fn single(deck: &Deck, piece: Ranked) -> Self {
        Self { pieces: piece, kind: SetKind::Single, strength: deck.points[top_rank(piece)] }
    }

    /// How many pieces it has.
    pub(super) const fn size(&self) -> u32 {
        self.pieces.count_ones()
    }

    /// What `pieces`, at least one, are when played together.
    pub(super) fn of(deck: &Deck, pieces: Ranked) -> Option<Self> {
        // Nearly all are singles, and counting bits is not free.
        if pieces & pieces.wrapping_sub(1) == 0 {
            return Some(Self::single(deck, pieces));
        }
        match pieces.count_ones() {
            2 => strongest_pair(deck, pieces),
            size => {
                let family = deck.families.iter().position(|family| pieces & !family == 0)?;
                set_in(deck, pieces, family, size)
            }
        }
    }

    /// Whether it takes the turn from `best`.
    pub(super) fn beats(&self, best: &Self) -> bool {
        self.kind == best.kind && self.strength > best.strength
    }
}

/// Sets of more than one piece: at most 4 pairs and, of a hand of 8, 6 others.
pub(super) type Sets = ArrayVec<Set, 16>;

/// All sets of more than one piece in `hand`.
pub(super) fn sets_of(deck: &Deck, hand: Ranked) -> Sets {
    let mut sets = Sets::new();
    let mut push = |set| {
        // A hand of 8 never fills it; were one larger, its last sets would be overlooked.
        let _ = sets.try_push(set);
    };
    for group in deck.groups.iter().flatten() {
        strongest_pair(deck, hand & group).into_iter().for_each(&mut push);
    }
    for (family, members) in deck.families.iter().enumerate() {
        for size in 3..=(hand & members).count_ones() {
            set_in(deck, hand, family, size).into_iter().for_each(&mut push);
        }
    }
    sets
}

/// The pieces of `hand` of which it holds a copy of lower rank too.
pub(super) const fn doubles(deck: &Deck, hand: Ranked) -> Ranked {
    let neighbours = hand & (hand << 1) & deck.seconds;
    // Of two Soldiers, others may lie between.
    let (red, black) = (hand & deck.families[2], hand & deck.families[5]);
    neighbours | red & red.wrapping_sub(1) | black & black.wrapping_sub(1)
}

/// The strongest pair in `hand`.
pub(super) const fn strongest_pair(deck: &Deck, hand: Ranked) -> Option<Set> {
    let upper = top(doubles(deck, hand));
    if upper == 0 {
        return None;
    }
    let lower = top(hand & (upper - 1));
    let strength = 2 * deck.points[top_rank(upper)];
    Some(Set { pieces: upper | lower, kind: SetKind::Pair, strength })
}

/// A largest set of 3 pieces or more, but at most `size_max`; of equally large ones a strongest.
pub(super) fn largest_set(deck: &Deck, hand: Ranked, size_max: u32) -> Option<Set> {
    if size_max < 3 {
        return None;
    }
    let mut largest: Option<Set> = None;
    for (family, members) in deck.families.iter().enumerate() {
        let size = (hand & members).count_ones().min(size_max);
        if size >= 3
            && let Some(set) = set_in(deck, hand, family, size)
        {
            let order = |set: &Set| (set.size(), set.strength);
            if largest.is_none_or(|other| order(&set) > order(&other)) {
                largest = Some(set);
            }
        }
    }
    largest
}

/// A set in `hand` that beats `best`, which has two pieces or more: the weakest or the strongest.
pub(super) fn beating(deck: &Deck, hand: Ranked, best: &Set, weakest: bool) -> Option<Set> {
    if best.kind == SetKind::Pair {
        return strongest_pair(deck, hand).filter(|pair| pair.beats(best));
    }
    let size = best.size();
    let mut found: Option<Set> = None;
    for (family, members) in deck.families.iter().enumerate() {
        if (hand & members).count_ones() >= size
            && let Some(set) = set_in(deck, hand, family, size).filter(|set| set.beats(best))
            && found.is_none_or(|other| (set.strength < other.strength) == weakest)
        {
            found = Some(set);
        }
    }
    found
}

/// A set of `size`, 3 or more, from the pieces of `hand` that belong to a family.
fn set_in(deck: &Deck, hand: Ranked, family: usize, size: u32) -> Option<Set> {
    let held = hand & deck.families[family];
    if family % 3 == 2 {
        let kind = match size {
            3 => SetKind::ThreeOfAKind,
            4 => SetKind::FourOfAKind,
            5 => SetKind::FiveOfAKind,
            _ => return None,
        };
        let strength = size as u16 * deck.points[top_rank(held)];
        return Some(Set { pieces: bottom_n(held, size), kind, strength });
    }
    let first = 3 * (family % 3);
    let groups = &deck.groups[family / 3];
    let [a, b, c] = [held & groups[first], held & groups[first + 1], held & groups[first + 2]];
    if a == 0 || b == 0 || c == 0 {
        return None;
    }
    let once = top(a) | top(b) | top(c);
    let points = |group| deck.points[top_rank(group)];
    let strength = points(a) + points(b) + points(c);
    let pieces = once | bottom_n(held & !once, size - 3);
    let (kind, strength) = match size {
        3 => (SetKind::Straight, strength),
        4 => (SetKind::ExtendedStraight, strength),
        5 => (SetKind::ExtendedStraightOfFive, strength),
        6 => (SetKind::DoubleStraight, 2 * strength),
        _ => return None,
    };
    Some(Set { pieces, kind, strength })
}

#[cfg(test)]
mod tests {
    use components::{PieceSet, SetKind, Settings};

    use super::{Set, beating, largest_set, sets_of};
    use crate::{
        bot::{deck::Deck, spread::Spread},
        classify, legal_leads, strength,
    };

    fn settings() -> [Settings; 2] {
        let default = Settings::default();
        let black_first =
            Settings { black_points: [30, 29, 28, 27, 26, 25, 24], ..default.clone() };
        [default, black_first]
    }

    #[test]
    fn every_set_of_the_law_is_seen_with_its_kind_and_strength() {
        for settings in settings() {
            let deck = Deck::new(&settings);
            for (pieces, kind) in legal_leads(PieceSet::ALL) {
                let strength = strength(pieces, kind, &settings);
                let pieces = deck.ranked(pieces);
                assert_eq!(Set::of(&deck, pieces), Some(Set { pieces, kind, strength }));
            }
        }
    }

    #[test]
    fn what_is_no_set_by_law_is_none() {
        let deck = Deck::new(&Settings::default());
        let mut spread = Spread(1);
        for _ in 0..20_000 {
            let pieces = (0..2 + spread.below(5)).fold(0, |set, _| set | 1 << spread.below(32));
            let pieces = PieceSet(pieces);
            let kind = Set::of(&deck, deck.ranked(pieces)).map(|set| set.kind);
            assert_eq!(kind, classify(pieces), "{pieces:?}");
        }
    }

    #[test]
    fn of_all_sets_of_a_hand_one_of_each_strength_is_found() {
        for settings in settings() {
            let deck = Deck::new(&settings);
            let mut spread = Spread(2);
            for _ in 0..2_000 {
                let hand = hand_of_8(&mut spread);
                let found = sets_of(&deck, deck.ranked(hand));
                let mut found: Vec<_> = found.iter().map(|set| (set.kind, set.strength)).collect();
                let larger = legal_leads(hand).filter(|(_, kind)| *kind != SetKind::Single);
                let mut lawful: Vec<_> =
                    larger.map(|(set, kind)| (kind, strength(set, kind, &settings))).collect();
                found.sort_unstable();
                lawful.sort_unstable();
                found.dedup();
                lawful.dedup();
                assert_eq!(found, lawful, "{hand:?}");
            }
        }
    }

    #[test]
    fn the_largest_set_fits_and_a_beating_one_beats() {
        let settings = Settings::default();
        let deck = Deck::new(&settings);
        let mut spread = Spread(3);
        for _ in 0..2_000 {
            let [hand, other] = [0; 2].map(|_| deck.ranked(hand_of_8(&mut spread)));
            for size_max in 2..=6 {
                let fits = |set: &&Set| set.size() >= 3 && set.size() <= size_max;
                let most = sets_of(&deck, hand).iter().filter(fits).map(Set::size).max();
                assert_eq!(largest_set(&deck, hand, size_max).map(|set| set.size()), most);
            }
            for best in sets_of(&deck, other) {
                let found = beating(&deck, hand, &best, true);
                assert!(found.is_none_or(|set| set.beats(&best)));
                let any = sets_of(&deck, hand).iter().any(|set| set.beats(&best));
                assert_eq!(found.is_some(), any);
            }
        }
    }

    fn hand_of_8(spread: &mut Spread) -> PieceSet {
        let mut hand: u32 = 0;
        while hand.count_ones() < 8 {
            hand |= 1 << spread.below(32);
        }
        PieceSet(hand)
    }
}
