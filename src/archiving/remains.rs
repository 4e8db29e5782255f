//! What is left of a match that cannot be read: the journal's files it is in are kept beside its
//! letter, so that the journal need not keep them.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Beside the letters.
const FOLDER: &str = "raw";

/// Keeps these files of the journal, under their names, durably: as further names of the same bytes
/// where the file system has that, as copies where it has not.
///
/// # Errors
///
/// When one of them cannot be kept.
pub(super) fn keep(journal: &Path, files: &[String], dead: &Path) -> io::Result<()> {
    let folder = dead.join(FOLDER);
    DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    for name in files {
        let (from, to) = (journal.join(name), folder.join(name));
        match fs::hard_link(&from, &to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(_) => copy(&from, &to)?,
        }
    }
    File::open(&folder)?.sync_all()?;
    File::open(dead)?.sync_all()
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let unfinished = to.with_extension("tmp");
    fs::copy(from, &unfinished)?;
    File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, to)
}
