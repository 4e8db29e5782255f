//! Tokens that somebody made who is not the provider.

use super::*;

/// The provider signs with RSA and Ed25519, and everybody knows its public keys.
fn public_keys() -> ProviderKeys {
    set(&[Signer::Rsa.jwk("rsa"), Signer::Ed(1).jwk("ed")])
}

#[test]
fn a_public_key_is_no_secret_to_sign_with() {
    let header = |kid: &str| json!({"alg": "HS256", "kid": kid});
    let point = ed(1).public_key().as_ref().to_vec();
    let modulus = components().n;
    let der = rsa().public().as_ref().to_vec();
    for (kid, secret) in [
        ("ed", point),
        ("rsa", modulus),
        ("rsa", der),
        ("rsa", RSA_PUBLIC.as_bytes().to_vec()),
        ("rsa", RSA_PUBLIC.trim_end().as_bytes().to_vec()),
        ("rsa", Vec::new()),
    ] {
        let forged = Signer::Secret(secret.leak()).token_with(&header(kid), &claims(json!({})));
        assert_eq!(verify(public_keys(), &forged), Err(Distrust::Algorithm), "{kid}");
        assert_eq!(verify(one_key(RSA_PUBLIC.as_bytes()), &forged), Err(Distrust::Algorithm));
    }
}

#[test]
fn a_token_names_no_other_algorithm_than_its_key() {
    for (signer, kid, alg) in [
        (Signer::Rsa, "rsa", "EdDSA"),
        (Signer::Rsa, "ed", "RS256"),
        (Signer::Ed(1), "ed", "RS256"),
        (Signer::Ed(1), "ed", "HS256"),
        (Signer::Rsa, "rsa", "RS512"),
        (Signer::Rsa, "rsa", "PS256"),
    ] {
        let token = signer.token_with(&json!({"alg": alg, "kid": kid}), &claims(json!({})));
        assert_eq!(verify(public_keys(), &token), Err(Distrust::Algorithm), "{kid} {alg}");
    }
}

#[test]
fn a_token_without_a_signature_is_none() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let token = Signer::Ed(1).token_with(&json!({"alg": alg}), &claims(json!({})));
        let (signed, _) = token.rsplit_once('.').unwrap();
        for token in [&token, &format!("{signed}."), signed] {
            assert_eq!(verify(public_keys(), token), Err(Distrust::NoToken), "{alg:?} {token}");
        }
    }
    let token = Signer::Ed(1).token(Some("ed"), &claims(json!({})));
    let (signed, _) = token.rsplit_once('.').unwrap();
    assert_eq!(verify(public_keys(), &format!("{signed}.")), Err(Distrust::Signature));
}

#[test]
fn a_token_with_anything_changed_is_not_believed() {
    for signer in [Signer::Secret(SECRET), Signer::Ed(1)] {
        let token = signer.token(None, &claims(json!({})));
        assert!(verify(set(&[signer.jwk("k")]), &token).is_ok());
        for at in 0..token.len() {
            for digit in ["A", "_", "."] {
                let mut changed = token.clone();
                changed.replace_range(at..=at, digit);
                let believed = verify(set(&[signer.jwk("k")]), &changed).is_ok();
                assert_eq!(believed, changed == token, "{digit} at {at}: {changed}");
            }
        }
    }
}

#[test]
fn another_key_of_the_same_kind_signs_nothing() {
    let forged = Signer::Ed(2).token(Some("ed"), &claims(json!({})));
    assert_eq!(verify(public_keys(), &forged), Err(Distrust::Signature));
    let secret = Signer::Secret(b"another secret of thirty-two bytes");
    let forged = secret.token(None, &claims(json!({})));
    assert_eq!(verify(one_key(SECRET), &forged), Err(Distrust::Signature));
}

#[test]
fn a_key_that_a_token_brings_along_is_not_looked_at() {
    let own = Signer::Ed(9);
    for header in [
        json!({"alg": "EdDSA", "kid": "ed", "jwk": own.jwk("ed")}),
        json!({"alg": "EdDSA", "kid": "ed", "jku": "https://evil.example/jwks"}),
    ] {
        let forged = own.token_with(&header, &claims(json!({})));
        assert_eq!(verify(public_keys(), &forged), Err(Distrust::Signature));
    }
}

#[test]
fn headers_that_demand_something_unknown_are_refused() {
    let header = json!({"alg": "EdDSA", "kid": "ed", "crit": ["b64"], "b64": false});
    let token = Signer::Ed(1).token_with(&header, &claims(json!({})));
    assert_eq!(verify(public_keys(), &token), Err(Distrust::Critical));
}

#[test]
fn garbage_is_refused_and_so_is_what_is_too_long() {
    let deep = base64url("[".repeat(2_000).as_bytes());
    for garbage in [
        ".",
        "..",
        "...",
        "a.b.c",
        "....",
        "é.é.é",
        "=.=.=",
        &format!("{deep}.{deep}.{deep}"),
        &format!("{deep}..{deep}"),
        &".".repeat(4_096),
    ] {
        let refused = verify(public_keys(), garbage).map(drop);
        let expected = if garbage.len() > 4_096 {
            Distrust::TooLong(garbage.len())
        } else {
            Distrust::NoToken
        };
        assert_eq!(refused, Err(expected), "{garbage:.50}");
    }
    let token = |pad: usize| Signer::Ed(1).token(None, &claims(json!({"pad": "x".repeat(pad)})));
    let keys = || set(&[Signer::Ed(1).jwk("k")]);
    assert!(token(2_500).len() < 4_096 && verify(keys(), &token(2_500)).is_ok());
    let long = token(3_000);
    assert_eq!(verify(keys(), &long), Err(Distrust::TooLong(long.len())));
}
