//! What a client that speaks JSON is sent, as text: for tools that show moments of a match.

use components::{RoomCode, RoomView, Version, ViewEvent};
use protocol::{Encoding, encode_snapshot, encode_update};

use crate::convert;

/// The `update` of these events, byte for byte as a client gets it.
#[must_use]
pub fn update_json(code: RoomCode, version: Version, events: &[ViewEvent]) -> String {
    text(|out| {
        let events = events.iter().map(convert::event);
        encode_update(Encoding::Json, code.as_str(), version.0, events, out);
    })
}

/// The `snapshot` of this view, byte for byte as a client gets it.
#[must_use]
pub fn snapshot_json(view: &RoomView) -> String {
    text(|out| encode_snapshot(Encoding::Json, &convert::snapshot(view), out))
}

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes);
    // JSON is UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}
