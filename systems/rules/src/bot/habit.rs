//! How a seat plays that aims at its declaration, at a glance: the whole of a guessed round is
//! played so, and the standard bot falls back on it.
//!
//! Who still wants piles keeps as many of its strongest pieces as it wants, throws the strongest of
//! the others away under stronger plays, and takes a turn when it likely holds. Who wants none
//! leads its weakest piece and throws its strongest away wherever it cannot win.

use components::SetKind;

use super::{
    deck::{Deck, Ranked, bottom, bottom_n, top, top_n, top_rank},
    sets::{Set, beating, doubles, largest_set, strongest_pair},
    world::Turn,
};

/// What a seat knows when it plays.
pub(super) struct Place {
    /// Its hand, not empty.
    pub(super) hand: Ranked,
    /// What the others may hold.
    pub(super) out: Ranked,
    /// How many piles it still wants.
    pub(super) need: i8,
}

/// What to play.
pub(super) fn choose(deck: &Deck, place: &Place, turn: &Turn) -> Ranked {
    match &turn.best {
        None => lead(deck, place).pieces,
        Some((_, best)) if best.kind == SetKind::Single => {
            let is_last = place.hand & place.hand.wrapping_sub(1) == 0;
            if is_last { place.hand } else { follow_single(deck, place, best, turn.after) }
        }
        Some((_, best)) if best.size() >= place.hand.count_ones() => place.hand,
        Some((_, best)) => follow_set(deck, place, best, turn.after),
    }
}

/// A lead: a large set that fits, a piece nobody can beat, a pair few can beat; else the weakest
/// piece, so that another leads and the strong ones come in where they win.
fn lead(deck: &Deck, place: &Place) -> Set {
    let weakest = Set::single(deck, bottom(place.hand));
    if place.need <= 0 {
        return weakest;
    }
    let need = place.need as u32;
    if let Some(set) = largest_set(deck, place.hand, need) {
        return set;
    }
    let strongest = top(place.hand);
    let sure = deck.above[top_rank(strongest)] & place.out == 0;
    if sure || need >= place.hand.count_ones() {
        return Set::single(deck, strongest);
    }
    match strongest_pair(deck, place.hand) {
        Some(pair) if need >= 2 && stronger_pairs(deck, &pair, place.out) <= 2 => pair,
        _ => weakest,
    }
}

/// How many stronger pairs the pieces `out` could make.
fn stronger_pairs(deck: &Deck, pair: &Set, out: Ranked) -> u32 {
    let above = deck.above[top_rank(pair.pieces)] & out;
    doubles(deck, above).count_ones()
}

/// An answer to a single: what wins, if wanted and likely; else what loses and is of least use.
fn follow_single(deck: &Deck, place: &Place, best: &Set, after: u32) -> Ranked {
    let hand = place.hand;
    let beating = hand & deck.above[top_rank(best.pieces)];
    let losing = hand & !beating;
    if place.need > 0 && beating != 0 {
        if after == 0 {
            return bottom(beating);
        }
        let threat = place.out & deck.above[top_rank(beating)];
        if threat == 0 {
            let unbeaten = deck.at_least[top_rank(place.out)] & beating;
            return bottom(if unbeaten != 0 { unbeaten } else { top(beating) });
        }
        // One later player holds two threats neither with 4 in 9, two hold one not with 1 in 3.
        if threat.count_ones() + after <= 3 || place.need as u32 >= hand.count_ones() {
            return top(beating);
        }
    }
    let kept = kept(deck, place);
    if losing & !kept != 0 {
        top(losing & !kept)
    } else if losing != 0 {
        bottom(losing)
    } else if after == 0 && place.need <= 0 {
        top(hand)
    } else {
        bottom(hand)
    }
}

/// An answer to a larger set: one that wins, if there is and fits; else the strongest pieces that
/// are not kept, since they cannot win here.
fn follow_set(deck: &Deck, place: &Place, best: &Set, after: u32) -> Ranked {
    let size = best.size();
    if place.need > 0
        && place.need as u32 >= size
        && let Some(set) = beating(deck, place.hand, best, after == 0)
    {
        return set.pieces;
    }
    let loose = place.hand & !kept(deck, place);
    let thrown = top_n(loose, size);
    let rest = bottom_n(place.hand & !thrown, size - thrown.count_ones());
    let thrown = thrown | rest;
    if !Set::of(deck, thrown).is_some_and(|set| set.beats(best)) {
        return thrown;
    }
    // By chance it would win: one piece less of it.
    let other = top(place.hand & !thrown);
    thrown & !bottom(thrown) | other
}

