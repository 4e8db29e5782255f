//! What the WebSocket library reads from and writes to: the socket's receiving half, and the
//! connection's outbox, so that its few frames (pongs, the close frame) keep their place.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::tcp::OwnedReadHalf;
use tokio::time::{Sleep, sleep};

use crate::intake::{Intake, Pace};
use crate::outbox::Outbox;

/// Both directions of a connection; dropped, it hangs up.
#[derive(Debug)]
pub(crate) struct Pipe {
    half: OwnedReadHalf,
    outbox: Arc<Outbox>,
    intake: Intake,
    /// Until then nothing is read, after too much was.
    pause: Option<Pin<Box<Sleep>>>,
}

impl Pipe {
    /// Of this half of a socket, and of the outbox that has the other.
    pub(crate) fn new(half: OwnedReadHalf, outbox: Arc<Outbox>, intake: Intake) -> Self {
        Self { half, outbox, intake, pause: None }
    }

    /// The meters of what is read.
    pub(crate) fn intake(&mut self) -> &mut Intake {
        &mut self.intake
    }

    /// Reads as fast as it comes from now on.
    pub(crate) fn spare(&mut self) {
        self.intake.spare();
        self.pause = None;
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.outbox.hang_up();
    }
}

impl AsyncRead for Pipe {
    /// Fails with `QuotaExceeded` once the other side was too fast for too long.
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        let before = into.filled().len();
        ready!(Pin::new(&mut self.half).poll_read(context, into))?;
        match self.intake.bytes(into.filled().len() - before) {
            Pace::Fine => {}
            Pace::Pause(pause) => self.pause = Some(Box::pin(sleep(pause))),
            Pace::TooFast => return Poll::Ready(Err(ErrorKind::QuotaExceeded.into())),
        }
        Poll::Ready(Ok(()))
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
