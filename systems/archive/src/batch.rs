//! Batches: matches that go into the archive together, under a name fixed before.

use std::fmt;

use components::{MatchId, RoomId};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::ManifestId;

/// A match that is over and waits in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ended {
    /// Which match.
    pub match_id: MatchId,
    /// In which room it was played.
    pub room: RoomId,
    /// When it ended, by the wall clock, in ms since 1970.
    pub ended_ms: u64,
}

impl Ended {
    /// When it began, in ms since 1970, as its id says; `None` if that is no UUID of version 7.
    #[must_use]
    pub fn began_ms(&self) -> Option<u64> {
        began_ms(Uuid::from_bytes(self.match_id.0))
    }
}

/// What the journal remembers of a batch while it is under way: the intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its name, and that of its manifest and files.
    pub id: ManifestId,
    /// When it was closed, by the wall clock, in ms since 1970. A match that is alone has its own
    /// end here.
    pub created_ms: u64,
    /// What is in it: never empty.
    pub matches: Vec<Ended>,
}

impl Batch {
    /// Matches in one batch at most, whatever the options say: what the journal keeps in one record.
    pub const MATCHES_MAX: usize = 10_000;

    /// A batch of these matches. `salt` makes its name differ from all others. But a match that is
    /// alone always gives the same batch: whoever archives it, and however often, it is in the
    /// archive once.
    #[must_use]
    pub fn new(matches: Vec<Ended>, wall_ms: u64, salt: &[u8]) -> Self {
        if let [one] = matches[..] {
            return Self::alone(one);
        }
        let mut hasher = Sha256::new();
        hasher.update(b"liap batch");
        hasher.update(salt);
        for ended in &matches {
            hasher.update(ended.match_id.0);
        }
        Self { id: name(wall_ms, hasher), created_ms: wall_ms, matches }
    }

    /// The batch of this match alone.
    #[must_use]
    pub fn alone(of: Ended) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"liap match");
        hasher.update(of.match_id.0);
        Self { id: name(of.ended_ms, hasher), created_ms: of.ended_ms, matches: vec![of] }
    }

    /// The only match, if it is alone.
    #[must_use]
    pub fn lone(&self) -> Option<Ended> {
        match self.matches[..] {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "batch {} of {} matches", self.id, self.matches.len())
    }
}

/// A UUID of version 7: of this moment, else of these bytes.
fn name(ms: u64, hasher: Sha256) -> ManifestId {
    let hash = hasher.finalize();
    let mut rest = [0; 10];
    rest.copy_from_slice(&hash[..10]);
    ManifestId(Builder::from_unix_timestamp_millis(ms, &rest).into_uuid())
}

/// The moment that a UUID of version 7 begins with, in ms since 1970.
pub(crate) fn began_ms(id: Uuid) -> Option<u64> {
    let ms = id.as_bytes()[..6].iter().fold(0, |ms, byte| (ms << 8) | u64::from(*byte));
    (id.get_version_num() == 7).then_some(ms)
}

/// A match's name as text: a UUID.
#[must_use]
pub(crate) fn match_text(id: MatchId) -> String {
    Uuid::from_bytes(id.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(n: u8) -> Ended {
        let ended_ms = 1_700_000_000_000 + u64::from(n);
        Ended { match_id: MatchId([n; 16]), room: RoomId(n.into()), ended_ms }
    }

    #[test]
    fn names_sort_by_time_and_differ_by_salt_and_matches() {
        let two = vec![ended(1), ended(2)];
        let early = Batch::new(two.clone(), 1_700_000_000_000, b"a");
        let late = Batch::new(two.clone(), 1_700_000_000_001, b"a");
        assert!(early.id < late.id);
        assert_eq!(early, Batch::new(two.clone(), 1_700_000_000_000, b"a"));
        assert_ne!(early.id, Batch::new(two, 1_700_000_000_000, b"b").id);
        let others = vec![ended(1), ended(3)];
        assert_ne!(early.id, Batch::new(others, 1_700_000_000_000, b"a").id);
        assert_eq!(early.id.0.get_version_num(), 7);
    }

    #[test]
    fn a_match_alone_always_gives_the_same_batch() {
        let once = Batch::new(vec![ended(1)], 1_800_000_000_000, b"a");
        let again = Batch::new(vec![ended(1)], 1_900_000_000_000, b"b");
        assert_eq!(once, again);
        assert_eq!(once, Batch::alone(ended(1)));
        assert_eq!(once.lone(), Some(ended(1)));
        assert_ne!(once.id, Batch::alone(ended(2)).id);
    }
}
