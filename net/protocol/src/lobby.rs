//! What is told about rooms from outside.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{BotLevel, NoticeKind, Pace, Seat, Stage};

/// How the open rooms have changed.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lobby<'a> {
    /// Rooms that are new or not as they were.
    pub changed: Vec<RoomEntry<'a>>,
    /// Codes of rooms that are there no more.
    pub gone: Vec<Cow<'a, str>>,
    /// Over all live rooms.
    pub counts: Counts,
}

/// A room as the lobby shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomEntry<'a> {
    /// Its code.
    pub room: Cow<'a, str>,
    /// How fast it plays.
    pub pace: Pace,
    /// What it is up to.
    pub stage: Stage,
    /// The host's name.
    pub host: Option<Cow<'a, str>>,
    /// Who sits there.
    pub seats: [Option<SeatEntry<'a>>; 4],
    /// How many seats are free.
    pub free_seats: u8,
}

/// A taken seat as the lobby shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatEntry<'a> {
    /// Who is there.
    pub name: Cow<'a, str>,
    /// A bot's level; `None` for a person.
    pub bot: Option<BotLevel>,
}

/// Counts over all live rooms, private ones included.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rooms.
    pub rooms: u32,
    /// Those where seats are taken and given up.
    pub open: u32,
    /// Those with a match going on.
    pub running: u32,
    /// Those whose match is over.
    pub finished: u32,
    /// Persons in seats.
    pub players: u32,
    /// Bots in seats.
    pub bots: u32,
    /// Free seats.
    pub free_seats: u32,
}

/// Something all clients should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice<'a> {
    /// What it is about.
    pub kind: NoticeKind,
    /// The same in words.
    pub message: Cow<'a, str>,
}

impl RoomEntry<'_> {
    /// Which seats are free, in order.
    pub fn free(&self) -> impl Iterator<Item = Seat> {
        Seat::ALL.into_iter().filter(|seat| self.seats[seat.index()].is_none())
    }
}
