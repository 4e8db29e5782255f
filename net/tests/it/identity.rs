//! Players whom a provider vouches for, over real sockets.

use net::{Identity, ProviderAlgorithm, ProviderKeys};
use protocol::{Encoding, Hello, Request};
use ring::hmac::{self, HMAC_SHA256};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::house::{House, believing_house};

const OLD: &[u8] = b"the secret of the provider, until it has another";
const NEW: &[u8] = b"the other secret of the provider, from then on";

fn keys(kid: &str, secret: &[u8]) -> ProviderKeys {
    let k = URL_SAFE_NO_PAD.encode(secret);
    let set = json!({"keys": [{"kty": "oct", "kid": kid, "k": k}]}).to_string();
    ProviderKeys::from_jwks(set.as_bytes(), &ProviderAlgorithm::ALL).unwrap()
}

/// A token that is good for so many seconds.
fn token(kid: &str, secret: &[u8], seconds: i64) -> Hello {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let part = |part: serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let header = part(json!({"alg": "HS256", "kid": kid}));
    let claims = part(json!({
        "iss": "https://id.example", "aud": "liap", "sub": "17", "name": "Ada",
        "exp": now_s + seconds,
    }));
    let signed = format!("{header}.{claims}");
    let signature = hmac::sign(&hmac::Key::new(HMAC_SHA256, secret), signed.as_bytes());
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    Hello { token: Some(token), ..Hello::default() }
}

/// A server that believes the old secret; and what makes it believe another.
async fn believer(is_required: bool) -> (House, watch::Sender<ProviderKeys>) {
    let (sender, keys) = watch::channel(keys("old", OLD));
    let identity = Identity {
        issuer: "https://id.example".to_owned(),
        audience: "liap".to_owned(),
        player_claim: "sub".to_owned(),
        name_claim: "name".to_owned(),
        leeway_seconds: 30,
        is_required,
        keys,
    };
    (believing_house(identity).await, sender)
}

async fn refused(house: &House, hello: Hello) -> &'static str {
    let mut client = house.stranger(Encoding::Json).await;
    client.ask(1, Request::Hello(hello)).await;
    client.error().await.1
}

#[tokio::test]
async fn a_token_of_the_provider_is_believed_and_then_ours_is() {
    let (house, _keys) = believer(false).await;
    for encoding in [Encoding::MessagePack, Encoding::Json] {
        let first = house.greeted(encoding, token("old", OLD, 600)).await;
        let ours = Some(first.token.clone());
        let second = house.greeted(encoding, Hello { token: ours, ..Hello::default() }).await;
        assert_eq!(second.session, first.session);
    }
    house.greeted(Encoding::Json, Hello::default()).await;
    house.stop().await;
}

#[tokio::test]
async fn a_bad_token_of_the_provider_is_refused() {
    let (house, _keys) = believer(false).await;
    for hello in [token("old", OLD, -60), token("old", NEW, 600), token("new", NEW, 600)] {
        assert_eq!(refused(&house, hello).await, "unauthorized");
    }
    assert_eq!(house.stats.snapshot().refused["unauthorized"], 3);
    house.stop().await;
}

#[tokio::test]
async fn where_it_is_required_strangers_are_refused_and_closed() {
    let (house, _keys) = believer(true).await;
    let mut client = house.stranger(Encoding::Json).await;
    for id in 1..4 {
        client.ask(id, Request::Hello(Hello::default())).await;
        assert_eq!(client.error().await, (Some(id), "unauthorized"));
    }
    assert_eq!(client.closed().await, 4002);
    house.greeted(Encoding::Json, token("old", OLD, 600)).await;
    house.stop().await;
}

#[tokio::test]
async fn keys_are_replaced_while_the_server_runs() {
    let (house, sender) = believer(true).await;
    house.greeted(Encoding::Json, token("old", OLD, 600)).await;
    assert_eq!(refused(&house, token("new", NEW, 600)).await, "unauthorized");
    sender.send_replace(keys("new", NEW));
    house.greeted(Encoding::Json, token("new", NEW, 600)).await;
    assert_eq!(refused(&house, token("old", OLD, 600)).await, "unauthorized");
    house.stop().await;
}

#[tokio::test]
async fn a_token_that_no_message_holds_closes_the_connection() {
    let (house, _keys) = believer(false).await;
    let mut client = house.stranger(Encoding::Json).await;
    let hello = Hello { token: Some("x.".repeat(2_500)), ..Hello::default() };
    client.ask(1, Request::Hello(hello)).await;
    assert_eq!(client.closed().await, 1009);
    house.stop().await;
}
