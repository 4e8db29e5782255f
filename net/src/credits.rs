//! Token buckets in whole numbers: a session's credits outside rooms, and rates.

/// What was spent lately and is not back yet.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Bucket {
    spent_milli: u64,
    at_ms: u64,
}

/// How much a bucket holds, and how fast it fills.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    /// Credits that may be spent at once.
    pub(crate) max: u32,
    /// Credits that come back per second; at least 1.
    pub(crate) per_second: u32,
}

impl Allowance {
    /// Credits per second are thousandths of a credit per ms.
    fn rate(self) -> u64 {
        u64::from(self.per_second.max(1))
    }
}

impl Bucket {
    /// Takes `cost` credits, or says in how many ms they will be there.
    pub(crate) fn take(&mut self, cost: u32, allowed: Allowance, now_ms: u64) -> Result<(), u32> {
        let before_milli = self.refill(allowed, now_ms);
        match self.charge(cost, allowed, now_ms) {
            0 => Ok(()),
            wait_ms => {
                self.spent_milli = before_milli;
                Err(wait_ms)
            }
        }
    }

    /// Takes `cost` credits, there or not. Says in how many ms the debt is paid, if there is one.
    pub(crate) fn charge(&mut self, cost: u32, allowed: Allowance, now_ms: u64) -> u32 {
        self.refill(allowed, now_ms);
        self.spent_milli = self.spent_milli.saturating_add(u64::from(cost) * 1_000);
        let over = self.spent_milli.saturating_sub(u64::from(allowed.max) * 1_000);
        u32::try_from(over.div_ceil(allowed.rate())).unwrap_or(u32::MAX)
    }

    /// Whether at least half of what it holds is there.
    pub(crate) fn is_half_full(&mut self, allowed: Allowance, now_ms: u64) -> bool {
        self.refill(allowed, now_ms) <= u64::from(allowed.max) * 500
    }

    /// Puts back what has come back, and says what is missing still.
    fn refill(&mut self, allowed: Allowance, now_ms: u64) -> u64 {
        let back = now_ms.saturating_sub(self.at_ms).saturating_mul(allowed.rate());
        self.spent_milli = self.spent_milli.saturating_sub(back);
        self.at_ms = self.at_ms.max(now_ms);
        self.spent_milli
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: Allowance = Allowance { max: 30, per_second: 5 };

    #[test]
    fn an_empty_bucket_says_when_enough_is_back() {
        let mut bucket = Bucket::default();
        for _ in 0..3 {
            assert_eq!(bucket.take(10, ALLOWED, 1_000), Ok(()));
        }
        assert_eq!(bucket.take(10, ALLOWED, 1_000), Err(2_000));
        assert_eq!(bucket.take(10, ALLOWED, 2_999), Err(1));
        assert_eq!(bucket.take(10, ALLOWED, 3_000), Ok(()));
    }

    #[test]
    fn a_refusal_costs_nothing_and_a_clock_that_stands_still_gives_nothing() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take(30, ALLOWED, 0), Ok(()));
        assert_eq!(bucket.take(2, ALLOWED, 0), Err(400));
        assert_eq!(bucket.take(2, ALLOWED, 0), Err(400));
    }

    #[test]
    fn what_is_charged_beyond_what_is_there_has_to_come_back_first() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.charge(40, ALLOWED, 0), 2_000);
        assert_eq!(bucket.take(1, ALLOWED, 2_000), Err(200));
        assert!(!bucket.is_half_full(ALLOWED, 4_999) && bucket.is_half_full(ALLOWED, 5_000));
    }
}
