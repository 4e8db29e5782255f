//! A match in the archive as a chain again, to be shown or run again anywhere.

mod erase;
mod fetch;
mod redact;

use std::collections::BTreeMap;
use std::fmt;

use arrow_array::Array;
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use components::{MatchId, Name, PlayerId, SessionId};
use journal::{Chain, ReplayFileError};
use uuid::Uuid;

pub use erase::erase;
pub(crate) use redact::redact;
pub use redact::restore;

/// Who is meant by the aliases of some matches: what [`People`](crate::People) still knows.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Known {
    /// Players by their aliases.
    pub players: BTreeMap<PlayerId, PlayerId>,
    /// Sessions by their aliases.
    pub sessions: BTreeMap<SessionId, SessionId>,
    /// Names by their aliases.
    pub names: BTreeMap<Name, Name>,
}

/// Why rows of the table `events` are no match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayError {
    /// The rows have no such columns.
    Columns,
    /// The bytes in them are no chain.
    Chain(ReplayFileError),
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Columns => f.write_str("these are no rows of the table `events`"),
            Self::Chain(error) => write!(f, "the recorded match is unreadable: {error}"),
        }
    }
}

impl std::error::Error for ReplayError {}

impl From<ReplayFileError> for ReplayError {
    fn from(error: ReplayFileError) -> Self {
        Self::Chain(error)
    }
}

/// The match of this id out of rows of the table `events`, which are as [`read_part`](crate::read_part)
/// gives them; `None` if they have none of it. Who took part is as in the archive: see [`restore`].
///
/// # Errors
///
/// When the rows are of another table, or the match in them cannot be read.
pub fn chain_of(events: &RecordBatch, id: MatchId) -> Result<Option<Chain>, ReplayError> {
    let column = |name| events.column_by_name(name).ok_or(ReplayError::Columns);
    let ids = column("match_id")?.as_string_opt::<i32>().ok_or(ReplayError::Columns)?;
    let chains = column("chain")?.as_binary_opt::<i32>().ok_or(ReplayError::Columns)?;
    let id = Uuid::from_bytes(id.0).to_string();
    let found = (0..events.num_rows()).find(|row| ids.value(*row) == id && chains.is_valid(*row));
    match found {
        Some(row) => Ok(Some(Chain::from_bytes(chains.value(row))?)),
        None => Ok(None),
    }
}
