//! A server with too little memory for more: no new rooms, and those that are there play on.

use std::time::{Duration, Instant};

use client::ClientError;
use client::protocol::{CreateRoom, ErrorCode, Request, WatchRoom};

use crate::process::{Server, run, update};

#[test]
fn above_four_fifths_of_its_memory_a_server_refuses_new_rooms_and_lets_the_others_play() {
    let more = ["--bot-rooms", "30000", "--set", "memory.max_mb=64"];
    let server = Server::start("memory", &more);
    let since = Instant::now();
    run(async {
        let mut ann = server.connect("Ann").await;
        let code = loop {
            let wish = Request::CreateRoom(CreateRoom::default());
            match ann.request(wish).await {
                Err(ClientError::Refused(error)) => break error.code,
                Err(error) => panic!("{error}"),
                Ok(_) => _ = ann.request(Request::LeaveRoom).await.unwrap(),
            }
            assert!(since.elapsed() < Duration::from_secs(15), "30,000 rooms fit into 51 MiB");
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        assert_eq!(code, ErrorCode::Overloaded);
        let listed = ann.request(Request::ListRooms(Default::default())).await.unwrap();
        let room = listed.rooms.unwrap()[0].room.clone().into_owned();
        let wish = WatchRoom { room };
        ann.request(Request::WatchRoom(wish)).await.unwrap();
        assert!(!update(&mut ann).await.is_empty(), "bots play on");
    });
}
