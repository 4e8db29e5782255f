//! What a provider's token says, and for how long.

use super::*;

#[test]
fn a_token_of_every_algorithm_tells_who_somebody_is() {
    for signer in [Signer::Secret(SECRET), Signer::Rsa, Signer::Ed(1)] {
        let token = signer.token(Some("k1"), &claims(json!({})));
        let vouched = verify(set(&[signer.jwk("k1")]), &token).unwrap();
        assert_eq!(vouched.name, "Ada", "{signer:?}");
        assert_eq!(u64::from(vouched.until_s), NOW_S + 600 + 30);
    }
}

#[test]
fn a_player_is_the_same_on_every_server_and_no_other_one() {
    let of = |issuer, player| Vouched::new(issuer, player, "Ada", 0);
    let (player, session) = (of("a", "b").player.0, of("a", "b").session.0);
    // Computed elsewhere.
    assert_eq!((player, session), FIXTURE);
    let others = [of("a", "c"), of("c", "b"), of("ab", ""), of("", "ab")];
    assert!(others.iter().all(|it| it.player.0 != player && it.session.0 != session));
    assert!(others.iter().all(|it| anonymous(it.player.0) != it.player.0));
    assert!(others.iter().all(|it| anonymous(it.session.0) != it.session.0));
}

const FIXTURE: (u64, u64) = (0xCCF4_1824_0D6F_2794, 0xF597_8EE6_034B_C1C5);

#[test]
fn a_token_is_good_from_nbf_to_exp_with_leeway_on_both_sides() {
    let check = |changed: Value, expected: Result<(), Distrust>| {
        let token = Signer::Ed(1).token(None, &claims(changed.clone()));
        assert_eq!(verify(set(&[Signer::Ed(1).jwk("k")]), &token).map(drop), expected, "{changed}");
    };
    check(json!({"exp": NOW_S - 29}), Ok(()));
    check(json!({"exp": NOW_S - 30}), Err(Distrust::Expired));
    check(json!({"exp": 0}), Err(Distrust::Expired));
    check(json!({"exp": NOW_S as f64 + 0.5}), Ok(()));
    check(json!({"exp": 1e300}), Ok(()));
    check(json!({"nbf": NOW_S + 30}), Ok(()));
    check(json!({"nbf": NOW_S + 31}), Err(Distrust::NotYet));
    check(json!({"nbf": null}), Ok(()));
    for bad in [json!(null), json!("soon"), json!(-1)] {
        check(json!({ "exp": bad }), Err(Distrust::Missing("exp".to_owned())));
    }
    check(json!({"exp": [1]}), Err(Distrust::NoToken));
    check(json!({"nbf": "now"}), Err(Distrust::Missing("nbf".to_owned())));
}

#[test]
fn a_token_of_another_issuer_or_for_another_audience_is_refused() {
    let check = |changed: Value, expected: Result<(), Distrust>| {
        let token = Signer::Ed(1).token(None, &claims(changed.clone()));
        assert_eq!(verify(set(&[Signer::Ed(1).jwk("k")]), &token).map(drop), expected, "{changed}");
    };
    check(json!({"iss": "https://id.example/"}), Err(Distrust::Issuer));
    check(json!({"iss": null}), Err(Distrust::Missing("iss".to_owned())));
    check(json!({"aud": "other"}), Err(Distrust::Audience));
    check(json!({"aud": ["other", "liap"]}), Ok(()));
    check(json!({"aud": ["other"]}), Err(Distrust::Audience));
    check(json!({"aud": []}), Err(Distrust::Audience));
    check(json!({"aud": null}), Err(Distrust::Missing("aud".to_owned())));
}

#[test]
fn a_token_must_say_who_and_how_called() {
    let check = |changed: Value, expected: Distrust| {
        let token = Signer::Ed(1).token(None, &claims(changed.clone()));
        assert_eq!(verify(set(&[Signer::Ed(1).jwk("k")]), &token), Err(expected), "{changed}");
    };
    for bad in [json!(null), json!(""), json!(17), json!("x".repeat(256))] {
        check(json!({ "sub": bad }), Distrust::Missing("sub".to_owned()));
    }
    check(json!({"name": null}), Distrust::Missing("name".to_owned()));
    check(json!({"name": 1}), Distrust::Missing("name".to_owned()));
    let bad = |bad| Distrust::BadName("name".to_owned(), bad);
    check(json!({"name": "bot 1"}), bad(protocol::BadName::Bot));
    check(json!({"name": " "}), bad(protocol::BadName::Empty));
    let token = Signer::Ed(1).token(None, &claims(json!({"name": "  Ada  "})));
    assert_eq!(verify(set(&[Signer::Ed(1).jwk("k")]), &token).unwrap().name, "Ada");
}

#[test]
fn other_claims_than_the_usual_ones_can_be_chosen() {
    let (mut identity, _keys) = believing(set(&[Signer::Ed(1).jwk("k")]));
    identity.player_claim = "account".to_owned();
    identity.name_claim = "nick".to_owned();
    let token = Signer::Ed(1).token(None, &claims(json!({"account": "a-9", "nick": "Bo"})));
    let expected = Vouched::new("https://id.example", "a-9", "Bo", (NOW_S + 630) as u32);
    assert_eq!(identity.verify(&token, NOW_S), Ok(expected));
}

#[test]
fn a_key_is_found_by_its_kid_and_new_keys_hold_at_once() {
    let (old, new) = (Signer::Ed(1), Signer::Ed(2));
    let (identity, keys) = believing(set(&[old.jwk("old"), Signer::Rsa.jwk("rsa")]));
    let [of_old, of_new] = [(old, "old"), (new, "new")]
        .map(|(signer, kid)| signer.token(Some(kid), &claims(json!({}))));
    assert!(identity.verify(&of_old, NOW_S).is_ok());
    assert_eq!(identity.verify(&of_new, NOW_S), Err(Distrust::UnknownKey));
    keys.send_replace(set(&[old.jwk("old"), new.jwk("new")]));
    assert!(identity.verify(&of_old, NOW_S).is_ok() && identity.verify(&of_new, NOW_S).is_ok());
    keys.send_replace(set(&[new.jwk("new")]));
    assert_eq!(identity.verify(&of_old, NOW_S), Err(Distrust::UnknownKey));
    let nameless = new.token(None, &claims(json!({})));
    assert!(identity.verify(&nameless, NOW_S).is_ok(), "there is one key only");
    keys.send_replace(set(&[old.jwk("old"), new.jwk("new")]));
    assert_eq!(identity.verify(&nameless, NOW_S), Err(Distrust::UnknownKey));
}
