//! A chain, run again by the rules: what the rows are compared with.

use std::sync::Arc;

use components::{PerSeat, Phase, RoomState, Seat, Settings};
use journal::{Chain, Recorded};
use rules::Events;

/// The room after a commit.
pub(crate) struct Moment<'a> {
    pub(crate) step: &'a Recorded,
    pub(crate) state: RoomState,
    /// The room's clock: it stands while the room is paused, and while the server is down.
    pub(crate) clock_ms: u64,
    /// Since when, on it, each seat is the one to decide.
    pub(crate) asked: PerSeat<Option<u64>>,
}

/// Every moment of a match. What the rules say must be what is recorded.
pub(crate) fn moments(chain: &Chain) -> Vec<Moment<'_>> {
    let mut settings = Arc::new(Settings::default());
    let mut moments: Vec<Moment<'_>> = Vec::new();
    for step in &chain.steps {
        settings = step.settings.clone().unwrap_or(settings);
        let Some(before) = moments.last() else {
            let state = chain.base.clone();
            let asked = asked_since(&state, None, 0);
            moments.push(Moment { step, state, clock_ms: 0, asked });
            continue;
        };
        let passed_ms = if before.state.paused { 0 } else { u64::from(step.elapsed_ms) };
        let clock_ms = before.clock_ms + passed_ms;
        let mut state = before.state.clone();
        let grace_ms = step.recovered.then_some(settings.rooms.recovery_grace_ms);
        let mut events = Events::new();
        let (elapsed_ms, cause) = (step.elapsed_ms, step.cause);
        rules::rerun(&mut state, elapsed_ms, grace_ms, &step.action, cause, &settings, &mut events)
            .unwrap();
        assert_eq!(events.as_slice(), step.events);
        let asked = asked_since(&state, Some(before), clock_ms);
        moments.push(Moment { step, state, clock_ms, asked });
    }
    moments
}

/// A seat that was not asked this very question before is asked it now.
fn asked_since(
    state: &RoomState,
    before: Option<&Moment<'_>>,
    clock_ms: u64,
) -> PerSeat<Option<u64>> {
    let mut asked = [None; 4];
    for seat in Seat::ALL {
        if let Some(question) = question(state, seat) {
            let before =
                before.filter(|before| self::question(&before.state, seat) == Some(question));
            asked[seat.index()] = before.map_or(Some(clock_ms), |it| it.asked[seat.index()]);
        }
    }
    asked
}

/// What a seat is asked: the kind of question, and the round, redeal and turn it is about.
fn question(state: &RoomState, seat: Seat) -> Option<(u8, u8, u8, u8)> {
    let kind = match state.phase {
        Phase::Redealing { asked, accepted, declined, .. }
            if asked.minus(accepted).minus(declined).contains(seat) =>
        {
            0
        }
        Phase::Declaring { seat: asked } if asked == seat => 1,
        Phase::Playing { seat: asked, .. } if asked == seat => 2,
        _ => return None,
    };
    let round = &state.round;
    Some((kind, round.number, round.redeals, round.turn))
}
