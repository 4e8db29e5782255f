//! What a restart does to the clocks: nobody pays for it, and nobody gains what nobody lost.

use components::{
    Act, Action, By, Cause, Clocks, Decision, Epoch, Fact, Pace, Phase, PieceSet, Presence,
    RequestId, RoomState, Seat, SeatSet, Table,
};
use rules::{Events, rearm, rerun};

use crate::support::{Room, S0, S1, S2, person, session};

const GRACE_MS: u32 = 15_000;

/// All clocks run, with 1 s left.
fn running(phase: Phase) -> RoomState {
    let mut room = Room::of_four(3, Pace::Standard);
    room.start();
    room.state.phase = phase;
    let second = Some(1_000);
    room.state.clocks = Clocks { phase: second, bot: second, empty: second, grace: [second; 4] };
    room.state
}

fn set_presence(state: &mut RoomState, seat: Seat, presence: Presence) {
    let player = state.players[seat.index()].as_mut();
    player.unwrap().control.human_mut().unwrap().presence = presence;
}

fn rearmed(mut state: RoomState) -> Clocks {
    rearm(&mut state, GRACE_MS);
    state.clocks
}

#[test]
fn the_clocks_against_people_run_for_the_grace_at_least() {
    let clocks = rearmed(running(Phase::Declaring { seat: S1 }));
    let grace = Some(GRACE_MS);
    let expected = Clocks { phase: grace, bot: Some(1_000), empty: grace, grace: [grace; 4] };
    assert_eq!(clocks, expected);
}

#[test]
fn a_clock_with_more_left_keeps_it_and_one_that_stood_stays() {
    let mut state = running(Phase::Declaring { seat: S1 });
    state.clocks = Clocks { phase: Some(29_000), grace: [None; 4], ..Clocks::default() };
    assert_eq!(rearmed(state.clone()), state.clocks);
}

#[test]
fn only_a_person_who_is_not_away_is_given_time_to_decide() {
    let table = Table::led_by(S1);
    for phase in [Phase::Declaring { seat: S1 }, Phase::Playing { seat: S1, table }] {
        for (presence, left_ms) in
            [(Presence::Here, GRACE_MS), (Presence::Lost, GRACE_MS), (Presence::Away, 1_000)]
        {
            let mut state = running(phase);
            set_presence(&mut state, S1, presence);
            assert_eq!(rearmed(state).phase, Some(left_ms), "{phase:?}, {presence:?}");
        }
    }
    for phase in [Phase::Dealt, Phase::Finished { winners: SeatSet::EMPTY }] {
        assert_eq!(rearmed(running(phase)).phase, Some(1_000), "{phase:?} awaits nobody");
    }
}

#[test]
fn a_redeal_waits_for_those_who_have_not_answered() {
    let asked = SeatSet::EMPTY.with(S1).with(S2);
    let (accepted, declined) = (SeatSet::EMPTY, SeatSet::EMPTY.with(S1));
    let mut state = running(Phase::Redealing { asked, accepted, declined, warned: true });
    assert_eq!(rearmed(state.clone()).phase, Some(GRACE_MS));
    set_presence(&mut state, S2, Presence::Away);
    assert_eq!(rearmed(state).phase, Some(1_000), "who answered is not waited for");
}

#[test]
fn in_a_paused_room_only_the_empty_clock_runs_for_the_grace() {
    let mut state = running(Phase::Declaring { seat: S1 });
    state.paused = true;
    let expected = Clocks { empty: Some(GRACE_MS), ..state.clocks };
    assert_eq!(rearmed(state), expected);
}

/// A room in which the starter has 1 s left to declare, and its person's declaration.
fn asked() -> (Room, Action, Cause) {
    let mut room = Room::of_four(3, Pace::Standard);
    room.start();
    room.until(|fact| matches!(fact, Fact::DeclareStarted { .. }));
    let Phase::Declaring { seat } = room.state.phase else { panic!() };
    room.pass(29_000);
    let action = Action { by: By::Session(session(seat)), act: person(Decision::Declare(1)) };
    (room, action, Cause::Client(session(seat), RequestId(9)))
}

/// The room after an action that came `elapsed_ms` later.
fn after(
    room: &Room,
    elapsed_ms: u32,
    recovered: Option<u32>,
    asked: (&Action, Cause),
) -> RoomState {
    let (mut state, mut events) = (room.state.clone(), Events::new());
    let (action, cause) = asked;
    rerun(&mut state, elapsed_ms, recovered, action, cause, &room.settings, &mut events).unwrap();
    assert_eq!(state.version.0, room.state.version.0 + 1);
    state
}

#[test]
fn a_commit_is_run_again_with_its_time_and_its_request() {
    let (mut room, action, cause) = asked();
    room.by(S0, Act::Disconnected(Epoch(1)));
    let state = after(&room, 700, None, (&action, cause));
    assert_eq!(state.clocks.grace[0], Some(800));
    let Cause::Client(session, request) = cause else { panic!() };
    assert!(rules::check_repeat(&state, session, request).is_err(), "it is remembered");
    let state = after(&room, 700, Some(GRACE_MS), (&action, cause));
    assert_eq!(state.clocks.grace[0], Some(14_300));
    let state = after(&room, 700, None, (&action, Cause::Connection(session)));
    assert!(rules::check_repeat(&state, session, request).is_ok(), "nobody requested it");
}

#[test]
fn no_time_passes_again_in_a_room_that_was_paused() {
    let (mut room, ..) = asked();
    room.nobody(Act::Pause);
    let resume = Action { by: By::Nobody, act: Act::Resume };
    let state = after(&room, u32::MAX, Some(GRACE_MS), (&resume, Cause::Server));
    assert_eq!(state.clocks, room.state.clocks);
}

#[test]
fn a_paused_room_that_nobody_was_in_is_closed_again() {
    let (mut room, ..) = asked();
    for seat in [S0, S1, S2, Seat::ALL[3]] {
        room.by(seat, Act::Disconnected(Epoch(1)));
    }
    room.nobody(Act::Pause);
    let resume = Action { by: By::Nobody, act: Act::Resume };
    let state = after(&room, 29_000, None, (&resume, Cause::Server));
    let left_ms = room.state.clocks.empty.map(|left| left - 29_000);
    assert_eq!(state.clocks, Clocks { empty: left_ms, ..room.state.clocks });
    let close = Action { by: By::Nobody, act: Act::EmptyOver };
    assert_eq!(after(&room, 30_000, None, (&close, Cause::Timer)).phase, Phase::Closed);
}

#[test]
fn what_is_refused_now_is_not_run_again() {
    let (room, mut action, cause) = asked();
    action.act = person(Decision::Play(PieceSet::EMPTY));
    let (mut state, mut events) = (room.state.clone(), Events::new());
    let again = rerun(&mut state, 0, None, &action, cause, &room.settings, &mut events);
    assert!(again.is_err());
}
