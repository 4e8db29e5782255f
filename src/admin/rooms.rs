//! What operators see: the server as a whole, its rooms, one room.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use components::{RoomCode, RoomSummary, SeatSummary, Stage};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Desk;
use super::problem::Problem;
use crate::config::Named;
use crate::journal_tools::{level_name, phase_name, presence, room_name};

/// Rooms of a page, unless fewer are asked for.
const PAGE_MAX: usize = 1_000;

/// Which page.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    after: Option<String>,
    limit: Option<usize>,
}

/// `GET /v1/status`
pub(super) async fn status(State(desk): State<Arc<Desk>>) -> Json<Value> {
    let (counts, stats) = (desk.operator.counts(), desk.operator.stats());
    let ready = desk.health.ready();
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_s": desk.started.elapsed().as_secs(),
        "ready": ready.is_ok(),
        "reason": ready.err().map(|why| why.reason().to_owned()),
        "draining": desk.health.is_drained(),
        "degraded": desk.health.degraded(),
        "rooms": counts,
        "connections": stats.connections,
        "sessions": stats.sessions,
        "sockets": stats.sockets,
        "handshakes": stats.handshakes,
        "addresses": stats.addresses,
        "limited": stats.limited,
        "frames_in": stats.frames_in,
        "frames_out": stats.frames_out,
        "bytes_out": stats.bytes_out,
        "behind": stats.behind,
        "refused": stats.refused,
        "closed": stats.closed,
    }))
}

/// `GET /v1/rooms?after=CODE&limit=N`
pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    let after = page.after.as_deref().map(code).transpose()?;
    let limit = page.limit.unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX);
    let rooms = desk.operator.rooms(after, limit);
    let next = (rooms.len() == limit).then(|| rooms.last().map(|room| room.code));
    let rooms: Vec<Value> = rooms.iter().map(room_json).collect();
    let next = next.flatten().map(|code| code.as_str().to_owned());
    Ok(Json(json!({ "rooms": rooms, "next": next })))
}

/// `GET /v1/rooms/CODE`
pub(super) async fn one(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let summary = desk.find(&name)?;
    let mut told = room_json(&summary);
    let look = desk.look(summary.room, true).await?.ok_or_else(|| Problem::no_room(&name))?;
    told["phase"] = json!(phase_name(&look.state.phase));
    told["paused"] = json!(look.state.paused);
    told["version"] = json!(look.state.version.0);
    told["round"] = json!(look.state.round.number);
    told["match_number"] = json!(look.state.game.number);
    told["last"] = json!(look.last);
    Ok(Json(told))
}

impl Desk {
    /// The live room of this code.
    pub(super) fn find(&self, name: &str) -> Result<RoomSummary, Problem> {
        self.operator.room(code(name)?).ok_or_else(|| Problem::no_room(name))
    }
}

fn code(text: &str) -> Result<RoomCode, Problem> {
    let bad = || Problem::bad(format!("{text:?} is no room code: those have 6 characters"));
    RoomCode::parse(text).ok_or_else(bad)
}

fn room_json(room: &RoomSummary) -> Value {
    let stage = match room.stage {
        Stage::Open => "open",
        Stage::Running => "running",
        Stage::Finished => "finished",
        Stage::Closed => "closed",
    };
    let seats: Vec<Value> = room.seats.iter().map(|seat| seat_json(seat.as_ref())).collect();
    json!({
        "room": room.code.as_str(),
        "id": room_name(room.room),
        "version": room.version.0,
        "pace": room.pace.name(),
        "private": room.private,
        "stage": stage,
        "host": room.host.map(components::Seat::number),
        "seats": seats,
    })
}

fn seat_json(seat: Option<&SeatSummary>) -> Value {
    match seat {
        None => Value::Null,
        Some(SeatSummary::Bot(level)) => json!({ "bot": level_name(*level) }),
        Some(SeatSummary::Human { session, name, presence: there }) => json!({
            "name": name.as_str(),
            "session": format!("{:016x}", session.0),
            "presence": presence(*there),
        }),
    }
}
