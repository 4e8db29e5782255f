//! What may be shown: the only types of the game that `net` can encode.

use crate::{
    BotLevel, Fact, MatchId, Name, Pace, PaceSettings, PerSeat, Phase, PieceSet, Presence,
    RoomCode, RoomId, Round, Seat, SessionId, Version,
};

/// What one audience is told has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewEvent {
    /// What everyone may know.
    Public(Fact),
    /// A match began.
    MatchStarted(Box<MatchShown>),
    /// Hands were dealt.
    Dealt {
        /// From 1.
        round: u8,
        /// How many redeals of the round came before.
        redeal: u8,
        /// What points will be multiplied with.
        multiplier: u8,
        /// The audience's own hand; `None` for spectators.
        hand: Option<PieceSet>,
    },
}

/// What may be shown of a match that began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchShown {
    /// Its name for ever.
    pub id: MatchId,
    /// The how-manieth of its room.
    pub number: u32,
    /// What its seed can be held against when it is shown.
    pub seed_hash: [u8; 32],
}

/// A whole room as one seat, or a spectator, may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// The room.
    pub room: RoomId,
    /// How people find it.
    pub code: RoomCode,
    /// As of this version.
    pub version: Version,
    /// Whose view it is; `None` for spectators.
    pub viewer: Option<Seat>,
    /// How fast it plays.
    pub pace: Pace,
    /// The durations of that pace.
    pub durations: PaceSettings,
    /// Whether the lobby leaves it out.
    pub private: bool,
    /// Who may start matches.
    pub host: Option<Seat>,
    /// The match going on or the last one. `None` before the first.
    pub game: Option<MatchShown>,
    /// The round.
    pub round: Round,
    /// The phase.
    pub phase: Phase,
    /// Until the phase ends by itself, in ms. (For a redeal: until it ends, not until the warning.)
    pub ms_left: Option<u32>,
    /// Whether the room stands still.
    pub paused: bool,
    /// The viewer's own hand; `None` for spectators.
    pub hand: Option<PieceSet>,
    /// Everybody's open side.
    pub seats: PerSeat<Option<SeatView>>,
}

/// What everyone may see of a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatView {
    /// A person's name; `None` for a bot.
    pub name: Option<Name>,
    /// A bot's level; `None` for a person.
    pub bot: Option<BotLevel>,
    /// Whether a person is there; always `Here` for bots.
    pub presence: Presence,
    /// How many pieces it holds, 0..=8.
    pub held: u8,
    /// Piles declared this round, once declared.
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

/// What a room is up to, as the lobby tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Seats are taken and given up.
    Open,
    /// A match is going on.
    Running,
    /// The match is over; the room stays for a while.
    Finished,
    /// Gone.
    Closed,
}

/// What `net` must know of a room to find people in it: sent whenever it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSummary {
    /// The room.
    pub room: RoomId,
    /// How people find it.
    pub code: RoomCode,
    /// As of this version.
    pub version: Version,
    /// How fast it plays.
    pub pace: Pace,
    /// Whether the lobby leaves it out.
    pub private: bool,
    /// What it is up to.
    pub stage: Stage,
    /// Who may start matches.
    pub host: Option<Seat>,
    /// Who sits there; `None` where a seat is free.
    pub seats: PerSeat<Option<SeatSummary>>,
}

/// Who sits in a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatSummary {
    /// A bot.
    Bot(BotLevel),
    /// A person.
    Human {
        /// Under which session.
        session: SessionId,
        /// What the others read.
        name: Name,
        /// Whether they are there.
        presence: Presence,
    },
}
