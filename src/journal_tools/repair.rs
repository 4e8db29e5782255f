//! `liap journal repair`: a new journal of what is good in a damaged one.

use std::fs;
use std::io::{self, Write};

use journal::{Chain, FileDisk, Mended, OpenError, Repaired, Rerun};

use super::{Failure, explain, journal_of, match_name, room_name};
use crate::args::{Exit, Repair};
use crate::clock::wall_ms;
use crate::replay::rerun;

pub(super) fn run(asked: &Repair, out: &mut impl Write) -> Result<Exit, Failure> {
    let (from, to) = (journal_of(&asked.data), &asked.to);
    if to.exists() {
        let what = format!("{} is there already", to.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, what).into());
    }
    // Its lock says that no server writes it. Where nobody can write, nobody does.
    let disk = FileDisk::read_only(&from).and_then(|reading| match FileDisk::open(&from) {
        Err(error) if is_read_only(&error) => Ok(reading),
        other => other,
    });
    let disk = disk.map_err(|error| explain(&from, &OpenError::Io(error)))?;
    fs::create_dir_all(to)?;
    let repaired = FileDisk::open(to)
        .map_err(OpenError::Io)
        .and_then(|new| journal::repair(&disk, new, wall_ms(), &mut run_again))
        .map_err(|error| explain(&from, &error))?;
    tell(&repaired, out)?;
    writeln!(out, "The mended journal is {}; {} is as it was.", to.display(), from.display())?;
    let is_whole = repaired.mended.is_empty() && repaired.matches.is_empty();
    Ok(if is_whole { Exit::Ok } else { Exit::CheckFailed })
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// How far a chain runs again as it is recorded, and where that leads.
pub(super) fn run_again(chain: &Chain) -> Rerun {
    let mut steps = 0;
    match rerun(chain, None, |_| steps += 1) {
        Ok(state) => Rerun { steps, state, difference: None },
        Err(difference) => {
            let mut good = chain.clone();
            good.steps.truncate(steps);
            let state = rerun(&good, None, |_| {}).unwrap_or_else(|_| chain.base.clone());
            Rerun { steps, state, difference: Some(difference.to_string()) }
        }
    }
}

fn tell(repaired: &Repaired, out: &mut impl Write) -> io::Result<()> {
    for damage in &repaired.damages {
        writeln!(out, "{damage}")?;
    }
    for Mended { room, from, to, what } in &repaired.mended {
        let (room, from) = (room_name(*room), from.0);
        match to {
            Some(to) if to.0 == from => writeln!(out, "room {room}: at version {from}: {what}")?,
            Some(to) => writeln!(out, "room {room}: from version {from} to {}: {what}", to.0)?,
            None => writeln!(out, "room {room}: at version {from}, gone: {what}")?,
        }
    }
    for (id, what) in &repaired.matches {
        writeln!(out, "match {}: {what}", match_name(*id))?;
    }
    let Repaired { rooms, finished, commits, mended, damages, .. } = repaired;
    writeln!(
        out,
        "{} damages; {rooms} rooms and {finished} finished matches kept, {commits} commits run \
         again, {} rooms are not as they were",
        damages.len(),
        mended.len()
    )
}
