//! Dead letters: actions that made the rules panic, kept where an operator can read them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use components::DeadLetter;
use serde_json::json;

/// One file of them; with the one before it, all the space they may take.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Where they are in a data directory, the older file first.
pub(crate) fn paths(data: &Path) -> [PathBuf; 2] {
    let path = data.join("dead-letters.jsonl");
    [path.with_extension("jsonl.1"), path]
}

/// `DATA/dead-letters.jsonl`: a line each; the file before it ends in `.1`.
#[derive(Debug)]
pub(super) struct Letters {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

impl Letters {
    /// In this directory; the file is made with the first letter.
    pub(super) fn new(data: &Path) -> Self {
        let [_, path] = paths(data);
        Self { path, file: None, bytes: 0 }
    }

    /// Keeps some. Where that fails, the log has them still.
    pub(super) fn keep(&mut self, letters: &[DeadLetter], wall_ms: u64) {
        for letter in letters {
            if let Err(error) = self.write(&line(letter, wall_ms)) {
                // Not what was asked: an opening holds its room's secret.
                let room = letter.room.0;
                tracing::warn!(%error, room, "a dead letter could not be kept");
            }
        }
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        if self.bytes >= FILE_BYTES_MAX {
            self.file = None;
            match fs::rename(&self.path, self.path.with_extension("jsonl.1")) {
                // Somebody took it away to read it.
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => self.bytes = 0,
            }
        }
        if self.file.is_none() {
            let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.path)?;
            self.bytes = file.metadata()?.len();
            self.file = Some(file);
        }
        if let Some(file) = &mut self.file {
            file.write_all(line.as_bytes())?;
            self.bytes += line.len() as u64;
        }
        Ok(())
    }
}

fn line(letter: &DeadLetter, wall_ms: u64) -> String {
    let DeadLetter { room, version, at_ms: _, ask, reason, quarantined } = letter;
    let room = format!("{:016x}", room.0);
    let ask = format!("{ask:?}");
    let line = json!({
        "wall_ms": wall_ms, "room": room, "version": version.0, "ask": ask, "reason": reason,
        "quarantined": quarantined,
    });
    format!("{line}\n")
}
