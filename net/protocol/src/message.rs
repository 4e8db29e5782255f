//! What a server sends: written from borrowed data without allocation, read into owned data.

use std::borrow::Cow;
use std::fmt;

use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

use crate::encoding::write;
use crate::head::{Head, read_data};
use crate::{Encoding, ErrorCode, Event, Lobby, MessageType, Notice, OkData, Snapshot, skim};

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorData<'a> {
    /// For programs.
    pub code: ErrorCode,
    /// For people.
    pub message: Cow<'a, str>,
    /// When to try again, where that is known.
    pub retry_after_ms: Option<u32>,
}

/// How a room came to its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update<'a, E = Vec<Event<'a>>> {
    /// The room's code.
    pub room: Cow<'a, str>,
    /// Its version after it; versions of a room are consecutive.
    pub version: u64,
    /// What happened, in order.
    pub events: E,
}

/// What a server sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerMessage {
    /// The request of this id was done.
    Ok {
        /// Which.
        id: u32,
        /// What came of it.
        data: Box<OkData>,
    },
    /// A request was refused.
    Error {
        /// Which; `None` where the server could not read it.
        id: Option<u32>,
        /// Why.
        data: ErrorData<'static>,
    },
    /// A whole room.
    Snapshot(Box<Snapshot<'static>>),
    /// How a room changed.
    Update(Update<'static>),
    /// How the lobby changed.
    Lobby(Lobby<'static>),
    /// Something all clients should know.
    Notice(Notice<'static>),
    /// A message this build does not know, to be ignored.
    Other,
}

#[derive(Serialize)]
struct Answer<I, T> {
    r#type: MessageType,
    id: I,
    data: T,
}

#[derive(Serialize)]
struct Push<T> {
    r#type: MessageType,
    data: T,
}

/// Appends the answer yes to `out`; `data` is the shape that fits the request.
pub fn encode_ok<T: Serialize>(encoding: Encoding, id: u32, data: &T, out: &mut Vec<u8>) {
    write(encoding, &Answer { r#type: MessageType::Ok, id, data }, out);
}

/// Appends the answer no to `out`.
pub fn encode_error(encoding: Encoding, id: Option<u32>, data: &ErrorData<'_>, out: &mut Vec<u8>) {
    write(encoding, &Answer { r#type: MessageType::Error, id, data }, out);
}

/// Appends an update of the room with this code to `out`. The events are made one by one while
/// they are written.
pub fn encode_update<'a, I>(
    encoding: Encoding,
    room: &str,
    version: u64,
    events: I,
    out: &mut Vec<u8>,
) where
    I: ExactSizeIterator<Item = Event<'a>> + Clone,
{
    let data = Update { room: Cow::Borrowed(room), version, events: Each(events) };
    write(encoding, &Push { r#type: MessageType::Update, data }, out);
}

/// Appends a snapshot to `out`.
pub fn encode_snapshot(encoding: Encoding, data: &Snapshot<'_>, out: &mut Vec<u8>) {
    write(encoding, &Push { r#type: MessageType::Snapshot, data }, out);
}

/// Appends a change of the lobby to `out`.
pub fn encode_lobby(encoding: Encoding, data: &Lobby<'_>, out: &mut Vec<u8>) {
    write(encoding, &Push { r#type: MessageType::Lobby, data }, out);
}

/// Appends a notice to `out`.
pub fn encode_notice(encoding: Encoding, data: &Notice<'_>, out: &mut Vec<u8>) {
    write(encoding, &Push { r#type: MessageType::Notice, data }, out);
}

/// A list whose items are made while it is written.
struct Each<I>(I);

impl<I: ExactSizeIterator<Item: Serialize> + Clone> Serialize for Each<I> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.0.len()))?;
        for item in self.0.clone() {
            list.serialize_element(&item)?;
        }
        list.end()
    }
}

/// Why what came cannot be from a server that speaks this protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageError(String);

impl fmt::Display for MessageError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl std::error::Error for MessageError {}

/// Reads what a server sent.
///
/// # Errors
/// When `bytes` is not exactly one message, nests deeper than 16, or a known type lacks a field.
pub fn decode_message(encoding: Encoding, bytes: &[u8]) -> Result<ServerMessage, MessageError> {
    match encoding {
        Encoding::MessagePack => skim::messagepack(bytes, skim::LEVELS),
        Encoding::Json => skim::json(bytes, skim::LEVELS),
    }
    .map_err(MessageError)?;
    let (head, read) = Head::<MessageType>::read(encoding, bytes);
    read.map_err(MessageError)?;
    let kind = head.kind.unwrap_or_else(|| Err("missing field `type`".to_owned()));
    let id = || head.id.unwrap_or(Ok(None));
    let message = match kind.map_err(MessageError)? {
        MessageType::Ok => read_data(encoding, bytes).and_then(|data| {
            let id = id()?.ok_or_else(|| "an answer without an id".to_owned())?;
            Ok(ServerMessage::Ok { id, data: Box::new(data) })
        }),
        MessageType::Error => {
            read_data(encoding, bytes).and_then(|data| Ok(ServerMessage::Error { id: id()?, data }))
        }
        MessageType::Snapshot => read_data(encoding, bytes).map(ServerMessage::Snapshot),
        MessageType::Update => read_data(encoding, bytes).map(ServerMessage::Update),
        MessageType::Lobby => read_data(encoding, bytes).map(ServerMessage::Lobby),
        MessageType::Notice => read_data(encoding, bytes).map(ServerMessage::Notice),
        MessageType::Other => Ok(ServerMessage::Other),
    };
    message.map_err(MessageError)
}
