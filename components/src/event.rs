//! What has happened. The durable truth is [`Event`]; what everyone may know of it is [`Fact`].

use std::sync::Arc;

use crate::{
    BotLevel, Decider, MatchId, Name, PerSeat, PieceSet, Seat, SeatSet, SetKind, StarterReason,
};

/// What a commit says has happened, secrets included: for the journal, never for a client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// What everyone may know.
    Public(Fact),
    /// A match began; its seed is secret until it ends.
    MatchStarted(Arc<MatchStart>),
    /// Hands were dealt: which ones follows from seed, round and redeal.
    Dealt {
        /// From 1.
        round: u8,
        /// How many redeals of the round came before, 0..=9.
        redeal: u8,
        /// What points will be multiplied with.
        multiplier: u8,
    },
}

/// How a match began.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MatchStart {
    /// Its name for ever.
    pub id: MatchId,
    /// The how-manieth of its room.
    pub number: u32,
    /// What its deals come from.
    pub seed: [u8; 32],
}

/// How a match ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MatchEnd {
    /// Its name for ever.
    pub id: MatchId,
    /// Why.
    pub reason: EndReason,
    /// Rounds scored.
    pub rounds: u8,
    /// Who won.
    pub winners: SeatSet,
    /// Final scores.
    pub scores: PerSeat<i16>,
    /// Final ranks from 1; equal scores share one: 1, 1, 3, 4.
    pub ranks: PerSeat<u8>,
    /// Turns won.
    pub turns_won: PerSeat<u16>,
    /// Declarations above 0 hit exactly.
    pub perfect_rounds: PerSeat<u8>,
    /// What its deals came from: no secret any more.
    pub seed: [u8; 32],
}

/// Why a match ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// Some score reached the target.
    ScoreReached,
    /// The last round was played.
    RoundsPlayed,
    /// Nobody was there any more, and the room was set to close.
    Abandoned,
    /// The server closed the room.
    Closed,
}

/// Why somebody left a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeaveReason {
    /// They wanted to.
    Left,
    /// The host wanted it.
    Removed,
    /// They were away too long before a match.
    Away,
}

/// Why a room closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// Nobody was there any more.
    Empty,
    /// Its match was over long enough.
    Finished,
    /// The server closed it.
    Server,
}

/// What everyone at the table may know has happened. Holds no hand and no unshown seed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fact {
    /// A seat was taken: under a name by a person, or by a bot.
    PlayerJoined {
        /// Which.
        seat: Seat,
        /// The person's name; `None` for a bot.
        name: Option<Name>,
        /// The bot's level; `None` for a person.
        bot: Option<BotLevel>,
    },
    /// A seat was given up.
    PlayerLeft {
        /// Which.
        seat: Seat,
        /// Why.
        reason: LeaveReason,
        /// The bot that plays on in its place, in a running match.
        bot: Option<BotLevel>,
    },
    /// A seat's person is away: a bot decides for it.
    PlayerAway {
        /// Which.
        seat: Seat,
    },
    /// A seat's person is back.
    PlayerBack {
        /// Which.
        seat: Seat,
    },
    /// Another seat may start matches.
    HostChanged {
        /// Which.
        seat: Seat,
    },
    /// The weak seats are asked whether they want a redeal.
    RedealOffered {
        /// Which.
        seats: SeatSet,
    },
    /// Time to decide about a redeal is running out.
    RedealWarned {
        /// How much is left.
        ms_left: u32,
    },
    /// A seat answered.
    RedealDecided {
        /// Which.
        seat: Seat,
        /// What.
        accept: bool,
        /// Who really decided.
        decider: Decider,
    },
    /// Everybody plays with the hands they have.
    RoundStarted {
        /// From 1.
        round: u8,
        /// Who starts.
        starter: Seat,
        /// Why.
        reason: StarterReason,
        /// What points will be multiplied with.
        multiplier: u8,
    },
    /// A seat is the first to declare.
    DeclareStarted {
        /// Which.
        seat: Seat,
    },
    /// A seat declared.
    Declared {
        /// Which.
        seat: Seat,
        /// How many piles.
        piles: u8,
        /// Who declares next.
        next: Option<Seat>,
        /// Who really decided.
        decider: Decider,
    },
    /// A turn began.
    TurnStarted {
        /// From 1.
        turn: u8,
        /// Who leads.
        seat: Seat,
    },
    /// A seat played.
    Played {
        /// Which.
        seat: Seat,
        /// What.
        pieces: PieceSet,
        /// What kind of set it is; `None` if none.
        kind: Option<SetKind>,
        /// Its strength; for what is no set, the sum of points.
        points: u16,
        /// Who plays next.
        next: Option<Seat>,
        /// Who really decided.
        decider: Decider,
    },
    /// A turn is decided.
    TurnWon {
        /// From 1.
        turn: u8,
        /// Who took it.
        seat: Seat,
        /// How many piles it brings.
        piles: u8,
    },
    /// A round is over.
    RoundScored {
        /// From 1.
        round: u8,
        /// What points were multiplied with.
        multiplier: u8,
        /// Piles declared.
        declared: PerSeat<u8>,
        /// Piles captured.
        captured: PerSeat<u8>,
        /// Points of the round, multiplier included.
        points: PerSeat<i16>,
        /// Scores of the match so far.
        scores: PerSeat<i16>,
    },
    /// The match is over.
    MatchOver(Arc<MatchEnd>),
    /// The room stands still: nobody may act, and its clocks do not run.
    RoomPaused,
    /// The room goes on, with the time that was left.
    RoomResumed,
    /// The room is gone.
    RoomClosed {
        /// Why.
        reason: CloseReason,
    },
}
