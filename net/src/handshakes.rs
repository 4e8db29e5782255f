//! Sockets that are no WebSockets yet. They have places of their own, and the newest finds one: who
//! means well needs it for a moment only.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::gate::Limit;
use crate::stats::Stats;

/// All of them.
#[derive(Debug)]
pub(crate) struct Handshakes {
    open: Mutex<Open>,
    places: usize,
    stats: Arc<Stats>,
}

#[derive(Debug, Default)]
struct Open {
    /// Those that arrived later have higher numbers.
    sockets: BTreeMap<u64, Arc<Notify>>,
    next: u64,
}

/// One, until this is dropped.
#[derive(Debug)]
pub(crate) struct Handshake {
    number: u64,
    displaced: Arc<Notify>,
    among: Arc<Handshakes>,
}

impl Handshakes {
    /// There may be so many at once.
    pub(crate) fn new(places: usize, stats: Arc<Stats>) -> Self {
        Self { open: Mutex::default(), places, stats }
    }

    /// One more; without a free place it takes that of the oldest.
    pub(crate) fn begin(self: &Arc<Self>) -> Handshake {
        let displaced = Arc::new(Notify::new());
        let mut open = self.open();
        while open.sockets.len() >= self.places {
            let Some((_, oldest)) = open.sockets.pop_first() else { break };
            oldest.notify_one();
            self.stats.limited.count(Limit::Handshakes.name());
        }
        let number = open.next;
        open.next += 1;
        open.sockets.insert(number, Arc::clone(&displaced));
        self.stats.handshakes.set(open.sockets.len());
        drop(open);
        Handshake { number, displaced, among: Arc::clone(self) }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // A panic while it was held leaves a map that is still one.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handshake {
    /// Waits until a newer one has taken its place.
    pub(crate) async fn displaced(&self) {
        self.displaced.notified().await;
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        let mut open = self.among.open();
        open.sockets.remove(&self.number);
        self.among.stats.handshakes.set(open.sockets.len());
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn the_newest_takes_the_place_of_the_oldest_and_no_other() {
        let stats = Arc::new(Stats::default());
        let all = Arc::new(Handshakes::new(2, Arc::clone(&stats)));
        let (first, second) = (all.begin(), all.begin());
        drop(second);
        let third = all.begin();
        assert_eq!(first.displaced().now_or_never(), None, "there was a place");
        let fourth = all.begin();
        assert_eq!(first.displaced().now_or_never(), Some(()));
        assert_eq!(third.displaced().now_or_never(), None);
        drop(first);
        assert_eq!(stats.snapshot().handshakes, 2, "its place was taken already");
        drop((third, fourth));
        assert_eq!(stats.snapshot().handshakes, 0);
        assert_eq!(stats.snapshot().limited["handshakes_max"], 1);
    }
}
