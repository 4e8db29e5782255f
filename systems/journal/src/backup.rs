//! A copy of a journal that a server is writing at this moment.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::file_disk::{DIRECTORY_MODE, FILE_MODE};
use crate::segment::{StreamKind, parse_name};
use crate::{Damage, FileDisk, Inspection, OpenError};

/// How often the directory is listed again because a file went before it was opened: the server
/// removes one every few megabytes at most.
const TRIES_MAX: usize = 100;

/// A copy under way, in three steps. Whatever was flushed before the first of them is in it. It is
/// for its owner alone, as the journal is.
///
/// 1. [`Backup::begin`] takes hold of all files of the events: what is removed from now on can still
///    be read.
/// 2. [`Backup::copy_state`] copies the state up to some moment: a beginning of its stream.
/// 3. [`Backup::copy_events`] copies the events up to a later one, files included that are new: more
///    than that state points to. Recovery passes over the rest.
#[derive(Debug)]
pub struct Backup {
    from: PathBuf,
    to: PathBuf,
    events: BTreeMap<String, File>,
    bytes: u64,
}

impl Backup {
    /// Begins to copy the journal in the directory `from` into the directory `to`, which is made.
    ///
    /// # Errors
    /// When `from` cannot be read, or `to` cannot be made or is there already.
    pub fn begin(from: &Path, to: &Path) -> io::Result<Self> {
        let events = open_all(from, StreamKind::Events)?;
        DirBuilder::new().mode(DIRECTORY_MODE).create(to)?;
        Ok(Self { from: from.to_owned(), to: to.to_owned(), events, bytes: 0 })
    }

    /// Copies the state.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn copy_state(&mut self) -> io::Result<()> {
        let state = open_all(&self.from, StreamKind::State)?;
        self.copy(&state)
    }

    /// Copies the events, and looks at the whole. Returns how many bytes the copy has.
    ///
    /// # Errors
    /// When a file cannot be read or written, or a server could not start from the copy: the journal
    /// is damaged itself, or so much was written meanwhile that a file came and went.
    pub fn copy_events(mut self) -> Result<u64, OpenError> {
        let mut events = std::mem::take(&mut self.events);
        for (name, file) in open_all(&self.from, StreamKind::Events)? {
            events.entry(name).or_insert(file);
        }
        self.copy(&events)?;
        File::open(&self.to)?.sync_all()?;
        let copied = Inspection::open(FileDisk::read_only(&self.to)?)?;
        match copied.damages().iter().find(|damage| damage.is_fatal()) {
            None => Ok(self.bytes),
            Some(damage) => Err(OpenError::Damaged(Damage::clone(damage))),
        }
    }

    /// All but the last of these have come to their end: there was another after them when they were
    /// listed.
    fn copy(&mut self, files: &BTreeMap<String, File>) -> io::Result<()> {
        for (name, file) in files {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true).mode(FILE_MODE);
            let mut copy = options.open(self.to.join(name))?;
            let bytes = file.metadata()?.len();
            self.bytes += io::copy(&mut file.take(bytes), &mut copy)?;
            copy.sync_all()?;
        }
        Ok(())
    }
}

/// Opens all files of a stream that are there at one moment.
fn open_all(from: &Path, stream: StreamKind) -> io::Result<BTreeMap<String, File>> {
    for _ in 0..TRIES_MAX {
        let open = |name: String| File::open(from.join(&name)).map(|file| (name, file));
        match names(from, stream)?.into_iter().map(open).collect() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            done => return done,
        }
    }
    Err(io::Error::other("the journal's files come and go faster than they can be opened"))
}

fn names(from: &Path, stream: StreamKind) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(from)? {
        names.extend(entry?.file_name().into_string());
    }
    names.retain(|name| parse_name(name).is_some_and(|(of, _)| of == stream));
    Ok(names)
}
