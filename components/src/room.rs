//! A room: an entity of several components in the world, one plain value everywhere else.

use bevy_ecs::prelude::{Component, Entity};

use crate::{MatchId, PerSeat, Phase, Player, RoomCode, Seat, StarterReason, Version};

/// How fast a room plays; the durations of each are in [`Settings`](crate::Settings).
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pace {
    /// For people.
    #[default]
    Standard,
    /// As the original: no limit on decisions.
    Classic,
    /// For tests that watch and people in a hurry.
    Fast,
    /// No waiting at all, for programs.
    Instant,
}

impl Pace {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Classic, Self::Fast, Self::Instant];
}

/// What is fixed when a room opens.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Charter {
    /// How people find it.
    pub code: RoomCode,
    /// How fast it plays.
    pub pace: Pace,
    /// Whether the lobby leaves it out.
    pub private: bool,
    /// Whether it plays on for ever without people: the server's own bot rooms.
    pub endless: bool,
    /// What all its randomness comes from. Never shown: each match has a seed derived from it.
    pub secret: [u8; 32],
}

/// The match going on, or the last one.
#[derive(Component, Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Match {
    /// Its name for ever.
    pub id: MatchId,
    /// The how-manieth of its room, from 1; 0 before the first.
    pub number: u32,
    /// What its deals come from. Shown when the match is over.
    pub seed: [u8; 32],
}

/// The round going on.
#[derive(Component, Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Round {
    /// From 1; 0 before the first.
    pub number: u8,
    /// How many redeals it had, 0..=9.
    pub redeals: u8,
    /// What points are multiplied with: 1 + redeals accepted.
    pub multiplier: u8,
    /// Who starts it, or the last one that did; `None` before a match's first starter is known.
    pub starter: Option<Seat>,
    /// Why.
    pub reason: StarterReason,
    /// The turn going on, from 1; 0 before the first.
    pub turn: u8,
    /// Who won the newest turn of the match.
    pub last_winner: Option<Seat>,
}

/// Who sits in a room.
#[derive(Component, Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Roster {
    /// Who may start matches: a human's seat.
    pub host: Option<Seat>,
    /// The player entities, by seat.
    pub players: PerSeat<Option<Entity>>,
}

/// Time left, in ms, until something happens by itself; `None` where nothing will. Time left and
/// no moments, or players would be charged for a restart.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Clocks {
    /// Until the phase ends.
    pub phase: Option<u32>,
    /// Until the next bot decision.
    pub bot: Option<u32>,
    /// Until a room that nobody is connected to is given up.
    pub empty: Option<u32>,
    /// Until a seat whose connection was lost counts as away.
    pub grace: PerSeat<Option<u32>>,
}

/// Marks a room that Reap will take away, with its players.
#[derive(Component, Debug)]
#[component(storage = "SparseSet")]
pub struct Closed;

/// [`Clocks`] as moments of logical time, in ms.
#[derive(Component, Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// See [`Clocks::phase`].
    pub phase: Moment,
    /// See [`Clocks::bot`].
    pub bot: Moment,
    /// See [`Clocks::empty`].
    pub empty: Moment,
    /// See [`Clocks::grace`].
    pub grace: PerSeat<Moment>,
}

/// A moment of logical time in ms, or never, in 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(u64);

impl Moment {
    /// It does not come.
    pub const NEVER: Self = Self(u64::MAX);

    /// This many ms after `now_ms`; `None` is never.
    #[must_use]
    pub const fn after(now_ms: u64, left_ms: Option<u32>) -> Self {
        match left_ms {
            Some(left_ms) => Self(now_ms + left_ms as u64),
            None => Self::NEVER,
        }
    }

    /// When, in ms; `None` is never.
    #[must_use]
    pub const fn at_ms(self) -> Option<u64> {
        if self.0 == u64::MAX { None } else { Some(self.0) }
    }
}

impl Default for Moment {
    fn default() -> Self {
        Self::NEVER
    }
}

/// A whole room as a value: what the rules see, what a commit carries, what a restart starts from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RoomState {
    /// What was fixed at the start; `None` before the room is opened.
    pub charter: Option<Charter>,
    /// How many actions made it.
    pub version: Version,
    /// Who may start matches.
    pub host: Option<Seat>,
    /// The match.
    pub game: Match,
    /// The round.
    pub round: Round,
    /// The phase.
    pub phase: Phase,
    /// The time left.
    pub clocks: Clocks,
    /// Whether the room stands still: see [`Act::Pause`](crate::Act::Pause).
    pub paused: bool,
    /// The players, by seat.
    pub players: PerSeat<Option<Player>>,
}

impl RoomState {
    /// A room that does not exist yet.
    pub const VACANT: Self = Self {
        charter: None,
        version: Version(0),
        host: None,
        game: Match { id: MatchId([0; 16]), number: 0, seed: [0; 32] },
        round: Round {
            number: 0,
            redeals: 0,
            multiplier: 0,
            starter: None,
            reason: StarterReason::FirstSeat,
            turn: 0,
            last_winner: None,
        },
        phase: Phase::Vacant,
        clocks: Clocks { phase: None, bot: None, empty: None, grace: [None; Seat::COUNT] },
        paused: false,
        players: [None, None, None, None],
    };
}
