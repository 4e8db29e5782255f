//! Which pieces form sets, and what they are worth: the facts at the end of `docs/rules.md`.

use std::collections::BTreeMap;

use components::{PerSeat, PieceSet, Seat, SetKind, Settings, Table};
use proptest::prelude::*;
use rules::{
    Kind, beats, classify, deal, is_red, is_weak, kind_of, legal_leads, strength, turn_winner,
};

use crate::support::{S0, S1, S2, S3, pieces};

/// The definitions of `docs/rules.md`, word for word: slow and plain.
fn by_definition(set: PieceSet) -> Option<SetKind> {
    let mut counts = [0; Kind::COUNT];
    for piece in set.iter() {
        counts[kind_of(piece) as usize] += 1;
    }
    let colours = set.iter().filter(|piece| is_red(*piece)).count();
    if colours != 0 && colours != usize::from(set.len()) {
        return None;
    }
    let [others @ .., soldiers] = counts;
    let mut upper = [counts[0], counts[1], counts[2]];
    let mut lower = [counts[3], counts[4], counts[5]];
    upper.sort_unstable();
    lower.sort_unstable();
    let group = match (upper, lower, soldiers) {
        (group, [0, 0, 0], 0) | ([0, 0, 0], group, 0) => group,
        _ => [0, 0, 0],
    };
    let all_soldiers = others.iter().all(|count| *count == 0);
    match (set.len(), group) {
        (1, _) => Some(SetKind::Single),
        (2, _) if counts.contains(&2) => Some(SetKind::Pair),
        (3, _) if all_soldiers => Some(SetKind::ThreeOfAKind),
        (4, _) if all_soldiers => Some(SetKind::FourOfAKind),
        (5, _) if all_soldiers => Some(SetKind::FiveOfAKind),
        (3, [1, 1, 1]) => Some(SetKind::Straight),
        (4, [1, 1, 2]) => Some(SetKind::ExtendedStraight),
        (5, [1, 2, 2]) => Some(SetKind::ExtendedStraightOfFive),
        (6, [2, 2, 2]) => Some(SetKind::DoubleStraight),
        _ => None,
    }
}

/// All subsets of the 32 pieces with this many.
fn subsets(size: u32) -> impl Iterator<Item = PieceSet> {
    let mut next = Some((1_u64 << size) - 1);
    std::iter::from_fn(move || {
        let mask = next?;
        let low = mask & mask.wrapping_neg();
        let ripple = mask + low;
        let following = (((mask ^ ripple) >> 2) / low) | ripple;
        next = (following < 1 << 32).then_some(following);
        Some(PieceSet(mask as u32))
    })
}

#[test]
fn of_all_subsets_exactly_the_known_ones_are_sets() {
    let mut counts = BTreeMap::new();
    for size in 1..=6 {
        for set in subsets(size) {
            let kind = classify(set);
            assert_eq!(kind, by_definition(set), "{set:?}");
            if let Some(kind) = kind {
                *counts.entry((size, kind)).or_insert(0) += 1;
            }
        }
    }
    let expected = BTreeMap::from([
        ((1, SetKind::Single), 32),
        ((2, SetKind::Pair), 30),
        ((3, SetKind::Straight), 24),
        ((3, SetKind::ThreeOfAKind), 20),
        ((4, SetKind::ExtendedStraight), 32),
        ((4, SetKind::FourOfAKind), 10),
        ((5, SetKind::ExtendedStraightOfFive), 14),
        ((5, SetKind::FiveOfAKind), 2),
        ((6, SetKind::DoubleStraight), 2),
    ]);
    assert_eq!(counts, expected);
}

#[test]
fn no_pieces_and_more_than_six_are_no_set() {
    assert_eq!(classify(PieceSet::EMPTY), None);
    assert_eq!(classify(PieceSet::ALL), None);
    for size in 7..=16 {
        assert_eq!(classify(PieceSet((1 << size) - 1)), None);
        assert_eq!(classify(PieceSet(0xFFFF & !((1 << (16 - size)) - 1))), None);
    }
}

#[test]
fn all_leads_of_all_pieces_are_the_166_sets() {
    let all: BTreeMap<u32, SetKind> =
        legal_leads(PieceSet::ALL).map(|(set, kind)| (set.0, kind)).collect();
    assert_eq!(legal_leads(PieceSet::ALL).count(), 166);
    assert_eq!(all.len(), 166);
    assert!(all.iter().all(|(set, kind)| classify(PieceSet(*set)) == Some(*kind)));
}

