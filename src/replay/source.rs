//! Where a match comes from: a replay file, or the journal of a data directory.

use std::fs;
use std::path::Path;

use journal::{Chain, FileDisk, Inspection};

use crate::journal_tools::parse_match;
use crate::serve::storage::JOURNAL;

/// The match of this name: a file's, or else an id's.
///
/// # Errors
///
/// Why there is none, for people.
pub(super) fn find(what: &str, data: &Path) -> Result<Chain, String> {
    let path = Path::new(what);
    if path.is_file() {
        let bytes = fs::read(path).map_err(|error| format!("{what}: {error}"))?;
        return Chain::from_bytes(&bytes).map_err(|why| format!("{what}: {why}"));
    }
    let id = parse_match(what)
        .ok_or_else(|| format!("{what} is neither a file nor a match's id (a UUID)"))?;
    let directory = data.join(JOURNAL);
    let disk = FileDisk::read_only(&directory)
        .map_err(|error| format!("{}: {error}", directory.display()))?;
    let reader =
        Inspection::open(disk).map_err(|error| format!("{}: {error}", directory.display()))?;
    let chain = reader.read_match(id).map_err(|error| error.to_string())?;
    chain.ok_or_else(|| {
        format!("{} has no match {what}; `liap journal inspect` lists them", directory.display())
    })
}
