//! What waits to be written to one connection: bounded, and it says what happens when full.

mod flush;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use protocol::CloseCode;
use tokio::sync::Notify;

use crate::line::Line;
use crate::touched::Touched;

/// Between the hub, which fills it, and the socket: whoever called the hub writes at once what it
/// filled in, and the connection's task sees to what did not go smoothly.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    changed: Notify,
    touched: Touched,
    updates_max: usize,
    unanswered_max: u32,
}

#[derive(Debug, Default)]
struct State {
    queue: Queue,
    behind: bool,
    greeted: bool,
    close: Option<Closing>,
    /// Whether it is among the touched already.
    touched: bool,
    /// Where it is written to; `None` before and after.
    line: Option<Line>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    updates: usize,
    unanswered: u32,
}

#[derive(Debug)]
struct Waiting {
    bytes: Bytes,
    kind: Kind,
}

/// What a waiting frame is, as far as queueing is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An answer to a request of this connection; leaving the queue, it makes room for another.
    Answer,
    /// May be skipped when too many wait: a snapshot heals it.
    Update,
    /// Never skipped, and rare.
    Push,
}

/// Why and how a connection is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closing {
    /// The code sent.
    pub(crate) code: CloseCode,
    /// A few words for people; at most 123 bytes.
    pub(crate) reason: &'static str,
}

impl Outbox {
    /// An empty one. `updates_max` updates may wait, `unanswered_max` requests be unanswered.
    /// Whenever something new waits it is put among the `touched`.
    pub(crate) fn new(updates_max: usize, unanswered_max: u32, touched: Touched) -> Self {
        let state = Mutex::new(State::default());
        Self { state, changed: Notify::new(), touched, updates_max, unanswered_max }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while it was held leaves a queue that is still one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request was read: it will be answered.
    pub(crate) fn expect_answer(&self) {
        self.state().queue.unanswered += 1;
    }

    /// Queues an answer. `counted` says that it answers a request read on this connection.
    pub(crate) fn answer(self: &Arc<Self>, bytes: Bytes, counted: bool) {
        self.push(bytes, if counted { Kind::Answer } else { Kind::Push });
    }

    /// Queues what must not be skipped.
    pub(crate) fn must_send(self: &Arc<Self>, bytes: Bytes) {
        self.push(bytes, Kind::Push);
    }

    /// Queues an update; false if too many wait already, and from then on the connection is behind.
    pub(crate) fn offer(self: &Arc<Self>, bytes: Bytes) -> bool {
        let mut state = self.state();
        if state.queue.updates >= self.updates_max {
            state.behind = true;
            return false;
        }
        state.queue.updates += 1;
        self.put(state, Waiting { bytes, kind: Kind::Update });
        true
    }

    fn push(self: &Arc<Self>, bytes: Bytes, kind: Kind) {
        self.put(self.state(), Waiting { bytes, kind });
    }

    fn put(self: &Arc<Self>, mut state: MutexGuard<'_, State>, waiting: Waiting) {
        state.queue.waiting.push_back(waiting);
        if !std::mem::replace(&mut state.touched, true) {
            self.touched.add(Arc::clone(self));
        }
    }

    /// Has the connection end once what waits is written; the first reason stands.
    pub(crate) fn close(&self, code: CloseCode, reason: &'static str) {
        self.state().close.get_or_insert(Closing { code, reason });
        self.changed.notify_one();
    }

    /// The `hello` was answered.
    pub(crate) fn greet(&self) {
        self.state().greeted = true;
    }

    /// Whether the `hello` was answered.
    pub(crate) fn is_greeted(&self) -> bool {
        self.state().greeted
    }

    /// Whether another request may be read.
    pub(crate) fn may_read(&self) -> bool {
        self.state().may_read(self.unanswered_max)
    }

    /// Why it is to end, if it is.
    pub(crate) fn closing(&self) -> Option<Closing> {
        self.state().close
    }

    /// Whether everything is written of a connection that was behind. Says so once.
    pub(crate) fn has_caught_up(&self) -> bool {
        let mut state = self.state();
        state.queue.waiting.is_empty() && std::mem::take(&mut state.behind)
    }

    /// Waits until there is something for the connection's task to see to.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }
}

impl State {
    fn may_read(&self, unanswered_max: u32) -> bool {
        self.queue.unanswered < unanswered_max && self.close.is_none()
    }
}

impl Queue {
    /// The first message that waits, which leaves now.
    fn next(&mut self) -> Option<Bytes> {
        let Waiting { bytes, kind } = self.waiting.pop_front()?;
        match kind {
            Kind::Answer => self.unanswered = self.unanswered.saturating_sub(1),
            Kind::Update => self.updates -= 1,
            Kind::Push => {}
        }
        Some(bytes)
    }
}

impl Outbox {
    /// Takes all that waits, in order, to the end of `into`.
    pub(crate) fn take(&self, into: &mut Vec<Bytes>) {
        let mut state = self.state();
        state.touched = false;
        into.extend(std::iter::from_fn(|| state.queue.next()));
    }
}

#[cfg(test)]
mod tests;
