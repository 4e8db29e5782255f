//! Who is told what, and from where on.

use components::{Audience, Seat, Stage};
use protocol::{Hello, Request, Resync, UnwatchRoom, WatchRoom};

use super::{accepted, house, human, room, snapshot, update};

#[test]
fn updates_begin_where_the_snapshot_passes() {
    let mut house = house(|_| {});
    let client = house.named("Ada");
    house.release(vec![
        update(0, 1, Audience::Everyone),
        room(0, 1, Stage::Open, [None, human(&client), None, None]),
        update(0, 2, Audience::Everyone),
        snapshot(0, 3, &client, Some(1)),
        update(0, 3, Audience::Everyone),
        update(0, 4, Audience::Everyone),
        update(0, 5, Audience::Seat(Seat::ALL[0])),
        update(0, 5, Audience::Spectators),
        update(0, 6, Audience::Seat(Seat::ALL[1])),
    ]);
    assert_eq!(client.read(), ["snapshot 3 seat 1", "update 4", "update 6"]);
}

#[test]
fn an_ok_comes_before_the_update_it_caused_and_who_left_is_told_no_more() {
    let mut house = house(|_| {});
    let client = house.seated("Ada", 0);
    house.send(&client, 2, Request::LeaveRoom);
    house.release(vec![
        accepted(&client, 2, 2, None),
        update(0, 2, Audience::Everyone),
        room(0, 2, Stage::Open, [const { None }; 4]),
        update(0, 3, Audience::Everyone),
    ]);
    assert_eq!(client.read(), ["ok 2 version 2", "update 2"]);
    house.send(&client, 3, Request::LeaveRoom);
    assert_eq!(client.read(), ["error 3 not_in_room"]);
}

#[test]
fn who_is_behind_gets_one_snapshot_once_drained_and_goes_on_from_there() {
    let mut house = house(|settings| settings.send_queue = 2);
    let client = house.seated("Ada", 0);
    house.release((2..7).map(|version| update(0, version, Audience::Everyone)).collect());
    assert_eq!(house.stats.snapshot().behind, 1);
    assert_eq!(house.arrived(), [""; 0], "not before it has drained");
    assert_eq!(client.drain(&mut house), ["update 2", "update 3"]);
    assert_eq!(house.arrived(), ["connection: look"]);

    house.release(vec![update(0, 7, Audience::Everyone)]);
    assert_eq!(client.drain(&mut house), [""; 0], "the snapshot is on the way");
    house.release(vec![snapshot(0, 7, &client, Some(0)), update(0, 8, Audience::Everyone)]);
    assert_eq!(client.drain(&mut house), ["snapshot 7 seat 0", "update 8"]);
    assert_eq!(house.arrived(), [""; 0]);
}

#[test]
fn answers_and_snapshots_pass_a_full_queue() {
    let mut house = house(|settings| settings.send_queue = 1);
    let client = house.seated("Ada", 0);
    house.send(&client, 2, Request::Resync(Resync::default()));
    assert_eq!(house.arrived(), ["2: look"]);
    house.release(vec![
        update(0, 2, Audience::Everyone),
        update(0, 3, Audience::Everyone),
        accepted(&client, 2, 3, None),
        snapshot(0, 3, &client, Some(0)),
    ]);
    assert_eq!(client.read(), ["update 2", "ok 2 version 3", "snapshot 3 seat 0"]);
}

#[test]
fn a_spectator_sees_what_spectators_may_until_it_looks_away() {
    let mut house = house(|settings| settings.spectators_max = 1);
    let (first, second) = (house.greet(Hello::default()).0, house.greet(Hello::default()).0);
    house.release(vec![room(0, 1, Stage::Open, [const { None }; 4])]);
    let watch = || Request::WatchRoom(WatchRoom { room: "AAAAAA".into() });
    house.send(&first, 2, watch());
    house.send(&second, 2, watch());
    assert_eq!(house.arrived(), ["2: watch"]);
    assert_eq!(second.read(), ["error 2 room_full"]);
    house.release(vec![
        update(0, 4, Audience::Everyone),
        accepted(&first, 2, 4, None),
        snapshot(0, 4, &first, None),
        update(0, 5, Audience::Spectators),
        update(0, 6, Audience::Seat(Seat::ALL[0])),
    ]);
    assert_eq!(first.read(), ["ok 2 AAAAAA", "snapshot 4", "update 5"]);
    house.send(&first, 3, Request::UnwatchRoom(UnwatchRoom { room: "AAAAAA".into() }));
    house.release(vec![update(0, 7, Audience::Everyone)]);
    assert_eq!(first.read(), ["ok 3 AAAAAA"]);
    house.send(&second, 3, watch());
    assert_eq!(house.arrived(), ["3: watch"]);
}

#[test]
fn a_closed_room_lets_everybody_go() {
    let mut house = house(|_| {});
    let client = house.seated("Ada", 0);
    house.release(vec![
        update(0, 2, Audience::Everyone),
        room(0, 2, Stage::Closed, [human(&client), None, None, None]),
        update(0, 3, Audience::Everyone),
    ]);
    assert_eq!(client.read(), ["update 2"]);
    house.disconnect(&client);
    assert_eq!(house.arrived(), [""; 0], "no room has to know");
}
