//! A WebSocket that costs next to nothing: many share one thread, and one buffer to read into.

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};

/// Bytes read at once.
const READ_BYTES: usize = 64 * 1024;

/// Connections from one loopback address: below the ports that there are.
const PORTS: usize = 25_000;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// An open WebSocket.
pub(crate) struct Socket {
    stream: TcpStream,
    opcode: u8,
    /// The beginning of a frame that is not all there yet.
    partial: Vec<u8>,
    /// What the system did not take yet.
    unsent: Vec<u8>,
}

impl Socket {
    /// Opens the `nth` WebSocket of this program.
    pub(crate) async fn open(
        (address, path): &(SocketAddr, String),
        protocol: &str,
        nth: usize,
    ) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        if address.is_ipv4() && address.ip().is_loopback() && nth >= PORTS {
            let source = Ipv4Addr::new(127, 0, 0, (1 + nth / PORTS).min(254) as u8);
            socket.bind(SocketAddr::new(IpAddr::V4(source), 0))?;
        }
        let mut stream = socket.connect(*address).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: bGlhcCBsb2FkIGNsaWVudA==\r\n\
             Sec-WebSocket-Protocol: {protocol}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await?);
        }
        if !answer.starts_with(b"HTTP/1.1 101") {
            let answer = String::from_utf8_lossy(&answer).into_owned();
            return Err(io::Error::new(ErrorKind::InvalidData, answer));
        }
        let opcode = if protocol.ends_with("json") { 1 } else { 2 };
        Ok(Self { stream, opcode, partial: Vec::new(), unsent: Vec::new() })
    }

    /// Gives every whole message that has come to `take`; ready only when the connection is over.
    pub(crate) fn poll_messages(
        &mut self,
        context: &mut Context<'_>,
        mut take: impl FnMut(&[u8]),
    ) -> Poll<io::Error> {
        BUFFER.with_borrow_mut(|buffer| {
            loop {
                let known = self.partial.len();
                buffer[..known].copy_from_slice(&self.partial);
                let mut space = ReadBuf::new(&mut buffer[known..]);
                match Pin::new(&mut self.stream).poll_read(context, &mut space) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Err(error)) => return Poll::Ready(error),
                    Poll::Ready(Ok(())) => {}
                }
                let count = space.filled().len();
                if count == 0 {
                    return Poll::Ready(ErrorKind::UnexpectedEof.into());
                }
                let mut rest = &buffer[..known + count];
                while let Some((opcode, payload, after)) = split(rest) {
                    match opcode {
                        1 | 2 => take(payload),
                        8 => return Poll::Ready(closed(payload)),
                        9 => push_frame(&mut self.unsent, 10, payload),
                        _ => {}
                    }
                    rest = after;
                }
                self.partial.clear();
                self.partial.extend_from_slice(rest);
                if let Poll::Ready(Err(error)) = self.poll_send(context) {
                    return Poll::Ready(error);
                }
            }
        })
    }

    /// Queues a message.
    pub(crate) fn push(&mut self, message: &[u8]) {
        push_frame(&mut self.unsent, self.opcode, message);
    }

    /// Writes what is queued.
    pub(crate) fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            match Pin::new(&mut self.stream).poll_write(context, &self.unsent) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(count)) => drop(self.unsent.drain(..count)),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Appends a client's frame. A mask of zeros is one, and leaves nothing to compute.
fn push_frame(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    out.push(0x80 | opcode);
    match u8::try_from(payload.len()).ok().filter(|len| *len < 126) {
        Some(len) => out.push(0x80 | len),
        None => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(payload.len() as u16).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

/// The first frame's opcode and payload, and what is behind it. A server's has no mask.
fn split(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[first, second], rest) = bytes.split_first_chunk::<2>()?;
    let (len, rest) = match second & 0x7f {
        126 => {
            let (len, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(*len)), rest)
        }
        127 => {
            let (len, rest) = rest.split_first_chunk()?;
            (u64::from_be_bytes(*len) as usize, rest)
        }
        len => (usize::from(len), rest),
    };
    let (payload, rest) = rest.split_at_checked(len)?;
    Some((first & 0x0f, payload, rest))
}

fn closed(payload: &[u8]) -> io::Error {
    let code = payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
    let reason = String::from_utf8_lossy(payload.get(2..).unwrap_or_default());
    io::Error::other(format!("closed with {code} {reason}"))
}
