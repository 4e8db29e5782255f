//! Why somebody gets no for an answer.

use crate::{RequestId, RoomId, Seat, Version};

/// Why the rules refuse an action. `net` gives each its stable code and message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rejection {
    /// The room is closed, or was never opened.
    RoomNotFound,
    /// The session holds no seat here.
    NotInRoom,
    /// The session already holds this seat here. An answer, not a fault.
    AlreadySeated(Seat),
    /// All seats are taken.
    RoomFull,
    /// The seat asked for is taken.
    SeatTaken(Seat),
    /// The seat to free is free, or is the host's own.
    SeatEmpty(Seat),
    /// Somebody here has that name already.
    NameTaken,
    /// Not while a match is running.
    MatchRunning,
    /// Only the host may.
    NotHost,
    /// A match needs all four seats filled; this many are free.
    SeatsEmpty(u8),
    /// Not in this phase.
    WrongPhase,
    /// Another seat is asked first.
    NotYourTurn(Seat),
    /// This seat has declared this round.
    AlreadyDeclared(u8),
    /// This declaration is barred, and why.
    BadDeclaration(DeclarationBar),
    /// These pieces are not in the hand.
    NotInHand(crate::PieceSet),
    /// A lead is 1 to this many pieces; a follower plays exactly this many.
    BadCount {
        /// Fewest pieces.
        min: u8,
        /// Most pieces.
        max: u8,
    },
    /// A lead must be a valid set.
    BadSet,
    /// Only weak hands are asked about a redeal.
    NotWeak,
    /// This seat has answered about the redeal.
    AlreadyDecided,
    /// Meant for another turn.
    Stale,
    /// The room is paused.
    Paused,
    /// A clock's or bot's action came too early or too late. Nobody is told.
    NotDue,
}

/// Why a declaration is barred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeclarationBar {
    /// More than the piles there are.
    AboveMost(u8),
    /// The last to declare may not bring the total to the piles there are: this value is barred.
    TotalIsExact(u8),
    /// After two rounds of 0, at least 1.
    ThirdZero,
}

/// Why an asker gets no for an answer, wherever in the tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Against the rules.
    Rejected(Rejection),
    /// Too much, too fast; try again after so many ms.
    RateLimited {
        /// When a credit is back.
        retry_after_ms: u32,
    },
    /// Too many actions wait for that room.
    Busy,
    /// Older than what is remembered of the seat's requests.
    StaleRequest(RequestId),
    /// Done before, in this version. An answer, not a fault.
    Repeated(Version),
    /// Our fault, not theirs: a panic in this room.
    Internal(RoomId),
}
