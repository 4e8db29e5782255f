//! Limits by address, over sockets from several of them.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use net::{Ban, Limits, NetSettings, network};
use protocol::{Encoding, Hello, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::house::{Client, House, house, until, within};

/// Far beyond the end of any test.
const LATER_MS: u64 = u64::MAX;

/// A server that spares nobody.
async fn strict(change: impl FnOnce(&mut Limits)) -> House {
    let change = |settings: &mut NetSettings| {
        settings.limits.exempt_cidrs.clear();
        change(&mut settings.limits);
    };
    house(change).await
}

/// What an upgrade comes to, and when to try again.
async fn outcome(house: &House, from: u8, forwarded: &str) -> (u16, Option<u32>) {
    let headers = [("x-forwarded-for", forwarded)];
    let headers = if forwarded.is_empty() { &[][..] } else { &headers[..] };
    match house.connect_from(from, headers).await {
        Err(Error::Http(response)) => {
            let retry = response.headers().get("retry-after");
            let retry = retry.map(|it| it.to_str().unwrap().parse().unwrap());
            (response.status().as_u16(), retry)
        }
        Err(error) => panic!("{error}"),
        Ok(_) => (101, None),
    }
}

fn limited(house: &House, limit: &str) -> u64 {
    house.stats.snapshot().limited.get(limit).copied().unwrap_or_default()
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_each_other_one_has_its_own() {
    let house = strict(|limits| limits.address_connections = Some(2)).await;
    let first = house.connect_from(2, &[]).await.unwrap();
    let _second = house.connect_from(2, &[]).await.unwrap();
    assert_eq!(outcome(&house, 2, "").await, (429, Some(10)));
    assert_eq!(limited(&house, "address_connections"), 1);
    assert_eq!(outcome(&house, 3, "").await.0, 101);
    drop(first);
    until(|| house.stats.snapshot().connections == 1).await;
    assert_eq!(outcome(&house, 2, "").await.0, 101);
}

#[tokio::test]
async fn sockets_and_requests_of_an_address_have_a_rate() {
    // A socket and the request on it.
    let house = strict(|limits| limits.address_arrivals_per_minute = Some(4)).await;
    assert_eq!(outcome(&house, 2, "").await.0, 101);
    assert_eq!(outcome(&house, 2, "").await.0, 101);
    let (status, retry) = outcome(&house, 2, "").await;
    assert_eq!(status, 429);
    assert!((1..=15).contains(&retry.unwrap()), "{retry:?}");
    assert_eq!(outcome(&house, 3, "").await.0, 101);
}

#[tokio::test]
async fn whom_a_trusted_proxy_speaks_for_is_counted_and_nobody_else_is_believed() {
    let house = strict(|limits| {
        limits.address_connections = Some(1);
        limits.trusted_proxies = vec![network("127.0.0.9").unwrap()];
    })
    .await;
    let _kept = house.connect_from(9, &[("x-forwarded-for", "192.0.2.1")]).await.unwrap();
    assert_eq!(outcome(&house, 9, "192.0.2.1").await, (429, Some(10)));
    assert_eq!(outcome(&house, 9, "203.0.113.5, 192.0.2.1").await, (429, Some(10)));
    assert_eq!(outcome(&house, 9, "192.0.2.2").await.0, 101);
    let _kept = house.connect_from(2, &[("x-forwarded-for", "192.0.2.3")]).await.unwrap();
    assert_eq!(outcome(&house, 2, "192.0.2.4").await, (429, Some(10)), "it is no proxy");
    assert_eq!(outcome(&house, 9, "192.0.2.3").await.0, 101, "nobody came from there yet");
}

#[tokio::test]
async fn hellos_that_come_to_nothing_bar_their_address_for_a_while() {
    let house = strict(|limits| limits.address_faults_per_minute = Some(3)).await;
    let mut guest = house.stranger_from(2, Encoding::Json).await;
    for id in 1..=2 {
        let token = Some("x".repeat(56));
        guest.ask(id, Request::Hello(Hello { token, ..Hello::default() })).await;
        assert_eq!(guest.error().await, (Some(id), "unauthorized"));
    }
    let mut other = house.stranger_from(2, Encoding::Json).await;
    for id in 1..=2 {
        other.ask(id, Request::WatchLobby).await;
        assert_eq!(other.error().await, (Some(id), "hello_first"));
    }
    assert_eq!(other.closed().await, 4004);
    let (status, retry) = outcome(&house, 2, "").await;
    assert_eq!(status, 429);
    assert!((1..=20).contains(&retry.unwrap()), "{retry:?}");
    assert_eq!(limited(&house, "address_faults_per_minute"), 2);
    assert_eq!(outcome(&house, 3, "").await.0, 101);
}

#[tokio::test]
async fn a_handshake_that_is_none_counts_as_one_that_came_to_nothing() {
    let house = strict(|limits| limits.address_faults_per_minute = Some(1)).await;
    let mut garbage = house.socket(2).await;
    garbage.write_all(b"\x16\x03\x01 what is this?\r\n\r\n").await.unwrap();
    let mut rest = Vec::new();
    within(garbage.read_to_end(&mut rest)).await.unwrap();
    assert_eq!(outcome(&house, 2, "").await.0, 429);
    assert_eq!(outcome(&house, 3, "").await.0, 101);
}

#[tokio::test]
async fn a_ban_ends_connections_and_refuses_new_ones_until_it_is_lifted() {
    let house = house(|settings| {
        settings.limits.trusted_proxies = vec![network("127.0.0.9").unwrap()];
    })
    .await;
    let mut guest = house.stranger_from(2, Encoding::Json).await;
    let mut other = house.stranger_from(3, Encoding::Json).await;
    for net in ["127.0.0.2", "192.0.2.0/24"] {
        house.gate.ban(Ban { net: network(net).unwrap(), until_ms: LATER_MS }, 0).unwrap();
    }
    assert_eq!(guest.closed().await, 1008);
    assert_eq!(outcome(&house, 2, "").await.0, 403);
    assert_eq!(outcome(&house, 9, "192.0.2.77").await.0, 403);
    assert_eq!(outcome(&house, 9, "198.51.100.1").await.0, 101);
    assert_eq!(limited(&house, "ban"), 2);
    other.ask(1, Request::WatchLobby).await;
    assert_eq!(other.error().await, (Some(1), "hello_first"), "it is still there");
    assert!(house.gate.unban(network("127.0.0.2").unwrap()));
    assert_eq!(outcome(&house, 2, "").await.0, 101);
    let bans = house.gate.bans(0);
    assert_eq!(bans.iter().map(|it| it.net.to_string()).collect::<Vec<_>>(), ["192.0.2.0/24"]);
}

#[tokio::test]
async fn what_is_refused_says_why() {
    let house = strict(|limits| limits.address_connections = Some(1)).await;
    let _kept = house.socket(2).await;
    let mut tcp = house.socket(2).await;
    let mut response = String::new();
    within(tcp.read_to_string(&mut response)).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 429 Too Many Requests\r\n"), "{response}");
    assert!(response.contains("\r\nratelimit: \"address_connections\";r=0;t=10\r\n"), "{response}");
    assert!(response.contains(r#"{"code":"rate_limited","message":""#), "{response}");
}

#[tokio::test]
async fn limits_may_change_while_the_server_runs() {
    let house = strict(|limits| limits.address_connections = Some(1)).await;
    let _kept = house.connect_from(2, &[]).await.unwrap();
    assert_eq!(outcome(&house, 2, "").await.0, 429);
    let mut limits = (*house.gate.limits()).clone();
    limits.address_connections = Some(0);
    assert!(house.gate.set_limits(limits.clone()).is_err());
    assert_eq!(outcome(&house, 2, "").await.0, 429);
    limits.address_connections = Some(2);
    house.gate.set_limits(limits).unwrap();
    assert_eq!(outcome(&house, 2, "").await.0, 101);
}

#[tokio::test]
async fn silent_sockets_leave_room_for_who_speaks() {
    let change = |settings: &mut NetSettings| {
        settings.handshakes_max = 16;
        settings.connections_max = 1;
    };
    let house = house(change).await;
    let mut silent = Vec::new();
    for _ in 0..500 {
        silent.push(house.socket(2).await);
    }
    let mut guest = house.greeted(Encoding::Json, Hello::default()).await;
    guest.ask(2, Request::Ping(protocol::Ping::default())).await;
    assert!(matches!(guest.message().await, protocol::ServerMessage::Ok { id: 2, .. }));
    assert!(house.stats.snapshot().handshakes <= 16);
    // The guest needed a place too.
    assert_eq!(limited(&house, "handshakes_max"), 500 + 1 - 16);
    let mut oldest = silent.swap_remove(0);
    assert_eq!(within(oldest.read(&mut [0; 8])).await.unwrap_or(0), 0);
}

/// Sends until the server has had enough, and says how it ended.
async fn flood(client: Client, message: Message) -> u16 {
    let (mut sending, mut reading) = client.socket.split();
    let flooding =
        tokio::spawn(async move { while sending.send(message.clone()).await.is_ok() {} });
    let code = within(async {
        loop {
            match reading.next().await {
                Some(Ok(Message::Close(frame))) => return frame.unwrap().code.into(),
                Some(Ok(_)) => {}
                other => panic!("it ended without a code: {other:?}"),
            }
        }
    })
    .await;
    flooding.abort();
    code
}

/// A flood of this ends with 4004, is counted under `limit`, and disturbs nobody else.
async fn check_flood(message: Message, limit: &str) {
    let house = strict(|limits| limits.connection_over_seconds = 1).await;
    let bad = house.greeted(Encoding::Json, Hello::default()).await;
    let mut good = house.greeted(Encoding::Json, Hello::default()).await;
    let flooding = tokio::spawn(flood(bad, message));
    until(|| limited(&house, limit) > 0).await;
    good.ask(2, Request::Ping(protocol::Ping::default())).await;
    assert!(matches!(good.message().await, protocol::ServerMessage::Ok { id: 2, .. }));
    assert_eq!(within(flooding).await.unwrap(), 4004);
    assert_eq!(house.stats.snapshot().closed.get(&4004), Some(&1));
}

#[tokio::test]
async fn a_flood_of_messages_is_slowed_down_and_closes_with_4004() {
    let ping = r#"{"id":9,"type":"ping"}"#;
    check_flood(Message::text(ping), "connection_frames_per_second").await;
}

#[tokio::test]
async fn a_flood_of_bytes_is_slowed_down_and_closes_with_4004() {
    let long = format!(r#"{{"id":9,"type":"ping","data":{{"x":"{}"}}}}"#, "x".repeat(4_000));
    check_flood(Message::text(long), "connection_bytes_per_second").await;
}

#[tokio::test]
async fn a_flood_of_pings_is_slowed_down_and_closes_with_4004() {
    check_flood(Message::Ping(Vec::new().into()), "connection_pings_per_second").await;
}

#[tokio::test]
async fn a_message_without_end_is_slowed_down_too() {
    let house = strict(|limits| limits.connection_over_seconds = 1).await;
    let client = house.greeted(Encoding::Json, Hello::default()).await;
    let mut tcp = client.socket.into_inner();
    // A text frame that is not the last of its message, and empty ones after it, masked with zeros.
    tcp.write_all(&[0x01, 0x80, 0, 0, 0, 0]).await.unwrap();
    let bytes = [0x00, 0x80, 0, 0, 0, 0].repeat(10_000);
    let got = within(async {
        let (mut reading, mut writing) = tcp.split();
        let mut got = Vec::new();
        let flooding = async { while writing.write_all(&bytes).await.is_ok() {} };
        let (_, ended) = tokio::join!(flooding, reading.read_to_end(&mut got));
        drop(ended);
        got
    })
    .await;
    assert_eq!(got[..4], [0x88, got[1], 0x0f, 0xa4], "a close frame with 4004");
    assert!(limited(&house, "connection_bytes_per_second") > 0);
    until(|| house.stats.snapshot().connections == 0).await;
}

#[tokio::test]
async fn who_is_exempt_may_send_as_fast_as_it_is_answered() {
    let house = house(|settings| settings.limits.connection_frames_per_second = Some(1)).await;
    let mut client = house.greeted(Encoding::Json, Hello::default()).await;
    within(tokio::time::timeout(Duration::from_secs(5), async {
        for id in 2..500 {
            client.ask(id, Request::Ping(protocol::Ping::default())).await;
            client.message().await;
        }
    }))
    .await
    .unwrap();
    assert!(house.stats.snapshot().limited.is_empty());
}
