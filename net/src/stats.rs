//! What happened at the outside, counted; the root exports it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// A number that others read while it changes.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub(crate) fn count(&self) {
        self.add(1);
    }

    /// So many more.
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Relaxed);
    }

    /// It is so many now.
    pub(crate) fn set(&self, now: usize) {
        self.0.store(now as u64, Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// How often each of a few things happened.
#[derive(Debug)]
pub(crate) struct Counters<K>(Mutex<BTreeMap<K, u64>>);

impl<K> Default for Counters<K> {
    fn default() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }
}

impl<K: Ord + Copy> Counters<K> {
    /// One more of this.
    pub(crate) fn count(&self, what: K) {
        self.add(what, 1);
    }

    /// So many more of this; none leaves no trace.
    pub(crate) fn add(&self, what: K, more: u64) {
        if more > 0 {
            let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            *counts.entry(what).or_default() += more;
        }
    }

    fn get(&self) -> BTreeMap<K, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Counted while the server runs.
#[derive(Debug, Default)]
pub struct Stats {
    pub(crate) sockets: Counter,
    pub(crate) handshakes: Counter,
    pub(crate) addresses: Counter,
    pub(crate) connections: Counter,
    pub(crate) sessions: Counter,
    pub(crate) rooms: Counter,
    pub(crate) frames_in: Counter,
    pub(crate) frames_out: Counter,
    pub(crate) bytes_out: Counter,
    pub(crate) behind: Counter,
    pub(crate) limited: Counters<&'static str>,
    pub(crate) refused: Counters<&'static str>,
    pub(crate) closed: Counters<u16>,
}

/// [`Stats`] at one moment.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct StatsSnapshot {
    /// Sockets accepted so far.
    pub sockets: u64,
    /// Sockets open now that are no WebSockets yet.
    pub handshakes: u64,
    /// Addresses remembered now.
    pub addresses: u64,
    /// WebSocket connections open now.
    pub connections: u64,
    /// Sessions remembered now.
    pub sessions: u64,
    /// Rooms live now, those being made included.
    pub rooms: u64,
    /// Messages read so far.
    pub frames_in: u64,
    /// Messages written so far.
    pub frames_out: u64,
    /// Their bytes, without framing.
    pub bytes_out: u64,
    /// How often a connection fell behind, so that updates were skipped.
    pub behind: u64,
    /// How often a limit of an address, of a connection's speed, or of places was met so far, by the
    /// name of its setting; `ban` for a ban. Under `addresses_max` are addresses forgotten too early.
    pub limited: BTreeMap<&'static str, u64>,
    /// Requests refused so far, by error code.
    pub refused: BTreeMap<&'static str, u64>,
    /// Connections the server closed so far, by close code.
    pub closed: BTreeMap<u16, u64>,
}

impl Stats {
    /// All of it as it is now.
    #[must_use]
    pub fn snapshot(&self) -> StatsSnapshot {
        StatsSnapshot {
            sockets: self.sockets.get(),
            handshakes: self.handshakes.get(),
            addresses: self.addresses.get(),
            connections: self.connections.get(),
            sessions: self.sessions.get(),
            rooms: self.rooms.get(),
            frames_in: self.frames_in.get(),
            frames_out: self.frames_out.get(),
            bytes_out: self.bytes_out.get(),
            behind: self.behind.get(),
            limited: self.limited.get(),
            refused: self.refused.get(),
            closed: self.closed.get(),
        }
    }
}
