//! A room as its journal has it: what operators see beyond what its players are told.

use std::sync::Arc;
use std::time::Duration;

use components::{Act, Cause, RoomId, RoomState};
use crossbeam_channel::{Sender, bounded};
use journal::{Disk, Journal, Recorded};
use serde_json::{Value, json};

use super::Desk;
use super::problem::Problem;
use crate::archiving::HandOver;
use axum::http::StatusCode;

/// Of a room's newest commits, so many are shown.
const LAST_MAX: usize = 20;

/// How long the journal may take: it writes first.
const PATIENCE: Duration = Duration::from_secs(5);

/// A room, and what was last done in it.
#[derive(Debug)]
pub(crate) struct Look {
    pub(super) state: RoomState,
    pub(super) last: Vec<Value>,
}

impl Look {
    /// Reads it, with its last actions if they are wanted; `None` if no such room lives, or it cannot
    /// be read.
    pub(crate) fn at<D: Disk>(journal: &Journal<D>, room: RoomId, with_last: bool) -> Option<Self> {
        let state = journal.read_room(room).inspect_err(|error| {
            tracing::error!(room = room.0, %error, "a room cannot be read for an operator");
        });
        let chain = with_last.then(|| journal.read_chain(room).ok().flatten()).flatten();
        let steps = chain.map(|chain| chain.steps).unwrap_or_default();
        let from = steps.len().saturating_sub(LAST_MAX);
        let last = steps[from..].iter().map(action).collect();
        Some(Self { state: state.ok()??, last })
    }
}

/// Who did what. No cards: whoever operates may also play.
fn action(step: &Recorded) -> Value {
    let by = match step.cause {
        Cause::Client(session, request) => {
            json!({ "session": format!("{:016x}", session.0), "request": request.0 })
        }
        Cause::Connection(session) => json!({ "connection_of": format!("{:016x}", session.0) }),
        Cause::Bot(seat) => json!({ "bot_in_seat": seat.number() }),
        Cause::Timer => json!("timer"),
        Cause::Server => json!("server"),
    };
    json!({ "version": step.version.0, "wall_ms": step.wall_ms, "by": by, "act": word(&step.action.act) })
}

const fn word(act: &Act) -> &'static str {
    match act {
        Act::Open(_) => "open",
        Act::Join(..) => "join",
        Act::Leave => "leave",
        Act::AddBot(..) => "add_bot",
        Act::Remove(_) => "remove_player",
        Act::Start { .. } => "start_match",
        Act::Rematch { .. } => "rematch",
        Act::Decide { .. } => "decide",
        Act::Connected(_) => "connected",
        Act::Disconnected(_) => "disconnected",
        Act::PhaseOver => "phase_over",
        Act::GraceOver(_) => "grace_over",
        Act::EmptyOver => "empty_over",
        Act::Close => "close",
        Act::Pause => "pause",
        Act::Resume => "resume",
    }
}

impl Desk {
    /// A room as of its last commit; `None` if it is not there any more.
    pub(super) async fn look(
        &self,
        room: RoomId,
        with_last: bool,
    ) -> Result<Option<Look>, Problem> {
        let busy = || {
            let message = "The journal does not answer: its disk may be full or slow.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "storage_unavailable", message)
        };
        let line = Arc::clone(&self.line);
        // The journal may wait for this very thread to take in what it released: not to be waited
        // for here.
        let waited = tokio::task::spawn_blocking(move || {
            let (reply, answer): (Sender<Option<Box<Look>>>, _) = bounded(1);
            let is_asked = line(HandOver::Look { room, with_last, reply });
            is_asked.then(|| answer.recv_timeout(PATIENCE).ok()).flatten()
        });
        let look = waited.await.ok().flatten().ok_or_else(busy)?;
        Ok(look.map(|look| *look))
    }
}
