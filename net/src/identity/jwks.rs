//! Key sets: JSON Web Key Sets (RFC 7517), as providers publish them.

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyOperations, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;

use super::algorithm::ProviderAlgorithm;
use super::key::ProviderKey;
use super::keys::not_allowed;

/// Keys of a set: a provider has two or three, and each token's is looked for among them.
const KEYS_MAX: usize = 64;

/// A set: those that can be used, and why the others cannot.
pub(super) struct Read {
    pub(super) keys: Vec<ProviderKey>,
    pub(super) unused: Vec<String>,
}

/// Its keys are read one by one: what one of them is about must not spoil the others.
#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// Reads a set.
pub(super) fn read(bytes: &[u8], allowed: &[ProviderAlgorithm]) -> Result<Read, String> {
    let set: Set = serde_json::from_slice(bytes).map_err(|error| {
        // Where it is, but not what is there: it may be a secret.
        let (line, column) = (error.line(), error.column());
        format!("no key set ({{\"keys\": [...]}}): line {line}, column {column}")
    })?;
    if set.keys.len() > KEYS_MAX {
        return Err(format!("{} keys: a set has at most {KEYS_MAX}", set.keys.len()));
    }
    let mut read = Read { keys: Vec::new(), unused: Vec::new() };
    for (at, key) in set.keys.into_iter().enumerate() {
        match usable(key, allowed) {
            Ok(key) => read.keys.push(key),
            Err(why) => read.unused.push(format!("key {}: {why}", at + 1)),
        }
    }
    Ok(read)
}

fn usable(key: Value, allowed: &[ProviderAlgorithm]) -> Result<ProviderKey, String> {
    if key.get("d").is_some() {
        return Err("it holds its private half, which belongs to the provider alone".to_owned());
    }
    let key: Jwk = serde_json::from_value(key).map_err(|_| "not a key".to_owned())?;
    if matches!(key.algorithm, AlgorithmParameters::EllipticCurve(_)) {
        return Err("a key for another algorithm".to_owned());
    }
    let is_for_signatures = match (&key.common.public_key_use, &key.common.key_operations) {
        (Some(PublicKeyUse::Signature), _) | (None, None) => true,
        (None, Some(operations)) => operations.contains(&KeyOperations::Verify),
        _ => false,
    };
    if !is_for_signatures {
        return Err("not for signatures".to_owned());
    }
    let decoding = DecodingKey::from_jwk(&key)
        .map_err(|_| "a key of another kind, or not in base64url".to_owned())?;
    let named = key.common.key_algorithm.map(|algorithm| algorithm.to_string());
    let key = ProviderKey::new(key.common.key_id, decoding)?;
    match named {
        Some(name) if name != key.algorithm().name() => {
            Err("a key for another algorithm".to_owned())
        }
        _ if !allowed.contains(&key.algorithm()) => Err(not_allowed(key.algorithm())),
        _ => Ok(key),
    }
}
