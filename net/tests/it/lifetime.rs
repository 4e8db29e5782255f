//! How connections are kept, and how they end.

use futures_util::StreamExt;
use protocol::{Encoding, Hello, Request, ServerMessage};
use tokio_tungstenite::tungstenite::Message;

use crate::house::{house, until, within};

#[tokio::test]
async fn no_hello_in_time_closes_with_4003() {
    let house = house(|settings| settings.hello_seconds = 0).await;
    let mut client = house.stranger(Encoding::Json).await;
    assert_eq!(client.closed().await, 4003);
    until(|| house.stats.snapshot().connections == 0).await;
    assert_eq!(house.stats.snapshot().closed[&4003], 1);
}

#[tokio::test]
async fn a_server_pings_and_pongs() {
    let house = house(|settings| settings.ping_seconds = 1).await;
    let mut client = house.greeted(Encoding::Json, Hello::default()).await;
    let first = within(client.socket.next()).await.unwrap().unwrap();
    assert!(matches!(first, Message::Ping(_)), "{first:?}");
    let ping = Message::Ping(b"you?".to_vec().into());
    within(futures_util::SinkExt::send(&mut client.socket, ping)).await.unwrap();
    loop {
        match within(client.socket.next()).await.unwrap().unwrap() {
            Message::Ping(_) => {}
            other => break assert_eq!(other, Message::Pong(b"you?".to_vec().into())),
        }
    }
}

#[tokio::test]
async fn silence_closes_a_connection() {
    let house = house(|settings| {
        settings.ping_seconds = 1;
        settings.silence_seconds = 1;
    })
    .await;
    // It is not polled meanwhile, so it answers no ping.
    let mut client = house.greeted(Encoding::Json, Hello::default()).await;
    until(|| house.stats.snapshot().closed.get(&1001) == Some(&1)).await;
    assert_eq!(client.closed().await, 1001);
}

#[tokio::test]
async fn the_older_connection_of_a_session_closes_with_4000() {
    let house = house(|_| {}).await;
    let mut old = house.greeted(Encoding::Json, Hello::default()).await;
    let hello = Hello { token: Some(old.token.clone()), ..Hello::default() };
    let new = house.greeted(Encoding::MessagePack, hello).await;
    assert_eq!(new.session, old.session);
    assert_eq!(old.closed().await, 4000);
    until(|| house.stats.snapshot().connections == 1).await;
}

#[tokio::test]
async fn a_client_that_says_goodbye_is_answered() {
    let house = house(|_| {}).await;
    let mut client = house.greeted(Encoding::Json, Hello::default()).await;
    within(client.socket.close(None)).await.unwrap();
    let last = within(client.socket.next()).await;
    assert!(matches!(last, Some(Ok(Message::Close(_)))), "{last:?}");
    assert!(within(client.socket.next()).await.is_none());
    until(|| house.stats.snapshot().connections == 0).await;
    assert!(house.stats.snapshot().closed.is_empty(), "it was not the server that closed");
}

#[tokio::test]
async fn a_shutdown_is_told_closes_with_4005_and_ends() {
    let house = house(|_| {}).await;
    let mut client = house.greeted(Encoding::Json, Hello::default()).await;
    client.ask(2, Request::CreateRoom(protocol::CreateRoom::default())).await;
    assert_eq!(client.error().await, (Some(2), "bad_name"));
    let watching = tokio::spawn(async move {
        let notice = client.message().await;
        (notice, client.closed().await)
    });
    house.stop().await;
    let (notice, code) = within(watching).await.unwrap();
    assert!(matches!(notice, ServerMessage::Notice(_)), "{notice:?}");
    assert_eq!(code, 4005);
}
