//! A life of matches that end and are archived in batches, and what must be true of each of them.

use std::collections::{BTreeMap, BTreeSet};

use components::{Event, Fact, MatchId, RoomId};

use super::witness::{WALL_MS, What, Witness};
use crate::{Disk, Intent, Journal, MatchReader, Options, Recovered, WriteError};

pub(super) type BatchId = [u8; 16];

/// Each match that is over and not archived is in exactly one of these.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Book {
    pub(super) free: BTreeSet<MatchId>,
    pub(super) open: BTreeMap<BatchId, Vec<MatchId>>,
}

/// What is done to the matches that are over; a number chooses among those there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// A batch of so many is made up.
    Intend(usize),
    Archive(usize),
    Withdraw(usize),
    Forget(usize),
}

/// Plays, archives, and knows what may be found after a crash.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) witness: Witness,
    pub(super) now: Book,
    /// The last one that was flushed, and all after it, one record after the other.
    moments: Vec<Book>,
    batches: u64,
    /// Matches that were archived or forgotten, and that durably.
    gone: BTreeSet<MatchId>,
    going: BTreeSet<MatchId>,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self { moments: vec![Book::default()], ..Self::default() }
    }

    /// Three rooms go on: matches begin, are played and end, each at its own time.
    pub(super) fn play<D: Disk>(&mut self, journal: &mut Journal<D>) {
        let next = self.witness.now_ms / 100;
        let mut all = Vec::new();
        for number in 1..=3 {
            let room = RoomId::nth(number);
            let is_running = self.witness.known(room).is_some_and(|room| room.phase.is_running());
            let what = match (next + number) % 3 {
                _ if !is_running => What::Start,
                0 => What::End,
                _ => What::Play,
            };
            all.push((room, what));
        }
        journal.record(&self.witness.tick(&all));
        for (room, what) in all {
            if what == What::End {
                self.now.free.insert(self.witness.state(room).game.id);
                self.moments.push(self.now.clone());
            }
        }
    }

    pub(super) fn act<D: Disk>(&mut self, journal: &mut Journal<D>, deed: Deed) {
        match deed {
            Deed::Intend(count) => self.intend(journal, count),
            Deed::Archive(which) => {
                let Some(id) = choose(self.now.open.keys(), which) else { return };
                assert!(journal.archived(id));
                self.going.extend(self.now.open.remove(&id).unwrap());
            }
            Deed::Withdraw(which) => {
                let Some(id) = choose(self.now.open.keys(), which) else { return };
                assert!(journal.withdraw(id));
                self.now.free.extend(self.now.open.remove(&id).unwrap());
            }
            Deed::Forget(which) => {
                let Some(id) = choose(&self.now.free, which) else { return };
                assert!(journal.forget(id));
                self.now.free.remove(&id);
                self.going.insert(id);
            }
        }
        self.moments.push(self.now.clone());
        for id in &self.going {
            self.witness.forget(*id);
        }
    }

    fn intend<D: Disk>(&mut self, journal: &mut Journal<D>, count: usize) {
        let free = journal.finished_free(|_| false, count);
        let matches: Vec<_> = free.iter().map(|done| done.match_id).collect();
        if matches.is_empty() {
            return;
        }
        self.batches += 1;
        let id = u128::from(self.batches).to_be_bytes();
        let intent = Intent { id, created_ms: WALL_MS + self.batches, matches };
        journal.intend(&intent).unwrap();
        for id in &intent.matches {
            assert!(self.now.free.remove(id), "{id:?} was not free");
        }
        self.now.open.insert(id, intent.matches);
    }

    /// Returns whether it came to its end; once more where the disk was full.
    pub(super) fn flush<D: Disk>(&mut self, journal: &mut Journal<D>) -> bool {
        let wall_ms = WALL_MS + self.witness.now_ms;
        let is_good = match journal.flush(wall_ms) {
            Err(WriteError::Full(_)) => journal.flush(wall_ms).is_ok(),
            done => done.is_ok(),
        };
        if is_good {
            let counted = journal.events.segments.0.clone();
            journal.pin_chains();
            assert_eq!(counted, journal.events.segments.0, "counted wrongly what files are needed");
            self.witness.flushed();
            self.moments = vec![self.now.clone()];
            self.gone.append(&mut self.going);
        }
        is_good
    }

    /// After a crash, what is found is what was flushed, or a moment later.
    pub(super) fn recover<D: Disk>(
        &mut self,
        journal: &Journal<D>,
        recovered: &Recovered,
    ) -> Result<(), String> {
        self.witness.check(recovered)?;
        if !recovered.damages.is_empty() {
            return Err(format!("{:?}", recovered.damages));
        }
        self.witness.restart(recovered);
        let found = found(journal)?;
        if !self.moments.contains(&found) {
            return Err(format!("found {found:?}, and not one of {:?}", self.moments));
        }
        let is_back = |id: &&MatchId| {
            found.free.contains(id) || found.open.values().any(|open| open.contains(id))
        };
        if let Some(id) = self.gone.iter().find(is_back) {
            return Err(format!("{id:?} was archived, and is back"));
        }
        self.going.clear();
        self.moments = vec![found.clone()];
        self.now = found;
        Ok(())
    }

    /// Every match that waits can be read, from the journal and from beside it.
    pub(super) fn read<D: Disk>(&self, journal: &Journal<D>, beside: D) -> Result<(), String> {
        let mut reader = MatchReader::new(beside);
        for done in journal.finished() {
            let chain = reader.read(&done).map_err(|error| error.to_string())?;
            let own = journal.read_match(done.match_id).map_err(|error| error.to_string())?;
            if Some(&chain) != own.as_ref() {
                return Err(format!("{:?} reads otherwise from beside", done.match_id));
            }
            let last = chain.steps.last().ok_or("no steps")?;
            if !matches!(last.events[..], [Event::Public(Fact::MatchOver(_))]) {
                return Err(format!("{:?} does not end with its end", done.match_id));
            }
            self.witness.check_chain(&chain, done.room, last.version)?;
        }
        Ok(())
    }
}

fn choose<'a, T: Copy + 'a>(all: impl IntoIterator<Item = &'a T>, which: usize) -> Option<T> {
    let all: Vec<&T> = all.into_iter().collect();
    all.get(which % all.len().max(1)).map(|one| **one)
}

/// What the journal says; an error if a match is in two places.
pub(super) fn found<D: Disk>(journal: &Journal<D>) -> Result<Book, String> {
    let mut all: BTreeSet<MatchId> = journal.finished().map(|done| done.match_id).collect();
    let free = journal.finished_free(|_| false, usize::MAX);
    let mut book = Book::default();
    book.free.extend(free.iter().map(|done| done.match_id));
    for intent in journal.intents() {
        book.open.insert(intent.id, intent.matches.clone());
    }
    for id in book.free.iter().chain(book.open.values().flatten()) {
        if !all.remove(id) {
            return Err(format!("{id:?} is in two places, or not finished"));
        }
    }
    let count = journal.stats().intents;
    if all.is_empty() && count == book.open.len() {
        return Ok(book);
    }
    Err(format!("{all:?} are in no place, or {count} is a wrong number of batches"))
}

/// Files so small that batches are copied forward often.
pub(super) fn tiny() -> Options {
    Options { state_segment_bytes: 700, event_segment_bytes: 700, ..super::witness::small() }
}
