//! What the server's tools say of the finished matches.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use protocol::{MatchId, Seat, Update};
use serde::Deserialize;

use crate::args::Args;
use crate::server::{data, program};

/// One commit of a match, as one seat was shown it.
#[derive(Debug, Deserialize)]
pub(crate) struct Line {
    pub(crate) version: u64,
    pub(crate) cause: Cause,
    pub(crate) frame: Frame,
}

/// Who caused it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Cause {
    /// A person's request.
    Client {
        /// In 16 hex digits.
        session: String,
        request: u32,
    },
    /// A session's connection came or went.
    Connection(String),
    /// The bot in a seat, or for it.
    Bot(u8),
    /// Time.
    Timer,
    /// The server itself.
    Server,
}

/// The message that the seat got.
#[derive(Debug, Deserialize)]
pub(crate) struct Frame {
    pub(crate) data: Update<'static>,
}

/// Exports all finished matches, and has the journal verified.
///
/// # Errors
///
/// What the tool complains about.
pub(crate) fn export(args: &Args) -> Result<PathBuf, String> {
    let out = args.dir.join("export");
    let data = data(args);
    tool(args, &["journal", "verify", "--data", &data.to_string_lossy()])?;
    tool(
        args,
        &[
            "journal",
            "export",
            "--all",
            "--json",
            "--out",
            &out.to_string_lossy(),
            "--data",
            &data.to_string_lossy(),
        ],
    )?;
    Ok(out)
}

/// Runs a command of the server's program: what it printed.
fn tool(args: &Args, words: &[&str]) -> Result<String, String> {
    let output = program(&args.server).args(words).output();
    let output = output.map_err(|error| format!("{words:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!("{words:?}: {}: {said}{complaint}", output.status))
}

/// Has an independent reader go through the exported matches: what it counted.
///
/// # Errors
///
/// What it complains about.
pub(crate) fn referee(path: &Path, exported: &Path) -> Result<serde_json::Value, String> {
    let output = std::process::Command::new("python3")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(path)
        .arg(exported)
        .output();
    let output = output.map_err(|error| format!("{}: {error}", path.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return serde_json::from_str(&said).map_err(|error| format!("the referee: {error}"));
    }
    Err(format!("the referee: {said}{}", String::from_utf8_lossy(&output.stderr)))
}

/// Reads a match as a seat was shown it.
///
/// # Errors
///
/// The file is not there, or a line is none.
pub(crate) fn read(folder: &Path, id: MatchId, seat: Seat) -> Result<Vec<Line>, String> {
    let path = folder.join(format!("{id}.seat{}.jsonl", seat.number()));
    let shown = path.display();
    let file = File::open(&path).map_err(|error| format!("{shown}: {error}"))?;
    let mut lines = Vec::new();
    for text in BufReader::new(file).lines() {
        let text = text.map_err(|error| format!("{shown}: {error}"))?;
        let line = serde_json::from_str(&text);
        lines.push(line.map_err(|error| format!("{shown}: {error}: {text}"))?);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::{Cause, Line};

    #[test]
    fn a_line_has_a_version_a_cause_and_a_frame() {
        let line = |cause: &str| {
            let frame = r#"{"type":"update","data":{"room":"K7MPQ2","version":9,"events":[]}}"#;
            let text =
                format!(r#"{{"version":9,"ms":5,"wall_ms":6,"cause":{cause},"frame":{frame}}}"#);
            let line: Line = serde_json::from_str(&text).unwrap();
            assert_eq!((line.version, line.frame.data.version), (9, 9));
            line.cause
        };
        let session = "00ff00ff00ff00ff".to_owned();
        assert_eq!(
            line(r#"{"client":{"session":"00ff00ff00ff00ff","request":7}}"#),
            Cause::Client { session: session.clone(), request: 7 }
        );
        assert_eq!(line(r#"{"connection":"00ff00ff00ff00ff"}"#), Cause::Connection(session));
        assert_eq!(line(r#"{"bot":3}"#), Cause::Bot(3));
        assert_eq!(line(r#""timer""#), Cause::Timer);
        assert_eq!(line(r#""server""#), Cause::Server);
    }
}
