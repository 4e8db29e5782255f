#![doc = include_str!("../README.md")]

mod answer;
mod board;
mod close;
mod code;
mod decode;
mod encode;
mod encoding;
mod event;
mod head;
mod id;
mod lobby;
mod message;
mod name;
mod named;
mod request;
mod scalar;
mod skim;
mod snapshot;
mod word;

pub use answer::{
    Done, Held, Limits, OkData, Pong, RoomField, RoomsPage, Seated, Server, Settled, Watching,
    Welcome,
};
pub use board::{Pieces, Seat, Seats, Turn};
pub use close::CloseCode;
pub use code::ErrorCode;
pub use decode::{DecodeError, DecodeErrorKind, decode_request};
pub use encode::encode_request;
pub use encoding::Encoding;
pub use event::Event;
pub use id::{Hex, MatchId};
pub use lobby::{Counts, Lobby, Notice, RoomEntry, SeatEntry};
pub use message::{
    ErrorData, MessageError, ServerMessage, Update, decode_message, encode_error, encode_lobby,
    encode_notice, encode_ok, encode_snapshot, encode_update,
};
pub use name::{BadName, bot_name, check_name};
pub use request::{
    AddBot, CreateRoom, Declare, Envelope, Hello, JoinRoom, ListRooms, Ping, Play, Redeal,
    RemovePlayer, Request, Resync, UnwatchRoom, WatchRoom,
};
pub use snapshot::{MatchInfo, PaceInfo, Phase, RoundInfo, SeatInfo, Snapshot};
pub use word::{
    BotLevel, CloseReason, Decider, EndReason, LeaveReason, MessageType, NoticeKind, Pace,
    Presence, RequestType, SetKind, Stage, StarterReason,
};

/// The version of the wire that this crate speaks.
pub const PROTOCOL: u8 = 1;

/// Most bytes of a client's message: the longest legal one (a `hello` with everything) is far
/// below it, and 8 of them per connection are what a server may have to hold.
pub const FRAME_BYTES_MAX: usize = 4096;

/// How deep a message may nest, its own map included. The deepest legal request has 3 levels, the
/// deepest answer 6.
pub const DEPTH_MAX: usize = 8;
