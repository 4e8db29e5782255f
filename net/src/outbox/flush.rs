//! From the queue to the socket.

use std::future::poll_fn;
use std::task::{Context, Poll};

use super::{Outbox, State};
use crate::line::Line;
use crate::stats::Stats;

/// A ping without a payload.
const PING: &[u8] = &[0x89, 0];

impl Outbox {
    /// From now on it is written to this line.
    pub(crate) fn attach(&self, line: Line) {
        self.state().line = Some(line);
    }

    /// Nothing is written any more, and the other side is told.
    pub(crate) fn hang_up(&self) {
        self.state().line = None;
    }

    /// Whether the other side is gone.
    pub(crate) fn is_broken(&self) -> bool {
        self.state().line.as_ref().is_none_or(Line::is_broken)
    }

    /// Writes what waits in one go, unless what was written before did not leave yet. `scratch`
    /// is used for that. Wakes the connection's task where there is something to see to.
    pub(crate) fn flush(&self, scratch: &mut Vec<u8>, stats: &Stats) {
        let mut state = self.state();
        let was_reading = state.may_read(self.unanswered_max);
        state.flush(scratch, stats);
        let needs_care =
            !was_reading || state.behind || state.line.as_ref().is_none_or(Line::is_stuck);
        drop(state);
        if needs_care {
            self.changed.notify_one();
        }
    }

    /// Waits until everything is written, or never will be.
    pub(crate) async fn written(&self, stats: &Stats) {
        poll_fn(|context| self.state().poll_written(context, stats)).await;
    }

    /// Pings. Where earlier bytes are stuck there is no need to.
    pub(crate) fn ping(&self) {
        let _ = self.write_frames(PING);
    }

    /// Writes ready-made frames behind all that was written before; false if that is stuck.
    pub(crate) fn write_frames(&self, frames: &[u8]) -> bool {
        let mut state = self.state();
        let Some(line) = state.line.as_mut().filter(|it| !it.is_blocked()) else {
            return false;
        };
        line.write(frames);
        if line.is_stuck() {
            self.changed.notify_one();
        }
        true
    }
}

impl State {
    fn flush(&mut self, scratch: &mut Vec<u8>, stats: &Stats) {
        self.touched = false;
        let Some(line) = self.line.as_mut().filter(|it| !it.is_blocked()) else {
            return;
        };
        scratch.clear();
        let (mut frames, mut bytes) = (0, 0);
        while let Some(message) = self.queue.next() {
            line.frame(&message, scratch);
            frames += 1;
            bytes += message.len() as u64;
        }
        if frames > 0 {
            line.write(scratch);
            stats.frames_out.add(frames);
            stats.bytes_out.add(bytes);
        }
    }

    fn poll_written(&mut self, context: &mut Context<'_>, stats: &Stats) -> Poll<()> {
        loop {
            let Some(line) = self.line.as_mut().filter(|it| !it.is_broken()) else {
                return Poll::Ready(());
            };
            if line.poll_unblock(context).is_pending() {
                return Poll::Pending;
            }
            if self.queue.waiting.is_empty() {
                return Poll::Ready(());
            }
            self.flush(&mut Vec::new(), stats);
        }
    }
}
