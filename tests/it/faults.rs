//! Faults of a real server, caused through its socket: they stay small.

use client::protocol::{ErrorCode, JoinRoom, Request};
use client::{Client, ClientError};

use crate::process::{Server, playing, run, update, waiting};

const PLANTED: [&str; 2] = ["--plant", "names-panic"];

async fn join(client: &mut Client, room: &str) -> Result<(), ErrorCode> {
    let wish = JoinRoom { room: room.into(), seat: None };
    match client.request(Request::JoinRoom(wish)).await {
        Ok(_) => Ok(()),
        Err(ClientError::Refused(data)) => Err(data.code),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_panic_of_the_rules_costs_the_asker_an_answer_and_three_of_them_the_room_its_clocks() {
    let mut server = Server::start("rules", &PLANTED);
    run(async {
        let (mut other, _) = playing(&server, "Ann").await;
        let (mut host, room) = waiting(&server, "Bob").await;
        let mut guest = server.connect("panic rules").await;
        for _ in 0..3 {
            assert_eq!(join(&mut guest, &room).await, Err(ErrorCode::Internal));
        }
        let mut late = server.connect("Cid").await;
        assert_eq!(join(&mut late, &room).await, Err(ErrorCode::Paused));
        update(&mut host).await;
        update(&mut other).await;
    });
    server.logged("the rules panicked");
    let letters = std::fs::read_to_string(server.data.join("dead-letters.jsonl")).unwrap();
    assert_eq!(letters.lines().count(), 3);
    assert!(letters.lines().last().unwrap().contains(r#""quarantined":true"#), "{letters}");
}

#[test]
fn a_panic_of_the_tick_rebuilds_the_shard_while_connections_stay() {
    let server = Server::start("tick", &PLANTED);
    run(async {
        let (mut other, _) = playing(&server, "Ann").await;
        let (_host, room) = waiting(&server, "Bob").await;
        let mut guest = server.connect("panic tick").await;
        assert_eq!(join(&mut guest, &room).await, Err(ErrorCode::Internal));
        update(&mut other).await;
        let mut late = server.connect("Cid").await;
        assert_eq!(join(&mut late, &room).await, Ok(()));
    });
}

#[test]
fn the_third_panic_of_a_tick_within_a_minute_ends_the_process_and_the_next_one_has_the_rooms() {
    let mut server = Server::start("thrice", &PLANTED);
    let mut token = String::new();
    run(async {
        let (host, room) = waiting(&server, "Bob").await;
        host.token().clone_into(&mut token);
        for nth in 1..=3 {
            let mut guest = server.connect("panic tick").await;
            let wish = JoinRoom { room: room.clone(), seat: None };
            let answer = guest.request(Request::JoinRoom(wish)).await;
            assert_eq!(matches!(answer, Err(ClientError::Refused(_))), nth < 3, "{answer:?}");
        }
    });
    assert_eq!(server.exit_code(), Some(70));
    let again = server.start_again(&[]);
    run(async {
        let host = again.resume(&token, 1).await;
        assert!(host.welcome().room.is_some(), "the seat is kept");
    });
}
