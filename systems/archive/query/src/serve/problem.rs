//! Errors over HTTP: a status, and `{code, message, hint}`.

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::ask::AskError;

/// Why a request is not answered as asked.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    #[serde(skip)]
    pub(crate) status: StatusCode,
    /// Never changes.
    pub(crate) code: &'static str,
    /// What is wrong.
    pub(crate) message: String,
    /// What would be right.
    pub(crate) hint: String,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { status, code, message: message.into(), hint: hint.into() }
    }

    pub(crate) fn bad_parameter(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_parameter", message, hint)
    }

    pub(crate) fn unknown_player(id: &str) -> Self {
        let message = format!("no player {id} has finished a match");
        let hint = "a player is named by key (as in leaderboards), or by what the server's store of \
                    people knows: an id or a name";
        Self::new(StatusCode::NOT_FOUND, "unknown_player", message, hint)
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        let status = match &error {
            AskError::BadSql { .. } | AskError::UnknownTable(_) => StatusCode::BAD_REQUEST,
            AskError::NotReadOnly(_) => StatusCode::FORBIDDEN,
            AskError::UnknownMatch(_) => StatusCode::NOT_FOUND,
            AskError::TooLong(_)
            | AskError::TooMuchMemory(_)
            | AskError::TooManyRows(_)
            | AskError::TooManyBytes(_) => StatusCode::UNPROCESSABLE_ENTITY,
            AskError::Changed | AskError::Busy | AskError::Unavailable(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            AskError::Internal(why) => {
                tracing::error!(why, "a fault of liap-query");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        // What is wrong inside, and where files are, is for the log.
        let message = match &error {
            AskError::Internal(_) => "something went wrong".to_owned(),
            AskError::Unavailable(why) => {
                tracing::warn!(why, "the archive cannot be read");
                "the archive cannot be read now".to_owned()
            }
            other => other.to_string(),
        };
        Self::new(status, error.code(), message, error.hint())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status;
        let mut response = (status, Json(self)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
