//! What a token says, once its signature is known to be good.

use protocol::check_name;
use serde_json::{Map, Value};

use super::distrust::Distrust;

/// Bytes of the text that tells players apart: as many as a `sub` of OIDC may have.
const PLAYER_BYTES_MAX: usize = 255;

/// Until when a token is good, in seconds since 1970; an error if that is over, or it is not yet
/// good.
pub(super) fn until(
    claims: &Map<String, Value>,
    leeway_s: u64,
    now_s: u64,
) -> Result<u32, Distrust> {
    let expires_s = moment(claims, "exp")?.ok_or(Distrust::Missing("exp".to_owned()))?;
    let until_s = expires_s.saturating_add(leeway_s);
    if until_s <= now_s {
        return Err(Distrust::Expired);
    }
    match moment(claims, "nbf")? {
        Some(from_s) if from_s > now_s.saturating_add(leeway_s) => Err(Distrust::NotYet),
        _ => Ok(u32::try_from(until_s).unwrap_or(u32::MAX)),
    }
}

/// A moment in whole seconds since 1970. Providers may write fractions.
fn moment(claims: &Map<String, Value>, name: &str) -> Result<Option<u64>, Distrust> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let whole = value.as_u64();
    let moment = whole.or_else(|| value.as_f64().filter(|it| *it >= 0.0).map(|it| it as u64));
    moment.map(Some).ok_or(Distrust::Missing(name.to_owned()))
}

/// The text that tells players apart.
pub(super) fn text<'a>(claims: &'a Map<String, Value>, claim: &str) -> Result<&'a str, Distrust> {
    let text = claims.get(claim).and_then(Value::as_str);
    text.filter(|text| (1..=PLAYER_BYTES_MAX).contains(&text.len()))
        .ok_or_else(|| Distrust::Missing(claim.to_owned()))
}

/// What the player is called.
pub(super) fn name<'a>(claims: &'a Map<String, Value>, claim: &str) -> Result<&'a str, Distrust> {
    let name = claims.get(claim).and_then(Value::as_str);
    let name = name.ok_or_else(|| Distrust::Missing(claim.to_owned()))?;
    check_name(name).map_err(|bad| Distrust::BadName(claim.to_owned(), bad))
}
