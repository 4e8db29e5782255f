//! HTTP: the way in for websockets, and whether the server is well.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    CONNECTION, CONTENT_TYPE, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_PROTOCOL, UPGRADE,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde::Serialize;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::connection;
use crate::gate::{Arrival, Limit};
use crate::limits::Client;
use crate::outside::Outside;
use crate::upgrade;

/// Bytes of a request's head: hyper's least, and plenty.
const HEAD_BYTES_MAX: usize = 8_192;

/// How long a socket may speak HTTP in all, kept alive or not: who never reads its answers must
/// not keep its place. A WebSocket is none any more.
const HTTP_MAX: Duration = Duration::from_secs(60);

/// When somebody may try again for whom there was no place.
const FULL_RETRY_MS: u32 = 5_000;

/// Who made a request; free again is its socket's place when the last task that serves it ends.
#[derive(Clone)]
struct Caller {
    arrival: Arc<Arrival>,
    client: Client,
}

/// What answers HTTP requests.
pub(crate) fn router(outside: Arc<Outside>) -> Router {
    Router::new()
        .route("/v1/ws", get(web_socket))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(outside)
}

/// Serves HTTP on a socket until it closes or becomes a WebSocket, which has its own task.
pub(crate) async fn serve(
    socket: TcpStream,
    router: Router,
    arrival: Arrival,
    outside: Arc<Outside>,
) {
    let arrival = Arc::new(arrival);
    let hello = Duration::from_secs(outside.settings.hello_seconds);
    let service = service_fn(|mut request: hyper::Request<hyper::body::Incoming>| {
        let asked = outside.gate.ask(&arrival, request.headers(), outside.now());
        let answer = asked.map(|client| {
            request.extensions_mut().insert(Caller { arrival: Arc::clone(&arrival), client });
            hyper::service::Service::call(&TowerToHyperService::new(router.clone()), request)
        });
        async {
            match answer {
                Ok(answer) => answer.await,
                Err(refused) => Ok(refused.into_response()),
            }
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        // At least a second: this also bounds how long a kept-alive socket may say nothing.
        .header_read_timeout(hello.max(Duration::from_secs(1)))
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    match timeout(HTTP_MAX, serving).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            if error.is_timeout() || error.is_parse() {
                outside.gate.note_unfinished(&arrival, outside.now());
            }
            tracing::debug!(%error, "http connection ended");
        }
        Err(_) => tracing::debug!("http connection took too long"),
    }
}

async fn web_socket(State(outside): State<Arc<Outside>>, mut request: Request) -> Response {
    let upgraded = hyper::upgrade::on(&mut request);
    let wish = match upgrade::read(request.method(), request.headers(), &outside.settings) {
        Ok(wish) => wish,
        Err(refusal) => return refusal.into_response(),
    };
    let Some(Caller { arrival, client }) = request.extensions().get::<Caller>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let lease = match outside.gate.enter(&arrival, client) {
        Ok(lease) => lease,
        Err(refused) => return refused.into_response(),
    };
    let Ok(place) = Arc::clone(&outside.places).try_acquire_owned() else {
        return outside.gate.refuse(Limit::Places, FULL_RETRY_MS).into_response();
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    let Ok(accept) = HeaderValue::from_str(&derive_accept_key(wish.key)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(subprotocol) = wish.subprotocol {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol));
    }
    let encoding = wish.encoding;
    tokio::spawn(async move {
        let Ok(upgraded) = upgraded.await else { return };
        // Back to the bare socket: nothing of HTTP stays in memory for the connection's life.
        let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() else { return };
        connection::run(parts.io.into_inner(), parts.read_buf, encoding, client, outside).await;
        drop((place, lease, arrival));
    });
    response
}

#[derive(Serialize)]
struct Health<'a> {
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    degraded: Vec<String>,
}

async fn live() -> Response {
    health(StatusCode::OK, "live", None, Vec::new())
}

async fn ready(State(outside): State<Arc<Outside>>) -> Response {
    match (outside.ready)() {
        Ok(()) => health(StatusCode::OK, "ready", None, (outside.degraded)()),
        Err(why) => {
            let reason = Some(why.reason().to_owned());
            health(StatusCode::SERVICE_UNAVAILABLE, "not_ready", reason, (outside.degraded)())
        }
    }
}

fn health(
    status: StatusCode,
    word: &str,
    reason: Option<String>,
    degraded: Vec<String>,
) -> Response {
    match serde_json::to_string(&Health { status: word, reason, degraded }) {
        Ok(body) => (status, [(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
