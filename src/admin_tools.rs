//! `liap admin`: an operator's tools, over the running server's own listener.

mod ask;
mod show;
mod top;

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::args::{Admin, AdminCommand, Exit, Which};
use crate::journal_tools::Failure;
use ask::Line;

/// Does what the command line asks for. Exit code 1: the server refused, or did not do it in time.
pub(crate) fn run(asked: &Admin, out: &mut impl Write, err: &mut impl Write) -> io::Result<Exit> {
    done(asked, out).or_else(|failure| failure.tell(err))
}

fn done(asked: &Admin, out: &mut impl Write) -> Result<Exit, Failure> {
    let line = Line::open(&asked.data)?;
    if let AdminCommand::Top { every } = asked.command {
        return top::run(&line, every, out);
    }
    let answer = match request(&asked.command) {
        (path, None) => line.get(&path)?,
        (path, Some(body)) => line.post(&path, &body)?,
    };
    if asked.json {
        writeln!(out, "{answer:#}")?;
    } else {
        show::show(&asked.command, &answer, out)?;
    }
    let is_done = answer.get("done").and_then(Value::as_bool).unwrap_or(true);
    Ok(if is_done { Exit::Ok } else { Exit::CheckFailed })
}

/// The path, and what is posted there.
fn request(command: &AdminCommand) -> (String, Option<Value>) {
    let nothing = || Some(json!({}));
    let of = |which: &Which, act: &str| match &which.code {
        Some(code) => format!("/v1/rooms/{code}/{act}"),
        None => format!("/v1/{act}"),
    };
    match command {
        AdminCommand::Status | AdminCommand::Top { .. } => ("/v1/status".to_owned(), None),
        AdminCommand::Rooms { after, limit } => {
            let after = after.as_ref().map(|after| format!("&after={after}")).unwrap_or_default();
            (format!("/v1/rooms?limit={limit}{after}"), None)
        }
        AdminCommand::Room { code } => (format!("/v1/rooms/{code}"), None),
        AdminCommand::Pause(which) => (of(which, "pause"), nothing()),
        AdminCommand::Resume(which) => (of(which, "resume"), nothing()),
        AdminCommand::Close { code } => (format!("/v1/rooms/{code}/close"), nothing()),
        AdminCommand::Kick { code, seat } => {
            (format!("/v1/rooms/{code}/seats/{seat}/kick"), nothing())
        }
        AdminCommand::Announce { message } => {
            ("/v1/announce".to_owned(), Some(json!({ "message": message })))
        }
        AdminCommand::Drain { off } => ("/v1/drain".to_owned(), Some(json!({ "on": !off }))),
        AdminCommand::Bans => ("/v1/bans".to_owned(), None),
        AdminCommand::Ban { net, minutes } => {
            ("/v1/bans".to_owned(), Some(json!({ "net": net, "minutes": minutes })))
        }
        AdminCommand::Unban { net } => ("/v1/unban".to_owned(), Some(json!({ "net": net }))),
        AdminCommand::Reload => ("/v1/reload".to_owned(), nothing()),
        AdminCommand::DeadLetters => ("/v1/dead-letters".to_owned(), None),
    }
}
