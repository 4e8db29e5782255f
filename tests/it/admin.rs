//! `liap admin` and the operators' listener, on a running server with people in it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use client::protocol::{CloseCode, CreateRoom, ErrorCode, NoticeKind, Request};
use client::{Client, Incoming, Push};
use serde_json::Value;

use crate::process::{Server, playing, run, waiting};

struct Said {
    code: i32,
    out: String,
    err: String,
}

fn liap(server: &Server, words: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liap"));
    let output = command.arg("admin").args(words).arg("--data").arg(&server.data).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn json(server: &Server, words: &[&str]) -> Value {
    let said = liap(server, &[words, &["--json"]].concat());
    assert_eq!(said.code, 0, "{words:?}: {} {}", said.out, said.err);
    serde_json::from_str(&said.out).unwrap()
}

/// The status line, the head and the body of an answer.
fn raw(data: &Path, path: &str, token: &str) -> String {
    let address = std::fs::read_to_string(data.join("run/admin")).unwrap();
    let mut stream = TcpStream::connect(address.trim()).unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

async fn closed(client: &mut Client) -> Option<CloseCode> {
    loop {
        if let Incoming::Closed { code, .. } = client.next().await.unwrap() {
            return code;
        }
    }
}

async fn notice(client: &mut Client) -> (NoticeKind, String) {
    loop {
        if let Incoming::Push(Push::Notice(notice)) = client.next().await.unwrap() {
            return (notice.kind, notice.message.into_owned());
        }
    }
}

#[test]
fn an_operator_sees_rooms_and_pauses_resumes_and_closes_one() {
    let server = Server::start("admin-rooms", &[]);
    run(async {
        let (mut ann, room) = playing(&server, "Ann").await;
        let status = json(&server, &["status"]);
        assert_eq!((&status["ready"], &status["rooms"]["rooms"]), (&true.into(), &1.into()));
        let listed = json(&server, &["rooms"]);
        assert_eq!(listed["rooms"][0]["room"], room.as_str());
        assert_eq!(listed["rooms"][0]["seats"][0]["name"], "Ann");
        json(&server, &["pause", &room]);
        let refused = ann.request(Request::StartMatch).await;
        assert!(refused.is_err());
        let seen = json(&server, &["room", &room]);
        assert_eq!((&seen["paused"], &seen["stage"]), (&true.into(), &"running".into()), "{seen}");
        let last = seen["last"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["act"], &last["by"]), (&"pause".into(), &"server".into()), "{seen}");
        json(&server, &["resume", &room]);
        assert_eq!(json(&server, &["room", &room])["paused"], false);
        assert_eq!(json(&server, &["pause", "--all"])["asked"], 1);
        json(&server, &["resume", "--all"]);
        json(&server, &["close", &room]);
        assert_eq!(json(&server, &["rooms"])["rooms"].as_array().unwrap().len(), 0);
        let gone = liap(&server, &["room", &room]);
        assert_eq!(gone.code, 1);
        assert!(gone.err.contains("room_not_found"), "{}", gone.err);
    });
    let audit = std::fs::read_to_string(server.data.join("audit.jsonl")).unwrap();
    assert_eq!(audit.lines().count(), 5, "what changes something is recorded: {audit}");
}

#[test]
fn an_operator_kicks_a_person_and_tells_the_others() {
    let server = Server::start("admin-kick", &[]);
    run(async {
        let (mut ann, room) = playing(&server, "Ann").await;
        let (mut bob, _) = waiting(&server, "Bob").await;
        json(&server, &["kick", &room, "0"]);
        assert_eq!(closed(&mut ann).await, Some(CloseCode::POLICY));
        let again = liap(&server, &["kick", &room, "0", "--json"]);
        assert!(again.code == 1 || !again.out.contains("\"done\": true"), "{}", again.out);
        json(&server, &["announce", "Maintenance at ten."]);
        let (kind, message) = notice(&mut bob).await;
        assert_eq!((kind, message.as_str()), (NoticeKind::Announcement, "Maintenance at ten."));
    });
}

#[test]
fn a_server_that_is_drained_takes_no_new_rooms_until_it_is_told_to() {
    let server = Server::start("admin-drain", &[]);
    run(async {
        json(&server, &["drain"]);
        let mut ann = server.connect("Ann").await;
        let wish = Request::CreateRoom(CreateRoom::default());
        let refused = ann.request(wish.clone()).await.unwrap_err();
        assert!(
            format!("{refused:?}").contains(&format!("{:?}", ErrorCode::Draining)),
            "{refused:?}"
        );
        assert_eq!(json(&server, &["status"])["ready"], false);
        json(&server, &["drain", "--off"]);
        assert!(ann.request(wish).await.is_ok());
    });
}

#[test]
fn who_has_no_token_sees_nothing_and_who_guesses_is_locked_out() {
    let server = Server::start("admin-guess", &[]);
    let token = std::fs::read_to_string(server.data.join("admin.token")).unwrap();
    assert!(raw(&server.data, "/v1/status", token.trim()).starts_with("HTTP/1.1 200"));
    assert!(raw(&server.data, "/v2", token.trim()).starts_with("HTTP/1.1 404"));
    for guess in ["", "0", "x", "y", "z"] {
        let answer = raw(&server.data, "/v1/status", guess);
        assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("unauthorized"), "{answer}");
    }
    let answer = raw(&server.data, "/v1/status", token.trim());
    assert!(answer.starts_with("HTTP/1.1 429") && answer.contains("retry-after: "), "{answer}");
    let audit = std::fs::read_to_string(server.data.join("audit.jsonl")).unwrap();
    assert_eq!(audit.lines().count(), 5, "{audit}");
    assert!(!audit.contains(token.trim()));
}

