//! From HTTP to WebSocket: which requests may, and what is agreed on.

use axum::http::header::{
    CONNECTION, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use protocol::Encoding;

use crate::origin;
use crate::settings::NetSettings;

/// The only version of the WebSocket protocol there is.
const VERSION: &str = "13";

/// A sound wish to upgrade.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Upgrade<'a> {
    /// What the answer's `Sec-WebSocket-Accept` is derived from.
    pub(crate) key: &'a [u8],
    /// How messages are written.
    pub(crate) encoding: Encoding,
    /// The subprotocol to name in the answer; `None` where none was offered.
    pub(crate) subprotocol: Option<&'static str>,
}

/// Reads the wish out of a request's head.
pub(crate) fn read<'a>(
    method: &Method,
    headers: &'a HeaderMap,
    settings: &NetSettings,
) -> Result<Upgrade<'a>, (StatusCode, &'static str)> {
    let bad = |what| Err((StatusCode::BAD_REQUEST, what));
    if method != Method::GET {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "only GET upgrades"));
    }
    if !lists(headers, &CONNECTION, "upgrade") || !lists(headers, &UPGRADE, "websocket") {
        return Err((StatusCode::UPGRADE_REQUIRED, "this is a WebSocket: upgrade to it"));
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != VERSION) {
        return bad("Sec-WebSocket-Version must be 13");
    }
    let Some(key) = headers.get(SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24) else {
        return bad("Sec-WebSocket-Key must be 16 bytes in base64");
    };
    if let Some(origin) = headers.get(ORIGIN)
        && !origin.to_str().is_ok_and(|origin| origin::is_allowed(origin, settings))
    {
        return Err((StatusCode::FORBIDDEN, "this Origin is not allowed here"));
    }
    let Some((encoding, subprotocol)) = choose(headers) else {
        return bad("the subprotocols are liap.v1 and liap.v1.json");
    };
    Ok(Upgrade { key: key.as_bytes(), encoding, subprotocol })
}

/// The first subprotocol offered that we know, or `MessagePack` where none is offered at all.
fn choose(headers: &HeaderMap) -> Option<(Encoding, Option<&'static str>)> {
    if !headers.contains_key(SEC_WEBSOCKET_PROTOCOL) {
        return Some((Encoding::MessagePack, None));
    }
    tokens(headers, &SEC_WEBSOCKET_PROTOCOL).find_map(|offered| {
        [Encoding::MessagePack, Encoding::Json]
            .into_iter()
            .find(|encoding| encoding.subprotocol() == offered)
            .map(|encoding| (encoding, Some(encoding.subprotocol())))
    })
}

fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    tokens(headers, name).any(|token| token.eq_ignore_ascii_case(wanted))
}

fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',').map(str::trim))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A browser's request, with some headers set otherwise; an empty value leaves one out.
    fn check(
        changes: &[(&'static str, &'static str)],
        expected: Result<Option<&'static str>, StatusCode>,
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        .iter()
        .chain(changes)
        {
            if value.is_empty() {
                headers.remove(*name);
            } else {
                headers.insert(*name, value.parse().unwrap());
            }
        }
        let upgrade = read(&Method::GET, &headers, &NetSettings::default());
        let got = upgrade.map(|it| it.subprotocol).map_err(|(status, _)| status);
        assert_eq!(got, expected, "{changes:?}");
    }

    #[test]
    fn the_first_known_subprotocol_is_agreed_on() {
        check(&[], Ok(None));
        check(&[("sec-websocket-protocol", "liap.v1")], Ok(Some("liap.v1")));
        check(
            &[("sec-websocket-protocol", "chat, liap.v1.json, liap.v1")],
            Ok(Some("liap.v1.json")),
        );
        check(&[("sec-websocket-protocol", "liap.v2")], Err(StatusCode::BAD_REQUEST));
    }

    #[test]
    fn what_is_no_upgrade_is_refused() {
        check(&[("upgrade", "")], Err(StatusCode::UPGRADE_REQUIRED));
        check(&[("connection", "close")], Err(StatusCode::UPGRADE_REQUIRED));
        check(&[("sec-websocket-version", "8")], Err(StatusCode::BAD_REQUEST));
        check(&[("sec-websocket-key", "short")], Err(StatusCode::BAD_REQUEST));
        check(&[("origin", "https://evil.example")], Err(StatusCode::FORBIDDEN));
        check(&[("origin", "http://localhost:3000")], Ok(None));
    }
}
