//! `liap journal backup`: a copy that a server starts from.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use journal::OpenError;

use super::{Failure, explain, journal_of};
use crate::args::{self, Exit};
use crate::serve::{keys, storage::JOURNAL};

/// How often a copy is begun anew because the server was faster in giving up files.
const TRIES_MAX: usize = 5;

pub(super) fn run(asked: &args::Backup, out: &mut impl Write) -> Result<Exit, Failure> {
    let (to, from) = (&asked.to, journal_of(&asked.data));
    if to.exists() {
        let what = format!("{} is there already", to.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, what).into());
    }
    let draft = draft_of(to);
    let bytes = copy(&from, &draft)?;
    let has_keys = copy_keys(&asked.data.path, &draft)?;
    File::open(&draft)?.sync_all()?;
    fs::rename(&draft, to)?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    writeln!(out, "{}: {bytes} bytes of journal", to.display())?;
    if !has_keys {
        writeln!(out, "There is no {} to copy: players will have to sit down anew.", keys::FILE)?;
    }
    Ok(Exit::Ok)
}

/// Until it is whole, it has another name.
fn draft_of(to: &Path) -> PathBuf {
    let mut name = to.file_name().map_or_else(OsString::new, ToOwned::to_owned);
    name.push(".partial");
    to.with_file_name(name)
}

/// Copies the journal. Returns how many bytes.
fn copy(from: &Path, draft: &Path) -> Result<u64, Failure> {
    let mut tries = 1;
    loop {
        match fs::remove_dir_all(draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        fs::create_dir_all(draft)?;
        match try_copy(from, &draft.join(JOURNAL)) {
            Ok(bytes) => return Ok(bytes),
            Err(OpenError::Damaged(_)) if tries < TRIES_MAX => tries += 1,
            Err(error) => {
                // What is left of it is no backup; the next one begins with taking it away.
                _ = fs::remove_dir_all(draft);
                return Err(explain(from, &error));
            }
        }
    }
}

fn try_copy(from: &Path, to: &Path) -> Result<u64, OpenError> {
    let mut backup = journal::Backup::begin(from, to)?;
    backup.copy_state()?;
    backup.copy_events()
}

/// Copies the keys of tokens, readable for their owner alone; `false` if there are none.
fn copy_keys(data: &Path, draft: &Path) -> io::Result<bool> {
    let keys = match fs::read(data.join(keys::FILE)) {
        Ok(keys) => keys,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(draft.join(keys::FILE))?;
    file.write_all(&keys)?;
    file.sync_all()?;
    Ok(true)
}
