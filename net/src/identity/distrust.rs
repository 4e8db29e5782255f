//! Why a provider's token is not believed: said to whoever presented it.

use jsonwebtoken::errors::{Error, ErrorKind};
use protocol::{BadName, ErrorCode};

use crate::refusal::No;

/// The longest name of a claim that is quoted.
const CLAIM_CHARS_MAX: usize = 100;

/// Why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Distrust {
    /// It has so many characters.
    TooLong(usize),
    /// It is none.
    NoToken,
    /// It demands something of whoever reads it that we do not know.
    Critical,
    /// No key of the provider has this name.
    UnknownKey,
    /// Its algorithm is not that of its key.
    Algorithm,
    /// The provider did not sign this.
    Signature,
    /// Somebody else issued it.
    Issuer,
    /// It was issued for somebody else.
    Audience,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYet,
    /// It does not say this, or not in the form it should.
    Missing(String),
    /// Nobody can be called what this claim says.
    BadName(String, BadName),
}

impl From<Error> for Distrust {
    fn from(error: Error) -> Self {
        match error.into_kind() {
            ErrorKind::InvalidAlgorithm => Self::Algorithm,
            ErrorKind::InvalidSignature => Self::Signature,
            ErrorKind::InvalidIssuer => Self::Issuer,
            ErrorKind::InvalidAudience => Self::Audience,
            ErrorKind::MissingRequiredClaim(claim) => Self::Missing(claim),
            _ => Self::NoToken,
        }
    }
}

impl From<Distrust> for No {
    fn from(distrust: Distrust) -> Self {
        let message = match &distrust {
            Distrust::TooLong(chars) => {
                let most = super::TOKEN_CHARS_MAX;
                format!("This token has {chars} characters: at most {most} are read.")
            }
            Distrust::NoToken => "Not a token that can be read.".to_owned(),
            Distrust::Critical => {
                "This token has critical headers: none are known here.".to_owned()
            }
            Distrust::UnknownKey => {
                "This token's key (`kid`) is none of the provider's: get a new token.".to_owned()
            }
            Distrust::Algorithm => "This token's algorithm is not that of its key.".to_owned(),
            Distrust::Signature => "The provider did not sign this token.".to_owned(),
            Distrust::Issuer => "This token was issued by somebody else (`iss`).".to_owned(),
            Distrust::Audience => "This token was issued for somebody else (`aud`).".to_owned(),
            Distrust::Expired => {
                "This token has expired: get a new one of the provider.".to_owned()
            }
            Distrust::NotYet => "This token is not good yet (`nbf`).".to_owned(),
            Distrust::Missing(claim) => {
                let claim: String = claim.chars().take(CLAIM_CHARS_MAX).collect();
                format!("This token does not say `{claim}`, or not in the right form.")
            }
            Distrust::BadName(claim, bad) => format!("This token's `{claim}`: {bad}"),
        };
        let code = match distrust {
            Distrust::BadName(..) => ErrorCode::BadName,
            _ => ErrorCode::Unauthorized,
        };
        Self::new(code, message)
    }
}
