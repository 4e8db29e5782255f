//! A round played out on known hands, everybody by habit.

use super::{
    deck::{Deck, Ranked},
    habit::{self, Place},
    sets::Set,
};

/// A round at some point, all hands known or guessed. Seats are plain numbers, 0..=3.
#[derive(Clone, Copy)]
pub(super) struct World {
    /// Who holds what.
    pub(super) hands: [Ranked; 4],
    /// How many piles each still wants; below 0 with too many.
    pub(super) need: [i8; 4],
    /// The turn going on.
    pub(super) turn: Turn,
}

/// A turn going on.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    /// Who plays next.
    pub(super) next: usize,
    /// How many play after that one, 0..=3.
    pub(super) after: u32,
    /// The strongest play so far and whose it is; `None` before the lead.
    pub(super) best: Option<(usize, Set)>,
}

impl Turn {
    /// A turn that `leader` begins.
    pub(super) const fn led_by(leader: usize) -> Self {
        Self { next: leader, after: 3, best: None }
    }
}

impl World {
    /// The next seat plays `pieces`: of its hand, a valid set if it leads, else as many as led.
    pub(super) fn play(&mut self, deck: &Deck, pieces: Ranked) {
        let seat = self.turn.next;
        self.hands[seat] &= !pieces;
        let set = Set::of(deck, pieces);
        if let Some(set) = set.filter(|set| self.turn.best.is_none_or(|(_, best)| set.beats(&best)))
        {
            self.turn.best = Some((seat, set));
        }
        if self.turn.after > 0 {
            self.turn.next = (seat + 1) & 3;
            self.turn.after -= 1;
        } else if let Some((winner, set)) = self.turn.best {
            self.need[winner] -= set.size() as i8;
            self.turn = Turn::led_by(winner);
        }
    }

    /// Plays on to the end of the round: what each seat lacks of its declaration then.
    pub(super) fn play_out(mut self, deck: &Deck) -> [i8; 4] {
        // A round has at most 32 plays.
        for _ in 0..32 {
            if self.hands[self.turn.next] == 0 {
                break;
            }
            let pieces = habit::choose(deck, &self.place(), &self.turn);
            self.play(deck, pieces);
        }
        self.need
    }

    /// What the next seat knows.
    fn place(&self) -> Place {
        let hand = self.hands[self.turn.next];
        let all = self.hands[0] | self.hands[1] | self.hands[2] | self.hands[3];
        Place { hand, out: all & !hand, need: self.need[self.turn.next] }
    }
}

#[cfg(test)]
mod tests {
    use components::Settings;

    use super::{Turn, World};
    use crate::bot::{deck::Deck, spread::Spread};

    /// All 32 pieces in four hands of 8.
    fn dealt(spread: &mut Spread) -> [u32; 4] {
        let mut hands = [0_u32; 4];
        let mut room = [8; 4];
        for rank in 0..32 {
            let seat = spread.weighted(room);
            hands[seat] |= 1 << rank;
            room[seat] -= 1;
        }
        hands
    }

    #[test]
    fn a_round_played_out_has_eight_piles() {
        let deck = Deck::new(&Settings::default());
        let mut spread = Spread(1);
        for leader in (0..4).cycle().take(2_000) {
            let need = [0; 4].map(|_: i8| spread.below(5) as i8);
            let world = World { hands: dealt(&mut spread), need, turn: Turn::led_by(leader) };
            let lacks = world.play_out(&deck);
            let captured = need.iter().sum::<i8>() - lacks.iter().sum::<i8>();
            assert_eq!(captured, 8);
            assert!(lacks.iter().zip(need).all(|(lacks, need)| *lacks <= need));
        }
    }

    #[test]
    fn the_winner_of_a_turn_leads_and_the_earlier_of_equals_wins() {
        let deck = Deck::new(&Settings::default());
        // Ranks 0..=4 are the black Soldiers, 30 and 31 the Generals.
        let hands = [1 << 31 | 1, 1 << 30 | 1 << 1, 1 << 2 | 1 << 10, 1 << 3 | 1 << 11];
        let mut world = World { hands, need: [1; 4], turn: Turn::led_by(2) };
        for pieces in [1 << 2, 1 << 3, 1, 1 << 1] {
            world.play(&deck, pieces);
        }
        assert_eq!((world.turn.next, world.need), (2, [1, 1, 0, 1]));
        for pieces in [1 << 10, 1 << 11, 1 << 31, 1 << 30] {
            world.play(&deck, pieces);
        }
        assert_eq!((world.turn.next, world.need), (0, [0, 1, 0, 1]));
    }
}
