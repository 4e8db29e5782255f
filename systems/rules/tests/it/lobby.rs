//! Seats are taken and given up; the host's right goes on.

use components::{
    Act, BotLevel, By, Charter, Control, Fact, LeaveReason, Opening, Pace, Phase, Rejection, Seat,
    SessionId, Settings,
};

use crate::support::{Room, S0, S1, S2, S3, charter, facts, guest, session};

const BOT: BotLevel = BotLevel::Standard;

fn open(bots: usize) -> Room {
    Room::open(1, Pace::Standard, bots)
}

fn join_act(name: &str, seat: Option<Seat>) -> Act {
    Act::Join(guest(name, SessionId(7)), seat)
}

#[track_caller]
fn check_no_join(room: &Room, act: Act, rejection: Rejection) {
    assert_eq!(room.refused(By::Session(SessionId(7)), act), rejection);
}

#[test]
fn a_room_opens_with_its_host_and_bots() {
    let mut room = Room::vacant(Settings::default());
    let opening = Opening {
        charter: charter(1, Pace::Fast),
        guest: Some(guest("Ann", session(S0))),
        bots: vec![BotLevel::Simple, BotLevel::Standard],
    };
    let facts = facts(&room.nobody(Act::Open(Box::new(opening.clone()))));
    let bot = |seat, level| Fact::PlayerJoined { seat, name: None, bot: Some(level) };
    let host = Fact::PlayerJoined { seat: S0, name: Some("Ann".into()), bot: None };
    let changed = Fact::HostChanged { seat: S0 };
    let expected = [host, changed, bot(S1, BotLevel::Simple), bot(S2, BotLevel::Standard)];
    assert_eq!(facts, expected);
    assert_eq!((room.state.host, room.state.phase), (Some(S0), Phase::Open));
    assert_eq!(room.state.charter, Some(opening.charter));
    assert_eq!(room.state.clocks, components::Clocks::default());
    assert_eq!(room.refused(By::Nobody, Act::Open(Box::new(opening))), Rejection::WrongPhase);
}

#[test]
fn more_bots_than_seats_stay_out() {
    assert!(open(9).state.players.iter().all(Option::is_some));
}

#[test]
fn a_vacant_room_and_a_closed_one_are_not_found() {
    let mut room = Room::vacant(Settings::default());
    check_no_join(&room, join_act("Eve", None), Rejection::RoomNotFound);
    assert_eq!(room.refused(By::Nobody, Act::Close), Rejection::RoomNotFound);
    room = open(0);
    room.nobody(Act::Close);
    check_no_join(&room, join_act("Eve", None), Rejection::RoomNotFound);
    assert_eq!(room.refused_by(S0, Act::Leave), Rejection::RoomNotFound);
    let opening = Opening { charter: charter(1, Pace::Fast), guest: None, bots: Vec::new() };
    let opening = Act::Open(Box::new(opening));
    assert_eq!(room.refused(By::Nobody, opening), Rejection::RoomNotFound);
}

#[test]
fn the_first_free_seat_is_taken_or_the_one_asked_for() {
    let mut room = open(1);
    let joined = |events: &[components::Event]| match facts(events)[0] {
        Fact::PlayerJoined { seat, .. } => seat,
        ref other => panic!("{other:?}"),
    };
    assert_eq!(joined(&room.act(By::Nobody, Act::Join(guest("Eve", SessionId(7)), None))), S2);
    let act = Act::Join(guest("Fay", SessionId(8)), Some(S3));
    assert_eq!(joined(&room.act(By::Nobody, act)), S3);
}

#[test]
fn a_seat_is_held_once_and_joining_again_says_which() {
    let mut room = open(0);
    room.join("Ben", S2);
    let act = Act::Join(guest("Other", session(S2)), None);
    assert_eq!(room.refused_by(S2, act), Rejection::AlreadySeated(S2));
}

#[test]
fn taken_seats_and_full_rooms_refuse() {
    let room = open(1);
    check_no_join(&room, join_act("Eve", Some(S1)), Rejection::SeatTaken(S1));
    let full = open(3);
    check_no_join(&full, join_act("Eve", Some(S1)), Rejection::RoomFull);
    check_no_join(&full, join_act("Eve", None), Rejection::RoomFull);
    assert_eq!(full.refused_by(S0, Act::AddBot(None, BOT)), Rejection::RoomFull);
    assert_eq!(room.refused_by(S0, Act::AddBot(Some(S1), BOT)), Rejection::SeatTaken(S1));
}

#[test]
fn names_are_unique_without_regard_to_case() {
    let mut room = open(0);
    check_no_join(&room, join_act("aNN", None), Rejection::NameTaken);
    room.join("Zoë Ö", S1);
    check_no_join(&room, join_act("ZOË ö", None), Rejection::NameTaken);
}

#[test]
fn seats_do_not_change_during_a_match() {
    let mut room = open(3);
    room.start();
    check_no_join(&room, join_act("Eve", None), Rejection::MatchRunning);
    assert_eq!(room.refused_by(S0, Act::AddBot(None, BOT)), Rejection::MatchRunning);
    assert_eq!(room.refused_by(S0, Act::Remove(S1)), Rejection::MatchRunning);
}

#[test]
fn seats_change_again_after_a_match() {
    let mut room = Room::open(1, Pace::Instant, 3);
    room.start();
    room.until(|fact| matches!(fact, Fact::MatchOver(_)));
    room.by(S0, Act::Remove(S1));
    room.join("Eve", S1);
    assert_eq!(room.tally(S1), components::Tally::default());
    room.by(S0, Act::Remove(S2));
    let facts = facts(&room.by(S0, Act::AddBot(Some(S2), BOT)));
    assert_eq!(facts, [Fact::PlayerJoined { seat: S2, name: None, bot: Some(BOT) }]);
}

