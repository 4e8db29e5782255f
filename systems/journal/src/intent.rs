//! Batches of finished matches on their way into the archive: said before, and closed after.

use std::fmt;

use components::MatchId;

use crate::codec::{Malformed, Reader, put_varint};
use crate::segment::Kind;
use crate::{Disk, Finished, Journal};

/// A batch that is going to be archived: it says which matches, before a byte of it is written
/// anywhere else. Until it is closed by [`Journal::archived`] or [`Journal::withdraw`] it survives
/// every restart, and its matches stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Which batch: made up by whoever archives.
    pub id: [u8; 16],
    /// When it was made up, in ms since 1970.
    pub created_ms: u64,
    /// Its matches, as they were given: 1 to [`Intent::MATCHES_MAX`], none twice.
    pub matches: Vec<MatchId>,
}

/// Why an intent was not recorded. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentError {
    /// It has no matches.
    Empty,
    /// It has this many matches, more than [`Intent::MATCHES_MAX`].
    TooLarge(usize),
    /// There are [`Intent::OPEN_MAX`] open ones already.
    TooMany,
    /// There is an open one of this id.
    Open,
    /// This match is not over, or not there any more.
    NotFinished(MatchId),
    /// This match is in an open one, or twice in this.
    Taken(MatchId),
}

impl fmt::Display for IntentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a batch without matches cannot be archived: give it one"),
            Self::TooLarge(matches) => {
                let max = Intent::MATCHES_MAX;
                write!(f, "{matches} matches are too many for one batch: give it {max} at most")
            }
            Self::TooMany => {
                let max = Intent::OPEN_MAX;
                write!(f, "{max} batches are open already: close one first")
            }
            Self::Open => f.write_str("a batch of this id is open already: close it first"),
            Self::NotFinished(id) => {
                write!(f, "match {:032x} is no finished match of this journal", id.as_u128())
            }
            Self::Taken(id) => {
                write!(f, "match {:032x} is in an open batch already, or twice", id.as_u128())
            }
        }
    }
}

impl std::error::Error for IntentError {}

impl Intent {
    /// Matches of one batch: its record is 160 KB then, and no flush is long.
    pub const MATCHES_MAX: usize = 10_000;

    /// Batches that may be open at once: whoever archives has one in hand, and those it was split
    /// into.
    pub const OPEN_MAX: usize = 1_000;

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.id);
        put_varint(out, self.created_ms);
        put_matches(out, &self.matches);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let id = reader.array("batch")?;
        let created_ms = reader.varint("when the batch was made up")?;
        Ok(Self { id, created_ms, matches: read_matches(reader)? })
    }
}

fn put_matches(out: &mut Vec<u8>, matches: &[MatchId]) {
    put_varint(out, matches.len() as u64);
    for id in matches {
        out.extend_from_slice(&id.0);
    }
}

/// The matches of a batch, in the records that open and that close it.
pub(crate) fn read_matches(reader: &mut Reader<'_>) -> Result<Vec<MatchId>, Malformed> {
    let count: u32 = reader.number("number of matches")?;
    if count as usize > Intent::MATCHES_MAX {
        return Err(reader.malformed("number of matches"));
    }
    (0..count).map(|_| reader.array("match").map(MatchId)).collect()
}

impl<D: Disk> Journal<D> {
    /// Says that these matches are going to be archived together: durable with the next flush. From
    /// then on each of them is in this batch and in no other, and cannot be forgotten, until the
    /// batch is closed.
    ///
    /// # Errors
    /// When it is not as an [`Intent`] must be, one of this id is open, or a match is not finished or
    /// in another one. Nothing was recorded then.
    pub fn intend(&mut self, intent: &Intent) -> Result<(), IntentError> {
        let position = self.state.position();
        self.waiting.open(intent, position)?;
        for id in &intent.matches {
            if let Some(done) = self.waiting.get(*id) {
                self.events.segments.hold(done.start, 1);
            }
        }
        self.write_intent(intent);
        Ok(())
    }

    /// The batches that are open, by id.
    pub fn intents(&self) -> impl Iterator<Item = &Intent> {
        self.waiting.intents()
    }

    /// The batch is archived: it is closed and all its matches are forgotten, in one record, durable
    /// with the next flush. Returns whether it was open.
    pub fn archived(&mut self, id: [u8; 16]) -> bool {
        let Some(intent) = self.close(id) else { return false };
        for done in self.waiting.remove_all(&intent.matches) {
            self.release(&done);
        }
        let at = self.state.open(Kind::Archived);
        let out = self.state.out();
        out.extend_from_slice(&id);
        put_matches(out, &intent.matches);
        self.state.close(at);
        self.stats.archived += 1;
        true
    }

    /// The batch is not going to be archived as it is: it is closed, and its matches wait as if they
    /// had never been in it. Durable with the next flush. Returns whether it was open.
    pub fn withdraw(&mut self, id: [u8; 16]) -> bool {
        let is_open = self.close(id).is_some();
        if is_open {
            self.write_withdrawn(id);
        }
        is_open
    }

    fn close(&mut self, id: [u8; 16]) -> Option<Intent> {
        let intent = self.waiting.close(id)?;
        for id in &intent.matches {
            if let Some(done) = self.waiting.get(*id) {
                self.events.segments.hold(done.start, -1);
            }
        }
        Some(intent)
    }

    /// A finished match is forgotten: its chain is not needed any more.
    pub(crate) fn release(&mut self, done: &Finished) {
        self.events.segments.wait(done.start, -1);
        self.events.segments.unpin(done.start);
        self.stats.forgotten += 1;
    }

    pub(crate) fn write_withdrawn(&mut self, id: [u8; 16]) {
        let at = self.state.open(Kind::Withdrawn);
        self.state.out().extend_from_slice(&id);
        self.state.close(at);
    }

    /// Says again that a batch is open.
    pub(crate) fn copy_intent(&mut self, id: [u8; 16]) {
        let position = self.state.position();
        if let Some(intent) = self.waiting.move_intent(id, position) {
            self.write_intent(&intent);
        }
    }

    fn write_intent(&mut self, intent: &Intent) {
        let at = self.state.open(Kind::Intent);
        intent.write(self.state.out());
        self.state.close(at);
    }
}
