//! Whether what tokens are verified with works: asked once, before any port is open.

mod samples;

use jsonwebtoken::crypto::{sign, verify};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

use super::backend;
use super::keys::ProviderKeys;
use samples::{SAMPLES, Sample};

/// Verifies signatures that must be good, and others that must not be: known ones of every
/// algorithm, and with every secret among `keys` one made by it.
///
/// # Errors
///
/// Says what does not work. Then no token may be believed.
pub fn self_test(keys: &ProviderKeys) -> Result<(), String> {
    backend::install();
    for Sample { algorithm, key, signed, signature } in &SAMPLES {
        let key = key().map_err(|error| format!("the sample for {algorithm:?}: {error}"))?;
        check(*algorithm, &key, signed, signature)?;
    }
    for secret in keys.each().filter_map(|key| key.secret()) {
        let (own, sample) = (EncodingKey::from_secret(secret), "a sample");
        let signature = sign(sample.as_bytes(), &own, Algorithm::HS256)
            .map_err(|error| format!("the secret signs nothing: {error}"))?;
        check(Algorithm::HS256, &DecodingKey::from_secret(secret), sample, &signature)?;
    }
    Ok(())
}

/// The signature must be good for what was signed, and for nothing else.
fn check(
    algorithm: Algorithm,
    key: &DecodingKey,
    signed: &str,
    signature: &str,
) -> Result<(), String> {
    let is_good = |signed: &str| verify(signature, signed.as_bytes(), key, algorithm);
    match (is_good(signed), is_good(&format!("{signed}x"))) {
        (Ok(true), Ok(false)) => Ok(()),
        _ => Err(format!("{algorithm:?} does not work in this program: believe no token")),
    }
}
