//! What a person decides when asked: mostly anything legal.

use client::TableView;
use components::PieceSet;
use protocol::{Declare, Phase, Pieces, Play, Redeal, Request, Seat};

use crate::history::chance::Chance;

/// The piles of a round.
const PILES: u8 = 8;

/// A legal decision of the own seat, if one is awaited.
pub(super) fn decision(table: &TableView, chance: &mut Chance) -> Option<Request> {
    let seat = table.seat().filter(|seat| table.is_asked(*seat))?;
    let turn = chance.percent(50).then(|| table.turn());
    Some(match table.phase() {
        Phase::Redealing { .. } => Request::Redeal(Redeal { accept: chance.percent(30), turn }),
        Phase::Declaring { .. } => {
            let piles = *chance.pick(&declarations(table, seat))?;
            Request::Declare(Declare { piles, turn })
        }
        Phase::Playing { .. } => {
            let hand = table.hand();
            let pieces = match table.lead_count() {
                Some(count) => some(hand, count, chance),
                None => lead(hand, chance)?,
            };
            Request::Play(Play { pieces, turn })
        }
        _ => return None,
    })
}

/// What the seat may declare.
fn declarations(table: &TableView, seat: Seat) -> Vec<u8> {
    let declared = |at: Seat| table.player(at).and_then(|player| player.declared);
    let others: Vec<u8> =
        Seat::ALL.into_iter().filter(|at| *at != seat).filter_map(declared).collect();
    let barred = if others.len() == 3 { PILES.checked_sub(others.iter().sum()) } else { None };
    // 0 is barred after a few rounds of it: nobody here needs it.
    (1..=PILES).filter(|piles| Some(*piles) != barred).collect()
}

fn lead(hand: Pieces, chance: &mut Chance) -> Option<Pieces> {
    let sets: Vec<_> = rules::legal_leads(PieceSet(hand.0)).collect();
    chance.pick(&sets).map(|(pieces, _)| Pieces(pieces.0))
}

fn some(hand: Pieces, count: u8, chance: &mut Chance) -> Pieces {
    let mut left: Vec<u8> = hand.iter().collect();
    let count = usize::from(count).min(left.len());
    (0..count).map(|_| left.swap_remove(chance.below(left.len() as u64) as usize)).collect()
}
