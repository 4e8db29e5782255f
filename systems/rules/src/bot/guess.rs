//! Guessed hands: the unseen pieces, dealt to the others at random.

use components::{PieceSet, Seat};

use super::{
    Sight,
    deck::{Deck, Ranked, top},
    spread::Spread,
};

/// From this rank up, who still wants piles is likelier to hold a piece: Generals and Advisors.
const STRONG: u32 = 26;

/// The pull of who has not declared yet: as of who still wants two piles.
const PULL: u32 = 4;

/// What a seat knows of the others' hands.
pub(super) struct Unseen {
    /// The pieces they hold together.
    pub(super) pieces: Ranked,
    /// How many each holds; 0 for the own seat.
    held: [u32; 4],
    /// How likely each holds a strong piece, against the others and beside how many it holds.
    pull: [u32; 4],
}

impl Unseen {
    /// What `sight` tells.
    pub(super) fn new(deck: &Deck, sight: &Sight) -> Self {
        let pieces = deck.ranked(PieceSet::ALL.minus(sight.gone).minus(sight.hand));
        let mut held = sight.held.map(u32::from);
        held[sight.seat.index()] = 0;
        let pull = Seat::ALL.map(|seat| {
            let captured = sight.captured[seat.index()];
            let declared = sight.declared[seat.index()];
            declared.map_or(PULL, |declared| 2 + u32::from(declared.saturating_sub(captured)))
        });
        Self { pieces, held, pull }
    }

    /// One way the pieces may be spread; nothing for the own seat.
    pub(super) fn deal(&self, spread: &mut Spread) -> [Ranked; 4] {
        let mut hands = [0; 4];
        let mut room = self.held;
        let mut rest = self.pieces;
        while rest != 0 {
            let piece = top(rest);
            rest ^= piece;
            let pull = if piece >= 1 << STRONG { self.pull } else { [1; 4] };
            let weights =
                [room[0] * pull[0], room[1] * pull[1], room[2] * pull[2], room[3] * pull[3]];
            let seat = spread.weighted(weights);
            hands[seat] |= piece;
            room[seat] = room[seat].saturating_sub(1);
        }
        hands
    }
}

#[cfg(test)]
mod tests {
    use super::Unseen;
    use crate::bot::spread::Spread;

    const HELD: [u32; 4] = [8, 0, 7, 7];

    #[test]
    fn every_unseen_piece_lies_in_one_hand_and_every_hand_has_its_size() {
        let unseen = Unseen { pieces: 0xFFFF_FC00, held: HELD, pull: [2, 2, 9, 3] };
        for start in 0..500 {
            let hands = unseen.deal(&mut Spread(start));
            assert_eq!(hands.map(u32::count_ones), HELD);
            assert_eq!(hands.into_iter().fold(0, |all, hand| all | hand), unseen.pieces);
        }
    }

    #[test]
    fn who_wants_piles_is_likelier_to_hold_a_strong_piece() {
        let unseen = Unseen { pieces: 0xFFFF_FC00, held: HELD, pull: [2, 2, 8, 2] };
        let generals = |seat: usize| {
            let deals = (0..500).map(|start| unseen.deal(&mut Spread(start)));
            deals.filter(|hands| hands[seat] >> 31 == 1).count()
        };
        assert!(generals(2) > 2 * generals(3));
        assert!(generals(3) > 0);
    }
}
