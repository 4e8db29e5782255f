//! Frames that are not what was agreed on.

use futures_util::SinkExt;
use protocol::{Encoding, Hello, Ping, Request, ServerMessage};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

use crate::house::house;

#[tokio::test]
async fn a_frame_of_the_wrong_kind_is_answered_and_the_connection_goes_on() {
    let house = house(|_| {}).await;
    let mut json = house.greeted(Encoding::Json, Hello::default()).await;
    json.socket.send(Message::binary(b"{}".to_vec())).await.unwrap();
    assert_eq!(json.error().await, (None, "bad_frame"));
    let mut packed = house.greeted(Encoding::MessagePack, Hello::default()).await;
    packed.socket.send(Message::text(r#"{"id":2,"type":"ping"}"#)).await.unwrap();
    assert_eq!(packed.error().await, (None, "bad_frame"));
    packed.ask(2, Request::Ping(Ping { t: Some(7) })).await;
    let ServerMessage::Ok { id: 2, data } = packed.message().await else { panic!("no pong") };
    assert_eq!(data.t, Some(7));
    assert!(data.server_ms.unwrap() > 1_600_000_000_000);
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_with_the_id_it_had() {
    let house = house(|_| {}).await;
    let mut client = house.greeted(Encoding::Json, Hello::default()).await;
    for (text, expected) in [
        ("nonsense", (None, "bad_message")),
        (r#"{"id":2,"type":"dance"}"#, (Some(2), "unknown_type")),
        (r#"{"id":3,"type":"play","data":{"pieces":[99]}}"#, (Some(3), "bad_message")),
        (r#"{"id":4,"type":"join_room","data":{"room":"AAAAAA"}}"#, (Some(4), "room_not_found")),
    ] {
        client.socket.send(Message::text(text)).await.unwrap();
        assert_eq!(client.error().await, expected, "{text}");
    }
}

#[tokio::test]
async fn a_message_above_the_limit_closes_with_1009_whole_or_in_fragments() {
    let house = house(|_| {}).await;
    let mut client = house.greeted(Encoding::Json, Hello::default()).await;
    client.socket.send(Message::text("x".repeat(4_097))).await.unwrap();
    assert_eq!(client.closed().await, 1009);

    let mut client = house.greeted(Encoding::Json, Hello::default()).await;
    // Masked with zeroes: a text frame that goes on, and a continuation that is too much.
    let mut bytes = vec![0x01, 0xFE, 0x0F, 0xFF, 0, 0, 0, 0];
    bytes.extend([b' '; 0xFFF]);
    bytes.extend([0x80, 0xFE, 0x00, 0xFF, 0, 0, 0, 0]);
    bytes.extend([b' '; 0xFF]);
    client.socket.get_mut().write_all(&bytes).await.unwrap();
    assert_eq!(client.closed().await, 1009);
}

#[tokio::test]
async fn an_unmasked_frame_closes_with_1002_and_bad_text_with_1007() {
    let house = house(|_| {}).await;
    let mut client = house.greeted(Encoding::Json, Hello::default()).await;
    client.socket.get_mut().write_all(&[0x81, 0x02, b'{', b'}']).await.unwrap();
    assert_eq!(client.closed().await, 1002);

    let mut client = house.greeted(Encoding::Json, Hello::default()).await;
    client.socket.get_mut().write_all(&[0x81, 0x81, 0, 0, 0, 0, 0xFF]).await.unwrap();
    assert_eq!(client.closed().await, 1007);
    assert_eq!(house.stats.snapshot().closed[&1002], 1);
}
