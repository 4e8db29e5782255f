//! When a room's people act.

use crate::args::Args;

/// When the next action of a room is due; times are in microseconds.
#[derive(Debug)]
pub(crate) struct Pacer {
    /// From one action to the next, where a rate is asked for.
    gap_us: Option<u64>,
    think_us: u64,
    due_us: Option<u64>,
    chance: u64,
}

impl Pacer {
    /// Of the `nth` room.
    pub(crate) fn new(args: &Args, nth: usize) -> Self {
        Self {
            gap_us: args.gap().map(|gap| gap.as_micros() as u64),
            think_us: args.think.unwrap_or(0) * 1_000,
            due_us: None,
            chance: (nth as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        }
    }

    /// When the next action is due; asked when it is known to be somebody's turn.
    pub(crate) fn due_us(&mut self, now_us: u64) -> u64 {
        if let Some(due_us) = self.due_us {
            return due_us;
        }
        let due_us = match self.gap_us {
            Some(gap_us) => now_us + self.draw(gap_us),
            None => now_us + self.think_us / 2 + self.draw(self.think_us),
        };
        *self.due_us.insert(due_us)
    }

    /// The action was done. At a rate, the next one is due by the plan, however late this one was;
    /// only what is late by more than a whole gap is given up.
    pub(crate) fn acted(&mut self, now_us: u64) {
        self.due_us = match (self.gap_us, self.due_us) {
            (Some(gap_us), Some(due_us)) => {
                Some((due_us + gap_us).max(now_us.saturating_sub(gap_us)))
            }
            _ => None,
        };
    }

    /// Some number below `end`, or 0.
    fn draw(&mut self, end: u64) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance.checked_rem(end).unwrap_or(0)
    }
}
