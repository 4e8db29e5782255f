//! Many random numbers from the one a decision is given.

/// A splitmix64 sequence: the same start gives the same numbers.
pub(super) struct Spread(pub(super) u64);

impl Spread {
    /// The next number.
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`, all but evenly. `end` is 1 or more.
    pub(super) const fn below(&mut self, end: u32) -> u32 {
        (((self.next() >> 32) * end as u64) >> 32) as u32
    }

    /// One of the four, as likely as its weight says; the last if all are 0.
    pub(super) const fn weighted(&mut self, weights: [u32; 4]) -> usize {
        let [a, b, c, d] = weights;
        let at = self.below(a + b + c + d);
        // Without branches: which one it is cannot be foretold.
        (at >= a) as usize + (at >= a + b) as usize + (at >= a + b + c) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_their_end_and_reach_all_values() {
        let mut spread = Spread(7);
        let mut met = [false; 5];
        for _ in 0..200 {
            met[spread.below(5) as usize] = true;
        }
        assert_eq!(met, [true; 5]);
    }

    #[test]
    fn the_same_start_gives_the_same_numbers() {
        assert_eq!(Spread(3).next(), Spread(3).next());
        assert_ne!(Spread(3).next(), Spread(4).next());
    }
}
