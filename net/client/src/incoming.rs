//! What comes from a server, sorted by what it is for.

use protocol::{CloseCode, ErrorData, Lobby, Notice, OkData, ServerMessage, Snapshot, Update};

/// What came from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// The answer to a request.
    Answer {
        /// To which; `None` where the server could not read its id.
        id: Option<u32>,
        /// Yes, with what came of it; or no, and why.
        result: Result<Box<OkData>, Box<ErrorData<'static>>>,
    },
    /// What nobody asked for.
    Push(Push),
    /// The connection is closed: nothing more will come.
    Closed {
        /// With which code; `None` if it ended without one.
        code: Option<CloseCode>,
        /// Why, in words.
        reason: String,
    },
}

/// What a server tells without being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Push {
    /// A whole room.
    Snapshot(Box<Snapshot<'static>>),
    /// How a room changed.
    Update(Update<'static>),
    /// How the lobby changed.
    Lobby(Lobby<'static>),
    /// Something all clients should know.
    Notice(Notice<'static>),
}

impl Incoming {
    /// Sorts a message; `None` for those that this build does not know.
    pub(crate) fn sort(message: ServerMessage) -> Option<Self> {
        Some(match message {
            ServerMessage::Ok { id, data } => Self::Answer { id: Some(id), result: Ok(data) },
            ServerMessage::Error { id, data } => Self::Answer { id, result: Err(Box::new(data)) },
            ServerMessage::Snapshot(snapshot) => Self::Push(Push::Snapshot(snapshot)),
            ServerMessage::Update(update) => Self::Push(Push::Update(update)),
            ServerMessage::Lobby(lobby) => Self::Push(Push::Lobby(lobby)),
            ServerMessage::Notice(notice) => Self::Push(Push::Notice(notice)),
            ServerMessage::Other => return None,
        })
    }
}
