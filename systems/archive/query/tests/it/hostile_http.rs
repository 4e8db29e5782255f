//! Requests that are wrong on purpose: each gets a status, a code, a message and a hint.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Folder, TOKEN, Wanted, desk, serve, started};
use crate::synthetic::Synthetic;
use crate::synthetic::games::player;
use query::ask::Limits;
use query::names::Names;
use query::serve::ServeOptions;

#[tokio::test]
async fn every_wrong_request_gets_its_code() {
    let folder = Folder::with(Synthetic::default());
    let server = serve(&folder, Wanted::default()).await;
    let key = player(0);
    let long = "x".repeat(65);
    for (path, status, code) in [
        ("/", 404, "unknown_path"),
        ("/v1/nope", 404, "unknown_path"),
        ("/v1/matches/", 404, "unknown_path"),
        ("/v1/matches/..%2f..%2fetc%2fpasswd", 400, "bad_parameter"),
        ("/v1/matches/../../etc/passwd", 404, "unknown_path"),
        ("/v1/matches/%ff%fe", 400, "bad_parameter"),
        ("/v1/matches/%00", 400, "bad_parameter"),
        ("/v1/matches/x'%20or%201=1", 400, "bad_parameter"),
        ("/v1/players/nobody/stats", 404, "unknown_player"),
        ("/v1/players/%ff/history", 400, "bad_parameter"),
        (&format!("/v1/players/{long}/history"), 400, "bad_parameter"),
        (&format!("/v1/players/{key}/history?limit=0"), 400, "bad_parameter"),
        (&format!("/v1/players/{key}/history?limit=101"), 400, "bad_parameter"),
        (&format!("/v1/players/{key}/history?limit=-1"), 400, "bad_parameter"),
        (&format!("/v1/players/{key}/history?limit=1&limit=2"), 400, "bad_parameter"),
        (&format!("/v1/players/{key}/history?before=99999999999999999999"), 400, "bad_parameter"),
        (&format!("/v1/players/{key}/history?before=0"), 400, "bad_parameter"),
        (&format!("/v1/players/{key}/history?nope=1"), 400, "bad_parameter"),
        (&format!("/v1/players/{key}/stats?x"), 400, "bad_parameter"),
        ("/v1/leaderboard", 400, "bad_parameter"),
        ("/v1/leaderboard?metric=nope", 400, "bad_parameter"),
        ("/v1/leaderboard?metric=wins&window=year", 400, "bad_parameter"),
        ("/v1/leaderboard?metric=wins&min_games=0", 400, "bad_parameter"),
        ("/v1/leaderboard?metric=%ff", 400, "bad_parameter"),
        ("/v1/stats?window=", 400, "bad_parameter"),
        ("/v1/sql", 405, "wrong_method"),
    ] {
        let (found, problem) = server.get(path).await;
        assert_eq!((found, problem["code"].as_str()), (status, Some(code)), "{path}: {problem}");
        let said = problem["message"].as_str().unwrap();
        assert!(!said.is_empty() && !problem["hint"].as_str().unwrap().is_empty(), "{path}");
        let inside = folder.0.to_str().unwrap();
        assert!(!problem.to_string().contains(inside), "{problem}");
    }
}

#[tokio::test]
async fn questions_in_sql_are_refused_as_on_the_command_line() {
    let folder = Folder::with(Synthetic::default());
    let sql = Limits { rows_max: 100, ..Limits::default() };
    let server = serve(&folder, Wanted { sql, ..Wanted::default() }).await;
    let slow = "select sum(a.think_ms * b.think_ms) from plays a join plays b on a.count = b.count \
                where a.think_ms + b.think_ms > 100";
    for (sql, status, code) in [
        ("select * from nope", 400, "unknown_table"),
        ("selec", 400, "bad_sql"),
        ("drop table seats", 403, "not_read_only"),
        ("select * from seats", 422, "too_many_rows"),
    ] {
        let (found, problem) = server.sql(sql).await;
        assert_eq!((found, problem["code"].as_str()), (status, Some(code)), "{problem}");
    }
    let (status, answer) =
        server.sql("select count(*) as n, min(ended_at) as at from matches").await;
    assert_eq!((status, &answer["rows"][0]["n"]), (200, &Value::from(240)));
    // A server of its own, or a busy machine would refuse what is above too.
    let sql = Limits { time: Duration::from_millis(300), ..Limits::default() };
    let server = serve(&folder, Wanted { sql, ..Wanted::default() }).await;
    let (found, problem) = server.sql(slow).await;
    assert_eq!((found, problem["code"].as_str()), (422, Some("too_long")), "{problem}");
    let (_, text) = server.text("GET", "/metrics", "").await;
    assert!(text.contains("liap_query_sql_refused_total{code=\"too_long\"} 1"), "{text}");
}

