//! `liap archive compact`: hours that are over are merged, and what was kept long enough goes.

use std::io::Write;

use archive::{Compacted, Manifest};
use serde_json::json;

use super::bar::Bar;
use super::{Desk, Kept, done};
use crate::args::Exit;
use crate::clock::wall_ms;
use crate::journal_tools::Failure;

pub(super) fn run(desk: &Desk, out: &mut impl Write) -> Result<Exit, Failure> {
    let Kept { mut keeper, runtime } = desk.kept()?;
    let bar = Bar::new();
    let now_ms = wall_ms();
    let retired = match desk.config.archive.retention_days {
        Some(days) => done(&runtime, keeper.retention(days, now_ms, &mut bar.teller()))?,
        None => Default::default(),
    };
    let merged = done(&runtime, keeper.compact(.., now_ms, &mut bar.teller()))?;
    let cleaned = done(&runtime, keeper.clean(now_ms, &mut bar.teller()))?;
    drop(bar);
    let damaged: Vec<String> = (keeper.catalog().damaged().iter())
        .map(|one| format!("{}: {}", Manifest::path(one.id), one.why))
        .collect();
    // An hour that both left alone is one.
    let left_alone = merged.left_alone.max(retired.left_alone);
    let merges = desk.config.archive.compact_minutes.is_some();
    let json = json!({
        "retired": { "hours": retired.hours, "matches": retired.matches, "files": retired.files },
        "merges": merges,
        "merged": {
            "hours": merged.hours, "files_before": merged.files_before,
            "files_after": merged.files_after, "bytes_before": merged.bytes_before,
            "bytes_after": merged.bytes_after, "left_alone": left_alone, "damage": merged.damage,
        },
        "deleted": { "files": cleaned.files, "manifests": cleaned.manifests },
        "damaged_manifests": damaged,
        "missing": cleaned.missing,
    });
    let wrong = wrong(left_alone, &damaged, &merged.damage, &cleaned.missing);
    let words = format!(
        "{}\n{} hours were kept long enough: {} matches are gone\n{} files and {} manifests that \
         counted no more are deleted; what was replaced now is deleted after \
         archive.grace_minutes{wrong}",
        told(merges, &merged),
        retired.hours,
        retired.matches,
        cleaned.files,
        cleaned.manifests,
    );
    desk.tell(out, &json, &words)?;
    Ok(if wrong.is_empty() { Exit::Ok } else { Exit::CheckFailed })
}

/// What was merged, or why nothing was.
fn told(merges: bool, merged: &Compacted) -> String {
    if !merges {
        return "nothing is merged: archive.compact_minutes is none; to merge all the same, \
                --set archive.compact_minutes=MINUTES"
            .to_owned();
    }
    let Compacted { hours, files_before, files_after, bytes_before, bytes_after, .. } = merged;
    format!(
        "{hours} hours merged: {files_before} files into {files_after}, {bytes_before} bytes into \
         {bytes_after}"
    )
}

/// What is not as it should be, in lines; empty if nothing is.
fn wrong(left_alone: u64, manifests: &[String], damage: &[String], missing: &[String]) -> String {
    let mut lines = String::new();
    if left_alone > 0 {
        lines
            .push_str(&format!("\n{left_alone} hours were left alone: something there is damaged"));
    }
    for what in manifests.iter().chain(damage) {
        lines.push_str(&format!("\ndamaged, and left alone: {what}"));
    }
    for what in missing {
        lines.push_str(&format!("\nmissing, so that nothing it replaced is deleted: {what}"));
    }
    if !lines.is_empty() {
        lines.push_str("\n`liap archive verify` says what else is wrong");
    }
    lines
}
