//! What operators do: to one room, to all, to the server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, State};
use components::{Act, By, RoomId, Seat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Desk;
use super::problem::Problem;

/// How long an answer waits for the room to have done it.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Characters of an announcement.
const MESSAGE_CHARS_MAX: usize = 500;

type Answer = Result<Json<Value>, Problem>;

/// `POST /v1/rooms/CODE/pause`: its clocks stand still, nobody may act.
pub(super) async fn pause(State(desk): State<Arc<Desk>>, Path(code): Path<String>) -> Answer {
    set_paused(&desk, &code, true).await
}

/// `POST /v1/rooms/CODE/resume`
pub(super) async fn resume(State(desk): State<Arc<Desk>>, Path(code): Path<String>) -> Answer {
    set_paused(&desk, &code, false).await
}

async fn set_paused(desk: &Desk, code: &str, paused: bool) -> Answer {
    let room = desk.find(code)?.room;
    desk.operator.ask(room, By::Nobody, if paused { Act::Pause } else { Act::Resume });
    let is_done =
        desk.until(room, |look| look.is_some_and(|look| look.state.paused == paused)).await?;
    Ok(Json(json!({ "room": code, "paused": paused, "done": is_done })))
}

/// `POST /v1/rooms/CODE/close`: a match that runs ends there, and is archived as closed.
pub(super) async fn close(State(desk): State<Arc<Desk>>, Path(code): Path<String>) -> Answer {
    let room = desk.find(&code)?.room;
    desk.operator.ask(room, By::Nobody, Act::Close);
    let is_done = desk.until(room, |look| look.is_none()).await?;
    Ok(Json(json!({ "room": code, "done": is_done })))
}

/// `POST /v1/rooms/CODE/seats/SEAT/kick`: as if the person had left; their connection closes.
pub(super) async fn kick(
    State(desk): State<Arc<Desk>>,
    Path((code, seat)): Path<(String, String)>,
) -> Answer {
    let number = seat.parse::<u8>().ok();
    let seat = number.and_then(|number| Seat::ALL.into_iter().find(|it| it.number() == number));
    let seat = seat.ok_or_else(|| Problem::bad("a seat is 0, 1, 2 or 3"))?;
    let room = desk.find(&code)?.room;
    let is_there = desk.operator.kick(room, seat);
    Ok(Json(json!({ "room": code, "seat": seat.number(), "done": is_there })))
}

/// `POST /v1/pause`: every room.
pub(super) async fn pause_all(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(json!({ "asked": desk.operator.ask_all(&Act::Pause) }))
}

/// `POST /v1/resume`: every room.
pub(super) async fn resume_all(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(json!({ "asked": desk.operator.ask_all(&Act::Resume) }))
}

/// What everybody is told.
#[derive(Debug, Deserialize)]
pub(super) struct Announcement {
    message: String,
}

/// `POST /v1/announce`
pub(super) async fn announce(
    State(desk): State<Arc<Desk>>,
    Json(announcement): Json<Announcement>,
) -> Answer {
    let message = announcement.message.trim();
    let is_fine = !message.is_empty()
        && message.chars().count() <= MESSAGE_CHARS_MAX
        && !message.chars().any(char::is_control);
    if !is_fine {
        let most = MESSAGE_CHARS_MAX;
        return Err(Problem::bad(format!(
            "a message has 1 to {most} characters, none of them a control character"
        )));
    }
    Ok(Json(json!({ "connections": desk.operator.announce(message) })))
}

/// Whether the server takes on new rooms.
#[derive(Debug, Deserialize)]
pub(super) struct Drain {
    on: bool,
}

/// `POST /v1/drain`: no new rooms; those there are play on.
pub(super) async fn drain(State(desk): State<Arc<Desk>>, Json(drain): Json<Drain>) -> Json<Value> {
    desk.health.drain(drain.on);
    Json(json!({ "draining": drain.on, "rooms": desk.operator.counts() }))
}

impl Desk {
    /// Whether it comes to pass, in the time an answer may take.
    async fn until(
        &self,
        room: RoomId,
        holds: impl Fn(Option<&super::Look>) -> bool,
    ) -> Result<bool, Problem> {
        let since = Instant::now();
        loop {
            if holds(self.look(room, false).await?.as_ref()) {
                return Ok(true);
            }
            if since.elapsed() >= PATIENCE {
                return Ok(false);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}
