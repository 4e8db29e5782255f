//! The life of a room: empty, given up, finished, closed.

use components::{
    Act, By, Charter, Clocks, CloseReason, EndReason, Epoch, Event, Fact, Pace, Phase, Rejection,
    Seat, Settings,
};

use crate::support::{Room, S0, S1, charter, facts, session};

fn closed(reason: CloseReason) -> Fact {
    Fact::RoomClosed { reason }
}

fn gone(room: &mut Room, seat: Seat) {
    room.by(seat, Act::Disconnected(Epoch(1)));
}

fn end_reason(facts: &[Fact]) -> EndReason {
    match &facts[0] {
        Fact::MatchOver(end) => end.reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_open_room_without_a_connected_person_closes() {
    let mut room = Room::open(1, Pace::Standard, 1);
    assert_eq!(room.state.clocks.empty, None);
    gone(&mut room, S0);
    assert_eq!(room.state.clocks.empty, Some(30_000));
    room.next();
    assert_eq!(room.state.players[0], None);
    assert_eq!(room.state.clocks.empty, Some(25_000), "it runs on");
    assert_eq!(room.refused(By::Nobody, Act::EmptyOver), Rejection::NotDue);
    assert_eq!(facts(&room.next()), [closed(CloseReason::Empty)]);
    assert_eq!((room.state.phase, room.state.clocks), (Phase::Closed, Clocks::default()));
}

#[test]
fn a_room_that_is_opened_for_nobody_waits_as_an_empty_one() {
    let room = Room::open_with(Settings::default(), charter(1, Pace::Fast), None, 2);
    assert_eq!(room.state.clocks.empty, Some(30_000));
}

#[test]
fn the_last_to_leave_starts_the_empty_clock_and_the_next_to_come_stops_it() {
    let mut room = Room::open(1, Pace::Standard, 1);
    room.join("Cat", Seat::ALL[2]);
    room.by(S0, Act::Leave);
    assert_eq!(room.state.clocks.empty, None);
    room.by(Seat::ALL[2], Act::Leave);
    assert_eq!(room.state.clocks.empty, Some(30_000));
    room.pass(10_000);
    room.join("Dan", Seat::ALL[3]);
    assert_eq!(room.state.clocks.empty, None);
}

#[test]
fn a_match_without_a_connected_person_is_given_up() {
    let mut room = Room::open(1, Pace::Classic, 3);
    room.start();
    gone(&mut room, S0);
    let facts = facts(&room.until(|fact| matches!(fact, Fact::RoomClosed { .. })));
    assert_eq!(end_reason(&facts), EndReason::Abandoned);
    assert_eq!(facts[1], closed(CloseReason::Empty));
    let Fact::MatchOver(end) = &facts[0] else { panic!() };
    assert_eq!((end.rounds, end.seed), (0, room.state.game.seed));
    assert_eq!(room.state.phase, Phase::Closed);
}

#[test]
fn who_is_back_in_time_saves_the_match() {
    let mut room = Room::open(1, Pace::Classic, 3);
    room.start();
    gone(&mut room, S0);
    room.pass(29_999);
    room.by(S0, Act::Connected(Epoch(2)));
    assert_eq!(room.state.clocks.empty, None);
}

#[test]
fn the_empty_clock_runs_on_while_bots_play() {
    let mut room = Room::open(1, Pace::Fast, 3);
    room.start();
    room.by(S0, Act::Leave);
    let mut left = 30_000;
    for _ in 0..20 {
        let ms = rules::next_due_ms(&room.state.clocks).unwrap();
        room.next();
        left -= ms;
        assert_eq!(room.state.clocks.empty, Some(left));
    }
}

#[test]
fn an_operator_may_have_bots_finish_what_was_given_up() {
    let mut settings = Settings::default();
    settings.rooms.abandoned_finish = true;
    settings.rooms.match_empty_ms = 3_000;
    let mut room = Room::open_with(settings, charter(1, Pace::Fast), Some("Ann"), 3);
    room.start();
    gone(&mut room, S0);
    let facts = facts(&room.until(|fact| matches!(fact, Fact::MatchOver(_))));
    assert!(
        matches!(facts.last(), Some(Fact::MatchOver(end)) if end.reason != EndReason::Abandoned)
    );
    assert!(matches!(room.state.phase, Phase::Finished { .. }));
    assert_eq!(room.state.clocks.empty, None);
}

#[test]
fn a_finished_room_closes_after_a_while() {
    let mut room = Room::open(1, Pace::Instant, 3);
    room.start();
    room.until(|fact| matches!(fact, Fact::MatchOver(_)));
    room.pass(299_999);
    assert_eq!(room.due(), None);
    assert_eq!(room.refused(By::Nobody, Act::PhaseOver), Rejection::NotDue);
    room.pass(1);
    assert_eq!(facts(&room.next()), [closed(CloseReason::Finished)]);
}

#[test]
fn a_finished_room_has_only_its_finished_clock() {
    let mut room = Room::open(1, Pace::Instant, 3);
    room.start();
    room.until(|fact| matches!(fact, Fact::MatchOver(_)));
    room.by(S0, Act::Leave);
    let clocks = Clocks { phase: Some(300_000), ..Clocks::default() };
    assert_eq!(room.state.clocks, clocks);
}

#[test]
fn the_server_closes_a_room_and_its_match() {
    let mut room = Room::open(1, Pace::Standard, 3);
    assert_eq!(facts(&room.nobody(Act::Close)), [closed(CloseReason::Server)]);

    let mut room = Room::open(1, Pace::Standard, 3);
    room.start();
    let facts = facts(&room.nobody(Act::Close));
    assert_eq!(end_reason(&facts), EndReason::Closed);
    assert_eq!(facts[1..], [closed(CloseReason::Server)]);
    assert_eq!(room.refused(By::Nobody, Act::Close), Rejection::RoomNotFound);
}

#[test]
fn a_match_given_up_after_its_score_counts_the_round() {
    let mut room = Room::open(1, Pace::Classic, 3);
    room.start();
    room.state.round.number = 4;
    room.state.phase = Phase::Scored { points: [0; 4] };
    room.tally_mut(S1).score = 8;
    let Fact::MatchOver(end) = facts(&room.nobody(Act::Close)).remove(0) else { panic!() };
    assert_eq!((end.rounds, end.winners.0), (4, 0b0010));
}

#[test]
fn endless_rooms_are_never_empty() {
    let endless = Charter { endless: true, ..charter(1, Pace::Fast) };
    let mut room = Room::open_with(Settings::default(), endless, None, 4);
    room.due();
    let clocks_seen = (0..500).all(|_| {
        room.next();
        room.state.clocks.empty.is_none()
    });
    assert!(clocks_seen);
}

#[test]
fn an_endless_room_that_lost_a_seat_closes_after_its_match() {
    let endless = Charter { endless: true, ..charter(1, Pace::Instant) };
    let mut room = Room::open_with(Settings::default(), endless, Some("Ann"), 3);
    room.due();
    let events = room.until(|fact| matches!(fact, Fact::MatchOver(_)));
    assert!(matches!(events.last(), Some(Event::Public(Fact::MatchOver(_)))));
    room.by(S0, Act::Leave);
    assert_eq!(rules::seat_of(&room.state, session(S0)), None);
    assert_eq!(facts(&room.next()), [closed(CloseReason::Finished)]);
}
