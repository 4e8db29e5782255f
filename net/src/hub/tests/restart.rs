//! What a restart leaves as it was: the house begins again with the same keys and what it finds.

use components::{
    Answer, Audience, Frame, Refusal, Rejection, RoomId, SeatSummary, Stage, Version,
};
use protocol::{CreateRoom, Declare, Hello, JoinRoom, Ping, Request};

use super::{
    Client, House, accepted, found, house, human, key, refused, room, short, snapshot, update,
};
use crate::recovered::Recovered;
use crate::token::TokenKeys;

fn join() -> Request {
    Request::JoinRoom(JoinRoom { room: "AAAAAA".into(), seat: None })
}

fn create() -> Request {
    Request::CreateRoom(CreateRoom::default())
}

/// What the server says to a hello with this token.
fn hello(house: &mut House, token: &str) -> (Client, String) {
    let client = house.open();
    let token = Some(token.to_owned());
    house.send(&client, 1, Request::Hello(Hello { token, ..Hello::default() }));
    let said = client.read().pop().unwrap();
    (client, said)
}

#[test]
fn a_seat_is_taken_again_with_the_token_of_before_and_its_room_shown() {
    let mut house = house(|_| {});
    let before = house.seated("Ada", 0);
    house.restart(found(0, &before, 1, true));
    let (after, held) = house.again(&before);
    assert_eq!((after.session, held.as_deref()), (before.session, Some("AAAAAA")));
    assert_eq!(house.arrived(), ["connection: connected 2", "connection: look"]);
    house.release(vec![snapshot(0, 8, &after, Some(0)), update(0, 9, Audience::Everyone)]);
    assert_eq!(after.read(), ["snapshot 8 seat 0", "update 9"]);
    house.disconnect(&after);
    assert_eq!(house.arrived(), ["connection: disconnected 2"]);
}

#[test]
fn a_session_without_a_seat_comes_back_nameless_and_goes_on() {
    let mut house = house(|_| {});
    let before = house.named("Ada");
    house.restart(Recovered::default());
    let (after, held) = house.again(&before);
    assert_eq!((after.session, held), (before.session, None));
    house.send(&after, 2, create());
    assert_eq!(after.read(), ["error 2 bad_name"]);
    let hello =
        Hello { token: Some(after.token.clone()), name: Some("Ada".into()), ..Hello::default() };
    let (named, _) = house.greet(hello);
    house.send(&named, 2, create());
    assert_eq!(house.arrived().len(), 1);
}

#[test]
fn the_newest_token_used_bars_all_older_ones() {
    let mut house = house(|_| {});
    let first = house.seated("Ada", 0);
    let (second, _) = house.again(&first);
    house.restart(found(0, &first, 2, true));
    // Nobody knows whether the second token reached the client.
    let (third, _) = house.again(&first);
    assert_eq!(hello(&mut house, &second.token).1, "error 1 unauthorized");
    let (fourth, _) = house.again(&third);
    assert_eq!(hello(&mut house, &first.token).1, "error 1 unauthorized");
    assert_eq!(fourth.closed_with(), None);
}

#[test]
fn an_old_token_of_a_session_of_which_nothing_is_kept_does_not_lock_its_owner_out() {
    let mut house = house(|_| {});
    let first = house.named("Ada");
    let [second, third] = std::array::from_fn(|_| house.again(&first).0);
    let (newest, _) = house.again(&third);
    house.restart(Recovered::default());
    let (revived, _) = house.again(&first);
    let (owner, _) = house.again(&newest);
    assert_eq!((owner.session, revived.closed_with()), (first.session, Some(4000)));
    for old in [&first, &second, &third, &revived] {
        assert_eq!(hello(&mut house, &old.token).1, "error 1 unauthorized");
    }
    assert_eq!(owner.closed_with(), None);
}

