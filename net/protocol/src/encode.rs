//! How a client writes what it asks.

use serde::Serialize;

use crate::encoding::write;
use crate::{Encoding, Envelope, Request, RequestType};

impl Request {
    /// Its type on the wire.
    #[must_use]
    pub const fn kind(&self) -> RequestType {
        match self {
            Self::Hello(_) => RequestType::Hello,
            Self::Ping(_) => RequestType::Ping,
            Self::ListRooms(_) => RequestType::ListRooms,
            Self::WatchLobby => RequestType::WatchLobby,
            Self::UnwatchLobby => RequestType::UnwatchLobby,
            Self::CreateRoom(_) => RequestType::CreateRoom,
            Self::JoinRoom(_) => RequestType::JoinRoom,
            Self::WatchRoom(_) => RequestType::WatchRoom,
            Self::UnwatchRoom(_) => RequestType::UnwatchRoom,
            Self::LeaveRoom => RequestType::LeaveRoom,
            Self::AddBot(_) => RequestType::AddBot,
            Self::RemovePlayer(_) => RequestType::RemovePlayer,
            Self::StartMatch => RequestType::StartMatch,
            Self::Rematch => RequestType::Rematch,
            Self::Redeal(_) => RequestType::Redeal,
            Self::Declare(_) => RequestType::Declare,
            Self::Play(_) => RequestType::Play,
            Self::Resync(_) => RequestType::Resync,
        }
    }
}

/// Appends a request to `out`.
pub fn encode_request(encoding: Encoding, envelope: &Envelope, out: &mut Vec<u8>) {
    #[derive(Serialize)]
    struct Sent<T> {
        id: u32,
        r#type: RequestType,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<T>,
    }

    let (id, kind) = (envelope.id, envelope.request.kind());
    macro_rules! send {
        ($data:expr) => {
            write(encoding, &Sent { id, r#type: kind, data: $data }, out)
        };
    }
    match &envelope.request {
        Request::Hello(data) => send!(Some(data)),
        Request::Ping(data) => send!(Some(data)),
        Request::ListRooms(data) => send!(Some(data)),
        Request::CreateRoom(data) => send!(Some(data)),
        Request::JoinRoom(data) => send!(Some(data)),
        Request::WatchRoom(data) => send!(Some(data)),
        Request::UnwatchRoom(data) => send!(Some(data)),
        Request::AddBot(data) => send!(Some(data)),
        Request::RemovePlayer(data) => send!(Some(data)),
        Request::Redeal(data) => send!(Some(data)),
        Request::Declare(data) => send!(Some(data)),
        Request::Play(data) => send!(Some(data)),
        Request::Resync(data) => send!(Some(data)),
        Request::WatchLobby
        | Request::UnwatchLobby
        | Request::LeaveRoom
        | Request::StartMatch
        | Request::Rematch => send!(None::<()>),
    }
}
