//! Rooms as the lobby shows them.

use std::borrow::Cow;

use components::{RoomSummary, Seat, SeatSummary, Stage};
use protocol::{RoomEntry, SeatEntry};

use super::event::name_in;
use super::{level, pace};
use crate::directory::Counts;

/// A room as the lobby shows it. One that is closed is not shown: it counts as finished.
pub(crate) fn room_entry(summary: &RoomSummary) -> RoomEntry<'_> {
    let seats = Seat::ALL.map(|at| summary.seats[at.index()].as_ref().map(|it| entry(at, it)));
    let host = summary.host.and_then(|host| summary.seats[host.index()].as_ref());
    RoomEntry {
        room: Cow::Borrowed(summary.code.as_str()),
        pace: pace(summary.pace),
        stage: match summary.stage {
            Stage::Open => protocol::Stage::Open,
            Stage::Running => protocol::Stage::Running,
            Stage::Finished | Stage::Closed => protocol::Stage::Finished,
        },
        host: host.and_then(|host| match host {
            SeatSummary::Human { name, .. } => Some(Cow::Borrowed(&**name)),
            SeatSummary::Bot(_) => None,
        }),
        free_seats: seats.iter().filter(|seat| seat.is_none()).count() as u8,
        seats,
    }
}

fn entry(at: Seat, summary: &SeatSummary) -> SeatEntry<'_> {
    match summary {
        SeatSummary::Bot(bot) => SeatEntry { name: name_in(at, None), bot: Some(level(*bot)) },
        SeatSummary::Human { name, .. } => SeatEntry { name: name_in(at, Some(name)), bot: None },
    }
}

/// The counts of the directory.
pub(crate) const fn counts(counts: Counts) -> protocol::Counts {
    protocol::Counts {
        rooms: counts.rooms,
        open: counts.open,
        running: counts.running,
        finished: counts.finished,
        players: counts.players,
        bots: counts.bots,
        free_seats: counts.free_seats,
    }
}
