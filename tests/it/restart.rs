//! A real server is killed, and another goes on where it was.

use client::protocol::{CreateRoom, Event, Request, WatchRoom};
use client::{Client, Incoming, Push};

use crate::process::{Server, playing, run, update, waiting};

/// Whoever was there counts as gone soon after the restart, and so does their room.
const IMPATIENT: [&str; 4] =
    ["--set", "rooms.recovery_grace_ms=200", "--set", "rooms.match_empty_ms=300"];

/// Waits for the answer to a request sent again: whether it is a duplicate, and of which room.
async fn repeated(client: &mut Client, id: u32, request: Request) -> (bool, Option<String>) {
    client.send_again(id, request).await.unwrap();
    loop {
        match client.next().await.unwrap() {
            Incoming::Answer { id: Some(answered), result } if answered == id => {
                let data = result.unwrap();
                return (data.duplicate, data.room_code().map(str::to_owned));
            }
            Incoming::Closed { code, .. } => panic!("closed with {code:?}"),
            _ => {}
        }
    }
}

#[test]
fn who_comes_back_has_the_same_seat_and_sees_no_older_version() {
    let server = Server::start("seat", &[]);
    let (token, next_id, version) = run(async {
        let (mut client, _) = playing(&server, "Ann").await;
        let version = loop {
            if let Incoming::Push(Push::Update(update)) = client.next().await.unwrap()
                && update.version > 4
            {
                break update.version;
            }
        };
        (client.token().to_owned(), client.next_id(), version)
    });
    let server = server.kill_and_start(&[]);
    run(async {
        let mut client = server.resume(&token, next_id).await;
        assert_eq!(client.welcome().seat_held().map(|seat| seat.index()), Some(0));
        loop {
            if let Incoming::Push(Push::Snapshot(room)) = client.next().await.unwrap() {
                assert!(room.version >= version, "{} after {version}", room.version);
                return;
            }
        }
    });
}

#[test]
fn a_request_sent_again_after_the_kill_is_answered_and_not_done_twice() {
    let server = Server::start("again", &[]);
    let (token, made, room) = run(async {
        let (client, room) = waiting(&server, "Ann").await;
        (client.token().to_owned(), client.next_id() - 1, room)
    });
    let server = server.kill_and_start(&[]);
    run(async {
        let mut client = server.resume(&token, made + 1).await;
        let wish = Request::CreateRoom(CreateRoom::default());
        assert_eq!(repeated(&mut client, made, wish).await, (true, Some(room)));
    });
}

#[test]
fn a_match_whose_people_never_come_back_is_given_up() {
    let server = Server::start("given-up", &[]);
    let (_, room) = run(playing(&server, "Ann"));
    let server = server.kill_and_start(&IMPATIENT);
    run(async {
        let mut watcher = server.connect("Bob").await;
        watcher.request(Request::WatchRoom(WatchRoom { room })).await.unwrap();
        while !update(&mut watcher).await.iter().any(|it| matches!(it, Event::RoomClosed { .. })) {}
    });
}

#[test]
fn or_played_to_its_end_by_bots_where_that_is_wanted() {
    let quick = ["turn_ms=1", "deal_ms=1", "start_ms=1", "think_ms_min=1", "think_ms_max=1"];
    let quick = quick.map(|setting| format!("pace.fast.{setting}"));
    let mut finish = vec!["--set", "rooms.abandoned=finish", "--set", "game.rounds_max=1"];
    finish.extend(quick.iter().flat_map(|setting| ["--set", setting]));
    let server = Server::start("played-on", &finish);
    let (_, room) = run(playing(&server, "Ann"));
    let server = server.kill_and_start(&[&IMPATIENT[..], &finish].concat());
    run(async {
        let mut watcher = server.connect("Bob").await;
        watcher.request(Request::WatchRoom(WatchRoom { room })).await.unwrap();
        while !update(&mut watcher).await.iter().any(|it| matches!(it, Event::MatchOver { .. })) {}
    });
}
