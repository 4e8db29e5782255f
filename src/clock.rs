//! Logical time: the wall's monotonic clock, less what a stall took.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A tick that comes this much later than its earliest due time was stalled, in ms: by SIGSTOP, a
/// suspended machine, a debugger. Players are not charged for it.
const STALL_MS: u64 = 1_000;

/// The logical clock of one shard.
#[derive(Debug)]
pub(crate) struct LogicalClock {
    start: Instant,
    time: LogicalTime,
}

impl LogicalClock {
    /// Starts at 0 ms.
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), time: LogicalTime::default() }
    }

    /// The logical time of a tick that starts now, the first deadline being at `due_ms`. Where it
    /// is so late that there was a stall, the clock stood still from that deadline on, or from the
    /// tick before if that is later. Never less than before.
    pub(crate) fn now_ms(&mut self, due_ms: Option<u64>) -> u64 {
        self.time.at(self.start.elapsed().as_millis() as u64, due_ms)
    }

    /// How long until a logical time, from now.
    pub(crate) fn until(&self, due_ms: u64) -> Duration {
        Duration::from_millis(self.time.elapsed_ms(due_ms)).saturating_sub(self.start.elapsed())
    }
}

/// What a [`LogicalClock`] knows beside the instant: data, so that tests can step it.
#[derive(Debug, Default)]
struct LogicalTime {
    /// What stalls took.
    held_ms: u64,
    /// The time of the newest tick.
    newest_ms: u64,
}

impl LogicalTime {
    /// The time of a tick so long after the start, the first deadline being at `due_ms`.
    fn at(&mut self, elapsed_ms: u64, due_ms: Option<u64>) -> u64 {
        let now_ms = elapsed_ms.saturating_sub(self.held_ms).max(self.newest_ms);
        // What was due by the tick before was left over by it; only since then can it be late.
        let from_ms = due_ms.map_or(now_ms, |due_ms| due_ms.max(self.newest_ms));
        self.newest_ms = if now_ms > from_ms.saturating_add(STALL_MS) {
            self.held_ms += now_ms - from_ms;
            from_ms
        } else {
            now_ms
        };
        self.newest_ms
    }

    /// How long after the start a logical time comes, if there is no stall.
    fn elapsed_ms(&self, now_ms: u64) -> u64 {
        now_ms + self.held_ms
    }
}

/// The wall clock, in ms since 1970.
pub(crate) fn wall_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

#[cfg(test)]
mod tests;
