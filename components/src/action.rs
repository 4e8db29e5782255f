//! An action: what is to happen to a room, on its way from asked to settled.

use crate::{BotLevel, Charter, Epoch, Name, PieceSet, PlayerId, RequestId, Seat, SessionId};

/// Who or what is behind a commit: kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A client asked, in this request.
    Client(SessionId, RequestId),
    /// A client's connection opened or closed.
    Connection(SessionId),
    /// A bot, or the bot of a seat that was away or out of time.
    Bot(Seat),
    /// A clock ran out.
    Timer,
    /// The server itself.
    Server,
}

/// On whose behalf an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// The seat this session holds, whichever it is when the action's turn comes.
    Session(SessionId),
    /// This seat.
    Seat(Seat),
    /// No seat: clocks and the server itself.
    Nobody,
}

/// What is to happen to a room; the rules decide whether it may.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Action {
    /// On whose behalf.
    pub by: By,
    /// What.
    pub act: Act,
}

/// What may happen to a room.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Act {
    /// The room begins. By nobody.
    Open(Box<Opening>),
    /// Somebody sits down: in this seat, or in the first free one.
    Join(Guest, Option<Seat>),
    /// The seat is given up.
    Leave,
    /// The host has a bot sit down: in this seat, or in the first free one.
    AddBot(Option<Seat>, BotLevel),
    /// The host frees a seat.
    Remove(Seat),
    /// The host starts the first match; or nobody does, in an endless room.
    Start {
        /// The wall clock, in ms since 1970: for the match's id.
        wall_ms: u64,
    },
    /// The host starts another match.
    Rematch {
        /// The wall clock, in ms since 1970: for the match's id.
        wall_ms: u64,
    },
    /// A seat decides what it was asked.
    Decide {
        /// What it decides.
        decision: Decision,
        /// For which turn it was meant; anything else is stale.
        turn: Option<TurnMark>,
        /// Who really decided.
        decider: Decider,
    },
    /// The session's connection of this epoch opened.
    Connected(Epoch),
    /// The session's connection of this epoch closed.
    Disconnected(Epoch),
    /// The phase clock ran out in a phase where no single seat's decision is awaited.
    PhaseOver,
    /// The grace of this seat ran out.
    GraceOver(Seat),
    /// The empty clock ran out.
    EmptyOver,
    /// The server closes the room.
    Close,
    /// The server stops the room: its clocks stand still and nobody may act.
    Pause,
    /// The server lets a paused room go on.
    Resume,
}

/// What a seat decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Whether to accept a redeal.
    Redeal(bool),
    /// How many piles to declare.
    Declare(u8),
    /// Which pieces to play.
    Play(PieceSet),
}

/// Who really made a seat's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decider {
    /// The person in it.
    Person,
    /// The bot in it.
    Bot,
    /// A bot, since the person was away.
    Absence,
    /// A bot, since the person's time was up.
    TimeOut,
}

/// A moment of a match: round and turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TurnMark {
    /// The round, from 1.
    pub round: u8,
    /// The turn, from 1; 0 before the round's first turn.
    pub turn: u8,
}

/// Somebody who wants a seat. The name is valid by PROTOCOL's rules, but may be taken.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Guest {
    /// What the others read.
    pub name: Name,
    /// Who it is.
    pub player: PlayerId,
    /// Under which session.
    pub session: SessionId,
    /// Its connection.
    pub epoch: Epoch,
}

/// How a room begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Opening {
    /// What is fixed from then on.
    pub charter: Charter,
    /// Who sits in seat 0 and is host; nobody in the server's own rooms.
    pub guest: Option<Guest>,
    /// The bots that sit down in the seats after that; at most as many as there are.
    pub bots: Vec<BotLevel>,
}
