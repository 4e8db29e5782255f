//! Players whom somebody else knows: tokens (JWT, RFC 7519) of the operator's own provider.
//!
//! The algorithm comes from the key, never from the token: a key verifies by one algorithm only, and
//! a token that names another one is refused before anything is computed.

mod algorithm;
mod backend;
mod claims;
mod distrust;
mod jwks;
mod key;
mod keys;
mod player;
mod self_test;
#[cfg(test)]
pub(crate) mod tests;

use jsonwebtoken::{Validation, decode, decode_header};
use serde_json::{Map, Value};
use tokio::sync::watch;

pub use algorithm::ProviderAlgorithm;
pub(crate) use distrust::Distrust;
pub use keys::ProviderKeys;
pub(crate) use player::{Vouched, anonymous};
pub use self_test::self_test;

/// Characters of a provider's token; a message of docs/protocol.md holds no more anyway.
const TOKEN_CHARS_MAX: usize = 4_096;

/// Whom to believe about who somebody is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// What the claim `iss` must be.
    pub issuer: String,
    /// What the claim `aud` must be, or be among.
    pub audience: String,
    /// The claim that tells players apart: a text of 1..=255 bytes, mostly `sub`.
    pub player_claim: String,
    /// The claim that says what a player is called; the rules for names hold.
    pub name_claim: String,
    /// How many seconds the provider's clock may differ from ours.
    pub leeway_seconds: u64,
    /// Whether nobody else may come in.
    pub is_required: bool,
    /// What the provider's tokens are verified with, as of now.
    pub keys: watch::Receiver<ProviderKeys>,
}

impl Identity {
    /// Whether this is meant as a token of a provider: those have dots, and ours have none.
    pub(crate) fn is_meant(token: &str) -> bool {
        token.contains('.')
    }

    /// Whom a token is about, if it is good at `now_s`, in seconds since 1970.
    pub(crate) fn verify(&self, token: &str, now_s: u64) -> Result<Vouched, Distrust> {
        if token.len() > TOKEN_CHARS_MAX {
            return Err(Distrust::TooLong(token.len()));
        }
        let claims = self.signed(token)?;
        let until_s = claims::until(&claims, self.leeway_seconds, now_s)?;
        let player = claims::text(&claims, &self.player_claim)?;
        let name = claims::name(&claims, &self.name_claim)?;
        Ok(Vouched::new(&self.issuer, player, name, until_s))
    }

    /// What a token says, if the provider signed it, and for us.
    fn signed(&self, token: &str) -> Result<Map<String, Value>, Distrust> {
        let header = decode_header(token).map_err(|_| Distrust::NoToken)?;
        if header.crit.is_some() {
            return Err(Distrust::Critical);
        }
        let keys = self.keys.borrow();
        let key = keys.of(header.kid.as_deref()).ok_or(Distrust::UnknownKey)?;
        let mut rules = Validation::new(key.algorithm().known_as());
        // The hub's clock is not the library's: see `claims::until`.
        (rules.validate_exp, rules.validate_nbf) = (false, false);
        rules.set_required_spec_claims(&["iss", "aud"]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.audience]);
        backend::install();
        Ok(decode(token, key.decoding(), &rules)?.claims)
    }
}
