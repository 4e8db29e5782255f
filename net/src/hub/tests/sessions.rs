//! Who is there, anew and again.

use components::{Audience, Stage};
use protocol::{Hello, Ping, Request};

use super::{accepted, house, human, room, snapshot, update};
use crate::hub::Incoming;

#[test]
fn nothing_comes_before_hello_and_no_second_one_after_it() {
    let mut house = house(|_| {});
    let client = house.open();
    house.send(&client, 1, Request::Ping(Ping::default()));
    house.send(&client, 2, Request::Hello(Hello::default()));
    house.send(&client, 3, Request::Hello(Hello::default()));
    house.send(&client, 4, Request::Ping(Ping::default()));
    assert_eq!(client.read(), ["error 1 hello_first", "ok 2", "error 3 bad_message", "ok 4"]);
}

#[test]
fn a_bad_name_and_an_unknown_token_are_refused_and_the_third_token_closes() {
    let mut house = house(|_| {});
    let client = house.open();
    let name = Some("Bot 1".to_owned());
    house.send(&client, 1, Request::Hello(Hello { name, ..Hello::default() }));
    assert_eq!(client.read(), ["error 1 bad_name"]);
    for id in 2..5 {
        assert_eq!(client.closed_with(), None);
        let token = Some("0".repeat(32));
        house.send(&client, id, Request::Hello(Hello { token, ..Hello::default() }));
        assert_eq!(client.read(), [format!("error {id} unauthorized")]);
    }
    assert_eq!(client.closed_with(), Some(4002));
}

#[test]
fn the_newest_connection_of_a_session_wins_its_seat() {
    let mut house = house(|_| {});
    let first = house.seated("Ada", 0);
    let (second, held) = house.again(&first);
    assert_eq!(first.closed_with(), Some(4000));
    assert_eq!(held.as_deref(), Some("AAAAAA"));
    assert_eq!(house.arrived(), ["connection: connected 2", "connection: look"]);

    // The old socket closing is nothing to the room.
    house.disconnect(&first);
    house.send(&first, 9, Request::Ping(Ping::default()));
    assert_eq!((house.arrived(), first.read()), (vec![], vec![]));

    house.release(vec![
        update(0, 2, Audience::Everyone),
        snapshot(0, 2, &second, Some(0)),
        update(0, 3, Audience::Everyone),
    ]);
    assert_eq!(second.read(), ["snapshot 2 seat 0", "update 3"]);
    house.disconnect(&second);
    assert_eq!(house.arrived(), ["connection: disconnected 2"]);
}

#[test]
fn who_went_or_came_back_while_a_seat_was_on_the_way_is_reported_to_the_room() {
    let mut house = house(|_| {});
    let gone = house.named("Ada");
    house.disconnect(&gone);
    house.release(vec![room(0, 1, Stage::Open, [human(&gone), None, None, None])]);
    assert_eq!(house.arrived(), ["connection: disconnected 0"], "it never told of a connection");
    let (back, held) = house.again(&gone);
    assert_eq!(held.as_deref(), Some("AAAAAA"));
    assert_eq!(house.arrived(), ["connection: connected 2", "connection: look"]);

    house.release(vec![
        room(2, 1, Stage::Open, [const { None }; 4]),
        room(0, 2, Stage::Closed, [const { None }; 4]),
    ]);
    let join = protocol::JoinRoom { room: "CCCCCC".into(), seat: None };
    house.send(&back, 7, Request::JoinRoom(join));
    assert_eq!(house.arrived(), ["7: join Ada"]);
    let (again, held) = house.again(&back);
    assert_eq!(held, None);
    house.release(vec![accepted(&again, 7, 2, Some((2, 1)))]);
    assert_eq!(again.read(), ["ok 7 CCCCCC seat 1 version 2"]);
    assert_eq!(house.arrived(), ["connection: connected 3", "connection: look"]);
}

#[test]
fn what_is_no_message_is_answered_and_too_much_of_it_closes() {
    let mut house = house(|settings| settings.faults_max = 3);
    let client = house.named("Ada");
    house.hub.receive(client.id, Incoming { text: true, bytes: b"{}" }, house.now);
    house.hub.receive(client.id, Incoming { text: false, bytes: &[0xc1] }, house.now);
    assert_eq!(client.read(), ["error null bad_frame", "error null bad_message"]);
    house.send(&client, 2, Request::Ping(Ping::default()));
    for _ in 0..3 {
        assert_eq!(client.closed_with(), None);
        house.hub.receive(client.id, Incoming { text: false, bytes: &[] }, house.now);
    }
    assert_eq!(client.closed_with(), Some(4003));
    assert_eq!(house.stats.snapshot().refused["bad_message"], 4);
}

#[test]
fn an_idle_session_is_forgotten_and_a_seated_one_is_not() {
    let mut house = house(|settings| settings.session_idle_seconds = 60);
    let (idle, seated) = (house.named("Ada"), house.seated("Bob", 0));
    house.disconnect(&idle);
    house.disconnect(&seated);
    house.now.ms += 60_000;
    house.hub.keep_house(house.now);
    assert_eq!(house.stats.snapshot().sessions, 1);
    assert!(house.again(&seated).1.is_some());
}

#[test]
fn shutting_down_is_told_before_the_close_and_where_seats_are_kept_people_are_to_come_back() {
    for (keeps_seats, notice, code) in
        [(true, "notice restarting", 4005), (false, "notice draining", 1001)]
    {
        let mut house = house(|settings| settings.keeps_seats = keeps_seats);
        let client = house.named("Ada");
        house.hub.shut_down();
        assert_eq!(client.read(), [notice]);
        assert_eq!(client.closed_with(), Some(code));
        assert_eq!(house.open().closed_with(), Some(code));
    }
}
