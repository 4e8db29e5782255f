//! Who may not connect: bans of addresses and networks, which outlive the process.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use net::{Ban, Gate, network};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Desk;
use super::problem::Problem;
use crate::clock::wall_ms;

/// In the data directory.
const FILE: &str = "bans.json";

/// The longest ban: ten years. A longer one is a mistake in the unit.
const MINUTES_MAX: u64 = 10 * 366 * 24 * 60;

const MINUTE_MS: u64 = 60_000;

/// A ban as it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    net: String,
    until_ms: u64,
}

/// Which network, and for how long.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    net: String,
    minutes: Option<u64>,
}

/// `GET /v1/bans`
pub(super) async fn list(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(json!({ "bans": lines(&desk.gate) }))
}

/// `POST /v1/bans`: nobody from there may connect, and those who are close with 1008.
pub(super) async fn ban(
    State(desk): State<Arc<Desk>>,
    Json(wish): Json<Wish>,
) -> Result<Json<Value>, Problem> {
    let net = network(&wish.net).ok_or_else(|| no_network(&wish.net))?;
    let minutes = wish.minutes.unwrap_or(60);
    if !(1..=MINUTES_MAX).contains(&minutes) {
        return Err(Problem::bad(format!("a ban lasts 1 to {MINUTES_MAX} minutes")));
    }
    let now_ms = wall_ms();
    let ban = Ban { net, until_ms: now_ms + minutes * MINUTE_MS };
    desk.gate.ban(ban, now_ms).map_err(|error| Problem::bad(error.to_string()))?;
    desk.keep_bans().await?;
    Ok(Json(json!({ "net": net.to_string(), "until_ms": ban.until_ms, "done": true })))
}

/// `POST /v1/unban`
pub(super) async fn unban(
    State(desk): State<Arc<Desk>>,
    Json(wish): Json<Wish>,
) -> Result<Json<Value>, Problem> {
    let net = network(&wish.net).ok_or_else(|| no_network(&wish.net))?;
    let is_lifted = desk.gate.unban(net);
    desk.keep_bans().await?;
    Ok(Json(json!({ "net": net.to_string(), "done": is_lifted })))
}

fn no_network(text: &str) -> Problem {
    Problem::bad(format!("{text:?} is no address and no network such as 10.0.0.0/8"))
}

fn lines(gate: &Gate) -> Vec<Line> {
    let all = gate.bans(wall_ms()).into_iter();
    all.map(|ban| Line { net: ban.net.to_string(), until_ms: ban.until_ms }).collect()
}

/// Takes up the bans of an earlier process.
///
/// # Errors
///
/// The file is there and cannot be read or understood: who is banned would come in.
pub(super) fn load(data: &Path, gate: &Gate) -> io::Result<()> {
    let path = data.join(FILE);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        text => text?,
    };
    let wrong = |what: String| io::Error::other(format!("{}: {what}", path.display()));
    let lines: Vec<Line> = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    for Line { net, until_ms } in lines {
        let net = network(&net).ok_or_else(|| wrong(format!("{net:?} is no network")))?;
        gate.ban(Ban { net, until_ms }, wall_ms()).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(())
}

impl Desk {
    /// On another thread than the network's, which would wait for the disk.
    async fn keep_bans(&self) -> Result<(), Problem> {
        let (data, lines) = (self.data.clone(), lines(&self.gate));
        let kept = tokio::task::spawn_blocking(move || keep(&data, &lines)).await;
        kept.map_err(io::Error::other).flatten().map_err(|error| {
            let what = format!("it holds, but not after a restart: {FILE}: {error}");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "not_kept", what)
        })
    }
}

/// Whole or not at all.
fn keep(data: &Path, lines: &[Line]) -> io::Result<()> {
    let unfinished = data.join("bans.json.tmp");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(&serde_json::to_vec_pretty(lines).map_err(io::Error::other)?)?;
    file.sync_all()?;
    fs::rename(unfinished, data.join(FILE))
}
