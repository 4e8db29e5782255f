//! A circuit breaker: whoever is down is asked seldom and cheaply until there is an answer.

use crate::BackoffOptions;
use crate::backoff::Backoff;

/// When a breaker opens, and how long it stays so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerOptions {
    /// Failures in a row that open it. At least 1.
    pub failures_max: u32,
    /// A row of failures that lasts this long, in ms, opens it however few they are: calls that
    /// hang until they time out are few.
    pub failing_ms_max: u64,
    /// The waits between tries.
    pub backoff: BackoffOptions,
}

impl Default for BreakerOptions {
    /// 5 failures in a row, or 60 s of them.
    fn default() -> Self {
        Self { failures_max: 5, failing_ms_max: 60_000, backoff: BackoffOptions::default() }
    }
}

/// What a breaker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// Calls pass.
    Closed,
    /// No call passes.
    Open,
    /// One cheap question may pass; after a good answer the first call decides.
    HalfOpen,
}

impl BreakerState {
    /// Its word in metrics and readiness.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// What may be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Anything.
    Call,
    /// One cheap question: its answer is to be told.
    Probe,
    /// Nothing before this moment.
    Wait {
        /// On the clock that is passed in, in ms.
        until_ms: u64,
    },
}

/// A circuit breaker. It has no clock: every call brings the moment, in ms on a clock that never
/// goes back.
///
/// | state | what happens | then |
/// |---|---|---|
/// | closed | a success | closed, the row of failures is over |
/// | closed | a failure; fewer than `failures_max` in a row, in less than `failing_ms_max` | closed, wait |
/// | closed | any other failure | open, wait |
/// | open | the wait is over | half-open: one probe |
/// | open | a success or a failure of a call that began before | open |
/// | half-open | a good answer to the probe | half-open: calls pass |
/// | half-open | a call succeeds, or there is none to make | closed |
/// | half-open | a failure | open, wait longer |
/// | any | hurried | the wait is over |
#[derive(Debug)]
pub struct Breaker {
    options: BreakerOptions,
    state: BreakerState,
    since_ms: u64,
    /// Failures in a row, and when the first was.
    failures: u32,
    failing_since_ms: u64,
    /// Whether the probe of a half-open one had a good answer. A target that is full gives such answers
    /// too, so the row of failures is not over yet.
    is_probed: bool,
    /// When the wait is over.
    until_ms: u64,
    /// How often it opened.
    opened: u64,
    backoff: Backoff,
}

impl Breaker {
    /// A closed breaker.
    #[must_use]
    pub fn new(options: BreakerOptions, now_ms: u64) -> Self {
        Self {
            options,
            state: BreakerState::Closed,
            since_ms: now_ms,
            failures: 0,
            failing_since_ms: now_ms,
            is_probed: false,
            until_ms: now_ms,
            opened: 0,
            backoff: Backoff::new(options.backoff),
        }
    }

    /// Asks what may be done. An open breaker whose wait is over becomes half-open.
    pub fn ask(&mut self, now_ms: u64) -> Leave {
        if now_ms < self.until_ms {
            return Leave::Wait { until_ms: self.until_ms };
        }
        if self.state == BreakerState::Open {
            self.turn(BreakerState::HalfOpen, now_ms);
        }
        let passes = self.state == BreakerState::Closed || self.is_probed;
        if passes { Leave::Call } else { Leave::Probe }
    }

    /// The probe had a good answer.
    pub fn probed(&mut self, now_ms: u64) {
        if self.state == BreakerState::HalfOpen {
            self.is_probed = true;
            self.until_ms = self.until_ms.min(now_ms);
        }
    }

    /// There is nothing to call for: a probe with a good answer is all that can be known.
    pub fn idle(&mut self, now_ms: u64) {
        if self.is_probed {
            self.succeeded(now_ms);
        }
    }

    /// A call was answered, be it with a refusal.
    pub fn succeeded(&mut self, now_ms: u64) {
        if self.state == BreakerState::Open {
            return;
        }
        self.failures = 0;
        self.until_ms = self.until_ms.min(now_ms);
        self.backoff.reset();
        if self.state == BreakerState::HalfOpen {
            self.turn(BreakerState::Closed, now_ms);
        }
    }

    /// There was none, or none that helps.
    pub fn failed(&mut self, now_ms: u64) {
        if self.failures == 0 {
            self.failing_since_ms = now_ms;
        }
        self.failures = self.failures.saturating_add(1);
        if self.state == BreakerState::Open {
            return;
        }
        self.until_ms = now_ms.saturating_add(self.backoff.wait_ms());
        let lasting_ms = now_ms.saturating_sub(self.failing_since_ms);
        if self.state == BreakerState::HalfOpen
            || self.options.failures_max <= self.failures
            || self.options.failing_ms_max <= lasting_ms
        {
            self.turn(BreakerState::Open, now_ms);
        }
    }

    /// Somebody asked for it: no wait any more.
    pub fn hurry(&mut self, now_ms: u64) {
        self.until_ms = self.until_ms.min(now_ms);
    }

    /// How it is.
    #[must_use]
    pub fn seen(&self, now_ms: u64) -> BreakerSeen {
        BreakerSeen {
            state: self.state,
            for_ms: now_ms.saturating_sub(self.since_ms),
            failures: self.failures,
            retry_in_ms: self.until_ms.saturating_sub(now_ms),
            opened: self.opened,
        }
    }

    /// Whether calls pass.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, BreakerState::Closed)
    }

    fn turn(&mut self, state: BreakerState, now_ms: u64) {
        self.opened += u64::from(state == BreakerState::Open);
        self.is_probed = false;
        self.state = state;
        self.since_ms = now_ms;
    }
}

/// How a breaker is, for metrics and readiness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSeen {
    /// What it is.
    pub state: BreakerState,
    /// For how long, in ms.
    pub for_ms: u64,
    /// Failures in a row.
    pub failures: u32,
    /// In how many ms there is another try; 0 if at once.
    pub retry_in_ms: u64,
    /// How often it opened since the process started.
    pub opened: u64,
}

#[cfg(test)]
mod tests;
