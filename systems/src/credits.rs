//! Rate limits: a fixed-point token bucket, refilled on use, so that nobody visits the idle.

use components::Credits;

/// How much may be spent: at once, and again per second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    pub(crate) max: u32,
    pub(crate) per_second: u32,
}

impl Allowance {
    /// Takes one credit, or says in how many ms there is one. A maximum of 0 is no limit.
    pub(crate) fn spend(self, credits: &mut Credits, now_ms: u64) -> Result<(), u32> {
        if self.max == 0 {
            return Ok(());
        }
        let elapsed_ms = (now_ms as u32).wrapping_sub(credits.at_ms);
        // Per second and in thousandths: one thousandth a ms for each credit a second.
        let earned = elapsed_ms.saturating_mul(self.per_second);
        credits.spent_milli = credits.spent_milli.saturating_sub(earned);
        credits.at_ms = now_ms as u32;
        let after = credits.spent_milli.saturating_add(1_000);
        let most = self.max.saturating_mul(1_000);
        if after <= most {
            credits.spent_milli = after;
            return Ok(());
        }
        Err((after - most).div_ceil(self.per_second.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_come_back_one_by_one_up_to_the_maximum() {
        let allowance = Allowance { max: 8, per_second: 5 };
        let mut credits = Credits::default();
        for (now_ms, spendable) in [(1_000, 8), (1_199, 0), (1_200, 1), (1_650, 2), (99_000, 8)] {
            let spent = (0..20).take_while(|_| allowance.spend(&mut credits, now_ms).is_ok());
            assert_eq!(spent.count(), spendable, "at {now_ms} ms");
        }
    }

    #[test]
    fn a_refusal_says_when_the_next_credit_is_there() {
        let allowance = Allowance { max: 1, per_second: 4 };
        let mut credits = Credits::default();
        assert_eq!(allowance.spend(&mut credits, 10), Ok(()));
        assert_eq!(allowance.spend(&mut credits, 110), Err(150));
        assert_eq!(allowance.spend(&mut credits, 259), Err(1));
        assert_eq!(allowance.spend(&mut credits, 260), Ok(()));
    }

    #[test]
    fn no_maximum_is_no_limit() {
        let allowance = Allowance { max: 0, per_second: 0 };
        let mut credits = Credits::default();
        assert!((0..1_000).all(|_| allowance.spend(&mut credits, 0).is_ok()));
    }
}
