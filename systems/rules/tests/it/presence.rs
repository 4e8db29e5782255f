//! Connections come and go: lost, away, back.

use components::{
    Act, BotLevel, By, Decider, Decision, Epoch, Fact, LeaveReason, Pace, Phase, Presence,
    Rejection, Seat, SessionId,
};

use crate::support::{Room, S0, S1, S2, decided, facts, session};

fn presence(room: &Room, seat: Seat) -> Presence {
    room.state.players[seat.index()].as_ref().unwrap().control.human().unwrap().presence
}

fn lose(room: &mut Room, seat: Seat) {
    assert_eq!(room.by(seat, Act::Disconnected(Epoch(1))), []);
    assert_eq!(presence(room, seat), Presence::Lost);
}

/// Its grace over at once, whatever else runs.
fn away(room: &mut Room, seat: Seat) -> Vec<Fact> {
    lose(room, seat);
    room.state.clocks.grace[seat.index()] = Some(0);
    facts(&room.due().unwrap())
}

fn running() -> Room {
    let mut room = Room::of_four(3, Pace::Classic);
    room.start();
    room
}

#[test]
fn a_lost_connection_has_grace_of_its_own_kind_in_and_out_of_a_match() {
    let mut room = Room::of_four(3, Pace::Standard);
    lose(&mut room, S1);
    assert_eq!(room.state.clocks.grace, [None, Some(5_000), None, None]);
    let mut room = running();
    lose(&mut room, S2);
    assert_eq!(room.state.clocks.grace, [None, None, Some(1_500), None]);
}

#[test]
fn who_is_back_within_the_grace_was_never_away() {
    let mut room = running();
    lose(&mut room, S1);
    room.pass(1_499);
    assert_eq!(room.by(S1, Act::Connected(Epoch(2))), []);
    assert_eq!(presence(&room, S1), Presence::Here);
    assert_eq!(room.state.clocks.grace, [None; 4]);
}

#[test]
fn only_the_newest_connection_counts() {
    let mut room = running();
    room.by(S1, Act::Connected(Epoch(4)));
    assert_eq!(room.refused_by(S1, Act::Disconnected(Epoch(3))), Rejection::NotDue);
    assert_eq!(room.refused_by(S1, Act::Connected(Epoch(3))), Rejection::NotDue);
    room.by(S1, Act::Disconnected(Epoch(4)));
    assert_eq!(presence(&room, S1), Presence::Lost);
    assert_eq!(room.refused_by(S1, Act::Disconnected(Epoch(4))), Rejection::NotDue);
}

#[test]
fn a_newer_connection_that_closed_too_does_not_prolong_the_grace() {
    let mut room = running();
    lose(&mut room, S1);
    room.pass(1_000);
    room.by(S1, Act::Disconnected(Epoch(2)));
    assert_eq!(room.state.clocks.grace[1], Some(500));
    assert_eq!(room.refused_by(S1, Act::Connected(Epoch(1))), Rejection::NotDue);
}

#[test]
fn strangers_and_bots_have_no_presence() {
    let room = Room::open(1, Pace::Standard, 1);
    let stranger = By::Session(SessionId(7));
    assert_eq!(room.refused(stranger, Act::Connected(Epoch(1))), Rejection::NotInRoom);
    assert_eq!(room.refused(By::Seat(S1), Act::Disconnected(Epoch(1))), Rejection::NotInRoom);
    assert_eq!(room.refused(By::Nobody, Act::Connected(Epoch(1))), Rejection::NotInRoom);
}

#[test]
fn grace_ends_in_a_match_with_away_and_is_never_over_early() {
    let mut room = running();
    assert_eq!(room.refused(By::Nobody, Act::GraceOver(S1)), Rejection::NotDue);
    lose(&mut room, S1);
    assert_eq!(room.refused(By::Nobody, Act::GraceOver(S1)), Rejection::NotDue);
    assert_eq!(facts(&room.next()), [Fact::PlayerAway { seat: S1 }]);
    assert_eq!(presence(&room, S1), Presence::Away);
    let back = facts(&room.by(S1, Act::Connected(Epoch(2))));
    assert_eq!(back, [Fact::PlayerBack { seat: S1 }]);
}

#[test]
fn grace_ends_before_a_match_with_a_freed_seat() {
    let mut room = Room::of_four(3, Pace::Standard);
    lose(&mut room, S0);
    let facts = facts(&room.next());
    let left = Fact::PlayerLeft { seat: S0, reason: LeaveReason::Away, bot: None };
    assert_eq!(facts, [left, Fact::HostChanged { seat: S1 }]);
    assert_eq!(room.state.players[0], None);
    assert_eq!(room.state.clocks.grace, [None; 4]);
}

