//! Players whom the operator's provider vouches for.

use components::{SessionId, Stage};
use protocol::{CreateRoom, Hello, JoinRoom, Request};
use serde_json::{Value, json};

use super::{Client, House, found, house, human, room};
use crate::identity::tests::{NOW_S, Signer, believing, claims, set};
use crate::recovered::Recovered;

const PROVIDER: Signer = Signer::Ed(1);

/// A server that believes the provider.
fn believer(is_required: bool) -> House {
    let mut house = house(|_| {});
    house.now.wall_ms = NOW_S * 1_000;
    believe(&mut house, is_required);
    house
}

fn believe(house: &mut House, is_required: bool) {
    let (mut identity, _) = believing(set(&[PROVIDER.jwk("k")]));
    identity.is_required = is_required;
    house.hub.identity = Some(identity);
}

/// What the provider says of Ada, but for what is changed.
fn word(changed: Value) -> Hello {
    let token = PROVIDER.token(Some("k"), &claims(changed));
    Hello { token: Some(token), ..Hello::default() }
}

fn ours(token: &str, name: Option<&str>) -> Hello {
    Hello { token: Some(token.to_owned()), name: name.map(str::to_owned), ..Hello::default() }
}

/// What the server says to this hello, in short.
fn said(house: &mut House, hello: Hello) -> String {
    let client = house.open();
    house.send(&client, 1, Request::Hello(hello));
    client.read().pop().unwrap()
}

/// What a room is told of somebody who wants to join it.
fn joins(house: &mut House, client: &Client) -> Vec<String> {
    house.release(vec![room(0, 1, Stage::Open, [const { None }; 4])]);
    let join = JoinRoom { room: "AAAAAA".into(), seat: None };
    house.send(client, 7, Request::JoinRoom(join));
    house.arrived()
}

#[test]
fn a_player_has_one_session_which_any_token_of_the_provider_brings_back() {
    let mut house = believer(false);
    let (first, _) = house.greet(word(json!({})));
    house.release(vec![room(0, 1, Stage::Open, [human(&first), None, None, None])]);
    let (second, held) = house.greet(word(json!({"exp": NOW_S + 9_000, "jti": "another"})));
    assert_eq!((second.session, held.as_deref()), (first.session, Some("AAAAAA")));
    assert_eq!(first.closed_with(), Some(4000));
    let (other, held) = house.greet(word(json!({"sub": "user-18"})));
    assert!(other.session != first.session && held.is_none());
    assert_eq!(second.closed_with(), None);
}

#[test]
fn the_token_of_ours_brings_the_player_back_and_its_name_too() {
    let mut house = believer(false);
    let (first, _) = house.greet(word(json!({})));
    let (second, _) = house.again(&first);
    assert_eq!(second.session, first.session);
    assert_eq!(joins(&mut house, &second), ["7: join Ada"]);
}

#[test]
fn nobody_changes_the_name_the_provider_gave() {
    let mut house = believer(false);
    let named = |name: &str| Hello { name: Some(name.to_owned()), ..word(json!({})) };
    assert_eq!(said(&mut house, named("Eve")), "error 1 bad_name");
    let (client, _) = house.greet(named("Ada"));
    assert_eq!(said(&mut house, ours(&client.token, Some("Eve"))), "error 1 bad_name");
    assert!(said(&mut house, ours(&client.token, Some("Ada"))).starts_with("ok 1"));
    assert_eq!(said(&mut house, word(json!({"name": "Bot 1"}))), "error 1 bad_name");
}

#[test]
fn a_name_that_the_provider_changed_holds_outside_rooms() {
    let mut house = believer(false);
    house.greet(word(json!({})));
    let (client, _) = house.greet(word(json!({"name": "Lady"})));
    assert_eq!(joins(&mut house, &client), ["7: join Lady"]);
    let (inside, _) = house.greet(word(json!({"name": "Queen"})));
    house.release(vec![room(0, 2, Stage::Closed, [const { None }; 4])]);
    assert_eq!(inside.session, client.session);
    assert!(said(&mut house, ours(&inside.token, Some("Lady"))).starts_with("ok 1"));
}

