//! What is answered when something cannot be done.

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why not: a status, a stable code, and a sentence.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// When to try again, in seconds.
    retry_after: Option<u64>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    pub(super) fn no_room(code: &str) -> Self {
        let message = format!("There is no live room {code}: `GET /v1/rooms` lists them.");
        Self::new(StatusCode::NOT_FOUND, "room_not_found", message)
    }

    pub(super) fn locked_out(seconds: u64) -> Self {
        let message = "Too many wrong tokens from this address.";
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self { retry_after: Some(seconds), ..Self::new(status, "locked_out", message) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        let body = json!({ "error": { "code": self.code, "message": self.message } });
        (self.status, headers, Json(body)).into_response()
    }
}

pub(super) async fn not_found() -> Problem {
    let message = "There is no such path: docs/operations.md has those there are.";
    Problem::new(StatusCode::NOT_FOUND, "not_found", message)
}

pub(super) async fn method_not_allowed() -> Problem {
    let message = "What only looks is asked with GET, what changes something with POST.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
}
