//! A journal that is a list: a crash of the machine takes from its end what was not synced.

use std::collections::{BTreeMap, BTreeSet};

use archive::{Batch, Ended, ManifestId};
use components::MatchId;

use crate::world::Crash;

/// What keeps finished matches: a list, or the journal itself. `None` where it died over a call.
pub(crate) trait Log: std::fmt::Debug {
    fn finish(&mut self, of: Ended) -> Option<()>;
    /// Whether the batch is new and all its matches were free.
    fn intend(&mut self, batch: &Batch, is_synced: bool) -> Option<bool>;
    /// Whether it was open.
    fn archived(&mut self, id: ManifestId) -> Option<bool>;
    /// Whether it was open.
    fn withdraw(&mut self, id: ManifestId) -> Option<bool>;
    /// The match, if it is there.
    fn read(&mut self, of: Ended) -> Option<Option<MatchId>>;
    fn open(&self) -> Vec<Batch>;
    fn batch(&self, id: ManifestId) -> Option<Batch>;
    fn free(&self) -> Vec<Ended>;
    fn len(&self) -> usize;
    fn holds(&self, of: Ended) -> bool;
    fn unsynced(&self) -> usize;
    fn sync(&mut self);
    /// The process dies, or the machine. Returns the matches whose end was not lost.
    fn crash(&mut self, crash: Crash) -> BTreeSet<MatchId>;
    /// The process dies over a call of the disk, so many from now.
    fn arm(&mut self, calls: u64);
    /// A backup: what is in it stays in it.
    fn copy(&self) -> Box<dyn Log>;
}

#[derive(Debug, Clone)]
enum Entry {
    Finished(Ended),
    Intended(Batch),
    Archived(ManifestId),
    Withdrawn(ManifestId),
}

#[derive(Debug, Default, Clone)]
pub(crate) struct SimJournal {
    log: Vec<Entry>,
    synced: usize,
    state: State,
}

/// What the list says.
#[derive(Debug, Default, Clone)]
struct State {
    /// Matches that were not forgotten, and the batch they are in.
    finished: BTreeMap<(u64, MatchId), (Ended, Option<ManifestId>)>,
    open: BTreeMap<ManifestId, Batch>,
}

impl State {
    /// Whether the entry makes sense.
    fn apply(&mut self, entry: &Entry) -> bool {
        match entry {
            Entry::Finished(of) => {
                self.finished.insert((of.ended_ms, of.match_id), (*of, None)).is_none()
            }
            Entry::Intended(batch) => {
                let all = batch.matches.iter().all(|of| {
                    let known = self.finished.get_mut(&(of.ended_ms, of.match_id));
                    known.is_some_and(|(_, batch_id)| batch_id.replace(batch.id).is_none())
                });
                self.open.insert(batch.id, batch.clone()).is_none() && all
            }
            Entry::Archived(id) => self.open.remove(id).is_some_and(|batch| {
                let mut all = batch.matches.iter();
                all.all(|of| self.finished.remove(&(of.ended_ms, of.match_id)).is_some())
            }),
            Entry::Withdrawn(id) => self.open.remove(id).is_some_and(|batch| {
                for of in &batch.matches {
                    if let Some((_, batch_id)) = self.finished.get_mut(&(of.ended_ms, of.match_id))
                    {
                        *batch_id = None;
                    }
                }
                true
            }),
        }
    }
}

impl SimJournal {
    fn push(&mut self, entry: Entry) -> Option<bool> {
        let fine = self.state.apply(&entry);
        self.log.push(entry);
        Some(fine)
    }
}

impl Log for SimJournal {
    fn finish(&mut self, of: Ended) -> Option<()> {
        self.push(Entry::Finished(of)).map(|_| ())
    }

    fn intend(&mut self, batch: &Batch, is_synced: bool) -> Option<bool> {
        let fine = self.push(Entry::Intended(batch.clone()));
        if is_synced {
            self.sync();
        }
        fine
    }

    fn archived(&mut self, id: ManifestId) -> Option<bool> {
        self.push(Entry::Archived(id))
    }

    fn withdraw(&mut self, id: ManifestId) -> Option<bool> {
        self.push(Entry::Withdrawn(id))
    }

    fn read(&mut self, of: Ended) -> Option<Option<MatchId>> {
        Some(self.holds(of).then_some(of.match_id))
    }

    fn open(&self) -> Vec<Batch> {
        self.state.open.values().cloned().collect()
    }

    fn batch(&self, id: ManifestId) -> Option<Batch> {
        self.state.open.get(&id).cloned()
    }

    fn free(&self) -> Vec<Ended> {
        let all = self.state.finished.values();
        all.filter(|(_, batch)| batch.is_none()).map(|(of, _)| *of).collect()
    }

    fn len(&self) -> usize {
        self.state.finished.len()
    }

    fn holds(&self, of: Ended) -> bool {
        self.state.finished.contains_key(&(of.ended_ms, of.match_id))
    }

    fn unsynced(&self) -> usize {
        self.log.len() - self.synced
    }

    fn sync(&mut self) {
        self.synced = self.log.len();
    }

    fn crash(&mut self, crash: Crash) -> BTreeSet<MatchId> {
        if let Crash::Machine(left) = crash {
            self.log.truncate(self.synced + left);
            self.synced = self.log.len();
            self.state = State::default();
            for entry in &self.log {
                self.state.apply(entry);
            }
        }
        let finished = self.log.iter().filter_map(|entry| match entry {
            Entry::Finished(of) => Some(of.match_id),
            _ => None,
        });
        finished.collect()
    }

    fn arm(&mut self, _: u64) {}

    fn copy(&self) -> Box<dyn Log> {
        let mut copy = self.clone();
        copy.sync();
        Box::new(copy)
    }
}
