//! A room that the server stops: who may still do what, that no time passes in it, and that it
//! closes when nobody is there.

use components::{
    Act, BotLevel, By, Charter, Clocks, CloseReason, Control, Decision, EndReason, Epoch, Fact,
    Pace, Phase, Presence, Rejection, Seat, Settings,
};

use crate::support::{Room, S0, S1, S2, S3, WALL_MS, charter, facts, guest, person, session};

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
    room.state.clocks.grace[3] = Some(0);
    assert!(rules::due(&room.state, WALL_MS, &room.settings).is_some());
    room.nobody(Act::Pause);
    assert_eq!(rules::due(&room.state, WALL_MS, &room.settings), None);
    room.nobody(Act::Resume);
    assert!(rules::due(&room.state, WALL_MS, &room.settings).is_some());
}

#[test]
fn a_paused_room_that_somebody_is_in_does_not_close() {
    let (mut room, _) = paused();
    assert_eq!(room.refused(By::Nobody, Act::EmptyOver), Rejection::NotDue);
    for seat in [S0, S1, S2] {
        room.by(seat, Act::Leave);
    }
    room.pass(86_400_000);
    assert_eq!(room.due(), None);
    room.by(S3, Act::Disconnected(Epoch(1)));
    room.pass(29_999);
    room.by(S3, Act::Connected(Epoch(2)));
    assert_eq!((room.state.clocks.empty, room.due()), (None, None));
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

/// Different times for each way to be empty, whatever else is to become of given up matches.
fn settings(abandoned_finish: bool) -> Settings {
    let mut settings = Settings::default();
    settings.rooms.open_empty_ms = 20_000;
    settings.rooms.match_empty_ms = 40_000;
    settings.rooms.abandoned_finish = abandoned_finish;
    settings
}

/// After exactly so many ms the paused room closes, and nothing else happens before.
#[track_caller]
fn check_closes(mut room: Room, after_ms: u32, is_running: bool) {
    let before = room.state.clocks;
    room.pass(after_ms - 1);
    assert_eq!((room.state.clocks.empty, room.due()), (Some(1), None));
    assert_eq!(Clocks { empty: before.empty, ..room.state.clocks }, before);
    let facts = facts(&room.next());
    let closed = Fact::RoomClosed { reason: CloseReason::Empty };
    assert_eq!(facts.last(), Some(&closed));
    let ends = match &facts[0] {
        Fact::MatchOver(end) => end.reason == EndReason::Abandoned,
        _ => false,
    };
    assert_eq!((ends, facts.len()), (is_running, 1 + usize::from(is_running)));
}

#[test]
fn a_paused_room_that_all_have_left_closes_and_bots_may_not_finish_its_match() {
    for (begin, finish) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut room = Room::of_four_with(settings(finish), 3, Pace::Standard);
        if begin {
            room.start();
        }
        room.nobody(Act::Pause);
        for seat in [S0, S1, S2, S3] {
            room.by(seat, Act::Leave);
        }
        check_closes(room, if begin { 40_000 } else { 20_000 }, begin);
    }
}

#[test]
fn a_match_that_bots_were_to_finish_closes_when_it_is_paused() {
    let mut room = Room::open_with(settings(true), charter(1, Pace::Standard), Some("Ann"), 3);
    room.start();
    room.by(S0, Act::Leave);
    room.pass(40_000);
    while room.state.clocks.empty.is_some() {
        room.due().unwrap();
    }
    room.nobody(Act::Pause);
    check_closes(room, 40_000, true);
}

#[test]
fn a_paused_room_whose_match_is_over_closes_as_an_open_one() {
    let mut room = Room::of_four_with(settings(false), 1, Pace::Instant);
    room.start();
    room.until(|fact| matches!(fact, Fact::MatchOver(_)));
    room.nobody(Act::Pause);
    for seat in [S0, S1, S2, S3] {
        room.by(seat, Act::Disconnected(Epoch(1)));
    }
    check_closes(room, 20_000, false);
}

/// A room of bots that play for ever.
fn endless() -> Room {
    let endless = Charter { endless: true, ..charter(1, Pace::Instant) };
    Room::open_with(settings(true), endless, None, 4)
}

#[test]
fn a_paused_room_of_bots_closes_at_any_moment_of_its_life() {
    let mut room = endless();
    room.nobody(Act::Pause);
    check_closes(room, 40_000, false);
    let mut room = endless();
    room.next();
    room.nobody(Act::Pause);
    check_closes(room, 40_000, true);
    let mut room = endless();
    room.until(|fact| matches!(fact, Fact::MatchOver(_)));
    room.nobody(Act::Pause);
    check_closes(room, 40_000, false);
}

#[test]
fn a_room_that_goes_on_is_empty_as_if_it_had_not_been_paused() {
    let mut bots = endless();
    bots.nobody(Act::Pause);
    assert_eq!(bots.state.clocks.empty, Some(40_000));
    bots.nobody(Act::Resume);
    assert_eq!(bots.state.clocks.empty, None);
    let mut finished = Room::of_four(1, Pace::Instant);
    finished.start();
    finished.until(|fact| matches!(fact, Fact::MatchOver(_)));
    for seat in [S0, S1, S2, S3] {
        finished.by(seat, Act::Leave);
    }
    finished.nobody(Act::Pause);
    assert_eq!(finished.state.clocks.empty, Some(30_000));
    finished.nobody(Act::Resume);
    assert_eq!(finished.state.clocks.empty, None);
    let (mut running, _) = declaring();
    for seat in [S0, S1, S2, S3] {
        running.by(seat, Act::Leave);
    }
    running.pass(1);
    running.nobody(Act::Pause);
    running.pass(1);
    running.nobody(Act::Resume);
    assert_eq!(running.state.clocks.empty, Some(29_998));
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
