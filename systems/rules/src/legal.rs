//! What a seat may do: every lead a hand allows, every declaration, and what bars the others.

use components::{DeclarationBar, PieceSet, RoomState, Seat, SetKind, Settings};

use crate::set::classify;

/// The piles of a round: one for each piece of a hand.
pub const PILES: u8 = 8;
/// The most pieces a lead can have.
pub const LEAD_MAX: u8 = 6;

/// How many valid sets of two and more one colour has.
const SETS: usize = 67;

/// The valid sets of two and more of one colour, in groups that share pieces: upper straights,
/// lower straights, soldiers. Within each, smaller sets come first.
const GROUPS: [(u16, usize, usize); 3] = [(0x001F, 0, 11), (0x07E0, 11, 41), (0xF800, 41, SETS)];

/// See [`GROUPS`]. Made from [`classify`] when this is compiled.
const TABLE: [(u16, SetKind); SETS] = {
    let mut table = [(0, SetKind::Single); SETS];
    let mut filled = 0;
    let mut group = 0;
    while group < GROUPS.len() {
        let (mask, start, end) = GROUPS[group];
        assert!(filled == start);
        let mut size = 2;
        while size <= LEAD_MAX as u32 {
            // All subsets of the mask, in ascending order.
            let mut pieces = 0_u16;
            loop {
                pieces = pieces.wrapping_sub(mask) & mask;
                if pieces == 0 {
                    break;
                }
                if pieces.count_ones() == size
                    && let Some(kind) = classify(PieceSet(pieces as u32))
                {
                    table[filled] = (pieces, kind);
                    filled += 1;
                }
            }
            size += 1;
        }
        assert!(filled == end);
        group += 1;
    }
    table
};

/// Every valid set within a hand, with its kind: the singles in order of index, then red sets,
/// then black ones. A hand always allows a lead unless it is empty.
pub fn legal_leads(hand: PieceSet) -> impl Iterator<Item = (PieceSet, SetKind)> {
    let singles = hand.iter().map(|piece| (PieceSet::of(piece), SetKind::Single));
    let colours = [0, 16].into_iter().flat_map(move |shift| {
        let lane = (hand.0 >> shift) as u16;
        larger_sets(lane).map(move |(pieces, kind)| (PieceSet(u32::from(pieces) << shift), kind))
    });
    singles.chain(colours)
}

/// The valid sets of two and more within the pieces of one colour. Groups of which there are not
/// two pieces are passed over whole.
fn larger_sets(lane: u16) -> impl Iterator<Item = (u16, SetKind)> {
    GROUPS.into_iter().flat_map(move |(mask, start, end)| {
        let rows = if (lane & mask).count_ones() < 2 { &[] } else { &TABLE[start..end] };
        rows.iter().copied().filter(move |(pieces, _)| lane & pieces == *pieces)
    })
}

/// Why `seat` may not declare `piles` now; `None` if it may. Whether it is its turn is not asked.
#[must_use]
pub fn declaration_bar(
    state: &RoomState,
    seat: Seat,
    piles: u8,
    settings: &Settings,
) -> Option<DeclarationBar> {
    if piles > PILES {
        return Some(DeclarationBar::AboveMost(PILES));
    }
    if barred_as_last(state, seat) == Some(piles) {
        return Some(DeclarationBar::TotalIsExact(piles));
    }
    let streak = state.players[seat.index()].as_ref().map_or(0, |own| own.tally.zero_streak);
    (piles == 0 && streak >= settings.zero_streak_max).then_some(DeclarationBar::ThirdZero)
}

/// The declaration that would bring the total to exactly the piles there are, if `seat` is the last
/// to declare and there is one.
fn barred_as_last(state: &RoomState, seat: Seat) -> Option<u8> {
    let mut total = 0;
    for other in Seat::ALL {
        if other != seat {
            total += state.players[other.index()].as_ref()?.tally.declared?;
        }
    }
    PILES.checked_sub(total)
}

/// Every declaration that is open to `seat`, in ascending order; never none.
pub fn legal_declarations<'a>(
    state: &'a RoomState,
    seat: Seat,
    settings: &'a Settings,
) -> impl Iterator<Item = u8> + 'a {
    (0..=PILES).filter(move |piles| declaration_bar(state, seat, *piles, settings).is_none())
}
