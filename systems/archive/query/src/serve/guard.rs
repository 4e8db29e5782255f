//! What every request passes: the token, the time it may take, the counters.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::problem::Problem;

/// Beyond what a question may take: for its body to come and its turn.
const SLACK: Duration = Duration::from_secs(15);

/// Lets a request pass if it has the token, where one is needed, and ends in time.
pub(super) async fn admit(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let open = request.uri().path().starts_with("/health/");
    if let Some(token) = shared.token.as_ref().filter(|_| !open) {
        let given = request.headers().get(header::AUTHORIZATION);
        let given = given.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        if !given.is_some_and(|given| token.is(given)) {
            return Problem::new(
                StatusCode::UNAUTHORIZED,
                "no_token",
                "the token is missing or wrong",
                "send the header `Authorization: Bearer TOKEN`",
            )
            .into_response();
        }
    }
    let limit = shared.sql.time + SLACK;
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            format!("the request took longer than {} ms", limit.as_millis()),
            "send the body faster",
        )
        .into_response(),
    }
}

/// The route of a request.
#[derive(Clone)]
pub(super) struct Counted {
    pub(super) shared: Arc<Shared>,
    pub(super) route: usize,
}

/// Counts a request of a known route.
pub(super) async fn count(
    State(counted): State<Counted>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let response = next.run(request).await;
    counted.shared.metrics.served(counted.route, response.status().as_u16(), begun.elapsed());
    response
}
