//! Which pieces form a set, how strong it is, and who takes a turn. Hot: no loop, no allocation.

use components::{PieceSet, Seat, SetKind, Settings, Table};

use crate::piece::points_sum;

/// General, Advisors and Elephants of a colour.
const UPPER: u16 = 0x001F;
/// Chariots, Horses and Cannons of a colour.
const LOWER: u16 = 0x07E0;
/// The first copies of the five kinds that have two, moved down to bit 0.
const FIRSTS: u16 = 0b01_0101_0101;

/// The kind of set that `pieces` form; `None` if they form none.
#[must_use]
pub const fn classify(pieces: PieceSet) -> Option<SetKind> {
    let red = pieces.0 as u16;
    let black = (pieces.0 >> 16) as u16;
    if red != 0 && black != 0 {
        return None;
    }
    let lane = red | black;
    let soldiers = lane & 0xF800;
    match lane.count_ones() {
        1 => Some(SetKind::Single),
        2 if twice(lane) != 0 || soldiers == lane => Some(SetKind::Pair),
        3 if soldiers == lane => Some(SetKind::ThreeOfAKind),
        3 if is_straight(lane) => Some(SetKind::Straight),
        4 if soldiers == lane => Some(SetKind::FourOfAKind),
        4 if is_straight(lane) => Some(SetKind::ExtendedStraight),
        5 if soldiers == lane => Some(SetKind::FiveOfAKind),
        5 if is_straight(lane) => Some(SetKind::ExtendedStraightOfFive),
        6 if lane == LOWER => Some(SetKind::DoubleStraight),
        _ => None,
    }
}

/// The kinds of which both copies are there: bits 0, 2, 4, 6, 8 for Advisor to Cannon.
const fn twice(lane: u16) -> u16 {
    (lane >> 1) & (lane >> 2) & FIRSTS
}

/// The kinds of which a copy is there, as [`twice`].
const fn once(lane: u16) -> u16 {
    ((lane >> 1) | (lane >> 2)) & FIRSTS
}

/// Whether all three kinds of one straight group are there, and nothing else.
const fn is_straight(lane: u16) -> bool {
    let upper = lane & !UPPER == 0 && lane & 1 != 0 && once(lane) == 0b0101;
    let lower = lane & !LOWER == 0 && once(lane) == 0b01_0101_0000;
    upper || lower
}

/// How strong a set of this kind is: the sum of its points; of an extended straight, of one piece
/// of each of its three kinds.
#[must_use]
pub fn strength(pieces: PieceSet, kind: SetKind, settings: &Settings) -> u16 {
    let counted = match kind {
        SetKind::ExtendedStraight | SetKind::ExtendedStraightOfFive => without_seconds(pieces),
        _ => pieces,
    };
    points_sum(counted, settings)
}

/// Leaves one copy of each kind that has two.
const fn without_seconds(pieces: PieceSet) -> PieceSet {
    const FIRST: u32 = (FIRSTS as u32) << 1;
    const FIRST_OF_BOTH: u32 = FIRST | (FIRST << 16);
    PieceSet(pieces.0 & !((pieces.0 & FIRST_OF_BOTH) << 1))
}

/// Whether `play` takes the turn from `best`, an earlier play of `kind`: only with the same kind,
/// and more strength.
#[must_use]
pub fn beats(play: PieceSet, best: PieceSet, kind: SetKind, settings: &Settings) -> bool {
    classify(play) == Some(kind) && strength(play, kind, settings) > strength(best, kind, settings)
}

/// Who takes the turn with what lies on the table now: the leader, unless a later play beats it.
#[must_use]
pub fn turn_winner(table: &Table, settings: &Settings) -> Seat {
    let Some(kind) = table.kind else { return table.leader };
    let mut winner = table.leader;
    let mut most = strength(table.plays[winner.index()], kind, settings);
    for seat in &table.leader.play_order()[1..] {
        let play = table.plays[seat.index()];
        if classify(play) == Some(kind) {
            let strength = strength(play, kind, settings);
            if strength > most {
                (winner, most) = (*seat, strength);
            }
        }
    }
    winner
}
