//! What is counted and measured.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

/// Longest time told apart: 60 s, in microseconds.
const LONGEST_US: u64 = 60_000_000;

/// Everything counted; times are in microseconds since `start`.
#[derive(Debug)]
pub(crate) struct Tally {
    start: Instant,
    /// Actions written from here...
    pub(crate) from_us: u64,
    /// ... to here are measured; nobody acts after it.
    pub(crate) until_us: u64,
    /// From just before an action is written to its update at each of the room's connections.
    pub(crate) broadcast: Histogram<u64>,
    /// From just before an action is written to its `ok`.
    pub(crate) ok: Histogram<u64>,
    /// From when an action was due to when it was written.
    pub(crate) late: Histogram<u64>,
    /// Measured actions written.
    pub(crate) actions: u64,
    /// All messages read while measuring.
    pub(crate) messages: u64,
    /// Refusals by code, all the time.
    pub(crate) errors: BTreeMap<String, u64>,
    /// Measured actions that were refused.
    pub(crate) refused: u64,
    /// Versions skipped, all the time.
    pub(crate) gaps: u64,
    /// Moves of our people that the server made for them, all the time.
    pub(crate) taken_over: u64,
    /// Connections that ended, all the time, and of what.
    pub(crate) ended: BTreeMap<String, u64>,
    /// Matches over, all the time.
    pub(crate) matches: u64,
}

impl Tally {
    /// Nothing yet, and nothing to measure yet.
    pub(crate) fn new() -> Result<Self, hdrhistogram::CreationError> {
        let histogram = || Histogram::new_with_bounds(1, LONGEST_US, 3);
        Ok(Self {
            start: Instant::now(),
            from_us: u64::MAX,
            until_us: u64::MAX,
            broadcast: histogram()?,
            ok: histogram()?,
            late: histogram()?,
            actions: 0,
            messages: 0,
            errors: BTreeMap::new(),
            refused: 0,
            gaps: 0,
            taken_over: 0,
            ended: BTreeMap::new(),
            matches: 0,
        })
    }

    /// The time.
    pub(crate) fn now_us(&self) -> u64 {
        self.start.elapsed().as_micros() as u64
    }

    /// The moment of that time.
    pub(crate) fn instant(&self, at_us: u64) -> Instant {
        self.start + Duration::from_micros(at_us)
    }

    /// Whether what was written then is measured.
    pub(crate) fn is_measured(&self, at_us: u64) -> bool {
        (self.from_us..self.until_us).contains(&at_us)
    }
}

/// A histogram in words of its own.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Spread {
    count: u64,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    p999_ms: f64,
    max_ms: f64,
}

impl Spread {
    /// Of these times.
    pub(crate) fn of(times: &Histogram<u64>) -> Self {
        let ms = |us: u64| us as f64 / 1_000.0;
        Self {
            count: times.len(),
            p50_ms: ms(times.value_at_quantile(0.5)),
            p95_ms: ms(times.value_at_quantile(0.95)),
            p99_ms: ms(times.value_at_quantile(0.99)),
            p999_ms: ms(times.value_at_quantile(0.999)),
            max_ms: ms(times.max()),
        }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { count, p50_ms, p95_ms, p99_ms, p999_ms, max_ms } = self;
        write!(
            to,
            "p50 {p50_ms:.2}  p95 {p95_ms:.2}  p99 {p99_ms:.2}  p99.9 {p999_ms:.2}  max {max_ms:.2} ms  ({count})"
        )
    }
}
