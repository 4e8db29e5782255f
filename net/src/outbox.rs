//! What waits to be written to one connection: bounded, and it says what happens when full.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use protocol::CloseCode;
use tokio::sync::Notify;

/// Between the hub, which fills it, and the connection's task, which empties it.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    changed: Notify,
    updates_max: usize,
    unanswered_max: u32,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Waiting>,
    updates: usize,
    unanswered: u32,
    behind: bool,
    greeted: bool,
    close: Option<Closing>,
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

/// How an outbox stands after everything in it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The connection is to end once what was taken is written.
    pub(crate) close: Option<Closing>,
}

impl Outbox {
    /// An empty one. `updates_max` updates may wait, `unanswered_max` requests be unanswered.
    pub(crate) fn new(updates_max: usize, unanswered_max: u32) -> Self {
        let state = Mutex::new(State::default());
        Self { state, changed: Notify::new(), updates_max, unanswered_max }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while it was held leaves a queue that is still one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request was read: it will be answered.
    pub(crate) fn expect_answer(&self) {
        self.state().unanswered += 1;
    }

    /// Queues an answer. `counted` says that it answers a request read on this connection.
    pub(crate) fn answer(&self, bytes: Bytes, counted: bool) {
        self.push(bytes, if counted { Kind::Answer } else { Kind::Push });
    }

    /// Queues what must not be skipped.
    pub(crate) fn must_send(&self, bytes: Bytes) {
        self.push(bytes, Kind::Push);
    }

    /// Queues an update; false if too many wait already, and from then on the connection is behind.
    pub(crate) fn offer(&self, bytes: Bytes) -> bool {
        let mut state = self.state();
        if state.updates >= self.updates_max {
            state.behind = true;
            return false;
        }
        state.updates += 1;
        state.waiting.push_back(Waiting { bytes, kind: Kind::Update });
        drop(state);
        self.changed.notify_one();
        true
    }

    fn push(&self, bytes: Bytes, kind: Kind) {
        self.state().waiting.push_back(Waiting { bytes, kind });
        self.changed.notify_one();
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
        let state = self.state();
        state.unanswered < self.unanswered_max && state.close.is_none()
    }

    /// Takes all that waits, in order, to the end of `into`.
    pub(crate) fn take(&self, into: &mut Vec<Bytes>) -> Standing {
        let mut state = self.state();
        while let Some(Waiting { bytes, kind }) = state.waiting.pop_front() {
            if kind == Kind::Answer {
                state.unanswered = state.unanswered.saturating_sub(1);
            }
            into.push(bytes);
        }
        state.updates = 0;
        Standing { close: state.close }
    }

    /// Whether everything is written of a connection that was behind. Says so once.
    pub(crate) fn has_caught_up(&self) -> bool {
        let mut state = self.state();
        state.waiting.is_empty() && std::mem::take(&mut state.behind)
    }

    /// Waits until something was queued, or the end was decided.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    #[test]
    fn a_full_queue_skips_updates_and_never_answers() {
        let outbox = Outbox::new(2, 8);
        outbox.expect_answer();
        assert!(outbox.offer(frame("one")));
        assert!(outbox.offer(frame("two")));
        assert!(!outbox.offer(frame("three")));
        outbox.answer(frame("answer"), true);
        assert!(!outbox.has_caught_up(), "it is not drained yet");

        let mut taken = Vec::new();
        outbox.take(&mut taken);
        assert_eq!(taken, ["one", "two", "answer"]);
        assert!(outbox.has_caught_up());
        assert!(!outbox.has_caught_up(), "it says so once");
        assert!(outbox.offer(frame("four")));
    }

    #[test]
    fn a_request_is_unanswered_until_its_answer_leaves_the_queue() {
        let outbox = Outbox::new(2, 1);
        outbox.expect_answer();
        assert!(!outbox.may_read());
        outbox.answer(frame("of an older connection"), false);
        outbox.take(&mut Vec::new());
        assert!(!outbox.may_read());
        outbox.answer(frame("of this one"), true);
        assert!(!outbox.may_read());
        outbox.take(&mut Vec::new());
        assert!(outbox.may_read());
    }

    #[test]
    fn the_first_reason_to_close_stands() {
        let outbox = Outbox::new(2, 1);
        outbox.close(CloseCode::REPLACED, "first");
        outbox.close(CloseCode::GOING_AWAY, "second");
        let standing = outbox.take(&mut Vec::new());
        let first = Closing { code: CloseCode::REPLACED, reason: "first" };
        assert_eq!(standing, Standing { close: Some(first) });
    }
}