#[test]
fn who_is_told_to_restart_ends_well_and_people_find_their_seats_in_the_next_process() {
    let mut server = Server::start("admin-restart", &[]);
    let (token, room) = run(async {
        let (mut ann, room) = playing(&server, "Ann").await;
        server.signal("TERM");
        assert_eq!(notice(&mut ann).await.0, NoticeKind::Restarting);
        assert_eq!(closed(&mut ann).await, Some(CloseCode::RESTARTING));
        (ann.token().to_owned(), room)
    });
    assert_eq!(server.exit_code(), Some(0));
    let server = server.start_again(&[]);
    run(async {
        let ann = server.resume(&token, 1_000).await;
        assert_eq!(ann.welcome().room_code(), Some(room.as_str()));
    });
}

#[test]
fn a_second_signal_ends_the_server_at_once() {
    let mut server = Server::start("admin-twice", &[]);
    // Somebody who never answers the farewell holds the first one up.
    let _silent = run(playing(&server, "Ann"));
    server.signal("TERM");
    server.logged("stopping on a signal");
    server.signal("TERM");
    assert_eq!(server.exit_code(), Some(75));
}

#[test]
fn who_is_banned_is_cut_off_and_stays_out_also_after_a_restart_until_the_ban_is_lifted() {
    let server = Server::start("admin-ban", &[]);
    run(async {
        let (mut ann, _) = playing(&server, "Ann").await;
        json(&server, &["ban", "127.0.0.0/8", "--minutes", "5"]);
        assert_eq!(closed(&mut ann).await, Some(CloseCode::POLICY));
    });
    let server = server.kill_and_start(&[]);
    assert_eq!(json(&server, &["bans"])["bans"][0]["net"], "127.0.0.0/8");
    let refused = run(Client::connect(&server.url, client::Options::default()));
    assert!(refused.is_err());
    json(&server, &["unban", "127.0.0.0/8"]);
    run(playing(&server, "Ann"));
    assert_eq!(liap(&server, &["unban", "127.0.0.0/8"]).code, 1, "there is none any more");
    assert_eq!(liap(&server, &["ban", "everybody"]).code, 1);
}

#[test]
fn limits_are_taken_up_without_a_restart_and_what_needs_one_is_named() {
    let file = std::env::temp_dir().join(format!("liap-it-{}-reload.toml", std::process::id()));
    std::fs::write(&file, "[net]\nping_seconds = 10\n").unwrap();
    let mut server = Server::start("admin-reload", &["--config", file.to_str().unwrap()]);
    let more = "[net]\nping_seconds = 11\n[limits]\nexempt_cidrs = []\naddress_connections = 1\n";
    std::fs::write(&file, more).unwrap();
    let told = json(&server, &["reload"]);
    let keys = ["limits.address_connections", "limits.exempt_cidrs"];
    assert_eq!(told["taken_up"], serde_json::json!(keys));
    assert_eq!(told["at_restart"], serde_json::json!(["net.ping_seconds"]));
    run(async {
        let _ann = server.connect("Ann").await;
        assert!(Client::connect(&server.url, client::Options::default()).await.is_err());
    });
    std::fs::write(&file, "[limits]\naddress_connections = \"many\"\n").unwrap();
    let refused = liap(&server, &["reload"]);
    assert!(
        refused.code == 1 && refused.err.contains("limits.address_connections"),
        "{}",
        refused.err
    );
    std::fs::write(&file, "").unwrap();
    server.signal("HUP");
    server.logged("reloaded");
    server.logged("reloaded");
    run(async {
        let _two = (server.connect("Ann").await, server.connect("Bob").await);
    });
    std::fs::remove_file(file).unwrap();
}
