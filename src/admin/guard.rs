//! Who may come in: those with the token. Who guesses is locked out, and every act is recorded.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Desk;
use super::problem::Problem;

/// Wrong tokens in a row, after which an address is locked out.
const WRONG_MAX: u32 = 5;

/// For so long.
const LOCKED: Duration = Duration::from_secs(60);

/// Addresses that are remembered; beyond, those whose time is over are forgotten, and then everybody.
const ADDRESSES_MAX: usize = 1_024;

/// Wrong tokens by the address that really connected: no header counts here.
#[derive(Debug, Default)]
pub(super) struct Lockout(Mutex<HashMap<IpAddr, Wrong>>);

#[derive(Debug, Clone, Copy)]
struct Wrong {
    times: u32,
    last: Instant,
}

impl Lockout {
    /// How long an address is still locked out, if it is.
    fn left(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wrong = known.get(&address).filter(|wrong| wrong.times >= WRONG_MAX)?;
        LOCKED.checked_sub(now.saturating_duration_since(wrong.last)).filter(|left| !left.is_zero())
    }

    fn wrong(&self, address: IpAddr, now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |wrong: &Wrong| now.saturating_duration_since(wrong.last) >= LOCKED;
        if known.len() >= ADDRESSES_MAX {
            known.retain(|_, wrong| !is_over(wrong));
        }
        if known.len() >= ADDRESSES_MAX {
            known.clear();
        }
        let wrong = known.entry(address).or_insert(Wrong { times: 0, last: now });
        if is_over(wrong) {
            wrong.times = 0;
        }
        *wrong = Wrong { times: wrong.times + 1, last: now };
    }

    fn right(&self, address: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&address);
    }
}

/// Lets operators through.
pub(super) async fn guard(
    State(desk): State<Arc<Desk>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let now = Instant::now();
    if let Some(left) = desk.lockout.left(peer.ip(), now) {
        return Problem::locked_out(left.as_secs() + 1).into_response();
    }
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| header.strip_prefix("Bearer "));
    if !token.is_some_and(|token| desk.token.is(token.trim())) {
        desk.lockout.wrong(peer.ip(), now);
        desk.audit.record(peer, request.method(), request.uri().path(), StatusCode::UNAUTHORIZED);
        let message = "Send `Authorization: Bearer TOKEN`; the token is in DATA/admin.token.";
        return Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message).into_response();
    }
    desk.lockout.right(peer.ip());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    if method != Method::GET {
        desk.audit.record(peer, &method, &path, response.status());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_is_locked_out_for_a_minute_and_nobody_else_is() {
        let lockout = Lockout::default();
        let (guesser, other) = (IpAddr::from([127, 0, 0, 2]), IpAddr::from([127, 0, 0, 1]));
        let begun = Instant::now();
        for _ in 0..WRONG_MAX {
            assert_eq!(lockout.left(guesser, begun), None);
            lockout.wrong(guesser, begun);
        }
        assert_eq!(lockout.left(guesser, begun), Some(LOCKED));
        assert_eq!(lockout.left(other, begun), None);
        assert_eq!(lockout.left(guesser, begun + LOCKED), None);
        lockout.wrong(guesser, begun + LOCKED);
        assert_eq!(lockout.left(guesser, begun + LOCKED), None, "it counts from one again");
        for host in 0..2 * ADDRESSES_MAX as u32 {
            lockout.wrong(IpAddr::from(host.to_be_bytes()), begun);
        }
        assert!(lockout.0.lock().unwrap().len() <= ADDRESSES_MAX);
    }

    #[test]
    fn a_right_token_makes_wrong_ones_forgotten() {
        let lockout = Lockout::default();
        let (address, now) = (IpAddr::from([127, 0, 0, 1]), Instant::now());
        for _ in 0..3 {
            (1..WRONG_MAX).for_each(|_| lockout.wrong(address, now));
            lockout.right(address);
        }
        assert_eq!(lockout.left(address, now), None);
    }
}
