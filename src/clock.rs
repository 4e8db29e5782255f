//! Logical time: the wall's monotonic clock, less what a stall took.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A tick that comes this much later than its earliest due time was stalled, in ms: by SIGSTOP, a
/// suspended machine, a debugger. Players are not charged for it.
const STALL_MS: u64 = 1_000;

/// The logical clock of one shard.
#[derive(Debug)]
pub(crate) struct LogicalClock {
    start: Instant,
    held_ms: u64,
}

impl LogicalClock {
    /// Starts at 0 ms.
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), held_ms: 0 }
    }

    /// The logical time of a tick that starts now, the first deadline being at `due_ms`. Where it
    /// is so late that there was a stall, the clock stood still from that deadline on.
    pub(crate) fn now_ms(&mut self, due_ms: Option<u64>) -> u64 {
        let now_ms = self.elapsed_ms();
        match due_ms {
            Some(due_ms) if now_ms > due_ms + STALL_MS => {
                self.held_ms += now_ms - due_ms;
                due_ms
            }
            _ => now_ms,
        }
    }

    fn elapsed_ms(&self) -> u64 {
        (self.start.elapsed().as_millis() as u64).saturating_sub(self.held_ms)
    }

    /// How long until a logical time, from now.
    pub(crate) fn until(&self, due_ms: u64) -> std::time::Duration {
        let due = std::time::Duration::from_millis(due_ms + self.held_ms);
        due.saturating_sub(self.start.elapsed())
    }
}

/// The wall clock, in ms since 1970.
pub(crate) fn wall_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}
