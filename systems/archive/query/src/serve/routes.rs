//! Every route, in one table: the router, the metrics and the document are checked against it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use super::problem::Problem;
use super::{Shared, facts, guard, openapi, sql};

/// Bytes of a body: what a question may have, with all of it escaped.
pub(super) const BODY_BYTES_MAX: usize = 256 << 10;

type Served = MethodRouter<Arc<Shared>>;

/// A route: its method, its path, what serves it.
type Route = (&'static str, &'static str, fn() -> Served);

/// How many there are.
pub(super) const COUNT: usize = 10;

/// All of them.
pub(super) const ROUTES: [Route; COUNT] = [
    ("get", "/health/live", || get(live)),
    ("get", "/health/ready", || get(ready)),
    ("get", "/metrics", || get(metrics)),
    ("get", "/v1/openapi.json", || get(openapi::document)),
    ("get", "/v1/matches/{id}", || get(facts::game)),
    ("get", "/v1/players/{id}/history", || get(facts::history)),
    ("get", "/v1/players/{id}/stats", || get(facts::figures)),
    ("get", "/v1/leaderboard", || get(facts::leaderboard)),
    ("get", "/v1/stats", || get(facts::stats)),
    ("post", "/v1/sql", || post(sql::sql)),
];

pub(super) fn router(shared: &Arc<Shared>) -> Router {
    let mut router = Router::new();
    for (at, (_, path, served)) in ROUTES.iter().enumerate() {
        let counted = guard::Counted { shared: Arc::clone(shared), route: at };
        router = router.route(path, served().layer(from_fn_with_state(counted, guard::count)));
    }
    router
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(shared), guard::admit))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(Arc::clone(shared))
}

async fn unknown(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(100).collect();
    let hint = "/v1/openapi.json lists everything there is";
    Problem::new(StatusCode::NOT_FOUND, "unknown_path", format!("there is no {path}"), hint)
}

async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "wrong_method",
        "this path is not asked in this way",
        "all are asked with GET, but /v1/sql with POST",
    )
}

async fn live() -> &'static str {
    "live\n"
}

/// Ready: the archive was looked at not long ago.
async fn ready(State(shared): State<Arc<Shared>>) -> Result<&'static str, Problem> {
    let looked = shared.desk.looked_ms.load(std::sync::atomic::Ordering::Relaxed);
    let old_ms = shared.desk.now_ms().saturating_sub(looked);
    let most_ms = (shared.poll.as_millis() as u64).saturating_mul(5).max(30_000);
    if old_ms <= most_ms {
        return Ok("ready\n");
    }
    let message = format!("the archive could not be read for {old_ms} ms");
    let hint = "what was known before is still served";
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message, hint))
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], shared.metrics.text(&shared.desk)).into_response()
}
