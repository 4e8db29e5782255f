//! A whole room as one seat, or a spectator, may see it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{BotLevel, Hex, MatchId, Pace, Pieces, Presence, Seat, Seats, SetKind, StarterReason};

/// A whole room as one seat, or a spectator, may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot<'a> {
    /// The room's code.
    pub room: Cow<'a, str>,
    /// As of this version.
    pub version: u64,
    /// Whose view it is; `None` for a spectator's.
    pub seat: Option<Seat>,
    /// How fast the room plays.
    pub pace: PaceInfo,
    /// Whether the lobby leaves it out.
    pub private: bool,
    /// Who may start matches.
    pub host: Option<Seat>,
    /// The match going on or the last one.
    pub r#match: Option<MatchInfo>,
    /// The round.
    pub round: RoundInfo,
    /// The phase.
    pub phase: Phase,
    /// Until the phase ends by itself.
    pub ms_left: Option<u32>,
    /// Whether the operator has stopped the room: its clocks stand still. Servers before this field
    /// could not do that.
    #[serde(default)]
    pub paused: bool,
    /// The own hand; `None` for a spectator.
    pub hand: Option<Pieces>,
    /// Everybody's open side.
    pub seats: [Option<SeatInfo<'a>>; 4],
}

/// How fast a room plays, all in ms; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaceInfo {
    /// What it is called.
    pub name: Pace,
    /// A deal is shown.
    pub deal_ms: u32,
    /// A deal after a redeal is shown.
    pub redealt_ms: u32,
    /// A round's start is shown.
    pub start_ms: u32,
    /// For the decision about a redeal.
    pub redeal_ms: u32,
    /// For a declaration.
    pub declare_ms: Option<u32>,
    /// For a play.
    pub play_ms: Option<u32>,
    /// A turn's last play stays.
    pub stay_ms: u32,
    /// A turn's result is shown.
    pub turn_ms: u32,
    /// A round's score is shown.
    pub score_ms: u32,
}

/// A match's name and the promise of its seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchInfo {
    /// Its name for ever.
    pub r#match: MatchId,
    /// The how-manieth of its room, from 1.
    pub number: u32,
    /// What its seed can be held against when it is shown.
    pub seed_hash: Hex,
}

/// The round going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundInfo {
    /// From 1; 0 before the first.
    pub number: u8,
    /// How many redeals it had.
    pub redeals: u8,
    /// What points are multiplied with.
    pub multiplier: u8,
    /// Who starts it.
    pub starter: Option<Seat>,
    /// Why.
    pub reason: StarterReason,
    /// The turn going on, from 1; 0 before the first.
    pub turn: u8,
}

/// Where a room is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Phase {
    /// Before the first match.
    Open,
    /// Hands are shown.
    Dealt,
    /// The weak seats are asked.
    Redealing {
        /// Who is asked.
        asked: Seats,
        /// Who has accepted so far.
        accepted: Seats,
        /// Who has declined so far.
        declined: Seats,
    },
    /// The round's start is shown.
    Starting,
    /// A seat is to declare.
    Declaring {
        /// Which.
        seat: Seat,
    },
    /// A seat is to play.
    Playing {
        /// Which.
        seat: Seat,
        /// Who leads.
        leader: Seat,
        /// The lead's kind; `None` before it.
        kind: Option<SetKind>,
        /// What each has played.
        plays: [Option<Pieces>; 4],
    },
    /// All have played.
    Staying {
        /// Who led.
        leader: Seat,
        /// The lead's kind.
        kind: Option<SetKind>,
        /// What each has played.
        plays: [Option<Pieces>; 4],
    },
    /// The turn's result is shown.
    TurnWon {
        /// Who took it.
        winner: Seat,
        /// Who led.
        leader: Seat,
        /// The lead's kind.
        kind: Option<SetKind>,
        /// What each has played.
        plays: [Option<Pieces>; 4],
    },
    /// The round's score is shown.
    Scored {
        /// What each seat got, multiplier included.
        points: [i16; 4],
    },
    /// The match is over.
    Finished {
        /// Who had the highest score.
        winners: Seats,
    },
    /// Nothing more will happen.
    Closed,
    /// A phase this build does not know; never sent.
    #[serde(other)]
    Other,
}

/// What everyone may see of a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatInfo<'a> {
    /// Who is there; bots have names too.
    pub name: Cow<'a, str>,
    /// A bot's level; `None` for a person.
    pub bot: Option<BotLevel>,
    /// Whether a person is there; always `Here` for bots.
    pub presence: Presence,
    /// How many pieces it holds.
    pub held: u8,
    /// Piles declared this round.
    pub declared: Option<u8>,
    /// Piles captured this round.
    pub captured: u8,
    /// The match score.
    pub score: i16,
    /// Rounds in a row before this one in which it declared 0.
    pub zero_streak: u8,
    /// Turns won this match.
    pub turns_won: u16,
    /// Declarations above 0 hit exactly this match.
    pub perfect_rounds: u8,
}
