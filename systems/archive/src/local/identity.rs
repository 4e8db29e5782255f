//! Which archive a folder is: it has an id, and the data directory remembers it, so that the folder
//! below a mount that is missing is not taken for an archive.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use object_store::PutPayload;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Folder;

/// Where a folder says which archive it is. Readers of Hive partitions pass over it.
const NAME: &str = "_archive.json";

/// Which archive a folder is.
#[derive(Debug, Serialize, Deserialize)]
struct Identity {
    id: Uuid,
    /// In ms since 1970.
    created_ms: u64,
}

/// Whether a folder is the archive whose id is in the file `memory`. Where there is no such file,
/// any folder is. Makes nothing.
///
/// # Errors
/// `NotFound` with what was expected and what to do, if the folder has another id, or none, or is not
/// there; `InvalidData`, if the folder's or the remembered id cannot be understood; what the operating
/// system says.
pub fn check_folder(folder: &Path, memory: &Path) -> io::Result<()> {
    let Some(expected) = remembered(memory)? else { return Ok(()) };
    let found = id_of(folder)?;
    if found == Some(expected) {
        return Ok(());
    }
    let (folder, memory) = (folder.display(), memory.display());
    let what = found.map_or(format!("it has no {NAME}"), |found| format!("it is {found}"));
    Err(io::Error::new(
        ErrorKind::NotFound,
        format!(
            "{folder} is not the archive that {memory} remembers: {what}, and {expected} is \
             expected; if it is a mount, mount it; if the archive is meant to begin anew there, \
             remove {memory}"
        ),
    ))
}

/// [`check_folder`]; then makes the folder if need be, gives it an id if it has none, and remembers
/// it. `wall_ms` is now, in ms since 1970.
///
/// # Errors
/// As [`check_folder`]; the folder cannot be made, or one of both files not be written.
pub fn adopt_folder(folder: &Path, memory: &Path, wall_ms: u64) -> io::Result<()> {
    check_folder(folder, memory)?;
    if remembered(memory)?.is_some() {
        return Ok(());
    }
    let id = match id_of(folder)? {
        Some(id) => id,
        None => give_id(folder, wall_ms)?,
    };
    remember(memory, id)
}

/// The id of this folder; none, if it has none.
pub(super) fn id_of(folder: &Path) -> io::Result<Option<Uuid>> {
    let path = folder.join(NAME);
    match fs::read(&path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
        Ok(text) => match serde_json::from_slice::<Identity>(&text) {
            Ok(identity) => Ok(Some(identity.id)),
            Err(error) => Err(damaged(&path, &error.to_string())),
        },
    }
}

fn remembered(memory: &Path) -> io::Result<Option<Uuid>> {
    match fs::read_to_string(memory) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(text) => match Uuid::try_parse(text.trim()) {
            Ok(id) => Ok(Some(id)),
            Err(error) => Err(damaged(memory, &error.to_string())),
        },
    }
}

fn damaged(path: &Path, why: &str) -> io::Error {
    let path = path.display();
    io::Error::new(
        ErrorKind::InvalidData,
        format!("{path} does not say which archive it is: {why}"),
    )
}

/// Gives the folder a new id, or takes the one that somebody else gave it meanwhile.
fn give_id(folder: &Path, wall_ms: u64) -> io::Result<Uuid> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    let id = uuid::Builder::from_random_bytes(random).into_uuid();
    let text = serde_json::to_vec(&Identity { id, created_ms: wall_ms })?;
    let opened = Folder::open(folder)?;
    match opened.put(&opened.root.join(NAME), &PutPayload::from(text), true) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            id_of(folder)?.ok_or_else(|| io::Error::other(format!("{NAME} comes and goes")))
        }
        put => put.map(|()| id),
    }
}

/// Durable when it returns.
fn remember(memory: &Path, id: Uuid) -> io::Result<()> {
    let mut unfinished = memory.as_os_str().to_owned();
    unfinished.push(format!(".{}.unfinished", std::process::id()));
    let mut file = File::create(&unfinished)?;
    file.write_all(format!("{id}\n").as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, memory)?;
    File::open(memory.parent().unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests;
