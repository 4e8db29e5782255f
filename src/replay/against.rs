//! `liap replay --against`: matches of yesterday by the rules of today.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use components::Settings;
use journal::Chain;

use super::rerun::rerun;
use crate::args::Exit;

/// Runs every replay file of a directory again, in order of name, and says where each first
/// differs. The recorded settings hold: what differs is the rules.
pub(super) fn run(directory: &Path, out: &mut impl Write) -> io::Result<Exit> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == Chain::EXTENSION));
    files.sort();
    let (mut commits, mut different) = (0_usize, 0_usize);
    for file in &files {
        let name = file.display();
        match Chain::from_bytes(&fs::read(file)?) {
            Ok(chain) => {
                commits += chain.steps.len();
                if let Err(difference) = rerun(&chain, None::<&Settings>, |_| {}) {
                    different += 1;
                    writeln!(out, "{name}: {difference}")?;
                }
            }
            Err(why) => {
                different += 1;
                writeln!(out, "{name}: not a replay file: {why}")?;
            }
        }
    }
    writeln!(out, "{} matches, {commits} commits, {different} differ", files.len())?;
    Ok(if different == 0 { Exit::Ok } else { Exit::CheckFailed })
}