#[test]
fn nothing_of_ours_outlives_the_word_of_the_provider() {
    let mut house = believer(false);
    let (client, _) = house.greet(word(json!({"exp": NOW_S + 600})));
    house.now.wall_ms += 629_000;
    let (renewed, _) = house.again(&client);
    house.now.wall_ms += 1_000;
    for token in [&client.token, &renewed.token] {
        assert_eq!(said(&mut house, ours(token, None)), "error 1 unauthorized");
    }
    assert_eq!(renewed.closed_with(), None, "who is connected stays");
    let (again, _) = house.greet(word(json!({"exp": NOW_S + 9_000})));
    assert_eq!(again.session, client.session);
    let days = house.settings.token_days;
    let (long, _) = house.greet(word(json!({"exp": NOW_S + 365 * 86_400})));
    house.now.wall_ms += days * 86_400_000;
    assert_eq!(said(&mut house, ours(&long.token, None)), "error 1 unauthorized");
}

#[test]
fn where_the_provider_is_required_nobody_else_comes_in() {
    let mut house = believer(false);
    let anonymous = house.named("Eve");
    believe(&mut house, true);
    for hello in [Hello::default(), ours(&anonymous.token, None)] {
        assert_eq!(said(&mut house, hello), "error 1 unauthorized");
    }
    let client = house.open();
    for id in 1..4 {
        assert_eq!(client.closed_with(), None);
        house.send(&client, id, Request::Hello(Hello::default()));
    }
    assert_eq!(client.closed_with(), Some(4002));
    let (client, _) = house.greet(word(json!({})));
    assert_eq!(house.again(&client).0.session, client.session);
}

#[test]
fn a_session_that_was_forgotten_comes_back_by_the_provider_alone() {
    let mut house = believer(false);
    let (before, _) = house.greet(word(json!({})));
    house.restart(Recovered::default());
    believe(&mut house, false);
    let token = before.token.as_str();
    assert_eq!(said(&mut house, ours(token, Some("Eve"))), "error 1 unauthorized");
    let (after, _) = house.greet(word(json!({})));
    assert_eq!(after.session, before.session);
    house.send(&after, 2, Request::CreateRoom(CreateRoom::default()));
    assert_eq!(house.arrived().len(), 1, "it has its name");
}

#[test]
fn after_a_restart_either_token_takes_the_seat_again() {
    for by_provider in [true, false] {
        let mut house = believer(false);
        let (before, _) = house.greet(word(json!({})));
        let player = house.hub.sessions.get(before.session).unwrap().player;
        let mut recovered = found(0, &before, 6, true);
        recovered.seats[0].player = player;
        house.restart(recovered);
        believe(&mut house, false);
        let hello = if by_provider { word(json!({})) } else { ours(&before.token, None) };
        let (after, held) = house.greet(hello);
        assert_eq!((after.session, held.as_deref()), (before.session, Some("AAAAAA")));
        assert_eq!(house.arrived(), ["connection: connected 7", "connection: look"]);
    }
}

#[test]
fn the_session_of_another_player_is_not_handed_out() {
    let mut house = believer(false);
    let (before, _) = house.greet(word(json!({})));
    house.restart(found(0, &before, 1, true));
    believe(&mut house, false);
    assert_eq!(said(&mut house, word(json!({}))), "error 1 overloaded");
}

#[test]
fn without_a_provider_its_tokens_are_none() {
    let mut house = house(|_| {});
    assert_eq!(said(&mut house, word(json!({}))), "error 1 unauthorized");
    assert_eq!(house.stats.snapshot().sessions, 0);
}

#[test]
fn strangers_are_never_numbered_like_players_of_the_provider() {
    let mut house = believer(false);
    let is_vouched = |session: SessionId| session.0 >> 63 == 1;
    let (player, _) = house.greet(word(json!({})));
    // The source of chance of the tests goes through all bytes.
    let strangers: Vec<_> = (0..120).map(|n| house.named(&format!("p{n}")).session).collect();
    assert!(is_vouched(player.session) && !strangers.into_iter().any(is_vouched));
}
