//! How a server reads what a client asks. Whatever the bytes: no panic, no great allocation, and an
//! error that says what would be right.

use std::fmt;

use serde::Deserialize;

use crate::head::{Head, read_data};
use crate::scalar::{Scalar, quoted};
use crate::{
    DEPTH_MAX, Encoding, Envelope, ErrorCode, FRAME_BYTES_MAX, Request, RequestType, skim,
};

/// Why a message is no request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The request's id, wherever it could be read: the answer carries it.
    pub id: Option<u32>,
    /// What is wrong.
    pub kind: DecodeErrorKind,
    /// The same in words, for the sender.
    pub message: String,
}

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// Not decodable, or a field missing, of the wrong type or out of range.
    BadMessage,
    /// No such request.
    UnknownType,
}

impl DecodeErrorKind {
    /// The code to answer with.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::BadMessage => ErrorCode::BadMessage,
            Self::UnknownType => ErrorCode::UnknownType,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

/// Reads a request.
///
/// # Errors
/// When `bytes` is above [`FRAME_BYTES_MAX`], nests deeper than [`DEPTH_MAX`], is not exactly one
/// message, or is not a request that the protocol knows.
pub fn decode_request(encoding: Encoding, bytes: &[u8]) -> Result<Envelope, DecodeError> {
    let bad = |id, message| DecodeError { id, kind: DecodeErrorKind::BadMessage, message };
    if bytes.len() > FRAME_BYTES_MAX {
        let message =
            format!("the message has {} bytes, {FRAME_BYTES_MAX} are allowed", bytes.len());
        return Err(bad(None, message));
    }
    let skimmed = match encoding {
        Encoding::MessagePack => skim::messagepack(bytes, DEPTH_MAX),
        Encoding::Json => skim::json(bytes, DEPTH_MAX),
    };
    // Also of a message that is broken further on, for its id.
    let (head, read) = Head::<Kind>::read(encoding, bytes);
    let (id, id_fault) = match head.id {
        Some(Ok(Some(id))) => (Some(id), None),
        Some(Ok(None)) => (None, Some("id: expected a whole number, got null".to_owned())),
        Some(Err(fault)) => (None, Some(format!("id: {fault}"))),
        None => (None, Some("missing field `id`".to_owned())),
    };
    skimmed.and(read).map_err(|fault| bad(id, fault))?;
    let Some(id) = id else { return Err(bad(None, id_fault.unwrap_or_default())) };
    let kind = match head.kind {
        Some(Ok(Kind::Known(kind))) => kind,
        Some(Ok(Kind::Unknown(word))) => {
            let message = format!("there is no request of the type {word}");
            return Err(DecodeError { id: Some(id), kind: DecodeErrorKind::UnknownType, message });
        }
        Some(Err(fault)) => return Err(bad(Some(id), format!("type: {fault}"))),
        None => return Err(bad(Some(id), "missing field `type`".to_owned())),
    };
    match read_request(kind, encoding, bytes) {
        Ok(request) => Ok(Envelope { id, request }),
        Err(fault) => Err(bad(Some(id), fault)),
    }
}

/// Reads the data that goes with a type.
fn read_request(kind: RequestType, encoding: Encoding, bytes: &[u8]) -> Result<Request, String> {
    /// What there is to know of requests without data: that it is a map, if it is there.
    #[derive(Deserialize)]
    struct Nothing {}

    macro_rules! data {
        ($variant:ident) => {
            read_data(encoding, bytes).map(Request::$variant)
        };
        ($variant:ident, nothing) => {
            read_data(encoding, bytes).map(|Nothing {}| Request::$variant)
        };
    }
    match kind {
        RequestType::Hello => data!(Hello),
        RequestType::Ping => data!(Ping),
        RequestType::ListRooms => data!(ListRooms),
        RequestType::WatchLobby => data!(WatchLobby, nothing),
        RequestType::UnwatchLobby => data!(UnwatchLobby, nothing),
        RequestType::CreateRoom => data!(CreateRoom),
        RequestType::JoinRoom => data!(JoinRoom),
        RequestType::WatchRoom => data!(WatchRoom),
        RequestType::UnwatchRoom => data!(UnwatchRoom),
        RequestType::LeaveRoom => data!(LeaveRoom, nothing),
        RequestType::AddBot => data!(AddBot),
        RequestType::RemovePlayer => data!(RemovePlayer),
        RequestType::StartMatch => data!(StartMatch, nothing),
        RequestType::Rematch => data!(Rematch, nothing),
        RequestType::Redeal => data!(Redeal),
        RequestType::Declare => data!(Declare),
        RequestType::Play => data!(Play),
        RequestType::Resync => data!(Resync),
    }
}

enum Kind {
    Known(RequestType),
    /// As quoted for the sender.
    Unknown(String),
}

impl Scalar for Kind {
    const WANT: &'static str = "the name of a request";

    fn from_text(value: &str) -> Option<Self> {
        Some(RequestType::parse(value).map_or_else(|| Self::Unknown(quoted(value)), Self::Known))
    }
}