#[test]
fn the_hosts_right_moves_when_its_person_is_away_and_does_not_come_back() {
    let mut room = running();
    lose(&mut room, S0);
    assert_eq!(room.state.host, Some(S0), "a lost connection is not away yet");
    lose(&mut room, S1);
    let facts = facts(&room.next());
    let away = Fact::PlayerAway { seat: S0 };
    assert_eq!(facts, [away, Fact::HostChanged { seat: S2 }], "seat 1 is lost too");
    room.by(S0, Act::Connected(Epoch(2)));
    assert_eq!(room.state.host, Some(S2));
}

#[test]
fn the_hosts_right_stays_when_nobody_is_there_and_goes_to_who_comes_first() {
    let mut room = running();
    for seat in Seat::ALL.into_iter().rev() {
        away(&mut room, seat);
    }
    assert_eq!(room.state.host, Some(S0));
    let facts = facts(&room.by(S2, Act::Connected(Epoch(2))));
    assert_eq!(facts, [Fact::PlayerBack { seat: S2 }, Fact::HostChanged { seat: S2 }]);
}

#[test]
fn a_host_who_was_away_alone_is_host_when_back() {
    let mut room = Room::open(1, Pace::Classic, 3);
    room.start();
    away(&mut room, S0);
    assert_eq!(room.state.host, Some(S0));
    assert_eq!(facts(&room.by(S0, Act::Connected(Epoch(2)))), [Fact::PlayerBack { seat: S0 }]);
}

/// Four persons are to declare; returns whose turn it is.
fn declaring() -> (Room, Seat) {
    let mut room = running();
    room.until(|fact| matches!(fact, Fact::DeclareStarted { .. }));
    let Phase::Declaring { seat } = room.state.phase else { panic!() };
    (room, seat)
}

#[test]
fn a_bot_decides_for_the_asked_seat_while_its_person_is_away() {
    let (mut room, seat) = declaring();
    assert_eq!(room.state.clocks.phase, None, "classic sets no limit");
    away(&mut room, seat);
    assert!((500..=1_500).contains(&room.state.clocks.bot.unwrap()));
    let facts = facts(&room.next());
    let Fact::Declared { seat: told, decider, .. } = facts[0] else { panic!("{facts:?}") };
    assert_eq!((told, decider), (seat, Decider::Absence));
    assert_eq!(room.state.clocks.bot, None, "the next person is there");
}

#[test]
fn who_is_back_decides_again() {
    let (mut room, seat) = declaring();
    away(&mut room, seat);
    room.by(seat, Act::Connected(Epoch(2)));
    assert_eq!(room.state.clocks.bot, None);
    assert_eq!(room.due(), None);
}

#[test]
fn a_bots_time_runs_on_when_others_come_and_go() {
    let (mut room, seat) = declaring();
    away(&mut room, seat);
    room.state.clocks.bot = Some(900);
    room.pass(100);
    room.by(seat.next(), Act::Connected(Epoch(9)));
    assert_eq!(room.state.clocks.bot, Some(800));
}

#[test]
fn who_is_away_may_still_decide_and_no_other_bot_may() {
    let (mut room, seat) = declaring();
    away(&mut room, seat);
    let declare = || decided(Decision::Declare(2), Decider::Absence);
    assert_eq!(room.refused(By::Seat(seat), declare()), Rejection::NotDue);
    room.state.clocks.bot = Some(0);
    let as_bot = decided(Decision::Declare(2), Decider::Bot);
    assert_eq!(room.refused(By::Seat(seat), as_bot), Rejection::NotDue);
    room.decide(seat, Decision::Declare(2));
}

#[test]
fn no_person_decides_for_a_bot() {
    let mut room = Room::open(3, Pace::Classic, 3);
    room.start();
    room.by(S0, Act::Leave);
    room.until(|fact| matches!(fact, Fact::DeclareStarted { .. }));
    let Phase::Declaring { seat } = room.state.phase else { panic!() };
    let act = decided(Decision::Declare(2), Decider::Person);
    assert_eq!(room.refused(By::Seat(seat), act), Rejection::NotDue);
    let early = decided(Decision::Declare(2), Decider::Bot);
    assert_eq!(room.refused(By::Seat(seat), early), Rejection::NotDue);
    let left = room.state.players[0].as_ref().unwrap().control.clone();
    assert_eq!(left, components::Control::Bot(BotLevel::Standard));
    assert_eq!(rules::seat_of(&room.state, session(S0)), None);
}

#[test]
fn a_host_whose_connection_is_lost_stays_host_while_others_come_and_go() {
    let mut room = running();
    lose(&mut room, S0);
    room.by(S1, Act::Connected(Epoch(2)));
    room.by(S2, Act::Leave);
    assert_eq!(room.state.host, Some(S0));
}
