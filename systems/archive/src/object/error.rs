//! What goes wrong with a store, and whether it helps to ask again.

use std::fmt;

use crate::TargetError;

/// Why something could not be done with a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// It is away, slow, full, or does not let us in: it may do this later.
    Unavailable(String),
    /// It will not take this, however often it is asked.
    Refused(String),
    /// Something in it is not what it was: what, and how that was seen.
    Damaged(String),
    /// It was written by a newer program than this: what, and what to do.
    Newer(String),
    /// A limit of this program was met: which, and what to do.
    TooLarge(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "unavailable: {why}"),
            Self::Refused(why) => write!(f, "refused: {why}"),
            Self::Damaged(why) => write!(f, "damaged: {why}"),
            Self::Newer(why) => write!(f, "too new: {why}"),
            Self::TooLarge(why) => write!(f, "too large: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<object_store::Error> for StoreError {
    /// Only what is about this one object is refused; all else may be mended by waiting or by the
    /// operator, and must not make matches look bad.
    fn from(error: object_store::Error) -> Self {
        let why = whole(&error);
        match error {
            object_store::Error::InvalidPath { .. } => Self::Refused(why),
            _ if refuses_the_object(&why) => Self::Refused(why),
            _ => Self::Unavailable(why),
        }
    }
}

impl From<StoreError> for TargetError {
    /// What is wrong with the store is never the fault of what was to be written.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(why) => Self::Refused(why),
            StoreError::Unavailable(why) => Self::Unavailable(why),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// The library has no type for these, but it spells the status out.
fn refuses_the_object(why: &str) -> bool {
    ["400 Bad Request", "413 Payload Too Large"].iter().any(|status| why.contains(status))
}

/// An error with all that caused it, as far as the texts differ.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &'static str) -> StoreError {
        object_store::Error::Generic { store: "S3", source: text.into() }.into()
    }

    #[test]
    fn only_what_is_about_the_object_is_refused() {
        let bad = generic("Server returned non-2xx status code: 400 Bad Request: EntityTooLarge");
        assert!(matches!(bad, StoreError::Refused(_)));
        for text in [
            "Server returned non-2xx status code: 503 Service Unavailable: SlowDown",
            "Error performing PUT: operation timed out",
            "No space left on device (os error 28)",
        ] {
            assert!(matches!(generic(text), StoreError::Unavailable(_)), "{text}");
        }
        let denied =
            object_store::Error::PermissionDenied { path: "matches".into(), source: "no".into() };
        assert!(matches!(StoreError::from(denied), StoreError::Unavailable(_)));
    }

    #[test]
    fn damage_in_the_store_is_not_blamed_on_the_batch() {
        let error = TargetError::from(StoreError::Damaged("a manifest".into()));
        assert_eq!(error, TargetError::Unavailable("damaged: a manifest".into()));
    }
}
