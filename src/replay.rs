//! `liap replay`: any moment of a match, as any seat saw it.

mod against;
mod rerun;
mod show;
mod source;

use std::io::{self, Write};

use crate::args::{Exit, Replay};
#[cfg(feature = "faults")]
pub(crate) use rerun::Moment;
pub(crate) use rerun::{Difference, rerun};
use show::Film;
pub(crate) use show::write_frames;

/// Does what the command line asks for.
pub(crate) fn run(asked: &Replay, out: &mut impl Write, err: &mut impl Write) -> io::Result<Exit> {
    if let Some(directory) = &asked.against {
        return against::run(directory, out);
    }
    let what = asked.what.as_deref().unwrap_or_default();
    let chain = match source::find(what, &asked.data.path) {
        Ok(chain) => chain,
        Err(failure) => return failure.tell(err),
    };
    let film = Film { chain: &chain, seat: asked.seat };
    let shown = match (asked.at, asked.json) {
        (Some(version), json) => film.show_at(version, json, out)?,
        (None, true) => film.show_frames(out)?,
        (None, false) => film.show_news(out)?,
    };
    match shown {
        Ok(()) => Ok(Exit::Ok),
        Err(why) => {
            writeln!(err, "liap: {why}")?;
            Ok(Exit::CheckFailed)
        }
    }
}
