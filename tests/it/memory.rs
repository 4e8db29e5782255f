//! A server with too little memory for more: no new rooms, and those that are there play on.

use client::ClientError;
use client::protocol::{CreateRoom, ErrorCode, Request, WatchRoom};

use crate::process::{Server, run, update};

#[test]
fn above_four_fifths_of_its_memory_a_server_refuses_new_rooms_and_lets_the_others_play() {
    let more = ["--bot-rooms", "30000", "--set", "memory.max_mb=64"];
    let mut server = Server::start("memory", &more);
    server.logged("no new rooms");
    run(async {
        let mut ann = server.connect("Ann").await;
        let refused = ann.request(Request::CreateRoom(CreateRoom::default())).await;
        let code = match refused {
            Err(ClientError::Refused(error)) => error.code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code, ErrorCode::Overloaded);
        let listed = ann.request(Request::ListRooms(Default::default())).await.unwrap();
        let room = listed.rooms.unwrap()[0].room.clone().into_owned();
        let wish = WatchRoom { room };
        ann.request(Request::WatchRoom(wish)).await.unwrap();
        assert!(!update(&mut ann).await.is_empty(), "bots play on");
    });
}
