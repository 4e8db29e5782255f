//! What files of keys hold, and what is said of those that hold something else.

use super::*;

const ED: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAdVwww3zKVcRHT/097MukGopsdAtjpeSgn+XGBAKBK84=
-----END PUBLIC KEY-----
";

const EC: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEH5UfRqdz2Ke21SS/KsCjXKvRIjHZ
mTRPaGW/1oErsxwtqpuuGV/9i+OjoS6IE5lkX7xfNot1923EsMi0VC5pJQ==
-----END PUBLIC KEY-----
";

const SHORT_RSA: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDta0uHbc25Tgs+OlRzBGYDkClP
tbLI0MEn3SWTvFdBeXuG2mcoTdeF5SDnmarsIeUDTzPkzr3uZxSXbgapu+VhlUSS
29V7vdisQFnF6sTLLkrH9XfmmMqS0zS/C0qd+hL8rkQtrADDD/QaVNskm+8SXuY1
pyEXSZuq7Dz70OvgAQIDAQAB
-----END PUBLIC KEY-----
";

fn refused(key: &[u8]) -> String {
    ProviderKeys::from_key(key, &ProviderAlgorithm::ALL).unwrap_err()
}

fn refused_set(text: &str) -> String {
    ProviderKeys::from_jwks(text.as_bytes(), &ProviderAlgorithm::ALL).unwrap_err()
}

#[test]
fn a_public_key_is_read_from_pem_whatever_stands_above_it() {
    let token = Signer::Rsa.token(Some("any"), &claims(json!({})));
    let pkcs1 = include_str!("rsa.pkcs1.pem");
    let commented = format!("Bag Attributes\n  key of the provider \u{e9}\n{RSA_PUBLIC}\n\n");
    let crlf = RSA_PUBLIC.replace('\n', "\r\n");
    for pem in [RSA_PUBLIC, pkcs1, &commented, &crlf] {
        assert!(verify(one_key(pem.as_bytes()), &token).is_ok(), "{pem}");
    }
    assert!(!one_key(ED.as_bytes()).has_secret());
}

#[test]
fn a_secret_is_all_of_its_file_but_the_line_end() {
    let token = Signer::Secret(SECRET).token(None, &claims(json!({})));
    for end in ["", "\n", "\r\n"] {
        let file = [SECRET, end.as_bytes()].concat();
        assert!(verify(one_key(&file), &token).is_ok() && one_key(&file).has_secret());
    }
    let spaced = [SECRET, b" \n"].concat();
    assert_eq!(verify(one_key(&spaced), &token), Err(Distrust::Signature));
}

#[test]
fn a_key_that_cannot_be_used_is_refused_with_the_reason_and_not_told() {
    let private = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        base64::engine::general_purpose::STANDARD.encode([0x30, 3, 2, 1, 0])
    );
    let body: String = RSA_PUBLIC.lines().filter(|line| !line.starts_with('-')).collect();
    let der = rsa().public().as_ref().to_vec();
    for (key, expected) in [
        (&b""[..], "empty"),
        (b"\n", "0 bytes"),
        (b"one byte less than a secret has", "31 bytes"),
        (private.as_bytes(), "private key"),
        (EC.as_bytes(), "RSA or Ed25519 is wanted"),
        (SHORT_RSA.as_bytes(), "1024 bits"),
        (&RSA_PUBLIC.as_bytes()[..200], "no PEM"),
        (body.as_bytes(), "as PEM"),
        (&der, "as PEM"),
        (b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI of somebody", "as PEM"),
        (br#"{"keys": [], "more": "than thirty-two bytes"}"#, "identity.jwks_file"),
        (&[0; ProviderKeys::BYTES_MAX + 1], "65536 bytes"),
    ] {
        let what = refused(key);
        assert!(what.contains(expected), "{expected:?} is not in: {what}");
        let begin: String = String::from_utf8_lossy(key).chars().take(9).collect();
        assert!(key.len() < 9 || !what.contains(&begin), "{what}");
    }
}

#[test]
fn a_key_is_for_an_algorithm_that_is_allowed() {
    use ProviderAlgorithm::{EdDsa, Hs256, Rs256};
    for (key, allowed, is_good) in [
        (RSA_PUBLIC.as_bytes(), &[Rs256][..], true),
        (RSA_PUBLIC.as_bytes(), &[EdDsa, Hs256], false),
        (ED.as_bytes(), &[EdDsa], true),
        (ED.as_bytes(), &[Rs256], false),
        (SECRET, &[Hs256], true),
        (SECRET, &[Rs256, EdDsa], false),
    ] {
        let read = ProviderKeys::from_key(key, allowed);
        assert_eq!(read.is_ok(), is_good, "{allowed:?}");
        let is_named = |what: String| what.contains("identity.algorithms");
        assert!(read.err().is_none_or(is_named));
    }
}

#[test]
fn what_a_set_has_beside_keys_for_us_is_left_out_and_said() {
    let mut with_private = Signer::Ed(3).jwk("private");
    with_private["d"] = json!("nobody may know");
    let mut for_encryption = Signer::Rsa.jwk("encryption");
    for_encryption["use"] = json!("enc");
    let mut for_another = Signer::Rsa.jwk("another");
    for_another["alg"] = json!("RS512");
    let mut to_sign = Signer::Rsa.jwk("sign");
    (to_sign["use"], to_sign["key_ops"]) = (json!(null), json!(["sign"]));
    let ec = json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"});
    let short = json!({"kty": "OKP", "crv": "Ed25519", "kid": "short", "x": "AAAA"});
    let keys = set(&[
        with_private,
        for_encryption,
        for_another,
        to_sign,
        ec,
        short,
        json!({"kty": "x"}),
        json!(7),
        Signer::Ed(1).jwk("good"),
    ]);
    assert_eq!((keys.count(), keys.unused().len()), (1, 8), "{:?}", keys.unused());
    let why = keys.unused().join("\n");
    assert!(why.contains("private half") && why.contains("key 6: an Ed25519 key has 32"), "{why}");
    assert!(!why.contains("nobody may know"), "{why}");
    assert!(!format!("{keys:?}").contains("good"));
}

#[test]
fn a_set_must_be_one_and_have_a_key_for_us() {
    for (text, expected) in [
        ("", "empty"),
        ("nonsense", "no key set"),
        ("{}", "no key set"),
        (r#"{"keys": {}}"#, "no key set"),
        (r#"{"keys": []}"#, "no key that can be used: it is empty"),
        (r#"{"keys": [{"kty": "EC"}]}"#, "no key that can be used: key 1"),
        (RSA_PUBLIC, "no key set"),
    ] {
        let what = refused_set(text);
        assert!(what.contains(expected), "{expected:?} is not in: {what}");
    }
    let twice = json!({"keys": [Signer::Ed(1).jwk("k"), Signer::Ed(2).jwk("k")]});
    assert!(refused_set(&twice.to_string()).contains("same kid, k"));
    let many = json!({"keys": vec![Signer::Ed(1).jwk("k"); 65]});
    assert!(refused_set(&many.to_string()).contains("at most 64"));
}

#[test]
fn the_self_test_passes_with_keys_of_all_kinds() {
    let keys =
        set(&[Signer::Secret(SECRET).jwk("a"), Signer::Rsa.jwk("b"), Signer::Ed(1).jwk("c")]);
    assert_eq!(self_test(&keys), Ok(()));
}
