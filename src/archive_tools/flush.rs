//! `liap archive flush`: the server archives all that is finished now; where none runs, this
//! process does.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use journal::{AnyDisk, FileDisk, Journal, OpenError, Options};
use serde_json::{Value, json};

use super::Desk;
use crate::archiving::{Archiving, Handed, Means};
use crate::args::Exit;
use crate::clock::wall_ms;
use crate::config::{Config, Durability};
use crate::journal_tools::Failure;
use crate::serve::control::{self, What};
use crate::serve::storage::JOURNAL;

/// How long a server may take: longer than it works on a question.
const PATIENCE: Duration = Duration::from_secs(330);

pub(super) fn run(desk: &Desk, out: &mut impl Write) -> Result<Exit, Failure> {
    let Some(archiving) = Archiving::of(&desk.config.archive) else {
        return Err(Failure::Missing("there is no archive: archive.target is none".to_owned()));
    };
    let told = match control::ask(desk.data(), What::ArchiveFlush, PATIENCE)? {
        Some(answer) => serde_json::from_str(&answer).map_err(io::Error::other)?,
        None => alone(&archiving, desk)?,
    };
    if let Some(error) = told.get("error").and_then(|error| error.get("message")) {
        return Err(Failure::Missing(error.as_str().unwrap_or_default().to_owned()));
    }
    let number = |name: &str| told.get(name).and_then(Value::as_u64).unwrap_or(0);
    let (archived, waiting) = (number("archived"), number("waiting"));
    let is_done = told.get("done").and_then(Value::as_bool).unwrap_or(false);
    let mut words = format!("{archived} matches archived, {waiting} still wait");
    if let Some(why) = told.get("error").and_then(Value::as_str) {
        words.push_str(&format!(": {why}"));
    }
    desk.tell(out, &told, &words)?;
    Ok(if is_done { Exit::Ok } else { Exit::CheckFailed })
}

/// Without a server: with the journal opened as a server would.
fn alone(archiving: &Archiving, desk: &Desk) -> Result<Value, Failure> {
    let directory = desk.beside(JOURNAL);
    if !directory.is_dir() {
        return Err(Failure::Missing(format!("there is no journal in {}", directory.display())));
    }
    let mut journal = open(&desk.config, &directory)?;
    let before = journal.finished().len();
    let disk = AnyDisk::File(FileDisk::read_only(&directory)?);
    let handed = Handed::start(archiving, |line, questions, stopped| Means {
        data: desk.data(),
        disk,
        journal: Some(&directory),
        line,
        questions,
        stopped,
        insists: false,
        note: Arc::new(|_, _| {}),
    })?;
    let told = handed.finish(&mut journal)?;
    let waiting = journal.finished().len();
    let mut told = told.unwrap_or_else(|| json!({ "done": false }));
    told["archived"] = json!(before - waiting);
    told["waiting"] = json!(waiting);
    Ok(told)
}

fn open(config: &Config, directory: &std::path::Path) -> Result<Journal<AnyDisk>, Failure> {
    let durability = match config.journal.durability {
        Durability::None | Durability::Process => journal::Durability::Process,
        Durability::Disk => journal::Durability::Disk,
    };
    let reserve_bytes = u64::from(config.journal.reserve_mb) << 20;
    let options = Options { durability, keep_finished: true, reserve_bytes, ..Options::default() };
    let explain = |error: OpenError| crate::journal_tools::explain(directory, &error);
    let disk = FileDisk::open(directory).map_err(|error| explain(OpenError::Io(error)))?;
    let opened = Journal::open(AnyDisk::File(disk), &config.game, options, wall_ms());
    opened.map(|(journal, _)| journal).map_err(explain)
}
