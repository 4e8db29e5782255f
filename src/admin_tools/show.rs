//! Answers of the operators' listener, for people.

use std::io::{self, Write};

use serde_json::Value;

use crate::args::AdminCommand;

/// Writes an answer.
pub(super) fn show(command: &AdminCommand, answer: &Value, out: &mut impl Write) -> io::Result<()> {
    match command {
        AdminCommand::Status | AdminCommand::Top { .. } => status(answer, out),
        AdminCommand::Rooms { .. } => rooms(answer, out),
        AdminCommand::Room { .. } => room(answer, out),
        AdminCommand::DeadLetters => lines(&answer["letters"], out),
        AdminCommand::Bans => lines(&answer["bans"], out),
        _ => {
            let words = answer.as_object().into_iter().flatten();
            let words: Vec<String> = words.map(|(name, value)| format!("{name} {value}")).collect();
            writeln!(out, "{}", words.join(", "))
        }
    }
}

fn lines(all: &Value, out: &mut impl Write) -> io::Result<()> {
    list(all).iter().try_for_each(|one| writeln!(out, "{one}"))
}

/// How the server is, in a few lines.
pub(super) fn status(answer: &Value, out: &mut impl Write) -> io::Result<()> {
    let rooms = &answer["rooms"];
    let ready = match (answer["ready"].as_bool(), answer["reason"].as_str()) {
        (Some(true), _) => "ready".to_owned(),
        (_, reason) => format!("NOT READY: {}", reason.unwrap_or("?")),
    };
    writeln!(out, "liap {}, up {} s, {ready}", text(&answer["version"]), answer["uptime_s"])?;
    writeln!(
        out,
        "rooms {}: {} open, {} running, {} finished; {} people and {} bots in seats",
        rooms["rooms"],
        rooms["open"],
        rooms["running"],
        rooms["finished"],
        rooms["players"],
        rooms["bots"]
    )?;
    writeln!(
        out,
        "connections {}, sessions {}; frames {} in, {} out; fell behind {} times",
        answer["connections"],
        answer["sessions"],
        answer["frames_in"],
        answer["frames_out"],
        answer["behind"]
    )?;
    for name in ["limited", "refused", "closed"] {
        let what = &answer[name];
        let counts: Vec<String> = what
            .as_object()
            .into_iter()
            .flatten()
            .map(|(code, count)| format!("{code} {count}"))
            .collect();
        if !counts.is_empty() {
            writeln!(out, "{name}: {}", counts.join(", "))?;
        }
    }
    for trouble in list(&answer["degraded"]) {
        writeln!(out, "degraded: {}", text(trouble))?;
    }
    Ok(())
}

fn rooms(answer: &Value, out: &mut impl Write) -> io::Result<()> {
    for room in list(&answer["rooms"]) {
        writeln!(out, "{}", room_line(room))?;
    }
    match answer["next"].as_str() {
        Some(next) => writeln!(out, "there may be more: --after {next}"),
        None => Ok(()),
    }
}

fn room(answer: &Value, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", room_line(answer))?;
    let paused = if answer["paused"].as_bool() == Some(true) { ", PAUSED" } else { "" };
    writeln!(
        out,
        "phase {}{paused}, round {}, match {}, id {}",
        text(&answer["phase"]),
        answer["round"],
        answer["match_number"],
        text(&answer["id"])
    )?;
    for step in list(&answer["last"]) {
        writeln!(out, "  version {}: {} by {}", step["version"], text(&step["act"]), step["by"])?;
    }
    Ok(())
}

fn room_line(room: &Value) -> String {
    let seats: Vec<String> = list(&room["seats"])
        .iter()
        .map(|seat| match (seat["name"].as_str(), seat["bot"].as_str()) {
            (Some(name), _) => format!("{name} ({})", text(&seat["presence"])),
            (None, Some(level)) => format!("{level} bot"),
            (None, None) => "-".to_owned(),
        })
        .collect();
    format!(
        "{}  {:<8} {:<9} v{:<6} {}",
        text(&room["room"]),
        text(&room["stage"]),
        text(&room["pace"]),
        room["version"].to_string(),
        seats.join(", ")
    )
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}
