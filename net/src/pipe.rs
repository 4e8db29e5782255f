//! What the WebSocket library reads from and writes to: the socket's receiving half, and the
//! connection's outbox, so that its few frames (pongs, the close frame) keep their place.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::tcp::OwnedReadHalf;

use crate::outbox::Outbox;

/// Both directions of a connection; dropped, it hangs up.
#[derive(Debug)]
pub(crate) struct Pipe {
    half: OwnedReadHalf,
    outbox: Arc<Outbox>,
}

impl Pipe {
    /// Of this half of a socket, and of the outbox that has the other.
    pub(crate) fn new(half: OwnedReadHalf, outbox: Arc<Outbox>) -> Self {
        Self { half, outbox }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.outbox.hang_up();
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.half).poll_read(context, into)
    }
}

impl AsyncWrite for Pipe {
    /// Pending while earlier bytes are stuck. Nobody is woken after that: the connection's task,
    /// which is the only one to write here, also waits for the outbox.
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.outbox.write_frames(bytes) { Poll::Ready(Ok(bytes.len())) } else { Poll::Pending }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outbox.hang_up();
        Poll::Ready(Ok(()))
    }
}