#[test]
fn tokens_expire_and_need_a_key_of_this_server() {
    let mut house = house(|settings| settings.token_days = 1);
    let client = house.named("Ada");
    house.restart_with(key(2), Recovered::default());
    assert_eq!(hello(&mut house, &client.token).1, "error 1 unauthorized");
    let both = TokenKeys { previous: Some(key(1).current), ..key(2) };
    house.restart_with(both, Recovered::default());
    house.now.wall_ms += 24 * 60 * 60 * 1_000 - 1_000;
    let (renewed, _) = house.again(&client);
    house.now.wall_ms += 1_000;
    assert_eq!(hello(&mut house, &client.token).1, "error 1 unauthorized");
    assert!(hello(&mut house, &renewed.token).1.starts_with("ok 1"));
}

#[test]
fn who_does_not_come_back_in_time_is_reported_once_and_nobody_before() {
    let mut house = house(|_| {});
    let [stays, returns, leaves, away] = ["Ada", "Bob", "Cem", "Dan"].map(|name| house.named(name));
    let mut recovered = Recovered { grace_ms: 15_000, ..Recovered::default() };
    for (n, client) in (0..).zip([&stays, &returns, &leaves, &away]) {
        let one = found(n, client, 4, n < 3);
        recovered.rooms.extend(one.rooms);
        recovered.seats.extend(one.seats);
    }
    house.restart(recovered);
    house.hub.keep_house(house.now);
    house.again(&returns);
    let (again, _) = house.again(&leaves);
    house.disconnect(&again);
    let came = ["connected 5", "look", "connected 5", "look", "disconnected 5"];
    assert_eq!(house.arrived(), came.map(|it| format!("connection: {it}")));

    house.now.ms += 14_999;
    house.hub.keep_house(house.now);
    assert_eq!(house.arrived(), [""; 0]);
    house.now.ms += 1;
    house.hub.keep_house(house.now);
    assert_eq!(house.arrived(), ["connection: disconnected 4"]);
    house.now.ms += 15_000;
    house.hub.keep_house(house.now);
    assert_eq!(house.arrived(), [""; 0]);
    let (_, held) = house.again(&stays);
    assert_eq!(held.as_deref(), Some("AAAAAA"));
}

/// A repair cut one of two rooms back to when the session still sat there.
fn in_two_rooms(client: &Client, first: (u64, u32), second: (u64, u32)) -> Recovered {
    let mut recovered = found(first.0, client, first.1, true);
    let other = found(second.0, client, second.1, true);
    recovered.rooms.extend(other.rooms);
    recovered.seats.extend(other.seats);
    recovered
}

/// Which rooms are told once the grace is over, and what.
fn told_after_the_grace(house: &mut House) -> Vec<(RoomId, String)> {
    house.hub.keep_house(house.now);
    house.arrived();
    house.now.ms += 15_000;
    house.hub.keep_house(house.now);
    house.control.try_iter().map(|it| (it.room, short(&it))).collect()
}

#[test]
fn a_session_in_two_rooms_holds_the_later_seat_and_the_other_room_is_told_that_it_is_gone() {
    for (first, second) in [((0, 9), (2, 4)), ((2, 4), (0, 9))] {
        let mut house = house(|_| {});
        let before = house.named("Ada");
        house.restart(in_two_rooms(&before, first, second));
        let (_, held) = house.again(&before);
        assert_eq!(held.as_deref(), Some("AAAAAA"));
        let gone = (RoomId::nth(2), "connection: disconnected 4".to_owned());
        assert_eq!(told_after_the_grace(&mut house), [gone]);
    }
}

#[test]
fn both_rooms_of_a_session_that_does_not_come_back_are_told() {
    let mut house = house(|_| {});
    let before = house.named("Ada");
    house.restart(in_two_rooms(&before, (0, 9), (2, 4)));
    let gone = [(0, 9), (2, 4)]
        .map(|(n, epoch)| (RoomId::nth(n), format!("connection: disconnected {epoch}")));
    assert_eq!(told_after_the_grace(&mut house), gone);
}

