//! The standard bot: aims at its declaration, counts what has gone, and tries its choices out.
//!
//! It deals the pieces it has not seen to the others at random, a few times over, strong ones
//! rather to those who still want piles, and plays each of its choices to the end of the round by
//! everybody's [habit](super::habit). It takes the choice whose ends are worth most: own points,
//! less a part of the others', and the match when the round may end it. So it comes by its
//! place in the play order, an over- or under-subscribed round, giving way once it has its
//! piles, and spoiling the others' aims when its own is lost, all without a rule for each.

use arrayvec::ArrayVec;
use components::{PieceSet, Seat, Settings, Table};

use super::{
    Sight,
    choices::choices,
    deck::Deck,
    habit::{self, Place, estimate},
    may_declare, nearest_legal,
    sets::Set,
    trial::{DEALS, Trial},
    world::{Turn, World},
};
use crate::set::{strength, turn_winner};

/// A weak hand good for this many piles is kept: it must be a large set.
const KEPT_PILES_MIN: u8 = 4;

/// Whether it accepts a redeal: nearly always, since it makes the seat starter and raises what the
/// round is worth.
pub(super) fn redeal(sight: &Sight, settings: &Settings) -> bool {
    let deck = Deck::new(settings);
    estimate(&deck, deck.ranked(sight.hand)) < KEPT_PILES_MIN
}

/// How many piles it declares: what the hand looks good for, or one more or less.
pub(super) fn declare(sight: &Sight, random: u64, settings: &Settings) -> u8 {
    let mut trial = Trial::new(sight, random, settings);
    let own = trial.own();
    let wish = estimate(&trial.deck, trial.hand);
    let near = [wish, wish.wrapping_sub(1), wish + 1];
    let allowed = |piles: &u8| *piles <= 8 && may_declare(sight, *piles, settings);
    let choices: ArrayVec<u8, 3> = near.into_iter().filter(allowed).collect();
    let leader = sight.round.starter.map_or(0, |seat| seat.index());
    let best = trial.best(choices.len(), 2 * DEALS, |deck, choice, hands| {
        let declared = |seat: Seat| sight.declared[seat.index()];
        let guess = |seat: Seat| estimate(deck, hands[seat.index()]);
        let mut aims = Seat::ALL.map(|seat| declared(seat).unwrap_or_else(|| guess(seat)));
        aims[own] = choices[choice];
        (aims, World { hands, need: aims.map(|aim| aim as i8), turn: Turn::led_by(leader) })
    });
    choices.get(best).copied().unwrap_or_else(|| nearest_legal(sight, wish, settings))
}

/// What it plays.
pub(super) fn play(sight: &Sight, table: &Table, random: u64, settings: &Settings) -> PieceSet {
    if table.count() >= sight.hand.len() || sight.hand.len() <= 1 {
        return sight.hand;
    }
    let mut trial = Trial::new(sight, random, settings);
    let turn = turn(&trial, table);
    let aims = sight.declared.map(|declared| declared.unwrap_or(0));
    let lacks = |seat: Seat| aims[seat.index()] as i8 - sight.captured[seat.index()] as i8;
    let need = Seat::ALL.map(lacks);
    let place = Place { hand: trial.hand, out: trial.unseen.pieces, need: need[turn.next] };
    let likely = habit::choose(&trial.deck, &place, &turn);
    let choices = choices(&trial.deck, trial.hand, &turn, likely);
    let best = trial.best(choices.len(), DEALS, |deck, choice, hands| {
        let mut world = World { hands, need, turn };
        world.play(deck, choices[choice]);
        (aims, world)
    });
    trial.deck.pieces(choices[best])
}

/// The turn on the table, the own seat next.
fn turn(trial: &Trial, table: &Table) -> Turn {
    let best = table.kind.map(|kind| {
        let winner = turn_winner(table, trial.settings).index();
        let pieces = table.plays[winner];
        let strength = strength(pieces, kind, trial.settings);
        (winner, Set { pieces: trial.deck.ranked(pieces), kind, strength })
    });
    let after = 3 - u32::from(trial.sight.seat.places_after(table.leader));
    Turn { next: trial.own(), after, best }
}
