//! Requests, answers, pushes and ends.

use std::time::Duration;

use client::protocol::{
    CloseCode, Encoding, ErrorCode, ErrorData, Event, Hello, Notice, NoticeKind, Ping, Pong,
    Request, Seat, encode_error, encode_notice, encode_ok, encode_update,
};
use client::{Client, ClientError, Incoming, Options, Push};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::peer::{Peer, Visitor};

/// A client and the server's end of its connection.
async fn pair(options: Options) -> (Client, Visitor) {
    let (peer, url) = Peer::start().await;
    let (client, (visitor, _)) = tokio::join!(Client::connect(&url, options), peer.welcome("t1"));
    (client.unwrap(), visitor)
}

fn in_encoding(encoding: Encoding) -> Options {
    Options { encoding, ..Options::default() }
}

#[tokio::test]
async fn hello_brings_who_and_whence_and_takes_the_token() {
    let (peer, url) = Peer::start().await;
    let options = Options {
        name: Some("Ada".to_owned()),
        token: Some("t0".to_owned()),
        first_id: 40,
        program: Some("a test".to_owned()),
        origin: Some("https://play.example".to_owned()),
        ..Options::default()
    };
    let (client, (visitor, hello)) =
        tokio::join!(Client::connect(&url, options), peer.welcome("t1"));
    let client = client.unwrap();
    let said = Hello {
        name: Some("Ada".to_owned()),
        token: Some("t0".to_owned()),
        client: Some("a test".to_owned()),
        ..Hello::default()
    };
    assert_eq!((hello.id, hello.request), (40, Request::Hello(said)));
    assert_eq!(visitor.headers["origin"], "https://play.example");
    assert_eq!((client.token(), client.next_id()), ("t1", 41));
    assert_eq!(client.welcome().session.as_deref(), Some("s1"));
}

#[tokio::test]
async fn a_request_finds_its_answer_and_keeps_what_came_before_it() {
    for encoding in Encoding::ALL {
        let (mut client, mut visitor) = pair(in_encoding(encoding)).await;
        let serve = async {
            let asked = visitor.hear().await;
            let away = || [Event::PlayerAway { seat: Seat::ALL[1] }].into_iter();
            visitor.say(|encoding, out| encode_update(encoding, "K7MPQ2", 7, away(), out)).await;
            let pong = Pong { t: Some(9), server_ms: 1 };
            visitor.say(|encoding, out| encode_ok(encoding, asked.id, &pong, out)).await;
        };
        let (answer, ()) = tokio::join!(client.request(Request::Ping(Ping { t: Some(9) })), serve);
        assert_eq!(answer.unwrap().t, Some(9));
        let Incoming::Push(Push::Update(update)) = client.next().await.unwrap() else { panic!() };
        assert_eq!(update.version, 7);
    }
}

#[tokio::test]
async fn a_refusal_is_an_error_for_request_and_an_answer_for_send() {
    let (mut client, mut visitor) = pair(Options::default()).await;
    let busy =
        || ErrorData { code: ErrorCode::Busy, message: "Later.".into(), retry_after_ms: Some(9) };
    let serve = async {
        for _ in 0..2 {
            let asked = visitor.hear().await;
            let write =
                |encoding, out: &mut _| encode_error(encoding, Some(asked.id), &busy(), out);
            visitor.say(write).await;
        }
    };
    let ask = async {
        let refused = client.request(Request::StartMatch).await;
        let Err(ClientError::Refused(data)) = refused else { panic!("{refused:?}") };
        assert_eq!(*data, busy());
        let id = client.send(Request::StartMatch).await.unwrap();
        let expected = Incoming::Answer { id: Some(id), result: Err(Box::new(busy())) };
        assert_eq!(client.next().await.unwrap(), expected);
    };
    tokio::join!(serve, ask);
}