#[test]
fn what_the_other_room_says_of_a_session_takes_it_out_of_no_seat() {
    let mut house = house(|_| {});
    let before = house.named("Ada");
    house.restart(in_two_rooms(&before, (0, 9), (2, 4)));
    let (client, _) = house.again(&before);
    house.release(vec![
        snapshot(0, 8, &client, Some(0)),
        room(2, 8, Stage::Running, [human(&client), None, None, None]),
        update(2, 8, Audience::Everyone),
        update(0, 9, Audience::Everyone),
    ]);
    assert_eq!(client.read()[..], ["snapshot 8 seat 0", "update 9"]);
    house.arrived();
    house.disconnect(&client);
    let told: Vec<RoomId> = house.control.try_iter().map(|it| it.room).collect();
    assert_eq!(told, [RoomId::nth(0)]);
}

#[test]
fn who_leaves_one_of_two_rooms_is_given_the_other_and_shown_it() {
    let mut house = house(|_| {});
    let before = house.named("Ada");
    house.restart(in_two_rooms(&before, (0, 9), (2, 4)));
    let (client, _) = house.again(&before);
    house.arrived();
    house.release(vec![
        room(0, 8, Stage::Running, [const { None }; 4]),
        room(2, 8, Stage::Running, [human(&client), None, None, None]),
    ]);
    assert_eq!(house.arrived(), ["connection: connected 10", "connection: look"]);
    assert_eq!(told_after_the_grace(&mut house), []);
}

#[test]
fn who_joins_the_other_of_two_rooms_is_back_in_the_seat_it_has_there() {
    let mut house = house(|_| {});
    let before = house.named("Ada");
    house.restart(in_two_rooms(&before, (0, 9), (2, 4)));
    let (client, _) = house.again(&before);
    house.release(vec![room(0, 8, Stage::Closed, [const { None }; 4])]);
    house.arrived();
    house.send(&client, 5, Request::JoinRoom(JoinRoom { room: "CCCCCC".into(), seat: None }));
    assert_eq!(house.arrived(), ["5: join Ada"]);
    let Frame::Accepted { session, request, answer } = accepted(&client, 5, 8, Some((2, 0))) else {
        panic!("no answer")
    };
    let answer = Answer { duplicate: true, ..answer };
    house.release(vec![Frame::Accepted { session, request, answer }]);
    assert_eq!(house.arrived(), ["connection: connected 10", "connection: look"]);
}

#[test]
fn more_missing_people_than_a_lane_takes_wait_for_it() {
    let mut house = house(|_| {});
    let clients: Vec<Client> = (0..20).map(|n| house.named(&format!("p{n}"))).collect();
    let mut recovered = Recovered::default();
    for (n, client) in (0..).zip(&clients) {
        let one = found(n, client, 1, true);
        recovered.rooms.extend(one.rooms);
        recovered.seats.extend(one.seats);
    }
    house.restart(recovered);
    house.hub.keep_house(house.now);
    assert_eq!(house.arrived().len(), 16);
    house.hub.keep_house(house.now);
    assert_eq!(house.arrived().len(), 4);
}

#[test]
fn a_repeated_create_room_or_join_room_gives_the_seat_of_before() {
    let mut house = house(|_| {});
    let before = house.named("Ada");
    house.restart(found(0, &before, 1, true));
    let (client, _) = house.again(&before);
    house.arrived();
    house.send(&client, 9, create());
    house.send(&client, 9, join());
    // The room knows whether it has accepted the first; nothing else would change it.
    assert_eq!(house.arrived(), ["9: connected 0", "9: join Ada"]);
    house.release(vec![
        refused(&client, 9, 0, Refusal::Repeated(Version(3))),
        accepted(&client, 9, 7, Some((0, 0))),
    ]);
    assert_eq!(client.read()[0], "ok 9 AAAAAA seat 0 version 3 duplicate");
    house.send(&client, 9, create());
    assert_eq!(client.read(), ["ok 9 AAAAAA seat 0 version 7 duplicate"], "it is known now");
}

