//! One connection to a server.

use std::collections::VecDeque;

use futures_util::{SinkExt, StreamExt};
use protocol::{
    CloseCode, Encoding, Envelope, Hello, OkData, Request, decode_message, encode_request,
};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message};
use tokio_tungstenite::tungstenite::{Bytes, Utf8Bytes};

use crate::{ClientError, Incoming, Options, connect};

/// Most messages kept while [`Client::request`] waits for its answer: far above what a server
/// queues for one connection, so more of them mean that the answer will not come.
const KEPT_MAX: usize = 1024;

/// One connection to a server. Pings are answered whenever it is read from: in
/// [`next`](Client::next) and [`request`](Client::request), so one of them should always be
/// running.
#[derive(Debug)]
pub struct Client {
    socket: WebSocketStream<TcpStream>,
    encoding: Encoding,
    next_id: u32,
    welcome: OkData,
    token: String,
    kept: VecDeque<Incoming>,
    closed: Option<(Option<CloseCode>, String)>,
}

impl Client {
    /// Connects to `url` (such as `ws://127.0.0.1:7878/v1/ws`) and says `hello`.
    ///
    /// # Errors
    /// When there is no such server, it does not answer in time, or refuses.
    pub async fn connect(url: &str, options: Options) -> Result<Self, ClientError> {
        let timeout = options.timeout;
        let connecting = async {
            let mut client = Self {
                socket: connect::open(url, &options).await?,
                encoding: options.encoding,
                next_id: options.first_id,
                welcome: OkData::default(),
                token: String::new(),
                kept: VecDeque::new(),
                closed: None,
            };
            let hello = Hello {
                name: options.name,
                token: options.token,
                client: options.program,
                ..Hello::default()
            };
            client.welcome = client.request(Request::Hello(hello)).await?;
            client.token = client.welcome.token.take().unwrap_or_default();
            Ok(client)
        };
        tokio::time::timeout(timeout, connecting).await.unwrap_or(Err(ClientError::TimedOut))
    }

    /// What the server answered to `hello`, but for the token.
    #[must_use]
    pub const fn welcome(&self) -> &OkData {
        &self.welcome
    }

    /// Brings the session back on another connection: see [`Options::token`].
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The id of the request sent next: see [`Options::first_id`].
    #[must_use]
    pub const fn next_id(&self) -> u32 {
        self.next_id
    }

    /// Sends a request and waits for its answer. What else comes meanwhile is kept for
    /// [`next`](Self::next). Not to be cancelled: the answer would come out of `next`.
    ///
    /// # Errors
    /// When the server refuses, or the connection does not last until the answer.
    pub async fn request(&mut self, request: Request) -> Result<OkData, ClientError> {
        let asked = self.send(request).await?;
        loop {
            match self.receive().await? {
                Incoming::Answer { id: Some(id), result } if id == asked => {
                    return result.map(|data| *data).map_err(ClientError::Refused);
                }
                Incoming::Closed { code, reason } => {
                    return Err(ClientError::Closed { code, reason });
                }
                _ if self.kept.len() >= KEPT_MAX => return Err(ClientError::TooManyPushes),
                other => self.kept.push_back(other),
            }
        }
    }

    /// Sends a request and gives its id; the answer comes out of [`next`](Self::next). More than
    /// 8 unanswered ones make the server wait before it reads on.
    ///
    /// # Errors
    /// When the connection has failed.
    pub async fn send(&mut self, request: Request) -> Result<u32, ClientError> {
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        self.send_again(id, request).await?;
        Ok(id)
    }

    /// Sends a request of before with the id it had: after coming back, what was not answered on
    /// the connection before, in order and ahead of anything new.
    ///
    /// # Errors
    /// When the connection has failed.
    pub async fn send_again(&mut self, id: u32, request: Request) -> Result<(), ClientError> {
        let mut bytes = Vec::with_capacity(64);
        encode_request(self.encoding, &Envelope { id, request }, &mut bytes);
        let message = match self.encoding {
            Encoding::MessagePack => Message::Binary(bytes.into()),
            Encoding::Json => {
                let text = Utf8Bytes::try_from(Bytes::from(bytes));
                Message::Text(text.unwrap_or_default())
            }
        };
        Ok(self.socket.send(message).await?)
    }

    /// What came next, kept or new. May be cancelled without loss.
    ///
    /// # Errors
    /// When the connection fails, or something unreadable comes.
    pub async fn next(&mut self) -> Result<Incoming, ClientError> {
        match self.kept.pop_front() {
            Some(kept) => Ok(kept),
            None => self.receive().await,
        }
    }

    /// Says goodbye and waits until the server has done so too, or the connection has ended.
    ///
    /// # Errors
    /// When the connection fails before.
    pub async fn close(mut self) -> Result<(), ClientError> {
        self.socket.close(None).await?;
        while !matches!(self.receive().await?, Incoming::Closed { .. }) {}
        Ok(())
    }

    /// Reads until something comes that this build knows.
    async fn receive(&mut self) -> Result<Incoming, ClientError> {
        loop {
            if let Some((code, reason)) = &self.closed {
                return Ok(Incoming::Closed { code: *code, reason: reason.clone() });
            }
            let bytes = match self.socket.next().await {
                None => {
                    self.closed = Some((None, String::new()));
                    continue;
                }
                Some(Err(error)) => return Err(error.into()),
                Some(Ok(Message::Binary(bytes))) => bytes,
                Some(Ok(Message::Text(text))) => text.into(),
                Some(Ok(Message::Close(frame))) => {
                    self.closed = Some(closed(frame));
                    continue;
                }
                // Answered by the library.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
            };
            let message = decode_message(self.encoding, &bytes).map_err(ClientError::Unreadable)?;
            if let Some(incoming) = Incoming::sort(message) {
                return Ok(incoming);
            }
        }
    }
}

fn closed(frame: Option<CloseFrame>) -> (Option<CloseCode>, String) {
    frame.map_or((None, String::new()), |frame| {
        (Some(CloseCode(frame.code.into())), frame.reason.to_string())
    })
}