#[tokio::test]
async fn pings_are_answered_and_unknown_pushes_passed_over() {
    let (mut client, mut visitor) = pair(in_encoding(Encoding::Json)).await;
    visitor.socket.send(Message::Ping("x".into())).await.unwrap();
    visitor.say(|_, out| out.extend(br#"{"type":"weather","data":{"sun":1}}"#)).await;
    let notice = || Notice { kind: NoticeKind::Draining, message: "Soon.".into() };
    visitor.say(|encoding, out| encode_notice(encoding, &notice(), out)).await;
    assert_eq!(client.next().await.unwrap(), Incoming::Push(Push::Notice(notice())));
    let pong = visitor.socket.next().await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong("x".into()));
}

#[tokio::test]
async fn the_end_says_why_and_stays_the_end() {
    let (mut client, mut visitor) = pair(Options::default()).await;
    let frame = CloseFrame { code: CloseCode::REPLACED.0.into(), reason: "elsewhere".into() };
    visitor.socket.close(Some(frame)).await.unwrap();
    for _ in 0..2 {
        let closed = client.next().await.unwrap();
        let expected =
            Incoming::Closed { code: Some(CloseCode::REPLACED), reason: "elsewhere".to_owned() };
        assert_eq!(closed, expected);
    }
}

#[tokio::test]
async fn what_was_not_answered_goes_out_again_with_its_id_and_new_ids_go_on() {
    let (mut client, mut visitor) = pair(Options { first_id: 40, ..Options::default() }).await;
    client.send_again(38, Request::LeaveRoom).await.unwrap();
    let new = client.send(Request::StartMatch).await.unwrap();
    let heard = [visitor.hear().await, visitor.hear().await].map(|it| (it.id, it.request));
    assert_eq!(heard, [(38, Request::LeaveRoom), (41, Request::StartMatch)]);
    assert_eq!(new, 41);
}

#[tokio::test]
async fn goodbye_is_said_in_order() {
    let (client, mut visitor) = pair(Options::default()).await;
    let serve = async { while let Some(Ok(_)) = visitor.socket.next().await {} };
    let (closed, ()) = tokio::join!(client.close(), serve);
    closed.unwrap();
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error() {
    let (mut client, mut visitor) = pair(Options::default()).await;
    visitor.say(|_, out| out.extend([0xc1])).await;
    let unreadable = client.next().await;
    assert!(matches!(unreadable, Err(ClientError::Unreadable(_))), "{unreadable:?}");
}

#[tokio::test]
async fn pushes_without_end_do_not_fill_the_memory() {
    let (mut client, mut visitor) = pair(Options::default()).await;
    let serve = async {
        for version in 0..1_100 {
            let none = || std::iter::empty::<Event<'_>>();
            visitor
                .say(|encoding, out| encode_update(encoding, "K7MPQ2", version, none(), out))
                .await;
        }
    };
    let (answer, ()) = tokio::join!(client.request(Request::LeaveRoom), serve);
    assert!(matches!(answer, Err(ClientError::TooManyPushes)), "{answer:?}");
}

#[tokio::test]
async fn a_connection_that_cannot_be_is_an_error_in_time() {
    for url in ["", "wss://127.0.0.1/v1/ws", "http://127.0.0.1/v1/ws", "ws:///v1/ws"] {
        let refused = Client::connect(url, Options::default()).await.map(drop);
        assert!(matches!(refused, Err(ClientError::BadUrl(_))), "{url}: {refused:?}");
    }
    let (peer, url) = Peer::start().await;
    let options = || Options { timeout: Duration::from_millis(50), ..Options::default() };
    // One that lets everybody in and then says nothing.
    let (silent, _visitor) = tokio::join!(Client::connect(&url, options()), peer.accept());
    assert!(matches!(silent.map(drop), Err(ClientError::TimedOut)));
    drop(peer);
    let gone = Client::connect(&url, options()).await.map(drop);
    assert!(matches!(gone, Err(ClientError::Socket(_))), "{gone:?}");
}
