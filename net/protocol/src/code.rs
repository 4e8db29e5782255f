//! Why a request is refused.

use serde::{Serialize, Serializer};

use crate::scalar::{Scalar, deserialize_scalars};
use crate::word::words;

words! {
    /// The stable code of an error.
    ErrorCode {
        /// Text where binary was agreed on, or the other way round.
        BadFrame = "bad_frame",
        /// Not decodable, or a field of the wrong type or out of range.
        BadMessage = "bad_message",
        /// No such request.
        UnknownType = "unknown_type",
        /// The first message must be `hello`.
        HelloFirst = "hello_first",
        /// The token is unknown, has been replaced or has expired.
        Unauthorized = "unauthorized",
        /// No name that can be given.
        BadName = "bad_name",
        /// Somebody in the room has it.
        NameTaken = "name_taken",
        /// No live room has this code.
        RoomNotFound = "room_not_found",
        /// No free seat, or spectator's place.
        RoomFull = "room_full",
        /// That seat is taken.
        SeatTaken = "seat_taken",
        /// That seat is free already, or the host's own.
        SeatEmpty = "seat_empty",
        /// Not while a match is running.
        MatchRunning = "match_running",
        /// The session holds no seat.
        NotInRoom = "not_in_room",
        /// The session holds a seat elsewhere.
        AlreadyInRoom = "already_in_room",
        /// Only the host may.
        NotHost = "not_host",
        /// Four seats must be filled.
        SeatsEmpty = "seats_empty",
        /// Not now.
        WrongPhase = "wrong_phase",
        /// Another seat is asked first.
        NotYourTurn = "not_your_turn",
        /// This seat has declared this round.
        AlreadyDeclared = "already_declared",
        /// A barred declaration.
        BadDeclaration = "bad_declaration",
        /// Pieces that are not in the hand.
        NotInHand = "not_in_hand",
        /// Not so many pieces.
        BadCount = "bad_count",
        /// A lead must be a valid set.
        BadSet = "bad_set",
        /// This hand is not asked about a redeal.
        NotWeak = "not_weak",
        /// This seat has answered.
        AlreadyDecided = "already_decided",
        /// Meant for a turn, or numbered before a request, that has passed.
        Stale = "stale",
        /// Too fast.
        RateLimited = "rate_limited",
        /// Too much is queued for this room.
        Busy = "busy",
        /// Too much is queued for this server.
        Overloaded = "overloaded",
        /// Nothing can be written now.
        StorageUnavailable = "storage_unavailable",
        /// The operator paused this.
        Paused = "paused",
        /// The operator shut this player out.
        Banned = "banned",
        /// No new rooms here.
        Draining = "draining",
        /// The server's fault.
        Internal = "internal",
    } | {
        /// A code this build does not know; never sent.
        Other
    }
}
