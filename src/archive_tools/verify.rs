//! `liap archive verify`: every file against its manifest.

use std::io::Write;

use serde_json::json;

use super::bar::Bar;
use super::{Desk, Kept, done};
use crate::args::Exit;
use crate::journal_tools::Failure;

pub(super) fn run(desk: &Desk, out: &mut impl Write) -> Result<Exit, Failure> {
    let Kept { mut keeper, runtime } = desk.kept()?;
    let bar = Bar::new();
    let found = done(&runtime, keeper.verify(&mut bar.teller()))?;
    drop(bar);
    let findings: Vec<String> = found
        .findings
        .iter()
        .map(|finding| format!("{}: {}", finding.place, finding.why))
        .collect();
    let json = json!({
        "matches": found.matches, "files": found.files, "rows": found.rows, "bytes": found.bytes,
        "manifests": found.manifests, "replaced": found.replaced, "strays": found.strays,
        "wrong": found.wrong, "findings": findings,
    });
    let mut words = format!(
        "{} matches in {} files, {} rows, {} bytes; {} files wait for their deletion, {} were never \
         finished; {} things are wrong",
        found.matches,
        found.files,
        found.rows,
        found.bytes,
        found.replaced,
        found.strays.len(),
        found.wrong,
    );
    for finding in findings {
        words.push('\n');
        words.push_str(&finding);
    }
    desk.tell(out, &json, &words)?;
    Ok(if found.is_fine() { Exit::Ok } else { Exit::CheckFailed })
}
