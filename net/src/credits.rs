//! A session's credits outside rooms: a token bucket in whole numbers.

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

impl Bucket {
    /// Takes `cost` credits, or says in how many ms they will be there.
    pub(crate) fn take(&mut self, cost: u32, allowed: Allowance, now_ms: u64) -> Result<(), u32> {
        // Credits per second are thousandths of a credit per ms.
        let rate = u64::from(allowed.per_second.max(1));
        let back = now_ms.saturating_sub(self.at_ms).saturating_mul(rate);
        self.spent_milli = self.spent_milli.saturating_sub(back);
        self.at_ms = self.at_ms.max(now_ms);
        let spent = self.spent_milli + u64::from(cost) * 1_000;
        let over = spent.saturating_sub(u64::from(allowed.max) * 1_000);
        if over == 0 {
            self.spent_milli = spent;
            Ok(())
        } else {
            Err(u32::try_from(over.div_ceil(rate)).unwrap_or(u32::MAX))
        }
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
}