#[test]
fn another_create_room_of_who_holds_a_seat_is_refused_after_a_restart_too() {
    let mut house = house(|_| {});
    let before = house.named("Ada");
    house.restart(found(0, &before, 1, true));
    let (client, _) = house.again(&before);
    house.send(&client, 12, create());
    house.send(&client, 2, create());
    let oldest = components::RequestId(5);
    house.release(vec![
        refused(&client, 12, 0, Refusal::Rejected(Rejection::NotDue)),
        refused(&client, 2, 0, Refusal::StaleRequest(oldest)),
    ]);
    assert_eq!(client.read(), ["error 12 already_in_room", "error 2 stale"]);
}

#[test]
fn what_was_not_answered_may_be_sent_again_with_the_numbers_it_had() {
    let mut house = house(|_| {});
    let before = house.named("Ada");
    house.restart(Recovered::default());
    house.release(vec![room(0, 1, Stage::Open, [const { None }; 4])]);
    let token = Some(before.token.clone());
    let client = house.open();
    let again = Hello { token, name: Some("Ada".into()), ..Hello::default() };
    house.send(&client, 9, Request::Hello(again));
    house.send(&client, 5, join());
    house.send(&client, 6, Request::Declare(Declare { piles: 1, turn: None }));
    house.send(&client, 6, Request::Ping(Ping::default()));
    house.send(&client, 10, Request::Ping(Ping::default()));
    assert_eq!(client.read(), ["ok 9", "error 6 stale", "ok 10"]);
    assert_eq!(
        house.arrived(),
        ["5: join Ada", "6: Decide { decision: Declare(1), turn: None, decider: Person }"]
    );
}

#[test]
fn rooms_are_listed_and_found_and_their_people_are_never_forgotten() {
    let mut house = house(|settings| {
        settings.sessions_max = 1;
        settings.session_idle_seconds = 1;
    });
    let before = house.named("Ada");
    house.restart(found(0, &before, 1, true));
    house.now.ms += 1_000_000;
    house.hub.keep_house(house.now);
    house.now.ms += 1_000_000;
    house.hub.keep_house(house.now);
    assert_eq!((house.stats.snapshot().rooms, house.stats.snapshot().sessions), (1, 1));
    let stranger = house.open();
    house.send(&stranger, 1, Request::Hello(Hello::default()));
    assert_eq!(stranger.read(), ["error 1 overloaded"]);
    let (_, held) = house.again(&before);
    assert_eq!(held.as_deref(), Some("AAAAAA"));
}

#[test]
fn the_longest_idle_session_makes_room_and_its_token_brings_it_back() {
    let mut house = house(|settings| settings.sessions_max = 2);
    let (first, second) = (house.named("Ada"), house.named("Bob"));
    house.disconnect(&first);
    let third = house.named("Cem");
    assert_eq!(house.stats.snapshot().sessions, 2);
    assert_eq!(hello(&mut house, &first.token).1, "error 1 overloaded");
    house.disconnect(&second);
    let (back, _) = house.again(&first);
    assert_eq!(back.session, first.session);
    assert_eq!(third.closed_with(), None);
}

#[test]
fn a_bot_that_took_a_seat_over_lets_the_session_go() {
    let mut house = house(|_| {});
    let before = house.named("Ada");
    house.restart(found(0, &before, 1, true));
    let bot = Some(SeatSummary::Bot(components::BotLevel::Simple));
    house.release(vec![room(0, 8, Stage::Running, [bot, None, None, None])]);
    let (_, held) = house.again(&before);
    assert_eq!(held, None);
}

#[test]
fn a_shutdown_makes_nobody_leave_their_seat() {
    let mut house = house(|_| {});
    let client = house.seated("Ada", 0);
    house.hub.shut_down();
    house.disconnect(&client);
    assert_eq!(house.arrived(), [""; 0]);
}

#[test]
fn a_seat_of_a_room_that_was_not_found_binds_nobody() {
    let mut house = house(|_| {});
    let before = house.named("Ada");
    let found = found(0, &before, 1, true);
    house.restart(Recovered { rooms: Vec::new(), ..found });
    let (after, held) = house.again(&before);
    assert_eq!((after.session, held), (before.session, None));
    assert_eq!(house.arrived(), [""; 0]);
}
