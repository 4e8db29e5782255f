//! `liap journal inspect`: what there is, without any secret of it.

use std::io::Write;

use components::{Control, Player};
use journal::{FileDisk, Inspection, Intent, RoomInfo, StreamKind};
use serde_json::{Value, json};

use super::names::{batch_name, level_name, phase_name, presence};
use super::walk::open;
use super::{Failure, journal_of, match_name, room_name};
use crate::args::{Exit, Inspect};
use crate::clock::wall_ms;

pub(super) fn run(asked: &Inspect, out: &mut impl Write) -> Result<Exit, Failure> {
    let inspection = open(&journal_of(&asked.data))?;
    if asked.json {
        serde_json::to_writer_pretty(&mut *out, &all(&inspection, wall_ms()))
            .map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        tell(&inspection, wall_ms(), out)?;
    }
    Ok(Exit::Ok)
}

fn tell(
    inspection: &Inspection<FileDisk>,
    now_ms: u64,
    out: &mut impl Write,
) -> Result<(), Failure> {
    writeln!(out, "room              code    version  phase       age s  match, seats")?;
    for info in inspection.rooms() {
        let age_s = now_ms.saturating_sub(info.wall_ms) / 1_000;
        let seats: Vec<_> = info.state.players.iter().map(|player| seat(player.as_ref())).collect();
        writeln!(
            out,
            "{}  {}  {:>7}  {:<9}  {age_s:>6}  {} {}",
            room_name(info.room),
            code(info),
            info.state.version.0,
            phase_name(&info.state.phase),
            game(info).unwrap_or_else(|| "-".to_owned()),
            seats.join(", ")
        )?;
    }
    writeln!(out, "\nfinished match                        room              over since s")?;
    let mut finished = 0;
    for done in inspection.finished() {
        finished += 1;
        let age_s = now_ms.saturating_sub(done.wall_ms) / 1_000;
        writeln!(out, "{}  {}  {age_s}", match_name(done.match_id), room_name(done.room))?;
    }
    for intent in inspection.intents() {
        let (name, matches) = (batch_name(intent.id), intent.matches.len());
        let age_s = now_ms.saturating_sub(intent.created_ms) / 1_000;
        writeln!(out, "{name}  a batch on its way into the archive: {matches} matches, {age_s} s")?;
    }
    writeln!(out, "\nfile                    format        bytes")?;
    let mut bytes = 0;
    for file in inspection.segments() {
        bytes += file.bytes;
        writeln!(out, "{:<22}  {:>6}  {:>11}", file.file, file.format, file.bytes)?;
    }
    let rooms = inspection.rooms().len();
    writeln!(out, "\n{rooms} rooms, {finished} finished matches, {bytes} bytes")?;
    for problem in problems(inspection) {
        writeln!(out, "{problem}")?;
    }
    Ok(())
}

fn all(inspection: &Inspection<FileDisk>, now_ms: u64) -> Value {
    let rooms: Vec<_> = inspection.rooms().iter().map(|info| room(info, now_ms)).collect();
    let finished: Vec<_> = inspection
        .finished()
        .map(|done| {
            let (id, room) = (match_name(done.match_id), room_name(done.room));
            json!({ "match": id, "room": room, "wall_ms": done.wall_ms })
        })
        .collect();
    let files: Vec<_> = inspection
        .segments()
        .map(|file| {
            let stream = match file.stream {
                StreamKind::Events => "events",
                StreamKind::State => "state",
            };
            json!({
                "file": file.file,
                "stream": stream,
                "format": file.format,
                "created_ms": file.created_ms,
                "bytes": file.bytes,
            })
        })
        .collect();
    let batches: Vec<_> = inspection.intents().iter().map(batch).collect();
    json!({
        "rooms": rooms,
        "finished": finished,
        "open_batches": batches,
        "files": files,
        "next_room": inspection.next_room(),
        "problems": problems(inspection),
    })
}

fn batch(intent: &Intent) -> Value {
    let matches: Vec<_> = intent.matches.iter().map(|id| match_name(*id)).collect();
    json!({
        "batch": batch_name(intent.id),
        "created_ms": intent.created_ms,
        "matches": matches,
    })
}

fn room(info: &RoomInfo, now_ms: u64) -> Value {
    let seats: Vec<_> =
        info.state.players.iter().map(|player| seat_json(player.as_ref())).collect();
    json!({
        "room": room_name(info.room),
        "code": code(info),
        "version": info.state.version.0,
        "phase": phase_name(&info.state.phase),
        "paused": info.state.paused,
        "match": game(info),
        "match_number": info.state.game.number,
        "round": info.state.round.number,
        "seats": seats,
        "age_ms": now_ms.saturating_sub(info.wall_ms),
        "state_bytes": info.bytes,
        "has_commits": info.has_chain,
    })
}

fn code(info: &RoomInfo) -> &str {
    info.state.charter.as_ref().map_or("-", |charter| charter.code.as_str())
}

fn game(info: &RoomInfo) -> Option<String> {
    (info.state.game.number > 0).then(|| match_name(info.state.game.id))
}

fn seat(player: Option<&Player>) -> String {
    match player.map(|player| &player.control) {
        None => "-".to_owned(),
        Some(Control::Bot(level)) => format!("{} bot", level_name(*level)),
        Some(Control::Human(human)) => format!("{} ({})", human.name, presence(human.presence)),
    }
}

fn seat_json(player: Option<&Player>) -> Value {
    match player.map(|player| &player.control) {
        None => Value::Null,
        Some(Control::Bot(level)) => json!({ "bot": level_name(*level) }),
        Some(Control::Human(human)) => {
            json!({ "name": human.name.as_str(), "presence": presence(human.presence) })
        }
    }
}

fn problems(inspection: &Inspection<FileDisk>) -> Vec<String> {
    let damages = inspection.damages().iter().map(ToString::to_string);
    let torn = inspection.torn().iter().map(|torn| {
        let journal::Torn { file, offset, bytes } = torn;
        format!("{file}, byte {offset}: the last {bytes} bytes are not written whole (yet) (R2)")
    });
    damages.chain(torn).collect()
}
