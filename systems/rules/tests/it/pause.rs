//! A room that the server stops: who may still do what, and that no time passes in it.

use components::{
    Act, BotLevel, By, CloseReason, Control, Decision, Epoch, Fact, Pace, Phase, Presence,
    Rejection, Seat,
};

use crate::support::{Room, S0, S1, S2, S3, WALL_MS, facts, guest, person, session};

/// Four persons, of whom one is to declare; whose turn it is.
fn declaring() -> (Room, Seat) {
    let mut room = Room::of_four(3, Pace::Standard);
    room.start();
    room.until(|fact| matches!(fact, Fact::DeclareStarted { .. }));
    let Phase::Declaring { seat } = room.state.phase else { panic!() };
    (room, seat)
}

fn paused() -> (Room, Seat) {
    let (mut room, seat) = declaring();
    assert_eq!(facts(&room.nobody(Act::Pause)), [Fact::RoomPaused]);
    assert!(room.state.paused);
    (room, seat)
}

#[test]
fn nobody_may_act_in_a_paused_room() {
    let (room, seat) = paused();
    let wall_ms = WALL_MS;
    for act in [
        person(Decision::Declare(1)),
        Act::Join(guest("Eve", session(seat)), None),
        Act::AddBot(None, BotLevel::Simple),
        Act::Remove(S1),
        Act::Start { wall_ms },
        Act::Rematch { wall_ms },
        Act::PhaseOver,
        Act::GraceOver(S1),
        Act::EmptyOver,
        Act::Pause,
    ] {
        assert_eq!(room.refused_by(seat, act.clone()), Rejection::Paused, "{act:?}");
    }
}

#[test]
fn nothing_happens_by_itself_in_a_paused_room() {
    let (mut room, seat) = declaring();
    room.state.players[seat.index()].as_mut().unwrap().control = Control::Bot(BotLevel::Simple);
    room.state.clocks.bot = Some(0);
    room.state.clocks.phase = Some(0);
    room.state.clocks.empty = Some(0);
    room.state.clocks.grace[3] = Some(0);
    assert!(rules::due(&room.state, WALL_MS, &room.settings).is_some());
    room.nobody(Act::Pause);
    assert_eq!(rules::due(&room.state, WALL_MS, &room.settings), None);
    room.nobody(Act::Resume);
    assert!(rules::due(&room.state, WALL_MS, &room.settings).is_some());
}

#[test]
fn pausing_and_resuming_leave_the_clocks_alone() {
    let (mut room, _) = declaring();
    room.pass(12_345);
    let clocks = room.state.clocks;
    room.nobody(Act::Pause);
    assert_eq!(facts(&room.nobody(Act::Resume)), [Fact::RoomResumed]);
    assert_eq!((room.state.paused, room.state.clocks), (false, clocks));
    assert_eq!(room.refused(By::Nobody, Act::Resume), Rejection::NotDue);
}

#[test]
fn who_is_there_goes_on_being_true() {
    let (mut room, seat) = paused();
    room.by(seat, Act::Disconnected(Epoch(1)));
    assert_eq!(room.state.clocks.grace[seat.index()], Some(1_500));
    room.by(seat, Act::Connected(Epoch(2)));
    assert_eq!(room.state.clocks.grace, [None; 4]);
    let control = &room.state.players[seat.index()].as_ref().unwrap().control;
    assert_eq!(control.human().unwrap().presence, Presence::Here);
}

#[test]
fn a_grace_that_begins_in_a_pause_runs_when_the_room_goes_on() {
    let (mut room, _) = paused();
    room.by(S2, Act::Disconnected(Epoch(1)));
    room.nobody(Act::Resume);
    assert_eq!(facts(&room.next()), [Fact::PlayerAway { seat: S2 }]);
}

#[test]
fn who_leaves_a_paused_match_is_replaced_by_a_bot_that_waits_for_the_room() {
    let (mut room, seat) = paused();
    room.by(seat, Act::Leave);
    let control = &room.state.players[seat.index()].as_ref().unwrap().control;
    assert_eq!(*control, Control::Bot(room.settings.substitute));
    assert!((500..=1_500).contains(&room.state.clocks.bot.unwrap()));
    assert_eq!(room.due(), None);
    room.nobody(Act::Resume);
    assert!(matches!(facts(&room.next())[0], Fact::Declared { .. }));
}

#[test]
fn all_may_leave_a_paused_room_and_it_is_given_up_only_after_it_goes_on() {
    for begin in [false, true] {
        let mut room = Room::of_four(3, Pace::Standard);
        if begin {
            room.start();
        }
        room.nobody(Act::Pause);
        for seat in [S0, S1, S2, S3] {
            room.by(seat, Act::Leave);
        }
        assert_eq!((room.state.clocks.empty, room.due()), (Some(30_000), None));
        room.nobody(Act::Resume);
        room.until(|fact| matches!(fact, Fact::RoomClosed { reason: CloseReason::Empty }));
    }
}

#[test]
fn the_server_may_close_a_paused_room() {
    let (mut room, _) = paused();
    let facts = facts(&room.nobody(Act::Close));
    assert_eq!(facts.last(), Some(&Fact::RoomClosed { reason: CloseReason::Server }));
    assert_eq!(room.refused(By::Nobody, Act::Resume), Rejection::RoomNotFound);
}

#[test]
fn a_room_that_is_not_open_cannot_be_paused() {
    let room = Room::vacant(Default::default());
    assert_eq!(room.refused(By::Nobody, Act::Pause), Rejection::RoomNotFound);
}
