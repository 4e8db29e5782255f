//! What a client asks.

use serde::{Deserialize, Serialize};

use crate::scalar::{Scalar, deserialize_scalars, read, read_or_default};
use crate::{BotLevel, Pace, Pieces, Seat, Turn};

/// A request under its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Strictly growing within a session, across its connections.
    pub id: u32,
    /// What is asked.
    pub request: Request,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// The first message of every connection.
    Hello(Hello),
    /// Whether the server is there.
    Ping(Ping),
    /// A page of open rooms.
    ListRooms(ListRooms),
    /// To be told how rooms come and go.
    WatchLobby,
    /// To be told no more.
    UnwatchLobby,
    /// A new room with the asker in seat 0, as its host.
    CreateRoom(CreateRoom),
    /// A seat.
    JoinRoom(JoinRoom),
    /// To look on.
    WatchRoom(WatchRoom),
    /// To look on no more.
    UnwatchRoom(UnwatchRoom),
    /// To give the seat up.
    LeaveRoom,
    /// A bot for a free seat.
    AddBot(AddBot),
    /// A seat to be freed.
    RemovePlayer(RemovePlayer),
    /// The first match.
    StartMatch,
    /// Another match.
    Rematch,
    /// A redeal, or none.
    Redeal(Redeal),
    /// A declaration.
    Declare(Declare),
    /// A play.
    Play(Play),
    /// The whole room anew.
    Resync(Resync),
}

/// Who is there.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hello {
    /// What to be called: see [`check_name`](crate::check_name). Without one there is only looking on.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Comes back as the session this token is for.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The room this client still shows.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Which version of it.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Which program asks: at most 100 characters.
    #[serde(deserialize_with = "read_client", skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}

/// Whether the server is there.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ping {
    /// Comes back as it is.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub t: Option<u64>,
}

/// A page of open rooms.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListRooms {
    /// Only those whose codes come after this one.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most so many, 1..=100.
    #[serde(deserialize_with = "read_limit", skip_serializing_if = "Option::is_none")]
    pub limit: Option<u8>,
}

impl ListRooms {
    /// Most rooms of a page.
    pub const LIMIT_MAX: u8 = 100;
    /// Rooms of a page when nothing is said.
    pub const LIMIT_DEFAULT: u8 = 50;
}

/// A new room.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateRoom {
    /// How fast it plays; the server's default when nothing is said.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
    /// Whether the lobby leaves it out.
    #[serde(deserialize_with = "read_or_default", skip_serializing_if = "is_default")]
    pub private: bool,
    /// How many bots sit down at once, 0..=3.
    #[serde(deserialize_with = "read_bots", skip_serializing_if = "is_default")]
    pub bots: u8,
    /// How well they play.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub bot_level: Option<BotLevel>,
}

/// A seat.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRoom {
    /// The room's code.
    #[serde(deserialize_with = "read")]
    pub room: String,
    /// This seat, or the first free one.
    #[serde(default, deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub seat: Option<Seat>,
}

/// To look on.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchRoom {
    /// The room's code.
    #[serde(deserialize_with = "read")]
    pub room: String,
}

/// To look on no more.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnwatchRoom {
    /// The room's code.
    #[serde(deserialize_with = "read")]
    pub room: String,
}

/// A bot for a free seat.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddBot {
    /// This seat, or the first free one.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub seat: Option<Seat>,
    /// How well it plays.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub level: Option<BotLevel>,
}

/// A seat to be freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovePlayer {
    /// Which.
    pub seat: Seat,
}

/// A redeal, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeal {
    /// Which of both.
    #[serde(deserialize_with = "read")]
    pub accept: bool,
    /// The moment it is meant for.
    #[serde(default, deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
}

/// A declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declare {
    /// How many piles. Above 8 is for the rules to refuse.
    #[serde(deserialize_with = "read")]
    pub piles: u8,
    /// The moment it is meant for.
    #[serde(default, deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
}

/// A play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Play {
    /// Which pieces. How many is for the rules to judge.
    pub pieces: Pieces,
    /// The moment it is meant for.
    #[serde(default, deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
}

/// The whole room anew.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Resync {
    /// The version this client still has.
    #[serde(deserialize_with = "read", skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Whole numbers within limits, and text of limited length.
struct Bots(u8);
struct Limit(u8);
struct Client(String);

impl Scalar for Bots {
    const WANT: &'static str = "a number of bots 0..3";

    fn from_int(value: u64) -> Option<Self> {
        (value <= 3).then_some(Self(value as u8))
    }
}

impl Scalar for Limit {
    const WANT: &'static str = "a limit 1..100";

    fn from_int(value: u64) -> Option<Self> {
        (1..=ListRooms::LIMIT_MAX.into()).contains(&value).then_some(Self(value as u8))
    }
}

impl Scalar for Client {
    const WANT: &'static str = "a string of at most 100 characters";

    fn from_text(value: &str) -> Option<Self> {
        (value.chars().count() <= 100).then(|| Self(value.to_owned()))
    }
}

deserialize_scalars!(Bots, Limit, Client);

fn read_bots<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    Ok(read::<Option<Bots>, D>(from)?.map_or(0, |bots| bots.0))
}

fn read_limit<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u8>, D::Error> {
    Ok(read::<Option<Limit>, D>(from)?.map(|limit| limit.0))
}

fn read_client<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(read::<Option<Client>, D>(from)?.map(|client| client.0))
}
