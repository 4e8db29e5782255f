//! One key of a provider, and the one algorithm it is for.

use jsonwebtoken::{AlgorithmFamily, DecodingKey, DecodingKeyKind};
use pkcs1::RsaPublicKeyRef;
use pkcs1::der::asn1::AnyRef;
use pkcs1::der::oid::ObjectIdentifier;
use pkcs1::der::{Decode, pem};
use serde::de::IgnoredAny;
use spki::SubjectPublicKeyInfoRef;

use super::algorithm::ProviderAlgorithm;

/// A shorter secret than its hash could be guessed first (RFC 7518, section 3.2).
const SECRET_BYTES_MIN: usize = 32;

/// What *ring* verifies with.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;
const EXPONENT_BYTES_MAX: usize = 5;

const POINT_BYTES: usize = 32;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A key that verifies by one algorithm.
#[derive(Clone)]
pub(super) struct ProviderKey {
    id: Option<String>,
    algorithm: ProviderAlgorithm,
    decoding: DecodingKey,
}

impl ProviderKey {
    /// From what the library read, under the name (`kid`) it has in its set. Says what is wrong with
    /// it, never what it is.
    pub(super) fn new(id: Option<String>, key: DecodingKey) -> Result<Self, String> {
        let (algorithm, decoding) = match (key.family(), key.kind()) {
            (AlgorithmFamily::Hmac, DecodingKeyKind::SecretOrDer(secret)) => {
                check_secret(secret)?;
                (ProviderAlgorithm::Hs256, key)
            }
            (AlgorithmFamily::Rsa, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                (ProviderAlgorithm::Rs256, rsa(n, e)?)
            }
            (AlgorithmFamily::Ed, DecodingKeyKind::SecretOrDer(point)) => {
                if point.len() != POINT_BYTES {
                    return Err(format!(
                        "an Ed25519 key has {POINT_BYTES} bytes, this one {}",
                        point.len()
                    ));
                }
                (ProviderAlgorithm::EdDsa, key)
            }
            _ => return Err("neither an RSA nor an Ed25519 key".to_owned()),
        };
        Ok(Self { id, algorithm, decoding })
    }

    /// From the public half of a key, as PEM.
    pub(super) fn from_pem(text: &[u8]) -> Result<Self, String> {
        let (label, der) = pem::decode_vec(text.trim_ascii_end())
            .map_err(|error| format!("no PEM of one key: {error}"))?;
        let key = match label {
            "PUBLIC KEY" => public_key(&der)?,
            "RSA PUBLIC KEY" => rsa_key(&der)?,
            private if private.contains("PRIVATE") => {
                let advice = "only its public half belongs here (`openssl pkey -pubout`)";
                return Err(format!("a private key: {advice}"));
            }
            other => return Err(format!("a PEM of {other:.40?} where a PUBLIC KEY must be")),
        };
        Self::new(None, key)
    }

    /// From a secret that the provider has too.
    pub(super) fn from_secret(secret: &[u8]) -> Result<Self, String> {
        check_is_no_public_key(secret)?;
        Self::new(None, DecodingKey::from_secret(secret))
    }

    /// Its name in its set.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What it is for.
    pub(super) const fn algorithm(&self) -> ProviderAlgorithm {
        self.algorithm
    }

    /// The key itself.
    pub(super) const fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    /// The secret, if it is one.
    pub(super) fn secret(&self) -> Option<&[u8]> {
        let is_secret = self.algorithm == ProviderAlgorithm::Hs256;
        self.decoding.try_get_as_bytes().ok().filter(|_| is_secret)
    }
}

/// What everybody knows must not become a secret by being taken for one.
fn check_is_no_public_key(secret: &[u8]) -> Result<(), String> {
    let starts = |starts: &[&str]| starts.iter().any(|it| secret.starts_with(it.as_bytes()));
    if serde_json::from_slice::<IgnoredAny>(secret).is_ok() && starts(&["{", "["]) {
        let advice = "a set of keys goes into identity.jwks_file";
        return Err(format!("JSON where a secret or PEM must be: {advice}"));
    }
    // As text, the usual keys begin like these; SSH's say their names.
    if starts(&["MII", "MCowBQYDK2Vw", "ssh-", "ecdsa-"]) || is_der(secret) {
        let advice = "with its lines BEGIN PUBLIC KEY and END PUBLIC KEY";
        return Err(format!("a public key that is no PEM: it is wanted as PEM, {advice}"));
    }
    Ok(())
}

/// Whether this is a key or a certificate in binary.
fn is_der(bytes: &[u8]) -> bool {
    let is_whole = bytes.first() == Some(&0x30) && AnyRef::from_der(bytes).is_ok();
    is_whole && (bytes.len() > 128 || SubjectPublicKeyInfoRef::from_der(bytes).is_ok())
}

fn check_secret(secret: &[u8]) -> Result<(), String> {
    let bytes = secret.len();
    if bytes < SECRET_BYTES_MIN {
        return Err(format!("a secret of {bytes} bytes: at least {SECRET_BYTES_MIN} are needed"));
    }
    Ok(())
}

fn public_key(der: &[u8]) -> Result<DecodingKey, String> {
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|error| damaged(&error))?;
    let bits = info.subject_public_key.raw_bytes();
    match info.algorithm.oid {
        RSA => rsa_key(bits),
        ED25519 => Ok(DecodingKey::from_ed_der(bits)),
        other => Err(format!("a key for the algorithm {other}: RSA or Ed25519 is wanted")),
    }
}

fn rsa_key(der: &[u8]) -> Result<DecodingKey, String> {
    let key = RsaPublicKeyRef::from_der(der).map_err(|error| damaged(&error))?;
    let (n, e) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
    Ok(DecodingKey::from_rsa_raw_components(n, e))
}

fn damaged(error: &pkcs1::der::Error) -> String {
    format!("a damaged key: {error}")
}

/// An RSA key that can be used.
fn rsa(n: &[u8], e: &[u8]) -> Result<DecodingKey, String> {
    let [n, e] = [n, e].map(|number| {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        &number[zeros..]
    });
    let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    if !MODULUS_BITS.contains(&bits) {
        let (min, max) = MODULUS_BITS.into_inner();
        return Err(format!("an RSA key of {bits} bits: it must have {min} to {max}"));
    }
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    if !is_odd(n) || !is_odd(e) || e == [1] || e.len() > EXPONENT_BYTES_MAX {
        return Err("no RSA key: modulus or exponent cannot be right".to_owned());
    }
    Ok(DecodingKey::from_rsa_raw_components(n, e))
}
