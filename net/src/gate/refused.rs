//! Why somebody is not let in, as HTTP says it.

use axum::http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use protocol::ErrorCode;
use serde::Serialize;

use crate::refusal::No;

/// What was too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Ban,
    Connections,
    Arrivals,
    Faults,
    Rooms,
    Spectators,
    Addresses,
    ConnectionBytes,
    ConnectionFrames,
    ConnectionPings,
    Places,
    Handshakes,
}

impl Limit {
    /// As it is counted: the name of its setting, where it has one.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ban => "ban",
            Self::Connections => "address_connections",
            Self::Arrivals => "address_arrivals_per_minute",
            Self::Faults => "address_faults_per_minute",
            Self::Rooms => "address_rooms",
            Self::Spectators => "address_spectators",
            Self::Addresses => "addresses_max",
            Self::ConnectionBytes => "connection_bytes_per_second",
            Self::ConnectionFrames => "connection_frames_per_second",
            Self::ConnectionPings => "connection_pings_per_second",
            Self::Places => "connections_max",
            Self::Handshakes => "handshakes_max",
        }
    }

    const fn says(self) -> &'static str {
        match self {
            Self::Ban => "This address is banned for a time.",
            Self::Connections => "As many connections are open from this address as may be.",
            Self::Arrivals => "Too many connections and requests from this address.",
            Self::Faults => "Too many handshakes and hellos from this address came to nothing.",
            Self::Rooms => "As many rooms were made from this address as may be live.",
            Self::Spectators => "As many watch this room from your address as may.",
            Self::Addresses | Self::Places | Self::Handshakes => "The server is full.",
            Self::ConnectionBytes | Self::ConnectionFrames | Self::ConnectionPings => {
                "Too fast on this connection."
            }
        }
    }
}

/// A no, and when to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    /// What was too much.
    pub(crate) limit: Limit,
    /// When it may be no more.
    pub(crate) retry_after_ms: u32,
}

#[derive(Serialize)]
struct Body {
    code: &'static str,
    message: &'static str,
    retry_after_ms: u32,
}

impl Refused {
    fn status(self) -> StatusCode {
        match self.limit {
            Limit::Ban => StatusCode::FORBIDDEN,
            Limit::Addresses | Limit::Places | Limit::Handshakes => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    fn code(self) -> ErrorCode {
        match self.limit {
            Limit::Ban => ErrorCode::Banned,
            Limit::Addresses | Limit::Places | Limit::Handshakes => ErrorCode::Overloaded,
            _ => ErrorCode::RateLimited,
        }
    }

    fn retry_after_s(self) -> u32 {
        self.retry_after_ms.div_ceil(1_000)
    }

    fn body(self) -> String {
        let Self { limit, retry_after_ms } = self;
        let body = Body { code: self.code().as_str(), message: limit.says(), retry_after_ms };
        serde_json::to_string(&body).unwrap_or_default()
    }

    /// `RateLimit`, as its draft has it: the limit, what is left of it, and for how long.
    fn rate_limit(self) -> String {
        format!("\"{}\";r=0;t={}", self.limit.name(), self.retry_after_s())
    }

    /// All of an answer that is written before any request was read.
    pub(crate) fn head_and_body(self) -> String {
        let (status, body) = (self.status(), self.body());
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nretry-after: {}\r\n\
             ratelimit: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.retry_after_s(),
            self.rate_limit(),
            body.len(),
        )
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let json = [(CONTENT_TYPE, "application/json")];
        let mut response = (self.status(), json, self.body()).into_response();
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, self.retry_after_s().into());
        if let Ok(value) = HeaderValue::from_str(&self.rate_limit()) {
            headers.insert(HeaderName::from_static("ratelimit"), value);
        }
        response
    }
}

impl From<Refused> for No {
    fn from(refused: Refused) -> Self {
        let message = refused.limit.says().to_owned();
        let retry_after_ms = Some(refused.retry_after_ms);
        Self { code: refused.code(), message, retry_after_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_before_the_request_says_what_one_after_it_says() {
        let refused = Refused { limit: Limit::Arrivals, retry_after_ms: 1_001 };
        let early = refused.head_and_body();
        let late = refused.into_response();
        assert!(early.starts_with("HTTP/1.1 429 Too Many Requests\r\n"), "{early}");
        assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);
        for name in ["content-type", "retry-after", "ratelimit"] {
            let line = format!("{name}: {}\r\n", late.headers()[name].to_str().unwrap());
            assert!(early.contains(&line), "{line} is not in {early}");
        }
        let (_, body) = early.split_once("\r\n\r\n").unwrap();
        assert!(early.contains(&format!("content-length: {}\r\n", body.len())), "{early}");
        assert!(body.contains(r#""code":"rate_limited""#) && body.contains(":1001}"), "{body}");
        assert_eq!(late.headers()["retry-after"], "2");
    }

    #[test]
    fn a_ban_is_forbidden_and_a_full_server_is_unavailable() {
        let status = |limit| Refused { limit, retry_after_ms: 0 }.status().as_u16();
        assert_eq!([Limit::Ban, Limit::Places, Limit::Rooms].map(status), [403, 503, 429]);
    }
}
