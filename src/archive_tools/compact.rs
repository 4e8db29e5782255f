//! `liap archive compact`: hours that are over are merged, and what was kept long enough goes.

use std::io::Write;

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
    let json = json!({
        "retired": { "hours": retired.hours, "matches": retired.matches, "files": retired.files },
        "merged": {
            "hours": merged.hours, "files_before": merged.files_before,
            "files_after": merged.files_after, "bytes_before": merged.bytes_before,
            "bytes_after": merged.bytes_after, "left_alone": merged.left_alone, "damage": merged.damage,
        },
        "deleted": { "files": cleaned.files, "manifests": cleaned.manifests },
        "missing": cleaned.missing,
    });
    let words = format!(
        "{} hours merged: {} files into {}, {} bytes into {}\n{} hours were kept long enough: {} \
         matches are gone\n{} files and {} manifests that counted no more are deleted; what was \
         replaced now is deleted after archive.grace_minutes",
        merged.hours,
        merged.files_before,
        merged.files_after,
        merged.bytes_before,
        merged.bytes_after,
        retired.hours,
        retired.matches,
        cleaned.files,
        cleaned.manifests,
    );
    desk.tell(out, &json, &words)?;
    let is_whole = cleaned.missing.is_empty() && merged.left_alone == 0 && merged.damage.is_empty();
    Ok(if is_whole { Exit::Ok } else { Exit::CheckFailed })
}
