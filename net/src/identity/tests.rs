//! A provider of the tests' own, which signs whatever it is asked to.

mod files;
mod hostile;
mod tokens;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac::{self, HMAC_SHA256};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::*;

/// Now, in seconds since 1970.
pub(crate) const NOW_S: u64 = 1_800_000_000;

pub(crate) const SECRET: &[u8] = b"what only the provider and we know";

const RSA_PUBLIC: &str = include_str!("tests/rsa.pub.pem");

/// Signs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signer {
    Secret(&'static [u8]),
    /// The one RSA key of the tests.
    Rsa,
    /// The Ed25519 key of this seed.
    Ed(u8),
}

impl Signer {
    fn sign(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Secret(secret) => {
                hmac::sign(&hmac::Key::new(HMAC_SHA256, secret), message).as_ref().to_vec()
            }
            Self::Rsa => {
                let mut signature = vec![0; rsa().public().modulus_len()];
                let random = SystemRandom::new();
                rsa().sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Self::Ed(seed) => ed(seed).sign(message).as_ref().to_vec(),
        }
    }

    const fn algorithm(self) -> &'static str {
        match self {
            Self::Secret(_) => "HS256",
            Self::Rsa => "RS256",
            Self::Ed(_) => "EdDSA",
        }
    }

    /// Its key, as a set tells it.
    pub(crate) fn jwk(self, kid: &str) -> Value {
        match self {
            Self::Secret(secret) => json!({"kty": "oct", "kid": kid, "k": base64url(secret)}),
            Self::Rsa => {
                let [n, e] = [components().n, components().e].map(|number| base64url(&number));
                json!({"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": n, "e": e})
            }
            Self::Ed(seed) => {
                let x = base64url(ed(seed).public_key().as_ref());
                json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x})
            }
        }
    }

    /// A token with this name of a key.
    pub(crate) fn token(self, kid: Option<&str>, claims: &Value) -> String {
        self.token_with(&json!({"alg": self.algorithm(), "typ": "JWT", "kid": kid}), claims)
    }

    /// A token with any header.
    fn token_with(self, header: &Value, claims: &Value) -> String {
        let [header, claims] = [header, claims].map(|part| base64url(part.to_string().as_bytes()));
        let signed = format!("{header}.{claims}");
        let signature = base64url(&self.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

fn rsa() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(include_bytes!("tests/rsa.pk8")).unwrap()
}

fn components() -> PublicKeyComponents<Vec<u8>> {
    PublicKeyComponents::from(rsa().public())
}

fn ed(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a good token says, but for what is changed; null takes a claim away.
pub(crate) fn claims(changed: Value) -> Value {
    let mut claims = json!({
        "iss": "https://id.example", "aud": "liap", "sub": "user-17", "name": "Ada",
        "exp": NOW_S + 600, "nbf": NOW_S - 5, "iat": NOW_S - 5,
    });
    for (name, value) in changed.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

pub(crate) fn set(keys: &[Value]) -> ProviderKeys {
    let set = json!({ "keys": keys }).to_string();
    ProviderKeys::from_jwks(set.as_bytes(), &ProviderAlgorithm::ALL).unwrap()
}

fn one_key(key: &[u8]) -> ProviderKeys {
    ProviderKeys::from_key(key, &ProviderAlgorithm::ALL).unwrap()
}

/// Whoever believes these keys; and what changes them.
pub(crate) fn believing(keys: ProviderKeys) -> (Identity, watch::Sender<ProviderKeys>) {
    let (sender, keys) = watch::channel(keys);
    let identity = Identity {
        issuer: "https://id.example".to_owned(),
        audience: "liap".to_owned(),
        player_claim: "sub".to_owned(),
        name_claim: "name".to_owned(),
        leeway_seconds: 30,
        is_required: false,
        keys,
    };
    (identity, sender)
}

/// What becomes of a token under these keys.
fn verify(keys: ProviderKeys, token: &str) -> Result<Vouched, Distrust> {
    believing(keys).0.verify(token, NOW_S)
}
