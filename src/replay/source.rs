//! Where a match comes from: a replay file, or the journal of a data directory, or its archive.

use std::env;
use std::fs;
use std::path::Path;

use archive::People;
use components::MatchId;
use journal::Chain;

use crate::archiving::{self, PEOPLE};
use crate::config::{Config, Flag, Sources, explain};
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
    match journal_tools::find(&data.join(JOURNAL), id) {
        Err(not_there) => archived(id, data)?.ok_or(not_there),
        found => found,
    }
}

/// The match out of the archive, with the people in it that are not forgotten; `None` if it is not
/// there.
fn archived(id: MatchId, data: &Path) -> Result<Option<Chain>, Failure> {
    let flag =
        Flag { flag: "--data", key: "server.data".to_owned(), value: data.display().to_string() };
    let sources = Sources::gather(None, env::vars_os(), vec![flag]);
    let (config, _) = Config::load(&sources).map_err(|errors| Failure::Data(explain(&errors)))?;
    let Some(chain) = archiving::find(&config.archive, data, id)? else { return Ok(None) };
    let people = data.join(PEOPLE);
    if !people.is_file() {
        return Ok(Some(chain));
    }
    let known = People::open_read_only(&people).and_then(|people| people.known(&chain));
    let known = known.map_err(|error| Failure::Data(error.to_string()))?;
    Ok(Some(archive::restore(&chain, &known)))
}
