//! Which plays are worth trying: of those that differ only in copies, one.

use arrayvec::ArrayVec;

use super::{
    deck::{Deck, Ranked, bottom, bottom_n, top_n},
    sets::{Set, sets_of},
    trial::CHOICES_MAX,
    world::Turn,
};

/// Plays to try, the likeliest first.
pub(super) type Choices = ArrayVec<Ranked, CHOICES_MAX>;

/// The plays of `hand`, more than one piece more than the turn asks for, worth trying: `likely`
/// first, then every lead there is, every single, or the sets that win and some ways to lose.
pub(super) fn choices(deck: &Deck, hand: Ranked, turn: &Turn, likely: Ranked) -> Choices {
    let mut choices = Choices::new();
    choices.push(likely);
    match &turn.best {
        None => {
            add_singles(deck, hand, &mut choices);
            sets_of(deck, hand).iter().for_each(|set| add(&mut choices, set.pieces));
        }
        Some((_, best)) if best.size() == 1 => add_singles(deck, hand, &mut choices),
        Some((_, best)) => add_answers(deck, hand, best, &mut choices),
    }
    choices
}

/// Of each kind and colour one piece, but none of a single that is there.
fn add_singles(deck: &Deck, hand: Ranked, choices: &mut Choices) {
    let there =
        choices.iter().filter(|play| play.count_ones() == 1).fold(0, |all, play| all | play);
    for copies in deck.groups.iter().flatten().map(|group| hand & group) {
        if copies != 0 && copies & there == 0 {
            add(choices, bottom(copies));
        }
    }
}

/// Sets that beat `best`; the weakest pieces; and the strongest but for the 0, 1, 2.. strongest.
fn add_answers(deck: &Deck, hand: Ranked, best: &Set, choices: &mut Choices) {
    let size = best.size();
    for set in sets_of(deck, hand).iter().filter(|set| set.beats(best)) {
        add(choices, set.pieces);
    }
    add(choices, bottom_n(hand, size));
    for kept in 0..hand.count_ones().saturating_sub(size) {
        add(choices, top_n(hand & !top_n(hand, kept), size));
    }
}

fn add(choices: &mut Choices, pieces: Ranked) {
    if !choices.contains(&pieces) {
        // What does not fit is not tried: a hand of 8 leads in 18 ways at the very most.
        let _ = choices.try_push(pieces);
    }
}

#[cfg(test)]
mod tests {
    use components::{Piece, PieceSet, Settings};

    use super::choices;
    use crate::bot::{
        deck::{Deck, top_n},
        sets::Set,
        world::Turn,
    };

    fn pieces(indices: &[u8]) -> PieceSet {
        indices.iter().map(|index| Piece::new(*index).unwrap()).collect()
    }

    fn tried(hand: &[u8], best: Option<&[u8]>) -> Vec<PieceSet> {
        let deck = Deck::new(&Settings::default());
        let hand = deck.ranked(pieces(hand));
        let best = best.map(|best| (0, Set::of(&deck, deck.ranked(pieces(best))).unwrap()));
        let turn = Turn { next: 1, after: 2, best };
        let size = best.map_or(1, |(_, best)| best.size());
        let likely = top_n(hand, size);
        choices(&deck, hand, &turn, likely).iter().map(|play| deck.pieces(*play)).collect()
    }

    #[test]
    fn copies_are_tried_once() {
        let tried = tried(&[1, 2, 11, 12, 13], Some(&[0]));
        assert_eq!(tried.len(), 2);
    }

    #[test]
    fn every_kind_of_lead_is_tried() {
        let tried = tried(&[1, 2, 11, 12, 13], None);
        let sizes: Vec<u8> = tried.iter().map(|play| play.len()).collect();
        // Two singles, two pairs, a three.
        assert_eq!(tried.len(), 5, "{tried:?}");
        assert_eq!(sizes.iter().sum::<u8>(), 9);
    }

    #[test]
    fn answers_to_a_pair_win_or_lose_but_are_pairs_of_pieces() {
        let tried = tried(&[1, 2, 7, 9, 11, 27], Some(&[3, 4]));
        assert!(tried.contains(&pieces(&[1, 2])));
        assert!(tried.contains(&pieces(&[11, 27])));
        assert!(tried.iter().all(|play| play.len() == 2));
    }
}
