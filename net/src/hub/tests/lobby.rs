//! Pages of rooms, and how rooms come and go.

use components::Stage;
use protocol::{ListRooms, Request, ServerMessage};

use super::{Client, House, house, room};

fn open(n: u64) -> components::Frame {
    room(n, 1, Stage::Open, [const { None }; 4])
}

fn closed(n: u64) -> components::Frame {
    room(n, 2, Stage::Closed, [const { None }; 4])
}

fn watcher(house: &mut House) -> Client {
    let client = house.named("Ada");
    house.send(&client, 2, Request::WatchLobby);
    assert_eq!(client.read(), ["ok 2"]);
    client
}

#[test]
fn a_release_makes_one_delta_without_private_rooms() {
    let mut house = house(|_| {});
    let client = watcher(&mut house);
    house.release(vec![open(4), open(1), open(0), open(4)]);
    house.release(vec![open(2), closed(4), closed(1)]);
    assert_eq!(client.read(), ["lobby +AAAAAA +EEEEEE of 3", "lobby +CCCCCC -EEEEEE of 2"]);
    house.send(&client, 3, Request::UnwatchLobby);
    house.release(vec![closed(0)]);
    assert_eq!(client.read(), ["ok 3"]);
}

#[test]
fn who_was_not_told_in_time_is_told_of_all_once_drained() {
    let mut house = house(|settings| settings.send_queue = 1);
    let client = watcher(&mut house);
    house.release(vec![open(0)]);
    house.release(vec![open(2), open(4)]);
    house.release(vec![closed(2)]);
    assert_eq!(client.drain(&mut house), ["lobby +AAAAAA of 1"]);
    assert_eq!(client.drain(&mut house), ["lobby +EEEEEE -CCCCCC of 2"]);
    house.release(vec![closed(0)]);
    assert_eq!(client.read(), ["lobby -AAAAAA of 1"]);
}

#[test]
fn pages_follow_one_another() {
    let mut house = house(|_| {});
    let client = house.named("Ada");
    house.release([4, 0, 3, 2].map(open).into());
    let mut page = |id: u32, after: Option<&str>| {
        let after = after.map(str::to_owned);
        house.send(&client, id, Request::ListRooms(ListRooms { after, limit: Some(2) }));
        let Some(ServerMessage::Ok { data, .. }) = client.messages().pop() else { panic!("no ok") };
        let codes: Vec<String> =
            data.rooms.iter().flatten().map(|room| room.room.to_string()).collect();
        (codes, data.next.clone(), data.counts.unwrap().rooms)
    };
    assert_eq!(page(2, None), (vec!["AAAAAA".into(), "CCCCCC".into()], Some("CCCCCC".into()), 4));
    assert_eq!(page(3, Some("CCCCCC")), (vec!["EEEEEE".into()], None, 4));
}
