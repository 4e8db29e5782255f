//! Where a match comes from: a replay file, or the journal of a data directory.

use std::fs;
use std::path::Path;

use journal::Chain;

use crate::journal_tools::{self, Failure, parse_match};
use crate::serve::storage::JOURNAL;

/// The match of this name: a file's, or else an id's.
///
/// # Errors
///
/// Why there is none.
pub(super) fn find(what: &str, data: &Path) -> Result<Chain, Failure> {
    let path = Path::new(what);
    if path.is_file() {
        let bytes = fs::read(path)?;
        return Chain::from_bytes(&bytes)
            .map_err(|why| Failure::Data(format!("{what}: not a replay file: {why}")));
    }
    let id = parse_match(what).ok_or_else(|| {
        Failure::Missing(format!("{what} is neither a file nor a match's id (a UUID)"))
    })?;
    journal_tools::find(&data.join(JOURNAL), id)
}
