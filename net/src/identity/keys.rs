//! All keys of a provider that are good now, and which of them a token names.

use super::algorithm::ProviderAlgorithm;
use super::jwks;
use super::key::ProviderKey;

/// What every PEM has.
const PEM: &[u8] = b"-----BEGIN";

/// What a provider's tokens are verified with.
#[derive(Clone)]
pub struct ProviderKeys {
    keys: Vec<ProviderKey>,
    unused: Vec<String>,
}

impl ProviderKeys {
    /// Bytes of a file of keys, far more than any provider's has.
    pub const BYTES_MAX: usize = 64 * 1024;

    /// From one key: PEM of a public key, or else a secret, whose line end does not count. It
    /// verifies every token, whatever `kid` that names.
    ///
    /// # Errors
    ///
    /// What is wrong with the key: never what it is.
    pub fn from_key(bytes: &[u8], allowed: &[ProviderAlgorithm]) -> Result<Self, String> {
        check_length(bytes)?;
        // Tools write what a key is above it.
        let key = match bytes.windows(PEM.len()).position(|window| window == PEM) {
            Some(begin) => ProviderKey::from_pem(&bytes[begin..])?,
            None => ProviderKey::from_secret(without_line_end(bytes))?,
        };
        if !allowed.contains(&key.algorithm()) {
            return Err(not_allowed(key.algorithm()));
        }
        Ok(Self { keys: vec![key], unused: Vec::new() })
    }

    /// From a JSON Web Key Set (RFC 7517). Keys that cannot be used are left out.
    ///
    /// # Errors
    ///
    /// It is none, none of its keys can be used, or two have one `kid`: never what a key is.
    pub fn from_jwks(bytes: &[u8], allowed: &[ProviderAlgorithm]) -> Result<Self, String> {
        check_length(bytes)?;
        let jwks::Read { keys, unused } = jwks::read(bytes, allowed)?;
        if keys.is_empty() {
            let reasons =
                if unused.is_empty() { "it is empty".to_owned() } else { unused.join(", ") };
            return Err(format!("no key that can be used: {reasons}"));
        }
        for (at, key) in keys.iter().enumerate() {
            if keys[..at].iter().any(|other| other.id() == key.id()) {
                let id = key.id().unwrap_or("none at all");
                return Err(format!("two keys have the same kid, {id:.100}: which is meant?"));
            }
        }
        Ok(Self { keys, unused })
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.keys.len()
    }

    /// Why each of the others cannot be used, as `key N: WHY`.
    #[must_use]
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// Whether one of them is a secret, so that nobody else may read where it is from.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        self.keys.iter().any(|key| key.secret().is_some())
    }

    /// The key a token means. Without a `kid` on either side there is a choice only if there is one
    /// key.
    pub(super) fn of(&self, kid: Option<&str>) -> Option<&ProviderKey> {
        match &self.keys[..] {
            [only] if only.id().is_none() || kid.is_none() => Some(only),
            keys => kid.and_then(|kid| keys.iter().find(|key| key.id() == Some(kid))),
        }
    }

    /// Each of them.
    pub(super) fn each(&self) -> impl Iterator<Item = &ProviderKey> {
        self.keys.iter()
    }
}

/// No key is printed.
impl std::fmt::Debug for ProviderKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ProviderKeys({} keys)", self.count())
    }
}

/// Why a key of this algorithm is not used.
pub(super) fn not_allowed(algorithm: ProviderAlgorithm) -> String {
    format!("a key for {0}, which identity.algorithms does not name", algorithm.name())
}

fn check_length(bytes: &[u8]) -> Result<(), String> {
    match bytes.len() {
        0 => Err("empty".to_owned()),
        1..=ProviderKeys::BYTES_MAX => Ok(()),
        _ => Err(format!("more than {} bytes", ProviderKeys::BYTES_MAX)),
    }
}

/// Editors and `echo` end a line.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    line.strip_suffix(b"\r").unwrap_or(line)
}
