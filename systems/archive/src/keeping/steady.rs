//! Whether the wall clock may say what is old: one that was set months ahead would have everything
//! removed.

use crate::Moment;

/// A wall clock that is so much past the newest batch is not believed at once, in ms.
const AHEAD_MS: u64 = 7 * 86_400_000;

/// So long both clocks have to agree before it is believed all the same, in ms.
const STEADY_MS: u64 = 24 * 3_600_000;

/// What both clocks may differ by meanwhile, in ms. Batches of as long before do not count either: a
/// clock that was set ahead is noticed only after it was used.
const APART_MS: u64 = 3_600_000;

/// Since when the wall clock went like the one that nobody sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steady(Moment);

impl Steady {
    /// From now on.
    #[must_use]
    pub const fn new(now: Moment) -> Self {
        Self(now)
    }

    /// Begins anew, if the clocks went apart by more than an hour since.
    pub fn look(&mut self, now: Moment) {
        let passed_ms = now.at_ms.saturating_sub(self.0.at_ms);
        let expected_ms = self.0.wall_ms.saturating_add(passed_ms);
        if expected_ms.abs_diff(now.wall_ms) > APART_MS {
            self.0 = now;
        }
    }

    /// Batches that were made before this moment, in ms since 1970, tell what time it is.
    #[must_use]
    pub const fn before_ms(&self) -> u64 {
        self.0.wall_ms.saturating_sub(APART_MS)
    }

    /// Whether what is old by the wall clock may be removed now; `newest_ms` is when the newest batch
    /// before [`before_ms`](Self::before_ms) was made. Without one there is nothing to lose. A clock
    /// more than seven days past it has to have agreed with the other one for a day.
    #[must_use]
    pub fn may_remove(&self, now: Moment, newest_ms: Option<u64>) -> bool {
        let is_near = |ms: u64| now.wall_ms.saturating_sub(ms) <= AHEAD_MS;
        let steady_ms = now.at_ms.saturating_sub(self.0.at_ms);
        newest_ms.is_none_or(is_near) || STEADY_MS <= steady_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: u64 = 86_400_000;
    const HOUR_MS: u64 = 3_600_000;
    const WALL_MS: u64 = 1_795_000_000_000;

    fn at(at_ms: u64, wall_ms: u64) -> Moment {
        Moment { at_ms, wall_ms }
    }

    #[test]
    fn a_clock_near_the_newest_batch_is_believed_at_once() {
        let now = at(0, WALL_MS);
        let steady = Steady::new(now);
        for newest_ms in [WALL_MS - 7 * DAY_MS, WALL_MS - HOUR_MS, WALL_MS + 30 * DAY_MS] {
            assert!(steady.may_remove(now, Some(newest_ms)));
        }
        assert!(steady.may_remove(now, None), "there is nothing to lose");
    }

    #[test]
    fn a_clock_far_past_the_newest_batch_is_believed_after_a_day_in_which_both_agreed() {
        let mut steady = Steady::new(at(5, WALL_MS));
        let newest_ms = Some(WALL_MS - 7 * DAY_MS - 1);
        for hours in 0..24 {
            let now = at(5 + hours * HOUR_MS, WALL_MS + hours * (HOUR_MS + 60_000));
            steady.look(now);
            assert!(!steady.may_remove(now, newest_ms), "after {hours} hours");
        }
        let now = at(5 + DAY_MS, WALL_MS + DAY_MS);
        steady.look(now);
        assert!(steady.may_remove(now, newest_ms));
    }

    #[test]
    fn a_clock_that_is_set_while_the_process_runs_has_to_agree_for_another_day() {
        let mut steady = Steady::new(at(0, WALL_MS));
        let jump_ms = 90 * DAY_MS;
        let set = at(3 * DAY_MS, WALL_MS + 3 * DAY_MS + jump_ms);
        steady.look(set);
        // What was archived since the clock was set does not count.
        assert_eq!(steady.before_ms(), set.wall_ms - HOUR_MS);
        let newest_ms = Some(WALL_MS + 3 * DAY_MS);
        assert!(!steady.may_remove(set, newest_ms));
        let back = at(4 * DAY_MS - 1, WALL_MS + 4 * DAY_MS);
        steady.look(back);
        assert!(steady.may_remove(back, newest_ms), "it was set right again");
        let later = at(5 * DAY_MS, WALL_MS + 5 * DAY_MS + jump_ms);
        steady.look(later);
        assert!(!steady.may_remove(later, newest_ms));
        let steady_since = at(later.at_ms + DAY_MS, later.wall_ms + DAY_MS);
        steady.look(steady_since);
        assert!(steady.may_remove(steady_since, newest_ms));
    }
}
