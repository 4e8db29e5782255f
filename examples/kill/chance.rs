//! Random numbers from a seed: the same run, as far as sockets allow.

use std::time::Duration;

/// A stream of them.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The `nth` stream of a seed.
    pub(crate) fn new(seed: u64, nth: u64) -> Self {
        let mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(nth + 1);
        let mut chance = Self(mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) | 1);
        for _ in 0..8 {
            chance.draw();
        }
        chance
    }

    fn draw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Some number below `end`, or 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        (self.draw() >> 11).checked_rem(end).unwrap_or(0)
    }

    /// Whether something of this likelihood happens.
    pub(crate) fn percent(&mut self, likelihood: u64) -> bool {
        self.below(100) < likelihood
    }

    /// Some time between two, in ms, both included.
    pub(crate) fn ms(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_millis(low + self.below(high.saturating_sub(low) + 1))
    }
}
