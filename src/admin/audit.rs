//! `DATA/audit.jsonl`: every act of an operator, and every refused one.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::clock::wall_ms;

/// Bytes of one file; with the one before it, `audit.jsonl.1`, all the space it may take.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// See the module.
#[derive(Debug)]
pub(super) struct Audit(Mutex<PathBuf>);

impl Audit {
    pub(super) fn new(data: &Path) -> Self {
        Self(Mutex::new(data.join("audit.jsonl")))
    }

    /// Records an act that was answered so. Bodies are not kept: their effect is in the journal.
    pub(super) fn record(&self, peer: SocketAddr, method: &Method, path: &str, answer: StatusCode) {
        tracing::info!(%peer, %method, path, status = answer.as_u16(), "operator");
        let line = json!({
            "wall_ms": wall_ms(), "peer": peer.to_string(), "method": method.as_str(),
            "path": path, "status": answer.as_u16(),
        });
        let file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = append(&file, &format!("{line}\n")) {
            tracing::error!(%error, "an operator's act could not be recorded, but for this log");
        }
    }
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let open = || OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    let mut file = open()?;
    if file.metadata()?.len() >= FILE_BYTES_MAX {
        std::fs::rename(path, path.with_extension("jsonl.1"))?;
        file = open()?;
    }
    file.write_all(line.as_bytes())
}
