//! Time left: how long until something happens by itself, and how it passes.

use components::{Clocks, RoomState};

/// How long until something happens by itself, in ms: the least time left on any clock. `None`
/// when nothing will.
#[must_use]
pub fn next_due_ms(clocks: &Clocks) -> Option<u32> {
    let Clocks { phase, bot, empty, grace } = clocks;
    [*phase, *bot, *empty].into_iter().chain(*grace).flatten().min()
}

/// The clocks after so many ms: each runs down to 0 and stays there until it is acted upon.
#[must_use]
pub fn after_ms(clocks: &Clocks, ms: u32) -> Clocks {
    let run = |clock: Option<u32>| clock.map(|left| left.saturating_sub(ms));
    Clocks {
        phase: run(clocks.phase),
        bot: run(clocks.bot),
        empty: run(clocks.empty),
        grace: clocks.grace.map(run),
    }
}

/// Lets so many ms pass in a room. If it is paused, they pass for the empty clock alone.
pub(crate) fn pass(state: &mut RoomState, ms: u32) {
    let after = after_ms(&state.clocks, ms);
    if state.paused {
        state.clocks.empty = after.empty;
    } else {
        state.clocks = after;
    }
}

#[cfg(test)]
mod tests {
    use components::Clocks;

    use super::{after_ms, next_due_ms};

    #[test]
    fn the_least_clock_is_next() {
        let mut clocks = Clocks::default();
        assert_eq!(next_due_ms(&clocks), None);
        clocks.phase = Some(9);
        assert_eq!(next_due_ms(&clocks), Some(9));
        clocks.grace[3] = Some(7);
        assert_eq!(next_due_ms(&clocks), Some(7));
        clocks.empty = Some(8);
        clocks.bot = Some(0);
        assert_eq!(next_due_ms(&clocks), Some(0));
    }

    #[test]
    fn clocks_run_down_to_zero_and_those_that_stand_stay() {
        let clocks = Clocks {
            phase: Some(10),
            bot: Some(3),
            empty: None,
            grace: [Some(4), None, Some(5), Some(0)],
        };
        let later = Clocks {
            phase: Some(6),
            bot: Some(0),
            empty: None,
            grace: [Some(0), None, Some(1), Some(0)],
        };
        assert_eq!(after_ms(&clocks, 4), later);
    }
}