#[tokio::test]
async fn bodies_that_are_none_are_refused() {
    let folder = Folder::with(Synthetic::default());
    let server = serve(&folder, Wanted::default()).await;
    let large = format!("{{\"sql\":\"{}\"}}", "x".repeat(1 << 20));
    for (body, status, code) in [
        ("", 400, "bad_body"),
        ("select 1", 400, "bad_body"),
        ("{\"sql\": 1}", 400, "bad_body"),
        ("{\"sql\": \"select 1\", \"more\": 1}", 400, "bad_body"),
        ("{\"sql\": \"\\ud800\"}", 400, "bad_body"),
        (&large, 413, "body_too_large"),
    ] {
        let (found, answer) = server.text("POST", "/v1/sql", body).await;
        let problem: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((found, problem["code"].as_str()), (status, Some(code)), "{body:.100}");
    }
    let head = format!(
        "POST /v1/sql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Length: 12\r\n\r\n{{\"sql\":\""
    );
    let (status, _, answer) = server.raw(&[head.as_bytes(), b"\xff\xfe\"}"].concat()).await;
    assert_eq!(status, 400, "{answer}");
}

#[tokio::test]
async fn without_the_token_nothing_but_health_is_answered() {
    let folder = Folder::with(Synthetic::default());
    let server = serve(&folder, Wanted::default()).await;
    let wrong = "0".repeat(TOKEN.len());
    for header in [
        String::new(),
        format!("Authorization: Bearer {wrong}\r\n"),
        format!("Authorization: Bearer {TOKEN}0\r\n"),
        format!("Authorization: Basic {TOKEN}\r\n"),
        "Authorization: Bearer \r\n".to_owned(),
    ] {
        for (path, expected) in
            [("/v1/stats", 401), ("/metrics", 401), ("/nope", 401), ("/health/live", 200)]
        {
            let request =
                format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n");
            let (status, head, _) = server.raw(request.as_bytes()).await;
            assert_eq!(status, expected, "{header} {path}");
            assert_eq!(head.contains("www-authenticate: bearer"), status == 401);
        }
    }
}

#[tokio::test]
async fn without_a_token_file_there_is_no_sql_and_no_other_machine() {
    let folder = Folder::with(Synthetic::default());
    let server = serve(&folder, Wanted { token: false, ..Wanted::default() }).await;
    assert_eq!(server.get("/v1/stats").await.0, 200);
    let (status, problem) = server.sql("select 1").await;
    assert_eq!((status, &problem["code"]), (403, &Value::from("sql_off")));
    let options = |listen: &str, token: Option<&str>| ServeOptions {
        listen: listen.parse().unwrap(),
        token_file: token.map(|text| {
            let file = folder.0.join("other");
            std::fs::write(&file, text).unwrap();
            file
        }),
        poll: Duration::from_secs(1),
        sql: Limits::default(),
        sql_at_once: 1,
        connections_max: 1,
    };
    for (listen, token) in [
        ("0.0.0.0:0", None),
        ("[::]:0", None),
        ("127.0.0.1:0", Some("short")),
        ("127.0.0.1:0", Some("with spaces in it, and long enough")),
        ("127.0.0.1:0", Some("")),
    ] {
        let desk = desk(&folder, Names::default());
        assert!(started(desk, &options(listen, token)).await.is_err(), "{listen} {token:?}");
    }
    let desk = desk(&folder, Names::default());
    assert!(started(desk, &options("0.0.0.0:0", Some(TOKEN))).await.is_ok());
}

#[tokio::test]
async fn connections_are_bounded_and_a_stop_lets_requests_end() {
    let folder = Folder::with(Synthetic::default());
    let mut server = serve(&folder, Wanted { connections_max: 2, ..Wanted::default() }).await;
    let request =
        format!("GET /v1/stats HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        assert_ne!(stream.read(&mut [0; 100]).await.unwrap(), 0);
        open.push(stream);
    }
    let mut third = TcpStream::connect(server.address).await.unwrap();
    third.write_all(request.as_bytes()).await.unwrap();
    let mut byte = [0];
    let waits = tokio::time::timeout(Duration::from_millis(200), third.read(&mut byte)).await;
    assert!(waits.is_err(), "no place for it yet");
    open.pop();
    let answered = tokio::time::timeout(Duration::from_secs(10), third.read(&mut byte)).await;
    assert_eq!(answered.unwrap().unwrap(), 1);
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(10), server.ended).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn what_is_no_http_is_closed() {
    let folder = Folder::with(Synthetic::default());
    let server = serve(&folder, Wanted::default()).await;
    let endless = format!("GET / HTTP/1.1\r\nX: {}\r\n", "x".repeat(1 << 20));
    for bytes in [b"\x16\x03\x01\x00\xff\xfe nothing\r\n\r\n".as_slice(), endless.as_bytes()] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // It may be closed before all of it is sent.
        _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert_eq!(server.text("GET", "/health/ready", "").await.0, 200);
}
