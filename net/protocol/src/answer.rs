//! The data of `ok`: one type for each shape a server answers with, and one that reads them all.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Counts, PROTOCOL, RoomEntry, Seat};

/// To `hello`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Welcome<'a> {
    /// The session's public name.
    pub session: Cow<'a, str>,
    /// For the next `hello` of this session.
    pub token: Cow<'a, str>,
    /// Which connection of the session this is, from 1.
    pub epoch: u32,
    /// Who answers.
    pub server: Server<'a>,
    /// What may be expected.
    pub limits: Limits,
    /// The seat that was resumed; its snapshot follows.
    pub room: Option<Held<'a>>,
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server<'a> {
    /// Its product name.
    pub name: Cow<'a, str>,
    /// Its release.
    pub version: Cow<'a, str>,
    /// The version of the wire.
    pub protocol: u8,
}

impl<'a> Server<'a> {
    /// One that speaks this crate's protocol.
    #[must_use]
    pub const fn new(name: &'a str, version: &'a str) -> Self {
        Self { name: Cow::Borrowed(name), version: Cow::Borrowed(version), protocol: PROTOCOL }
    }
}

/// What a client may expect and must keep to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most bytes of a client's message.
    pub frame_bytes: u32,
    /// Most unanswered requests of a connection.
    pub unanswered: u32,
    /// Frames that wait for a slow reader before it counts as behind.
    pub send_queue: u32,
    /// How often the server pings, in seconds.
    pub ping_seconds: u32,
    /// After how many seconds of silence it drops a connection.
    pub silence_seconds: u32,
}

/// A seat in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held<'a> {
    /// The room's code.
    pub room: Cow<'a, str>,
    /// The seat.
    pub seat: Seat,
}

/// To `ping`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pong {
    /// What was sent.
    pub t: Option<u64>,
    /// The server's wall clock, in ms since 1970.
    pub server_ms: u64,
}

/// To `list_rooms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomsPage<'a> {
    /// In order of code.
    pub rooms: Vec<RoomEntry<'a>>,
    /// What to pass as `after`; `None` on the last page.
    pub next: Option<Cow<'a, str>>,
    /// Over all live rooms.
    pub counts: Counts,
}

/// To `create_room` and `join_room`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seated<'a> {
    /// The room's code.
    pub room: Cow<'a, str>,
    /// The seat now held.
    pub seat: Seat,
    /// The room's version that holds it.
    pub version: u64,
    /// Whether it was held before.
    #[serde(skip_serializing_if = "is_false")]
    pub duplicate: bool,
}

/// To everything else that changes a room, and to `resync`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// The room's version that holds it.
    pub version: u64,
    /// Whether it had been done before, so that nothing changed now.
    #[serde(skip_serializing_if = "is_false")]
    pub duplicate: bool,
}

/// To requests whose answer is only that they are done: the empty map.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Done {}

/// To `watch_room` and `unwatch_room`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Watching<'a> {
    /// The room's code.
    pub room: Cow<'a, str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What an `ok` brought: which fields are there follows from the request it answers.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct OkData {
    /// See [`Welcome::session`].
    pub session: Option<String>,
    /// See [`Welcome::token`].
    pub token: Option<String>,
    /// See [`Welcome::epoch`].
    pub epoch: Option<u32>,
    /// See [`Welcome::server`].
    pub server: Option<Server<'static>>,
    /// See [`Welcome::limits`].
    pub limits: Option<Limits>,
    /// A code, or after `hello` the seat that was resumed.
    pub room: Option<RoomField>,
    /// See [`Seated::seat`].
    pub seat: Option<Seat>,
    /// See [`Settled::version`].
    pub version: Option<u64>,
    /// See [`Settled::duplicate`].
    pub duplicate: bool,
    /// See [`Pong::t`].
    pub t: Option<u64>,
    /// See [`Pong::server_ms`].
    pub server_ms: Option<u64>,
    /// See [`RoomsPage::rooms`].
    pub rooms: Option<Vec<RoomEntry<'static>>>,
    /// See [`RoomsPage::next`].
    pub next: Option<String>,
    /// See [`RoomsPage::counts`].
    pub counts: Option<Counts>,
}

/// The field `room` of an `ok`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum RoomField {
    /// Its code.
    Code(String),
    /// After `hello`: its code, and the seat there.
    Held(Held<'static>),
}

impl OkData {
    /// The code of the room it is about, if any.
    #[must_use]
    pub fn room_code(&self) -> Option<&str> {
        match self.room.as_ref()? {
            RoomField::Code(code) => Some(code),
            RoomField::Held(held) => Some(&held.room),
        }
    }

    /// The seat it says the session holds, if any.
    #[must_use]
    pub fn seat_held(&self) -> Option<Seat> {
        match &self.room {
            Some(RoomField::Held(held)) => Some(held.seat),
            _ => self.seat,
        }
    }
}
