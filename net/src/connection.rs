//! One WebSocket connection: the only place that knows the WebSocket library.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use protocol::{CloseCode, Encoding};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use crate::hub::Incoming;
use crate::intake::{Intake, Pace};
use crate::limits::Client;
use crate::line::Line;
use crate::outbox::{Closing, Outbox};
use crate::outside::Outside;
use crate::pipe::Pipe;
use crate::session::ConnectionId;
use crate::settings::NetSettings;

/// How long a close frame may take to leave, and the other side to answer it.
const FAREWELL: Duration = Duration::from_secs(1);

/// What is still read of a connection that is closing, so that the close frame is not lost to a
/// reset; above it, it is.
const FAREWELL_BYTES_MAX: usize = 256 * 1_024;

/// How a connection ends.
enum End {
    /// The other side is gone.
    Gone,
    /// We close it.
    Close(Closing),
}

/// Runs a connection from the upgrade to its end. `leftover` was read behind the request.
pub(crate) async fn run(
    socket: TcpStream,
    leftover: Bytes,
    encoding: Encoding,
    client: Client,
    outside: Arc<Outside>,
) {
    let config = config(&outside.settings);
    let (reading, writing) = socket.into_split();
    let (id, outbox) = outside.act(|hub| hub.connect(encoding, Some(client)));
    let intake = Intake::new(client.address.map(|_| Arc::clone(&outside.gate)));
    let attached = Attached { id, outside };
    outbox.attach(Line::new(writing, encoding));
    let pipe = Pipe::new(reading, Arc::clone(&outbox), intake);
    let socket =
        WebSocketStream::from_partially_read(pipe, leftover.to_vec(), Role::Server, Some(config))
            .await;
    let heard = Instant::now();
    let mut connection = Connection { socket, outbox, attached, heard, resume: None };
    let end = connection.serve().await;
    let Connection { socket, attached, .. } = connection;
    if let End::Close(closing) = &end {
        let outside = &attached.outside;
        outside.stats.closed.count(closing.code.0);
        if is_fault(closing.code) {
            outside.gate.note_fault(client, outside.now());
        }
    }
    // The seat must not wait for the farewell.
    drop(attached);
    if let End::Close(closing) = end {
        take_leave(socket, closing).await;
    }
}

fn config(settings: &NetSettings) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(settings.read_buffer_bytes)
        // It only writes pongs and close frames.
        .write_buffer_size(0)
        .max_message_size(Some(settings.frame_bytes))
        .max_frame_size(Some(settings.frame_bytes))
}

/// The hub's knowledge of a connection, given up however its task ends.
struct Attached {
    id: ConnectionId,
    outside: Arc<Outside>,
}

impl Drop for Attached {
    fn drop(&mut self) {
        let now = self.outside.now();
        self.outside.act(|hub| hub.disconnect(self.id, now));
    }
}

struct Connection {
    socket: WebSocketStream<Pipe>,
    outbox: Arc<Outbox>,
    attached: Attached,
    heard: Instant,
    /// When the next message is read, after too many were.
    resume: Option<Instant>,
}

