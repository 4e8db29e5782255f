//! How long to wait after a failure: longer each time, up to a limit, and never quite the same.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// How waits grow. Each is up to twice as long as said here, so that many who failed together do
/// not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackoffOptions {
    /// The first wait, in ms. At least 1.
    pub first_ms: u64,
    /// No wait grows beyond this, in ms.
    pub longest_ms: u64,
    /// Where the chance comes from: the same seed, the same waits.
    pub seed: u64,
}

impl Default for BackoffOptions {
    /// 200 ms, doubled up to 30 s.
    fn default() -> Self {
        Self { first_ms: 200, longest_ms: 30_000, seed: 0 }
    }
}

/// The waits after failures in a row.
#[derive(Debug)]
pub(crate) struct Backoff {
    options: BackoffOptions,
    waits: ExponentialBackoff,
}

impl Backoff {
    pub(crate) fn new(options: BackoffOptions) -> Self {
        Self { options, waits: Self::from_first(options) }
    }

    fn from_first(options: BackoffOptions) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(options.first_ms.max(1)))
            .with_max_delay(Duration::from_millis(options.longest_ms.max(options.first_ms)))
            .with_factor(2.0)
            .without_max_times()
            .with_jitter()
            .with_jitter_seed(options.seed)
            .build()
    }

    /// The wait after one more failure, in ms: at least 1, at most twice the longest.
    pub(crate) fn wait_ms(&mut self) -> u64 {
        let longest = Duration::from_millis(self.options.longest_ms);
        self.waits.next().unwrap_or(longest).as_millis().max(1) as u64
    }

    /// It went well: the next wait is the first again. With other chance than before, so that what
    /// fails together for ever does not stay together.
    pub(crate) fn reset(&mut self) {
        self.options.seed = self.options.seed.wrapping_add(1);
        self.waits = Self::from_first(self.options);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(backoff: &mut Backoff, count: usize) -> Vec<u64> {
        (0..count).map(|_| backoff.wait_ms()).collect()
    }

    #[test]
    fn waits_double_up_to_the_longest_and_repeat_with_the_seed() {
        let options = BackoffOptions { first_ms: 100, longest_ms: 1_000, seed: 7 };
        let first = waits(&mut Backoff::new(options), 8);
        for (wait, least) in first.iter().zip([100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000]) {
            assert!((least..=2 * least).contains(wait), "{first:?}");
        }
        assert_eq!(first, waits(&mut Backoff::new(options), 8));
        assert_ne!(first, waits(&mut Backoff::new(BackoffOptions { seed: 8, ..options }), 8));
    }

    #[test]
    fn after_a_success_the_first_wait_comes_again() {
        let mut backoff = Backoff::new(BackoffOptions::default());
        _ = waits(&mut backoff, 20);
        backoff.reset();
        assert!((200..=400).contains(&backoff.wait_ms()));
    }
}
