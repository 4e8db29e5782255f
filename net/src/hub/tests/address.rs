//! What is counted by the address somebody comes from.

use components::{Refusal, Rejection, Stage};
use protocol::{CreateRoom, Hello, Request, ServerMessage, WatchRoom};

use super::{Client, FIRST_ROOM, House, house, human, refused, room};
use crate::settings::NetSettings;

const HERE: &str = "192.0.2.1";
const ELSEWHERE: &str = "192.0.2.2";

/// One from there, who asks for a room, and what is answered at once.
fn maker(house: &mut House, ip: &str) -> (Client, Option<(String, Option<u32>)>) {
    let client = house.named_from(ip, "Ada");
    house.send(&client, 2, Request::CreateRoom(CreateRoom::default()));
    let answer = client.messages().pop().map(|answer| match answer {
        ServerMessage::Error { data, .. } => (data.code.as_str().to_owned(), data.retry_after_ms),
        other => panic!("{other:?}"),
    });
    (client, answer)
}

fn too_many() -> Option<(String, Option<u32>)> {
    Some(("rate_limited".to_owned(), Some(10_000)))
}

fn two_rooms(settings: &mut NetSettings) {
    settings.limits.address_rooms = Some(2);
}

#[test]
fn rooms_count_for_the_address_they_were_made_from_as_long_as_they_live() {
    let mut house = house(two_rooms);
    let (first, answer) = maker(&mut house, HERE);
    assert_eq!(answer, None);
    assert_eq!(maker(&mut house, HERE).1, None);
    assert_eq!(maker(&mut house, HERE).1, too_many());
    assert_eq!(maker(&mut house, ELSEWHERE).1, None);
    assert_eq!(house.stats.snapshot().limited["address_rooms"], 1);

    // It goes on to live when it changes, and when who made it goes.
    let seats = || [human(&first), None, None, None];
    house.release(vec![room(FIRST_ROOM, 1, Stage::Open, seats())]);
    house.release(vec![room(FIRST_ROOM, 2, Stage::Running, seats())]);
    house.disconnect(&first);
    assert_eq!(maker(&mut house, HERE).1, too_many());
    house.release(vec![room(FIRST_ROOM, 3, Stage::Closed, [const { None }; 4])]);
    assert_eq!(maker(&mut house, HERE).1, None);
}

#[test]
fn a_room_that_did_not_come_to_be_counts_for_nobody() {
    let mut house = house(two_rooms);
    let (first, _) = maker(&mut house, HERE);
    assert_eq!(maker(&mut house, HERE).1, None);
    let refusal = Refusal::Rejected(Rejection::RoomNotFound);
    house.release(vec![refused(&first, 2, FIRST_ROOM, refusal)]);
    assert_eq!(maker(&mut house, HERE).1, None);
    assert_eq!(maker(&mut house, HERE).1, too_many());
}

#[test]
fn who_is_exempt_makes_as_many_rooms_as_there_may_be() {
    let mut house = house(two_rooms);
    assert!((0..10).all(|_| maker(&mut house, "127.0.0.1").1.is_none()));
}

#[test]
fn so_many_may_watch_a_room_from_one_address() {
    let mut house = house(|settings| settings.limits.address_spectators = Some(2));
    house.release(vec![room(0, 1, Stage::Running, [const { None }; 4])]);
    house.release(vec![room(2, 1, Stage::Running, [const { None }; 4])]);
    let watch = |house: &mut House, ip: &str, room: &str| {
        let client = house.greet_from(Some(ip), Hello::default()).0;
        house.send(&client, 2, Request::WatchRoom(WatchRoom { room: room.into() }));
        let said = client.read();
        (client, said)
    };
    let (first, _) = watch(&mut house, HERE, "AAAAAA");
    assert_eq!(watch(&mut house, HERE, "AAAAAA").1, [""; 0]);
    assert_eq!(watch(&mut house, HERE, "AAAAAA").1, ["error 2 rate_limited"]);
    assert_eq!(watch(&mut house, HERE, "CCCCCC").1, [""; 0], "another room");
    assert_eq!(watch(&mut house, ELSEWHERE, "AAAAAA").1, [""; 0], "another address");
    house.send(&first, 3, Request::WatchRoom(WatchRoom { room: "AAAAAA".into() }));
    assert_eq!(first.read(), [""; 0], "it watches already");
    house.disconnect(&first);
    assert_eq!(watch(&mut house, HERE, "AAAAAA").1, [""; 0]);
}

#[test]
fn who_asks_on_and_on_for_what_its_address_may_not_have_is_closed_with_4004() {
    let mut house = house(|settings| {
        settings.limits.address_spectators = Some(1);
        settings.faults_max = 3;
    });
    house.release(vec![room(0, 1, Stage::Running, [const { None }; 4])]);
    let [_first, second] = std::array::from_fn(|_| {
        let client = house.greet_from(Some(HERE), Hello::default()).0;
        house.send(&client, 2, Request::WatchRoom(WatchRoom { room: "AAAAAA".into() }));
        client
    });
    for id in 3..5 {
        assert_eq!(second.closed_with(), None);
        house.send(&second, id, Request::WatchRoom(WatchRoom { room: "AAAAAA".into() }));
    }
    assert_eq!(second.closed_with(), Some(4004));
}
