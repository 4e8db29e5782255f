//! What a person does: anything legal, at random.

use client::TableView;
use components::PieceSet;
use protocol::{Declare, Phase, Pieces, Play, Redeal, Request, Seat};

use crate::chance::Chance;

/// The piles of a round.
const PILES: u8 = 8;

/// Rounds in a row in which a seat may declare 0.
const ZERO_STREAK_MAX: u8 = 2;

/// A legal decision of the own seat, if one is awaited.
pub(crate) fn decision(table: &TableView, chance: &mut Chance) -> Option<Request> {
    let seat = table.seat().filter(|seat| table.is_asked(*seat))?;
    // Half of the people say what moment they mean.
    let turn = chance.percent(50).then(|| table.turn());
    Some(match table.phase() {
        Phase::Redealing { .. } => Request::Redeal(Redeal { accept: chance.percent(30), turn }),
        Phase::Declaring { .. } => {
            let legal = declarations(table, seat);
            // Mostly few piles: with many, nobody would ever reach the score that ends a match.
            let few = legal.len().min(if chance.percent(80) { 4 } else { 9 });
            let piles = legal[chance.below(few as u64) as usize];
            Request::Declare(Declare { piles, turn })
        }
        Phase::Playing { .. } => {
            let pieces = match table.lead_count() {
                Some(count) => some(table.hand(), count, chance),
                None => lead(table.hand(), chance)?,
            };
            Request::Play(Play { pieces, turn })
        }
        _ => return None,
    })
}

/// What the seat may declare; never nothing.
fn declarations(table: &TableView, seat: Seat) -> Vec<u8> {
    let declared = |at: Seat| table.player(at).and_then(|player| player.declared);
    let others: Vec<u8> =
        Seat::ALL.into_iter().filter(|at| *at != seat).filter_map(declared).collect();
    let total = others.iter().sum();
    let barred = if others.len() == 3 { PILES.checked_sub(total) } else { None };
    let streak = table.player(seat).map_or(0, |player| player.zero_streak);
    (0..=PILES)
        .filter(|piles| Some(*piles) != barred && (*piles > 0 || streak < ZERO_STREAK_MAX))
        .collect()
}

/// Any set that may be led.
fn lead(hand: Pieces, chance: &mut Chance) -> Option<Pieces> {
    let sets: Vec<PieceSet> =
        rules::legal_leads(PieceSet(hand.0)).map(|(pieces, _)| pieces).collect();
    sets.get(chance.below(sets.len() as u64) as usize).map(|pieces| Pieces(pieces.0))
}

/// Any so many pieces of a hand.
fn some(hand: Pieces, count: u8, chance: &mut Chance) -> Pieces {
    let mut left: Vec<u8> = hand.iter().collect();
    let count = usize::from(count).min(left.len());
    (0..count).map(|_| left.swap_remove(chance.below(left.len() as u64) as usize)).collect()
}

#[cfg(test)]
mod tests {
    use super::{lead, some};
    use crate::chance::Chance;
    use protocol::Pieces;

    #[test]
    fn pieces_come_from_the_hand_and_are_as_many_as_asked_for() {
        let (hand, mut chance) = (Pieces(0xF0F0_1234), Chance::new(1, 1));
        for count in 1..=6 {
            let pieces = some(hand, count, &mut chance);
            assert_eq!((pieces.len(), pieces.0 & !hand.0), (count, 0));
        }
    }

    #[test]
    fn a_lead_is_a_set_of_the_hand_and_an_empty_hand_has_none() {
        let (hand, mut chance) = (Pieces(0x00FF_0000), Chance::new(1, 2));
        for _ in 0..50 {
            let pieces = lead(hand, &mut chance).unwrap();
            assert_eq!(pieces.0 & !hand.0, 0);
            assert!(rules::classify(components::PieceSet(pieces.0)).is_some());
        }
        assert_eq!(lead(Pieces(0), &mut chance), None);
    }
}