impl Connection {
    async fn serve(&mut self) -> End {
        let settings = Arc::clone(&self.attached.outside.settings);
        let hello_by = self.heard + Duration::from_secs(settings.hello_seconds);
        let mut look = self.next_look(hello_by, &settings);
        let wake = sleep_until(look);
        tokio::pin!(wake);
        loop {
            let next = self.resume.map_or(look, |resume| resume.min(look));
            if wake.deadline() != next {
                wake.as_mut().reset(next);
            }
            let may_read = self.resume.is_none() && self.outbox.may_read();
            let step = tokio::select! {
                biased;
                () = self.outbox.changed() => self.see_to_outbox().await,
                message = self.socket.next(), if may_read => self.read(message).await,
                () = &mut wake => {
                    self.resume = self.resume.filter(|resume| Instant::now() < *resume);
                    if Instant::now() < look {
                        continue;
                    }
                    let step = self.look_after(hello_by, &settings);
                    look = self.next_look(hello_by, &settings);
                    step
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Waits until what is stuck has left, has fetched what was missed, and ends what is to end.
    async fn see_to_outbox(&mut self) -> Result<(), End> {
        let Attached { id, outside } = &self.attached;
        let patience = Duration::from_secs(outside.settings.behind_seconds_max);
        if timeout(patience, self.outbox.written(&outside.stats)).await.is_err() {
            return Err(close(CloseCode::TOO_FAR_BEHIND, "too far behind"));
        }
        if self.outbox.is_broken() {
            return Err(End::Gone);
        }
        if self.outbox.has_caught_up() {
            outside.act(|hub| hub.caught_up(*id));
        }
        self.outbox.closing().map_or(Ok(()), |closing| Err(End::Close(closing)))
    }

    /// Takes in one message, or the end of them.
    async fn read(&mut self, message: Option<Result<Message, Error>>) -> Result<(), End> {
        self.heard = Instant::now();
        let incoming = match &message {
            Some(Ok(Message::Text(text))) => Incoming { text: true, bytes: text.as_bytes() },
            Some(Ok(Message::Binary(bytes))) => Incoming { text: false, bytes },
            // The library queued the pong; the next read writes it.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                let pace = self.socket.get_mut().intake().ping();
                return self.keep(pace);
            }
            Some(Ok(Message::Close(_))) => {
                // The library queued the echo; nothing can be done if it does not leave.
                let _ = timeout(FAREWELL, self.socket.flush()).await;
                return Err(End::Gone);
            }
            Some(Err(error)) => return Err(end_after(error)),
            None => return Err(End::Gone),
        };
        let outside = &self.attached.outside;
        outside.stats.frames_in.count();
        let now = outside.now();
        outside.act(|hub| hub.receive(self.attached.id, incoming, now));
        let pace = self.socket.get_mut().intake().message();
        self.keep(pace)
    }

    /// Reads on later, if that came too fast.
    fn keep(&mut self, pace: Pace) -> Result<(), End> {
        match pace {
            Pace::Fine => {}
            Pace::Pause(pause) => self.resume = Some(Instant::now() + pause),
            Pace::TooFast => return Err(too_fast()),
        }
        Ok(())
    }

    /// When the next ping is due, the hello is, or the silence has lasted too long.
    fn next_look(&self, hello_by: Instant, settings: &NetSettings) -> Instant {
        let now = Instant::now();
        let ping = now + Duration::from_secs(settings.ping_seconds);
        let silent = self.heard + Duration::from_secs(settings.silence_seconds);
        let next = if silent > now { ping.min(silent) } else { ping };
        if self.outbox.is_greeted() { next } else { next.min(hello_by) }
    }

    /// Pings, unless the hello or any sign of life is overdue.
    fn look_after(&mut self, hello_by: Instant, settings: &NetSettings) -> Result<(), End> {
        let now = Instant::now();
        if now >= hello_by && !self.outbox.is_greeted() {
            return Err(close(CloseCode::PROTOCOL_ERROR, "no hello in time"));
        }
        if !self.outbox.may_read() {
            // It may have spoken: we did not listen.
            self.heard = now;
        }
        if now - self.heard >= Duration::from_secs(settings.silence_seconds) {
            return Err(close(CloseCode::GOING_AWAY, "silent for too long"));
        }
        self.outbox.ping();
        Ok(())
    }
}

fn too_fast() -> End {
    close(CloseCode::RATE_LIMITED, "too fast for too long")
}

/// Whether it ends because the other side does not speak as it should.
fn is_fault(code: CloseCode) -> bool {
    matches!(code, CloseCode::PROTOCOL_ERROR | CloseCode::TOO_BIG | CloseCode(1_002 | 1_007))
}

fn close(code: CloseCode, reason: &'static str) -> End {
    End::Close(Closing { code, reason })
}

/// What a failed read comes to.
fn end_after(error: &Error) -> End {
    let (code, reason) = match error {
        Error::Capacity(_) => (CloseCode::TOO_BIG, "a message is at most limits.frame_bytes"),
        Error::Protocol(
            tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        ) => return End::Gone,
        Error::Protocol(_) => (CloseCode(1002), "not the WebSocket protocol"),
        Error::Io(error) if error.kind() == ErrorKind::QuotaExceeded => return too_fast(),
        Error::Utf8(_) => (CloseCode(1007), "text must be UTF-8"),
        _ => return End::Gone,
    };
    End::Close(Closing { code, reason })
}

/// Sends the close frame, and reads on until the other side closes too: closing a socket with
/// unread bytes would reset it, and the frame could be lost.
async fn take_leave(mut socket: WebSocketStream<Pipe>, closing: Closing) {
    let reason = Utf8Bytes::from_static(closing.reason);
    let frame = CloseFrame { code: closing.code.0.into(), reason };
    if !matches!(timeout(FAREWELL, socket.close(Some(frame))).await, Ok(Ok(()))) {
        return;
    }
    let socket = socket.get_mut();
    socket.spare();
    let rest = async {
        let mut left = FAREWELL_BYTES_MAX;
        let mut bytes = [0; 512];
        if socket.shutdown().await.is_ok() {
            while let Ok(count @ 1..) = socket.read(&mut bytes).await {
                left = left.saturating_sub(count);
                if left == 0 {
                    break;
                }
            }
        }
    };
    // Either way the socket goes now.
    let _ = timeout(FAREWELL, rest).await;
}
