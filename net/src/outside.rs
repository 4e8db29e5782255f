//! What every task of the outside shares: the hub behind its lock, settings, clocks and counters.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Semaphore;

use crate::gate::Gate;
use crate::handshakes::Handshakes;
use crate::hub::Hub;
use crate::outbox::Outbox;
use crate::readiness::{Degraded, Ready};
use crate::settings::NetSettings;
use crate::stats::Stats;
use crate::touched::Touched;

/// The time, read once for everything that happens at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Now {
    /// In ms since the server started: for decisions.
    pub(crate) ms: u64,
    /// In ms since 1970: for names and records.
    pub(crate) wall_ms: u64,
}

/// Shared by all tasks.
pub(crate) struct Outside {
    /// Locked for the time of one call, never across an await.
    hub: Mutex<Hub>,
    /// The connections for which calls left something to be written.
    touched: Touched,
    desk: Mutex<Desk>,
    pub(crate) settings: Arc<NetSettings>,
    pub(crate) stats: Arc<Stats>,
    pub(crate) gate: Arc<Gate>,
    /// Places of WebSockets.
    pub(crate) places: Arc<Semaphore>,
    pub(crate) handshakes: Arc<Handshakes>,
    pub(crate) ready: Ready,
    pub(crate) degraded: Degraded,
    started: Instant,
}

/// Memory to write with, kept from one call to the next.
#[derive(Debug, Default)]
struct Desk {
    outboxes: Vec<Arc<Outbox>>,
    scratch: Vec<u8>,
}

impl Outside {
    pub(crate) fn new(
        hub: Hub,
        settings: Arc<NetSettings>,
        stats: Arc<Stats>,
        gate: Arc<Gate>,
        ready: Ready,
        degraded: Degraded,
    ) -> Self {
        let touched = hub.touched();
        let (hub, desk, started) = (Mutex::new(hub), Mutex::default(), Instant::now());
        let places = Arc::new(Semaphore::new(settings.connections_max));
        let handshakes = Handshakes::new(settings.handshakes_max, Arc::clone(&stats));
        let handshakes = Arc::new(handshakes);
        Self {
            hub,
            touched,
            desk,
            settings,
            stats,
            gate,
            places,
            handshakes,
            ready,
            degraded,
            started,
        }
    }

    /// Calls the hub, and writes what it has for anybody.
    pub(crate) fn act<T>(&self, call: impl FnOnce(&mut Hub) -> T) -> T {
        let result = call(&mut self.hub());
        let desk = &mut *self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        self.touched.swap(&mut desk.outboxes);
        for outbox in desk.outboxes.drain(..) {
            outbox.flush(&mut desk.scratch, &self.stats);
        }
        result
    }

    /// The hub, for one call.
    fn hub(&self) -> MutexGuard<'_, Hub> {
        // All tasks share one thread: a poisoned lock means that one of them panicked inside the
        // hub. Its maps are still maps, and everybody else's connection goes on.
        self.hub.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time.
    pub(crate) fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now { ms: self.started.elapsed().as_millis() as u64, wall_ms: wall.as_millis() as u64 }
    }
}
