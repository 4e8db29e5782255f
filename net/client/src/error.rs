//! What can go wrong between a client and its server.

use std::fmt;

use protocol::{CloseCode, ErrorData, MessageError};
use tokio_tungstenite::tungstenite;

/// Why a client has no answer.
#[derive(Debug)]
pub enum ClientError {
    /// The address is none that this client can connect to.
    BadUrl(String),
    /// No connection in the time allowed.
    TimedOut,
    /// The network, or the WebSocket on it, failed. The client is of no use any more.
    Socket(Box<tungstenite::Error>),
    /// The server said what this client cannot read. The client is of no use any more.
    Unreadable(MessageError),
    /// The server refused the request; the connection is as good as before.
    Refused(Box<ErrorData<'static>>),
    /// The connection is closed.
    Closed {
        /// With which code; `None` if it ended without one.
        code: Option<CloseCode>,
        /// Why, in words.
        reason: String,
    },
    /// So many pushes came before an answer that no more are kept.
    TooManyPushes,
}

impl fmt::Display for ClientError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadUrl(why) => write!(to, "bad address: {why}"),
            Self::TimedOut => to.write_str("no connection in the time allowed"),
            Self::Socket(error) => write!(to, "connection failed: {error}"),
            Self::Unreadable(error) => write!(to, "unreadable message from the server: {error}"),
            Self::Refused(data) => write!(to, "{}: {}", data.code.as_str(), data.message),
            Self::Closed { code: Some(code), reason } => {
                write!(to, "closed by the server with {}: {reason}", code.0)
            }
            Self::Closed { code: None, .. } => to.write_str("the connection has ended"),
            Self::TooManyPushes => to.write_str("too many pushes came before the answer"),
        }
    }
}

impl std::error::Error for ClientError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Socket(error) => Some(error),
            Self::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

impl From<tungstenite::Error> for ClientError {
    fn from(error: tungstenite::Error) -> Self {
        Self::Socket(Box::new(error))
    }
}
