//! Plain HTTP, and who may upgrade.

use protocol::{Encoding, Hello, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;

use crate::house::{House, house, until, within};

async fn refused(house: &House, headers: &[(&'static str, &str)]) -> u16 {
    match house.connect(headers).await {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
        Ok(_) => 101,
    }
}

async fn get(house: &House, path: &str) -> String {
    let mut tcp = TcpStream::connect(house.address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n");
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    within(tcp.read_to_string(&mut response)).await.unwrap();
    response
}

#[tokio::test]
async fn only_allowed_pages_may_upgrade_and_programs_need_no_origin() {
    let house = house(|settings| settings.origins = vec!["https://play.example".into()]).await;
    assert_eq!(refused(&house, &[]).await, 101);
    assert_eq!(refused(&house, &[("origin", "https://play.example")]).await, 101);
    assert_eq!(refused(&house, &[("origin", "https://play.example:444")]).await, 403);
    assert_eq!(refused(&house, &[("origin", "http://localhost:3000")]).await, 403);
}

#[tokio::test]
async fn messagepack_is_spoken_where_nothing_is_offered() {
    let house = house(|_| {}).await;
    let (_, agreed) = house.connect(&[]).await.unwrap();
    assert_eq!(agreed, None);
    for encoding in Encoding::ALL {
        house.greeted(encoding, Hello::default()).await;
    }
    assert_eq!(refused(&house, &[("sec-websocket-protocol", "chat")]).await, 400);
}

#[tokio::test]
async fn health_is_told_and_other_paths_are_not_found() {
    let house = house(|_| {}).await;
    let live = get(&house, "/health/live").await;
    assert!(live.starts_with("HTTP/1.1 200") && live.ends_with(r#"{"status":"live"}"#), "{live}");
    let ready = get(&house, "/health/ready").await;
    assert!(ready.starts_with("HTTP/1.1 503"), "{ready}");
    assert!(ready.ends_with(r#"{"status":"not_ready","reason":"the disk is full","degraded":["the archive is away"]}"#), "{ready}");
    assert!(get(&house, "/").await.starts_with("HTTP/1.1 404"));
    assert!(get(&house, "/v1/ws").await.starts_with("HTTP/1.1 426"));
}

#[tokio::test]
async fn half_a_handshake_is_given_up_and_harms_nobody() {
    let house = house(|settings| settings.hello_seconds = 1).await;
    let mut slow = TcpStream::connect(house.address).await.unwrap();
    slow.write_all(b"GET /v1/ws HTTP/1.1\r\nupgrade: webso").await.unwrap();
    let mut gone = TcpStream::connect(house.address).await.unwrap();
    gone.write_all(b"GET /v1/w").await.unwrap();
    drop(gone);
    house.greeted(Encoding::Json, Hello::default()).await;
    let mut rest = Vec::new();
    within(slow.read_to_end(&mut rest)).await.unwrap();
}

#[tokio::test]
async fn a_message_right_behind_the_handshake_is_not_lost() {
    let house = house(|_| {}).await;
    let mut tcp = TcpStream::connect(house.address).await.unwrap();
    let mut bytes = b"GET /v1/ws HTTP/1.1\r\nhost: here\r\nconnection: upgrade\r\n\
        upgrade: websocket\r\nsec-websocket-version: 13\r\n\
        sec-websocket-protocol: liap.v1.json\r\n\
        sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        .to_vec();
    // A masked text frame, its mask all zero.
    let hello = br#"{"id":1,"type":"hello"}"#;
    bytes.extend([0x81, 0x80 | hello.len() as u8, 0, 0, 0, 0]);
    bytes.extend(hello);
    tcp.write_all(&bytes).await.unwrap();
    let mut got = Vec::new();
    while !String::from_utf8_lossy(&got).contains(r#""type":"ok""#) {
        within(tcp.read_buf(&mut got)).await.unwrap();
    }
    assert!(String::from_utf8_lossy(&got).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

#[tokio::test]
async fn a_connection_above_the_limit_is_answered_503_until_another_closes() {
    let house = house(|settings| settings.connections_max = 1).await;
    let client = house.greeted(Encoding::Json, Hello::default()).await;
    assert_eq!(refused(&house, &[]).await, 503);
    assert_eq!(house.stats.snapshot().limited["connections_max"], 1);
    assert!(get(&house, "/health/live").await.starts_with("HTTP/1.1 200"));
    drop(client);
    until(|| house.stats.snapshot().connections == 0).await;
    let mut next = house.stranger(Encoding::Json).await;
    next.ask(1, Request::WatchLobby).await;
    assert_eq!(next.error().await, (Some(1), "hello_first"));
}
