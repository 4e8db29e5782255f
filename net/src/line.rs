//! The sending half of a socket: whole WebSocket frames go in, and what the system does not take
//! at once stays here.

use std::io::{self, ErrorKind};
use std::task::{Context, Poll};

use protocol::Encoding;
use tokio::net::tcp::OwnedWriteHalf;

/// Set in the first byte of a frame that is all of its message.
const FINAL: u8 = 0x80;

/// See the module. Dropped, it says goodbye to the other side: nothing more will be sent.
#[derive(Debug)]
pub(crate) struct Line {
    half: OwnedWriteHalf,
    opcode: u8,
    unsent: Vec<u8>,
    is_blocked: bool,
    is_broken: bool,
}

impl Line {
    /// Over this half of a socket.
    pub(crate) fn new(half: OwnedWriteHalf, encoding: Encoding) -> Self {
        let opcode = match encoding {
            Encoding::Json => 1,
            Encoding::MessagePack => 2,
        };
        Self { half, opcode, unsent: Vec::new(), is_blocked: false, is_broken: false }
    }

    /// Appends a message as a frame to `out`.
    pub(crate) fn frame(&self, message: &[u8], out: &mut Vec<u8>) {
        out.push(FINAL | self.opcode);
        match message.len() {
            len @ 0..126 => out.push(len as u8),
            len => match u16::try_from(len) {
                Ok(len) => {
                    out.push(126);
                    out.extend_from_slice(&len.to_be_bytes());
                }
                Err(_) => {
                    out.push(127);
                    out.extend_from_slice(&(len as u64).to_be_bytes());
                }
            },
        }
        out.extend_from_slice(message);
    }

    /// Whether something that was written did not leave yet.
    pub(crate) fn is_blocked(&self) -> bool {
        self.is_blocked
    }

    /// Whether nothing more can be written, now or ever.
    pub(crate) fn is_stuck(&self) -> bool {
        self.is_blocked || self.is_broken
    }

    /// Whether the other side is gone.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Writes frames, of which it keeps what does not leave. Not while it is blocked.
    pub(crate) fn write(&mut self, frames: &[u8]) {
        debug_assert!(!self.is_blocked, "bytes would overtake others");
        match self.half.try_write(frames) {
            Ok(count) if count == frames.len() => {}
            Ok(count) => self.keep(&frames[count..]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.keep(frames),
            Err(_) => self.is_broken = true,
        }
    }

    fn keep(&mut self, frames: &[u8]) {
        self.unsent.extend_from_slice(frames);
        self.is_blocked = true;
    }

    /// Writes what was kept; ready when nothing is any more.
    pub(crate) fn poll_unblock(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.is_blocked && !self.is_broken {
            match self.half.as_ref().poll_write_ready(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) => self.write_kept(),
                Poll::Ready(Err(_)) => self.is_broken = true,
            }
        }
        Poll::Ready(())
    }

    fn write_kept(&mut self) {
        let written: io::Result<usize> = self.half.try_write(&self.unsent);
        match written {
            Ok(count) if count == self.unsent.len() => {
                // It may have become large, and may never be needed again.
                self.unsent = Vec::new();
                self.is_blocked = false;
            }
            Ok(count) => drop(self.unsent.drain(..count)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.is_broken = true,
        }
    }
}
