//! Requests, and what is answered at once or by a room.

use components::{Refusal, Rejection, Stage, Version};
use protocol::{CreateRoom, Declare, JoinRoom, ListRooms, Ping, Request, ServerMessage, WatchRoom};

use super::{accepted, house, human, refused, room, said, snapshot};
use crate::readiness::NotReady;

fn declare() -> Request {
    Request::Declare(Declare { piles: 1, turn: None })
}

fn join(code: &str) -> Request {
    Request::JoinRoom(JoinRoom { room: code.into(), seat: None })
}

#[test]
fn a_room_is_made_answered_and_may_be_asked_for_again() {
    let mut house = house(|_| {});
    let client = house.named("Ada");
    house.send(&client, 2, Request::CreateRoom(CreateRoom::default()));
    assert_eq!(house.arrived(), ["2: open FFFFFF"]);
    assert_eq!(client.read(), [""; 0], "the room answers");
    house.release(vec![
        accepted(&client, 2, 1, Some((5, 0))),
        room(5, 1, Stage::Open, [human(&client), None, None, None]),
    ]);
    assert_eq!(client.read(), ["ok 2 FFFFFF seat 0 version 1"]);

    house.send(&client, 2, Request::CreateRoom(CreateRoom::default()));
    house.send(&client, 3, Request::CreateRoom(CreateRoom::default()));
    let read = client.read();
    assert_eq!(read, ["ok 2 FFFFFF seat 0 version 1 duplicate", "error 3 already_in_room"]);
    assert_eq!(house.arrived(), [""; 0]);
}

#[test]
fn what_a_room_refuses_gives_the_code_back() {
    let mut house = house(|settings| settings.rooms_max = 1);
    let client = house.named("Ada");
    house.send(&client, 2, Request::CreateRoom(CreateRoom::default()));
    house.send(&client, 3, Request::CreateRoom(CreateRoom::default()));
    house.release(vec![refused(&client, 2, 0, Refusal::Busy)]);
    house.send(&client, 4, Request::CreateRoom(CreateRoom::default()));
    assert_eq!(client.read(), ["error 3 already_in_room", "error 2 busy"]);
    assert_eq!(house.arrived().len(), 2);
}

#[test]
fn rooms_are_found_by_code_in_either_case_and_need_a_name() {
    let mut house = house(|_| {});
    let (named, nameless) = (house.named("Ada"), house.greet(protocol::Hello::default()).0);
    house.release(vec![room(0, 1, Stage::Open, [const { None }; 4])]);
    house.send(&named, 2, join("BBBBBB"));
    house.send(&named, 3, join("not a code"));
    house.send(&named, 4, join("aaaaaa"));
    assert_eq!(named.read(), ["error 2 room_not_found", "error 3 room_not_found"]);
    assert_eq!(house.arrived(), ["4: join Ada"]);
    house.send(&nameless, 2, join("AAAAAA"));
    assert_eq!(nameless.read(), ["error 2 bad_name"]);
}

#[test]
fn a_pending_seat_bars_another_room_but_not_its_own_actions() {
    let mut house = house(|_| {});
    let client = house.named("Ada");
    let free = || [const { None }; 4];
    house.release(vec![room(0, 1, Stage::Open, free()), room(2, 1, Stage::Open, free())]);
    house.send(&client, 2, declare());
    house.send(&client, 3, join("AAAAAA"));
    house.send(&client, 4, join("CCCCCC"));
    house.send(&client, 5, Request::LeaveRoom);
    assert_eq!(client.read(), ["error 2 not_in_room", "error 4 already_in_room"]);
    assert_eq!(house.arrived(), ["5: leave", "3: join Ada"]);
    house.release(vec![
        refused(&client, 5, 0, Refusal::Rejected(Rejection::NotInRoom)),
        refused(&client, 3, 0, Refusal::Rejected(Rejection::RoomFull)),
    ]);
    assert_eq!(client.read(), ["error 5 not_in_room", "error 3 room_full"]);
    house.send(&client, 6, join("CCCCCC"));
    assert_eq!(house.arrived(), ["6: join Ada"]);
}

