//! What a restart of the server does to a room's clocks: nobody pays for it.

use components::{Phase, Presence, RoomState, Seat};

/// Has every clock that runs against people who were cut off run for `grace_ms` at least, so that
/// they can come back first: the graces, the empty room's, and the phase's where a person who is
/// not away is asked. Nobody connected survives a restart, so without this a room would be given
/// up, its people be away, or their turns be over, before any of them could have returned.
///
/// No clock is shortened, and none is started. What the room owes nobody (what is shown, a bot's
/// thinking, the turn of who was away before) goes on with the time it had. In a paused room only
/// the empty clock runs, and the others stay as they are.
pub fn rearm(state: &mut RoomState, grace_ms: u32) {
    let awaits_person = awaits_person(state);
    let clocks = &mut state.clocks;
    let run_for_grace = |clock: &mut Option<u32>| {
        *clock = clock.map(|left_ms| left_ms.max(grace_ms));
    };
    run_for_grace(&mut clocks.empty);
    if state.paused {
        return;
    }
    clocks.grace.iter_mut().for_each(run_for_grace);
    if awaits_person {
        run_for_grace(&mut clocks.phase);
    }
}

/// Whether the phase waits for the decision of a person who is not away.
fn awaits_person(state: &RoomState) -> bool {
    let may_decide = |seat: Seat| {
        let control = state.players[seat.index()].as_ref().map(|player| &player.control);
        let human = control.and_then(|control| control.human());
        human.is_some_and(|human| human.presence != Presence::Away)
    };
    match state.phase {
        Phase::Declaring { seat } | Phase::Playing { seat, .. } => may_decide(seat),
        Phase::Redealing { asked, accepted, declined, .. } => {
            asked.minus(accepted).minus(declined).iter().any(may_decide)
        }
        _ => false,
    }
}
