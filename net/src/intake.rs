//! How fast one connection may send. Above that it is not read for a moment, so that its own
//! socket fills; who keeps that up is closed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::credits::{Allowance, Bucket};
use crate::gate::{Gate, Limit};

/// What is to follow from what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Nothing.
    Fine,
    /// Nothing more is read for so long.
    Pause(Duration),
    /// It was too fast for too long.
    TooFast,
}

/// Meters of one connection.
#[derive(Debug)]
pub(crate) struct Intake {
    /// `None` for one that is spared.
    gate: Option<Arc<Gate>>,
    begun: Instant,
    bytes: Meter,
    frames: Meter,
    pings: Meter,
}

#[derive(Debug, Default)]
struct Meter {
    bucket: Bucket,
    /// Since when it was always over, or at least not below half.
    over_since_ms: Option<u64>,
}

impl Intake {
    /// Of a new connection, by the gate's limits of any time; `None` for no limits.
    pub(crate) fn new(gate: Option<Arc<Gate>>) -> Self {
        let (bytes, frames, pings) = (Meter::default(), Meter::default(), Meter::default());
        Self { gate, begun: Instant::now(), bytes, frames, pings }
    }

    /// So many bytes were read.
    pub(crate) fn bytes(&mut self, count: usize) -> Pace {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.charge(Limit::ConnectionBytes, count, self.now_ms())
    }

    /// A message was read.
    pub(crate) fn message(&mut self) -> Pace {
        self.charge(Limit::ConnectionFrames, 1, self.now_ms())
    }

    /// A ping or pong was read.
    pub(crate) fn ping(&mut self) -> Pace {
        self.charge(Limit::ConnectionPings, 1, self.now_ms())
    }

    /// From now on all is fine.
    pub(crate) fn spare(&mut self) {
        self.gate = None;
    }

    fn now_ms(&self) -> u64 {
        self.begun.elapsed().as_millis() as u64
    }

    fn charge(&mut self, limit: Limit, cost: u32, now_ms: u64) -> Pace {
        let Some(gate) = &self.gate else { return Pace::Fine };
        let limits = gate.limits();
        let (meter, rate) = match limit {
            Limit::ConnectionBytes => (&mut self.bytes, limits.connection_bytes_per_second),
            Limit::ConnectionPings => (&mut self.pings, limits.connection_pings_per_second),
            _ => (&mut self.frames, limits.connection_frames_per_second),
        };
        let Some(per_second) = rate else { return Pace::Fine };
        let (wait_ms, over_ms) = meter.charge(cost, per_second, now_ms);
        if wait_ms == 0 {
            return Pace::Fine;
        }
        gate.count(limit);
        if over_ms >= limits.connection_over_seconds.saturating_mul(1_000) {
            return Pace::TooFast;
        }
        Pace::Pause(Duration::from_millis(wait_ms.into()))
    }
}

impl Meter {
    /// Takes note of what came. Says in how many ms its debt is paid, and for how many it has not
    /// recovered.
    fn charge(&mut self, cost: u32, per_second: u32, now_ms: u64) -> (u32, u64) {
        let allowed = Allowance { max: per_second.saturating_mul(2), per_second };
        if self.bucket.is_half_full(allowed, now_ms) {
            self.over_since_ms = None;
        }
        let wait_ms = self.bucket.charge(cost, allowed, now_ms);
        if wait_ms > 0 {
            self.over_since_ms.get_or_insert(now_ms);
        }
        (wait_ms, self.over_since_ms.map_or(0, |since_ms| now_ms - since_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::stats::Stats;

    #[test]
    fn two_seconds_worth_comes_at_once_and_more_has_to_be_waited_for() {
        let mut meter = Meter::default();
        assert!((0..20).all(|_| meter.charge(1, 10, 0) == (0, 0)));
        assert_eq!(meter.charge(1, 10, 0), (100, 0));
        assert_eq!(meter.charge(1, 10, 100), (100, 100));
        assert_eq!(meter.charge(1, 10, 300), (0, 300), "waited longer than it had to");
    }

    #[test]
    fn who_slows_down_for_a_while_begins_anew() {
        let mut meter = Meter::default();
        assert_eq!(meter.charge(30, 10, 0), (1_000, 0));
        assert_eq!(meter.charge(1, 10, 1_900), (0, 1_900), "less than half is back");
        assert_eq!(meter.charge(1, 10, 2_200), (0, 0));
    }

    #[test]
    fn a_flood_is_slowed_down_to_the_rate_and_then_ended() {
        let stats = Arc::new(Stats::default());
        let limits = Limits { connection_over_seconds: 3, ..Limits::default() };
        let gate = Arc::new(Gate::new(limits, Arc::clone(&stats)));
        let mut intake = Intake::new(Some(gate));
        let (mut now_ms, mut messages) = (0, 0);
        loop {
            messages += 1;
            match intake.charge(Limit::ConnectionFrames, 1, now_ms) {
                Pace::Fine => {}
                Pace::Pause(pause) => now_ms += pause.as_millis() as u64,
                Pace::TooFast => break,
            }
        }
        assert_eq!((messages, now_ms), (2 * 200 + 3 * 200 + 1, 3_000));
        assert_eq!(stats.snapshot().limited["connection_frames_per_second"], 3 * 200 + 1);
        assert_eq!(intake.ping(), Pace::Fine, "it has a meter of its own");
        intake.spare();
        assert_eq!(intake.message(), Pace::Fine);
    }
}