#[test]
fn numbers_must_grow_but_a_rooms_actions_may_be_repeated() {
    let mut house = house(|_| {});
    let client = house.seated("Ada", 0);
    house.send(&client, 5, declare());
    house.send(&client, 5, declare());
    house.send(&client, 5, Request::Ping(Ping::default()));
    house.send(&client, 4, Request::WatchLobby);
    assert_eq!(client.read(), ["error 5 stale", "error 4 stale"]);
    assert_eq!(house.arrived().len(), 2);
    house.release(vec![
        accepted(&client, 5, 2, None),
        refused(&client, 5, 0, Refusal::Repeated(Version(2))),
    ]);
    assert_eq!(client.read(), ["ok 5 version 2", "ok 5 version 2 duplicate"]);
}

#[test]
fn an_answer_finds_the_session_on_its_new_connection() {
    let mut house = house(|_| {});
    let old = house.seated("Ada", 0);
    house.send(&old, 2, declare());
    let (new, _) = house.again(&old);
    house.release(vec![accepted(&old, 2, 2, None)]);
    assert_eq!(new.read(), ["ok 2 version 2"]);
    assert_eq!(old.read(), [""; 0]);
}

#[test]
fn credits_outside_rooms_run_out_and_say_when_they_are_back() {
    let mut house = house(|_| {});
    let client = house.named("Ada");
    for id in 2..18 {
        house.send(&client, id, Request::ListRooms(ListRooms::default()));
    }
    let read = client.read();
    assert_eq!((read[14].as_str(), read[15].as_str()), ("ok 16", "error 17 rate_limited"));
    house.now.ms += 400;
    house.send(&client, 18, Request::ListRooms(ListRooms::default()));
    assert_eq!(client.read(), ["ok 18"]);
}

#[test]
fn a_full_lane_answers_busy_and_nothing_is_pending() {
    let mut house = house(|_| {});
    let client = house.seated("Ada", 0);
    for id in 2..19 {
        house.send(&client, id, declare());
    }
    assert_eq!(client.read(), ["error 18 busy"]);
    assert_eq!(house.arrived().len(), 16);
    house.send(&client, 19, declare());
    assert_eq!(house.arrived().len(), 1);
}

#[test]
fn a_wish_to_watch_ends_with_its_connection() {
    let mut house = house(|_| {});
    let old = house.named("Ada");
    house.release(vec![room(0, 1, Stage::Open, [const { None }; 4])]);
    house.send(&old, 2, Request::WatchRoom(WatchRoom { room: "AAAAAA".into() }));
    let (new, _) = house.again(&old);
    house.release(vec![accepted(&old, 2, 1, None), snapshot(0, 1, &old, None)]);
    assert_eq!(new.read(), [""; 0]);
}

#[test]
fn a_create_room_sent_again_before_its_answer_is_asked_of_the_room() {
    let mut house = house(|_| {});
    let old = house.named("Ada");
    house.send(&old, 2, Request::CreateRoom(CreateRoom::default()));
    let (new, _) = house.again(&old);
    house.send(&new, 2, Request::CreateRoom(CreateRoom::default()));
    assert_eq!(house.arrived(), ["2: open FFFFFF", "2: connected 0"]);
    house.release(vec![
        accepted(&old, 2, 1, Some((5, 0))),
        refused(&old, 2, 5, Refusal::Repeated(Version(1))),
    ]);
    let read = new.read();
    let ok = "ok 2 FFFFFF seat 0 version 1";
    assert_eq!(read, [ok.to_owned(), format!("{ok} duplicate")]);
}

#[test]
fn no_room_is_made_while_the_server_is_not_ready_and_the_answer_says_why() {
    let mut house = house(|_| {});
    let client = house.named("Ada");
    let reasons: [fn(String) -> NotReady; 3] =
        [NotReady::Storage, NotReady::Draining, NotReady::Starting];
    for (id, not_ready) in (2..).zip(reasons) {
        *house.not_ready.lock().unwrap() = Some(not_ready("disk full".into()));
        house.send(&client, id, Request::CreateRoom(CreateRoom::default()));
    }
    let told = client.messages();
    assert!(
        matches!(&told[0], ServerMessage::Error { data, .. } if data.message.contains("disk full"))
    );
    let codes: Vec<_> = told.iter().map(said).collect();
    assert_eq!(codes, ["error 2 storage_unavailable", "error 3 draining", "error 4 overloaded"]);
    *house.not_ready.lock().unwrap() = None;
    house.send(&client, 5, Request::CreateRoom(CreateRoom::default()));
    assert_eq!(house.arrived().len(), 1);
}
