//! Dead letters: actions that made the rules panic, as `DATA/dead-letters.jsonl` has them.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Desk;
use super::problem::Problem;
use crate::serve::letters::paths;

/// Letters of an answer, the newest ones.
const LETTERS_MAX: usize = 1_000;

/// `GET /v1/dead-letters`: the newest last.
pub(super) async fn list(State(desk): State<Arc<Desk>>) -> Result<Json<Value>, Problem> {
    let data = desk.data.clone();
    let read = tokio::task::spawn_blocking(move || read(&data)).await;
    let failed = |what: String| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", what);
    match read {
        Ok(Ok(letters)) => Ok(Json(json!({ "letters": letters }))),
        Ok(Err(error)) => Err(failed(format!("the letters cannot be read: {error}"))),
        Err(error) => Err(failed(error.to_string())),
    }
}

fn read(data: &Path) -> std::io::Result<Vec<Value>> {
    let mut letters = Vec::new();
    for path in paths(data) {
        let file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            file => file?,
        };
        for line in BufReader::new(file).lines() {
            // One that is half written is the next answer's.
            letters.extend(serde_json::from_str::<Value>(&line?).ok());
        }
    }
    let from = letters.len().saturating_sub(LETTERS_MAX);
    Ok(letters.split_off(from))
}