proptest! {
    #[test]
    fn the_leads_of_a_hand_are_its_subsets_that_are_sets(seed: [u8; 32], round in 1..=20_u8) {
        for hand in deal(&seed, round, 0) {
            let mut expected = Vec::new();
            let mut subset = 0_u32;
            loop {
                subset = subset.wrapping_sub(hand.0) & hand.0;
                if subset == 0 { break; }
                if let Some(kind) = classify(PieceSet(subset)) {
                    expected.push((subset, kind));
                }
            }
            let mut leads: Vec<_> = legal_leads(hand).map(|(set, kind)| (set.0, kind)).collect();
            leads.sort_unstable();
            prop_assert_eq!(leads, expected);
        }
    }
}

#[test]
fn hands_are_weak_as_often_as_they_should_be() {
    let settings = Settings::default();
    let deals = 10_000_u32;
    let (mut hands, mut tables) = (0, 0);
    for number in 0..deals {
        let mut seed = [3; 32];
        seed[..4].copy_from_slice(&number.to_be_bytes());
        let weak = deal(&seed, 1, 0).iter().filter(|hand| is_weak(**hand, &settings)).count();
        hands += weak;
        tables += usize::from(weak > 0);
    }
    // Four standard deviations either way: 0.0051 and 0.0178.
    let of_hands = hands as f64 / f64::from(4 * deals);
    let of_tables = tables as f64 / f64::from(deals);
    assert!((of_hands - 0.069924).abs() < 0.0051, "{of_hands}");
    assert!((of_tables - 0.27235).abs() < 0.0178, "{of_tables}");
}

#[track_caller]
fn check_strength(indices: &[u8], expected: u16) {
    let set = pieces(indices);
    let kind = classify(set).unwrap();
    assert_eq!(strength(set, kind, &Settings::default()), expected);
}

#[test]
fn strength_is_the_sum_and_of_extended_straights_one_of_each_kind() {
    check_strength(&[0], 14);
    check_strength(&[1, 2], 24);
    check_strength(&[11, 12, 13], 6);
    check_strength(&[0, 1, 3], 36);
    check_strength(&[0, 1, 2, 3], 36);
    check_strength(&[0, 2, 3, 4], 36);
    check_strength(&[0, 1, 2, 3, 4], 36);
    check_strength(&[5, 6, 7, 9], 18);
    check_strength(&[5, 7, 8, 9, 10], 18);
    check_strength(&[5, 6, 7, 8, 9, 10], 36);
    check_strength(&[21, 22, 23, 24, 25, 26], 30);
    check_strength(&[16, 18, 20], 33);
    check_strength(&[27, 28, 29, 30, 31], 5);
}

#[track_caller]
fn check_winner(leader: Seat, plays: PerSeat<&[u8]>, winner: Seat) {
    let plays = plays.map(pieces);
    let table = Table { leader, kind: classify(plays[leader.index()]), plays };
    assert_eq!(turn_winner(&table, &Settings::default()), winner);
}

#[test]
fn the_strongest_of_the_leads_kind_takes_the_turn() {
    check_winner(S0, [&[9], &[7], &[21], &[3]], S3);
    check_winner(S0, [&[27, 28], &[11, 12], &[29, 30], &[0, 16]], S1);
}

#[test]
fn of_equal_plays_the_earlier_takes_the_turn() {
    check_winner(S0, [&[11], &[12], &[13], &[14]], S0);
    check_winner(S2, [&[1], &[2], &[11], &[3]], S0);
    check_winner(S1, [&[1], &[11], &[2], &[3]], S2);
}

#[test]
fn plays_of_another_kind_and_no_sets_never_win() {
    // A straight is led; three soldiers and no set lose, whatever they are worth.
    check_winner(S1, [&[0, 16, 1], &[21, 23, 25], &[11, 12, 13], &[17, 18, 19]], S1);
    check_winner(S3, [&[5, 7, 9], &[11, 12, 13], &[0, 1, 2], &[27, 28, 29]], S1);
}

#[test]
fn a_play_beats_only_with_the_same_kind_and_more_strength() {
    let settings = Settings::default();
    let straight = pieces(&[21, 23, 25]);
    assert!(beats(pieces(&[5, 7, 9]), straight, SetKind::Straight, &settings));
    assert!(!beats(pieces(&[22, 24, 26]), straight, SetKind::Straight, &settings));
    assert!(!beats(pieces(&[11, 12, 13]), straight, SetKind::Straight, &settings));
}
