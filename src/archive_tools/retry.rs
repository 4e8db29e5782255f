//! `liap archive retry`: what was put aside is archived again.

use std::io::{self, Write};

use archive::TargetError;
use serde_json::json;

use super::Desk;
use super::bar::Bar;
use crate::archiving::RootOutlet;
use crate::args::Exit;
use crate::clock::wall_ms;
use crate::journal_tools::Failure;

pub(super) fn run(desk: &Desk, out: &mut impl Write) -> Result<Exit, Failure> {
    let places = desk.places()?;
    let mut outlet = RootOutlet::open(&desk.config.archive, desk.data(), &places)?;
    let bar = Bar::new();
    let retried = archive::retry(&mut outlet, wall_ms(), &mut |done, total| {
        bar.show("archiving again", done, total);
    });
    drop(bar);
    let retried = retried.map_err(|error| match error {
        TargetError::Unavailable(_) => Failure::Io(io::Error::other(error.to_string())),
        TargetError::Refused(_) => Failure::Data(error.to_string()),
    })?;
    let archive::Retried { archived, met, refused, without_chain, unreadable } = retried;
    let json = json!({
        "archived": archived, "met": met, "refused": refused, "without_chain": without_chain,
        "unreadable": unreadable,
    });
    let words = format!(
        "{archived} matches are archived now, {met} were already; {refused} were refused again, \
         {without_chain} are still in the journal, {unreadable} cannot be read"
    );
    desk.tell(out, &json, &words)?;
    let left = refused + without_chain + unreadable;
    Ok(if left == 0 { Exit::Ok } else { Exit::CheckFailed })
}