/// What a seat keeps to win the piles it wants: a large set that fits and a piece to come in
/// with, or as many pieces as piles.
fn kept(deck: &Deck, place: &Place) -> Ranked {
    if place.need <= 0 {
        return 0;
    }
    let need = place.need as u32;
    if let Some(set) = largest_set(deck, place.hand, need) {
        let more = (need - set.size()).max(1);
        return set.pieces | top_n(place.hand & !set.pieces, more);
    }
    top_n(place.hand, need)
}

/// How many piles a hand is good for, 0..=8, at a glance.
pub(super) fn estimate(deck: &Deck, hand: Ranked) -> u8 {
    let large = largest_set(deck, hand, 6);
    // In eighths of a pile; by how many pieces are worth more than it.
    let mut eighths = 0;
    let mut rest = hand & !large.map_or(0, |set| set.pieces);
    while rest != 0 {
        eighths += match deck.above[top_rank(rest)].count_ones() {
            0 => 8,
            1 => 7,
            2..=3 => 6,
            4..=5 => 4,
            6..=7 => 2,
            8..=9 => 1,
            _ => break,
        };
        rest ^= top(rest);
    }
    // A large set takes its piles if it is led: its owner needs a turn before that.
    if let Some(set) = large {
        let enters = eighths >= 5 || set.size() >= 5;
        eighths += set.size() * if enters { 7 } else { 3 };
    }
    ((eighths + 4) / 8).min(8) as u8
}

#[cfg(test)]
mod tests {
    use components::{Piece, PieceSet, Settings};

    use super::{Place, choose, estimate};
    use crate::bot::{deck::Deck, sets::Set, world::Turn};

    fn pieces(indices: &[u8]) -> PieceSet {
        indices.iter().map(|index| Piece::new(*index).unwrap()).collect()
    }

    /// What is played of `hand` that wants `need` piles: as a lead, or last on these pieces.
    fn played(hand: &[u8], need: i8, best: Option<&[u8]>) -> PieceSet {
        let deck = Deck::new(&Settings::default());
        let hand = deck.ranked(pieces(hand));
        let best = best.map(|best| (0, Set::of(&deck, deck.ranked(pieces(best))).unwrap()));
        let turn = Turn { next: 3, after: if best.is_some() { 0 } else { 3 }, best };
        let place = Place { hand, out: !hand, need };
        deck.pieces(choose(&deck, &place, &turn))
    }

    #[test]
    fn a_large_set_that_fits_is_led_whole_or_in_part() {
        let hand = [0, 11, 12, 13, 14, 23, 25, 27];
        assert_eq!(played(&hand, 5, None), pieces(&[11, 12, 13, 14]));
        assert_eq!(played(&hand, 3, None).len(), 3);
    }

    #[test]
    fn a_sure_single_is_led_when_piles_are_wanted_and_the_weakest_when_not() {
        let hand = [0, 5, 9, 11, 23, 27];
        assert_eq!(played(&hand, 1, None), pieces(&[0]));
        assert_eq!(played(&hand, 0, None), pieces(&[27]));
    }

    #[test]
    fn the_last_takes_with_the_weakest_piece_that_wins() {
        assert_eq!(played(&[0, 5, 9, 11], 1, Some(&[7])), pieces(&[5]));
    }

    #[test]
    fn who_wants_none_throws_the_strongest_that_loses() {
        assert_eq!(played(&[0, 5, 9, 11], 0, Some(&[3])), pieces(&[5]));
        assert_eq!(played(&[0, 5, 9, 11], 0, Some(&[23, 24])), pieces(&[0, 5]));
    }

    #[test]
    fn a_pair_that_would_win_by_chance_is_broken_up() {
        let thrown = played(&[1, 2, 9, 11], 0, Some(&[23, 24]));
        assert!(thrown != pieces(&[1, 2]) && thrown.len() == 2);
    }

    #[test]
    fn strong_pieces_and_large_sets_are_good_for_piles() {
        let deck = Deck::new(&Settings::default());
        let piles = |hand: &[u8]| estimate(&deck, deck.ranked(pieces(hand)));
        assert_eq!(piles(&[7, 9, 10, 11, 12, 23, 25, 27]), 0);
        assert_eq!(piles(&[0, 16, 9, 10, 11, 12, 23, 27]), 2);
        assert!(piles(&[0, 11, 12, 13, 14, 15, 16, 27]) >= 6);
    }
}
