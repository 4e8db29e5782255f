//! How a client gets its connection.

use std::time::Duration;

use protocol::Encoding;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Uri};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::ClientError;

/// The port of `ws://` addresses that name none.
const DEFAULT_PORT: u16 = 80;

/// Bytes read at a time. The library's own 128 KiB would be most of a load test's memory.
const READ_BUFFER_BYTES: usize = 8 * 1024;

/// Most bytes of a message from a server: a page of 100 rooms has some 30 KiB.
const MESSAGE_BYTES_MAX: usize = 1024 * 1024;

/// How to connect, and as whom.
#[derive(Debug, Clone)]
pub struct Options {
    /// How messages are written.
    pub encoding: Encoding,
    /// What to be called. Without a name there is only looking on.
    pub name: Option<String>,
    /// Comes back as the session this token is for.
    pub token: Option<String>,
    /// The id of the first request: 1, or on coming back, [`Client::next_id`](crate::Client::next_id)
    /// of the connection before.
    pub first_id: u32,
    /// What to call this program, at most 100 characters.
    pub program: Option<String>,
    /// An `Origin` to send, as a browser would.
    pub origin: Option<String>,
    /// How long the connection and the answer to `hello` may take together.
    pub timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            encoding: Encoding::default(),
            name: None,
            token: None,
            first_id: 1,
            program: None,
            origin: None,
            timeout: Duration::from_secs(10),
        }
    }
}

/// Opens the WebSocket.
pub(crate) async fn open(
    url: &str,
    options: &Options,
) -> Result<WebSocketStream<TcpStream>, ClientError> {
    let uri: Uri = url.parse().map_err(|_| bad_url(url, "it is no URL"))?;
    if uri.scheme_str() != Some("ws") {
        return Err(bad_url(url, "it does not begin with ws://"));
    }
    let host = uri.host().ok_or_else(|| bad_url(url, "it names no host"))?;
    // IPv6 addresses stand in brackets in a URL, and nowhere else.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let request = request(url, &uri, options)?;
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(DEFAULT_PORT)))
        .await
        .map_err(|error| ClientError::Socket(Box::new(error.into())))?;
    // A play is a few bytes and should leave at once.
    stream.set_nodelay(true).map_err(|error| ClientError::Socket(Box::new(error.into())))?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    let (socket, _) =
        tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
    Ok(socket)
}

fn request(url: &str, uri: &Uri, options: &Options) -> Result<Request, ClientError> {
    let mut request = uri.into_client_request()?;
    let headers = request.headers_mut();
    headers
        .insert("Sec-WebSocket-Protocol", HeaderValue::from_static(options.encoding.subprotocol()));
    if let Some(origin) = &options.origin {
        let value = origin.parse().map_err(|_| bad_url(url, "the origin is no header"))?;
        headers.insert("Origin", value);
    }
    Ok(request)
}

fn bad_url(url: &str, why: &str) -> ClientError {
    ClientError::BadUrl(format!("{url:?}: {why}"))
}
