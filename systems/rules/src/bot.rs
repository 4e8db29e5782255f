//! What bots decide, from what their seat may see and nothing else.
//!
//! A bot is a function of its [`Sight`] and one random number: no memory, no clock. Both levels
//! always decide what the phase allows.

mod choices;
mod deck;
mod guess;
mod habit;
mod sets;
mod simple;
mod spread;
mod standard;
mod trial;
mod world;
mod worth;

use components::{BotLevel, Decision, PerSeat, Phase, PieceSet, RoomState, Round, Seat, Settings};

use crate::legal::PILES;

/// What a seat may see of a round: all that a bot knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Whose sight it is.
    pub seat: Seat,
    /// Its own hand.
    pub hand: PieceSet,
    /// The phase, all of which is public.
    pub phase: Phase,
    /// The round.
    pub round: Round,
    /// What was declared this round.
    pub declared: PerSeat<Option<u8>>,
    /// Piles captured this round, 0..=8 each.
    pub captured: PerSeat<u8>,
    /// Scores of the match.
    pub scores: PerSeat<i16>,
    /// How many pieces each holds, 0..=8.
    pub held: PerSeat<u8>,
    /// All pieces played this round, those on the table included.
    pub gone: PieceSet,
    /// In how many rounds in a row before this one it declared 0.
    pub zero_streak: u8,
}

/// What `seat` may see of a room whose hands are dealt. Reads of the other hands only their size
/// and, from all hands together, what is in none of them any more.
#[must_use]
pub fn sight(state: &RoomState, seat: Seat) -> Sight {
    let tally =
        |at: usize| state.players[at].as_ref().map(|player| player.tally).unwrap_or_default();
    let tallies = [tally(0), tally(1), tally(2), tally(3)];
    let own = tallies[seat.index()];
    let in_hands = tallies.iter().fold(PieceSet::EMPTY, |all, tally| all.union(tally.hand));
    Sight {
        seat,
        hand: own.hand,
        phase: state.phase,
        round: state.round,
        declared: tallies.map(|tally| tally.declared),
        captured: tallies.map(|tally| tally.captured),
        scores: tallies.map(|tally| tally.score),
        held: tallies.map(|tally| tally.hand.len()),
        gone: PieceSet::ALL.minus(in_hands),
        zero_streak: own.zero_streak,
    }
}

/// What a bot of `level` decides when its seat is asked. The same arguments give the same
/// decision; `random` is called where chance has a say. In a phase that asks nothing it declines.
#[must_use]
pub fn decide(
    sight: &Sight,
    level: BotLevel,
    random: impl FnOnce() -> u64,
    settings: &Settings,
) -> Decision {
    match (&sight.phase, level) {
        (Phase::Declaring { .. }, BotLevel::Simple) => {
            Decision::Declare(nearest_legal(sight, simple::declare(sight, settings), settings))
        }
        (Phase::Declaring { .. }, BotLevel::Standard) => {
            Decision::Declare(standard::declare(sight, random(), settings))
        }
        (Phase::Playing { table, .. }, BotLevel::Simple) => {
            Decision::Play(simple::play(sight, table, settings))
        }
        (Phase::Playing { table, .. }, BotLevel::Standard) => {
            Decision::Play(standard::play(sight, table, random(), settings))
        }
        (_, BotLevel::Simple) => Decision::Redeal(simple::redeal(random())),
        (_, BotLevel::Standard) => Decision::Redeal(standard::redeal(sight, settings)),
    }
}

/// Whether `piles`, 0..=8, may be declared.
fn may_declare(sight: &Sight, piles: u8, settings: &Settings) -> bool {
    if piles == 0 && sight.zero_streak >= settings.zero_streak_max {
        return false;
    }
    let others = Seat::ALL.into_iter().filter(|seat| *seat != sight.seat);
    let total = others.map(|seat| sight.declared[seat.index()]).sum::<Option<u8>>();
    total != Some(PILES.wrapping_sub(piles))
}

/// The declaration nearest to `wish` that is allowed: at most two are not.
fn nearest_legal(sight: &Sight, wish: u8, settings: &Settings) -> u8 {
    let wish = wish.min(PILES);
    let near = [wish, wish.saturating_sub(1), wish + 1, wish.saturating_sub(2), wish + 2];
    let allowed = |piles: &u8| *piles <= PILES && may_declare(sight, *piles, settings);
    near.into_iter().find(allowed).unwrap_or(1)
}

#[cfg(test)]
mod tests;
