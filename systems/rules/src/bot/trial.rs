//! Choices tried out on guessed hands, all choices on the same ones.

use arrayvec::ArrayVec;
use components::Settings;

use super::{
    Sight,
    deck::{Deck, Ranked},
    guess::Unseen,
    spread::Spread,
    world::World,
    worth::worth,
};

/// The most choices that are told apart; further ones are not looked at.
pub(super) const CHOICES_MAX: usize = 16;

/// Guessed deals on which all choices are tried before the worse half of them is dropped.
pub(super) const DEALS: u32 = 4;

/// How often the worse half is dropped before the best of what is left is taken.
const HALVINGS: u32 = 3;

/// What a seat tries choices out with.
pub(super) struct Trial<'a> {
    /// What it sees.
    pub(super) sight: &'a Sight,
    /// The rules' numbers.
    pub(super) settings: &'a Settings,
    /// The pieces in order.
    pub(super) deck: Deck,
    /// The own hand.
    pub(super) hand: Ranked,
    /// What the others may hold.
    pub(super) unseen: Unseen,
    spread: Spread,
}

impl<'a> Trial<'a> {
    /// Trials of what `sight` shows; the same `random` gives the same guesses.
    pub(super) fn new(sight: &'a Sight, random: u64, settings: &'a Settings) -> Self {
        let deck = Deck::new(settings);
        let hand = deck.ranked(sight.hand);
        let unseen = Unseen::new(&deck, sight);
        Self { sight, settings, deck, hand, unseen, spread: Spread(random) }
    }

    /// The own seat as a number.
    pub(super) const fn own(&self) -> usize {
        self.sight.seat.index()
    }

    /// Which of `count` choices, numbered from 0, turns out best; the earlier of equals.
    ///
    /// `outcome` tells of a choice and everybody's hands what is declared and how the round looks
    /// after the choice. Successive halving: `deals` guesses for all, as many again for the better
    /// half, and so on.
    pub(super) fn best(
        &mut self,
        count: usize,
        deals: u32,
        outcome: impl Fn(&Deck, usize, [Ranked; 4]) -> ([u8; 4], World),
    ) -> usize {
        let mut values = [0; CHOICES_MAX];
        let mut left: ArrayVec<usize, CHOICES_MAX> = (0..count.min(CHOICES_MAX)).collect();
        for _ in 0..HALVINGS {
            if left.len() <= 1 {
                break;
            }
            for _ in 0..deals {
                let mut hands = self.unseen.deal(&mut self.spread);
                hands[self.own()] = self.hand;
                for choice in &left {
                    let (aims, world) = outcome(&self.deck, *choice, hands);
                    let lacks = world.play_out(&self.deck);
                    values[*choice] += worth(self.sight, aims, lacks, self.settings);
                }
            }
            left.sort_by_key(|choice| -values[*choice]);
            left.truncate(left.len().div_ceil(2));
        }
        left.first().copied().unwrap_or(0)
    }
}