#[test]
fn only_the_host_adds_and_removes() {
    let mut room = open(1);
    room.join("Eve", S2);
    assert_eq!(room.refused_by(S2, Act::AddBot(None, BOT)), Rejection::NotHost);
    assert_eq!(room.refused_by(S2, Act::Remove(S1)), Rejection::NotHost);
    let stranger = By::Session(SessionId(7));
    assert_eq!(room.refused(stranger, Act::Remove(S1)), Rejection::NotInRoom);
    assert_eq!(room.refused(stranger, Act::Leave), Rejection::NotInRoom);
    assert_eq!(room.refused(By::Nobody, Act::Leave), Rejection::NotInRoom);
    assert_eq!(room.refused(By::Seat(S1), Act::Leave), Rejection::NotInRoom);
}

#[test]
fn the_host_removes_anybody_but_nobody_and_itself() {
    let mut room = open(0);
    room.join("Eve", S2);
    assert_eq!(room.refused_by(S0, Act::Remove(S3)), Rejection::SeatEmpty(S3));
    assert_eq!(room.refused_by(S0, Act::Remove(S0)), Rejection::SeatEmpty(S0));
    let facts = facts(&room.by(S0, Act::Remove(S2)));
    let reason = LeaveReason::Removed;
    assert_eq!(facts, [Fact::PlayerLeft { seat: S2, reason, bot: None }]);
    assert_eq!(room.state.players[2], None);
    assert_eq!(room.refused_by(S2, Act::Leave), Rejection::NotInRoom);
}

#[test]
fn a_host_who_leaves_hands_on_to_the_next_person_in_play_order() {
    let mut room = open(1);
    room.join("Cat", S2);
    room.join("Dan", S3);
    let facts = facts(&room.by(S0, Act::Leave));
    let reason = LeaveReason::Left;
    let left = Fact::PlayerLeft { seat: S0, reason, bot: None };
    assert_eq!(facts, [left, Fact::HostChanged { seat: S2 }]);
    assert_eq!(room.state.players[0], None);
    room.by(S2, Act::Leave);
    assert_eq!(room.state.host, Some(S3));
}

#[test]
fn a_room_without_a_host_makes_the_next_to_join_host() {
    let mut room = open(2);
    room.by(S0, Act::Leave);
    assert_eq!(room.state.host, None);
    let facts = facts(&room.join("Dan", S3));
    assert_eq!(facts[1], Fact::HostChanged { seat: S3 });
    assert_eq!(room.state.host, Some(S3));
}

#[test]
fn in_a_match_a_bot_plays_on_for_who_leaves() {
    let mut room = Room::of_four(1, Pace::Standard);
    room.start();
    let facts = facts(&room.by(S0, Act::Leave));
    let left = Fact::PlayerLeft { seat: S0, reason: LeaveReason::Left, bot: Some(BOT) };
    assert_eq!(facts, [left, Fact::HostChanged { seat: S1 }]);
    let player = room.state.players[0].as_ref().unwrap();
    assert_eq!(player.control, Control::Bot(BOT));
    assert_eq!(player.tally.hand.len(), 8);
    assert_eq!(room.refused_by(S0, Act::Leave), Rejection::NotInRoom);
}

#[test]
fn the_seat_that_is_asked_and_left_gets_a_bots_time() {
    let mut room = Room::of_four(3, Pace::Standard);
    room.start();
    room.until(|fact| matches!(fact, Fact::DeclareStarted { .. }));
    assert_eq!(room.state.clocks.bot, None);
    let Phase::Declaring { seat } = room.state.phase else { panic!() };
    room.pass(1_000);
    room.by(seat, Act::Leave);
    assert!((500..=1_500).contains(&room.state.clocks.bot.unwrap()));
    assert_eq!(room.state.clocks.phase, Some(29_000));
}

#[test]
fn an_endless_room_begins_only_when_full() {
    let endless = Charter { endless: true, ..charter(1, Pace::Fast) };
    let mut room = Room::open_with(Settings::default(), endless, None, 3);
    assert_eq!(room.state.clocks.phase, None);
    room.join("Dan", S3);
    assert_eq!(room.state.clocks.phase, Some(0));
    room.by(S3, Act::Leave);
    assert_eq!(room.state.clocks.phase, None);
    assert_eq!(room.due(), None);
}

#[test]
fn play_order_goes_on_from_the_host_who_left() {
    let mut room = open(1);
    room.join("Cat", S2);
    room.by(S0, Act::Leave);
    room.join("Eve", S0);
    room.join("Dan", S3);
    assert_eq!(room.state.host, Some(S2));
    room.by(S2, Act::Leave);
    assert_eq!(room.state.host, Some(S3), "seat 3 comes before seat 0");
}

#[test]
fn nothing_of_a_person_stays_with_the_bot_that_plays_on() {
    let mut room = Room::of_four(1, Pace::Standard);
    room.start();
    rules::remember(&mut room.state, session(S1), components::RequestId(4));
    room.by(S1, Act::Disconnected(components::Epoch(1)));
    assert!(room.state.clocks.grace[1].is_some());
    room.by(S1, Act::Leave);
    assert_eq!(room.state.clocks.grace, [None; 4]);
    let control = &room.state.players[1].as_ref().unwrap().control;
    assert_eq!(*control, Control::Bot(room.settings.substitute));
}
