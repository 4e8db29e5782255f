//! `liap journal export`: matches as files of their own.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use components::{MatchId, Seat};
use journal::Chain;

use super::walk::{Subject, find, walk};
use super::{Failure, journal_of, match_name, parse_match};
use crate::args::{Exit, Export};
use crate::replay::write_frames;

pub(super) fn run(asked: &Export, out: &mut impl Write) -> Result<Exit, Failure> {
    let directory = journal_of(&asked.data);
    fs::create_dir_all(&asked.out)?;
    let Some(name) = &asked.id else { return all(asked, &directory, out) };
    let id = parse_match(name)
        .ok_or_else(|| Failure::Missing(format!("{name} is no match's id: that is a UUID")))?;
    let chain = find(&directory, id)?;
    match export(asked, id, &chain)? {
        None => Ok(Exit::Ok),
        Some(why) => {
            writeln!(out, "match {name}: {why}")?;
            Ok(Exit::CheckFailed)
        }
    }
}

/// Every match, finished or live.
fn all(asked: &Export, directory: &Path, out: &mut impl Write) -> Result<Exit, Failure> {
    let (mut matches, mut commits, mut wrong) = (0_usize, 0_usize, Vec::new());
    let walked = walk(directory, |subject, chain| {
        let Some(chain) = chain else { return Ok(()) };
        let id = match subject {
            Subject::Match(done) => Some(done.match_id),
            Subject::Room(_) => chain.match_id,
        };
        let Some(id) = id else { return Ok(()) };
        matches += 1;
        commits += chain.steps.len();
        wrong.extend(
            export(asked, id, &chain)?.map(|why| format!("match {}: {why}", match_name(id))),
        );
        Ok(())
    })?;
    let damages = walked.damages.iter().map(ToString::to_string);
    wrong.extend(walked.unread.into_iter().chain(damages));
    for what in &wrong {
        writeln!(out, "{what}")?;
    }
    writeln!(out, "{matches} matches, {commits} commits, {} problems", wrong.len())?;
    Ok(if wrong.is_empty() { Exit::Ok } else { Exit::CheckFailed })
}

/// Writes a match. Returns why it does not run again, if it does not: what is shown of it then ends
/// there.
fn export(asked: &Export, id: MatchId, chain: &Chain) -> Result<Option<String>, Failure> {
    let name = match_name(id);
    if !asked.json {
        let file = asked.out.join(format!("{name}.{}", Chain::EXTENSION));
        fs::write(file, chain.to_bytes())?;
        return Ok(None);
    }
    let viewers = Seat::ALL.map(Some).into_iter().chain([None]);
    let mut files = Vec::new();
    for viewer in viewers {
        let whose = viewer.map_or("spectator".to_owned(), |seat| format!("seat{}", seat.number()));
        let file = File::create(asked.out.join(format!("{name}.{whose}.jsonl")))?;
        files.push((viewer, BufWriter::with_capacity(1 << 16, file)));
    }
    let ran = write_frames(chain, &mut files)?;
    for (_, mut file) in files {
        file.flush()?;
    }
    Ok(ran.err().map(|difference| difference.to_string()))
}
