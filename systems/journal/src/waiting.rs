//! What waits for whoever reads it: matches that are over, and the batches that some of them are in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use components::MatchId;

use crate::{Finished, Intent, IntentError};

/// Finished matches. Each is free or in one open batch.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    matches: BTreeMap<MatchId, Finished>,
    /// Those in no open batch, by when they ended.
    free: BTreeSet<(u64, MatchId)>,
    intents: BTreeMap<[u8; 16], Open>,
}

/// An open batch.
#[derive(Debug)]
struct Open {
    intent: Intent,
    /// In the state: the record that says this.
    position: u64,
    /// When the first of its matches ended.
    oldest_ms: u64,
}

impl Waiting {
    /// What recovery has found; the batches with the positions of their records, no match in two.
    pub(crate) fn new(matches: BTreeMap<MatchId, Finished>, intents: Vec<(u64, Intent)>) -> Self {
        let free = matches.values().map(|done| (done.wall_ms, done.match_id)).collect();
        let mut waiting = Self { matches, free, intents: BTreeMap::new() };
        for (position, intent) in intents {
            let mut oldest_ms = u64::MAX;
            for id in &intent.matches {
                let Some(done) = waiting.matches.get(id) else { continue };
                waiting.free.remove(&(done.wall_ms, *id));
                oldest_ms = oldest_ms.min(done.wall_ms);
            }
            waiting.intents.insert(intent.id, Open { intent, position, oldest_ms });
        }
        waiting
    }

    /// All of them, by id.
    pub(crate) const fn matches(&self) -> &BTreeMap<MatchId, Finished> {
        &self.matches
    }

    /// Those in no open batch, by when they ended.
    pub(crate) fn free(&self) -> impl Iterator<Item = Finished> + '_ {
        self.free.iter().filter_map(|(_, id)| self.matches.get(id).copied())
    }

    /// When the first of them ended that still waits, in ms since 1970.
    pub(crate) fn oldest_ms(&self) -> Option<u64> {
        let free = self.free.first().map(|(ended_ms, _)| *ended_ms);
        self.intents.values().map(|open| open.oldest_ms).chain(free).min()
    }

    pub(crate) fn get(&self, id: MatchId) -> Option<Finished> {
        self.matches.get(&id).copied()
    }

    /// Whether the match is in an open batch.
    pub(crate) fn is_held(&self, id: MatchId) -> bool {
        self.get(id).is_some_and(|done| !self.free.contains(&(done.wall_ms, id)))
    }

    /// Those in an open batch.
    pub(crate) fn held(&self) -> impl Iterator<Item = Finished> + '_ {
        let all = self.intents.values().flat_map(|open| &open.intent.matches);
        all.filter_map(|id| self.get(*id))
    }

    /// Bytes that their records take, about.
    pub(crate) fn bytes(&self) -> u64 {
        const FINISHED_BYTES: usize = 64;
        const INTENT_BYTES: usize = 64;
        let held = self.matches.len() - self.free.len();
        let intents = self.intents.len() * INTENT_BYTES + held * size_of::<MatchId>();
        (self.matches.len() * FINISHED_BYTES + intents) as u64
    }

    /// A match is over. Returns what was known of it before.
    pub(crate) fn insert(&mut self, done: Finished) -> Option<Finished> {
        let is_held = self.is_held(done.match_id);
        let before = self.matches.insert(done.match_id, done);
        if let Some(before) = before {
            self.free.remove(&(before.wall_ms, before.match_id));
        }
        if !is_held {
            self.free.insert((done.wall_ms, done.match_id));
        }
        before
    }

    /// Its chain is elsewhere now, or what says that it is over. When it ended stays.
    pub(crate) fn get_mut(&mut self, id: MatchId) -> Option<&mut Finished> {
        self.matches.get_mut(&id)
    }

    /// Forgets a match, unless it is in an open batch.
    pub(crate) fn remove(&mut self, id: MatchId) -> Option<Finished> {
        let done = self.get(id)?;
        if !self.free.remove(&(done.wall_ms, id)) {
            return None;
        }
        self.matches.remove(&id)
    }

    /// Forgets these matches, which are in no open batch any more.
    pub(crate) fn remove_all(&mut self, ids: &[MatchId]) -> Vec<Finished> {
        ids.iter().filter_map(|id| self.remove(*id)).collect()
    }

    pub(crate) fn intents(&self) -> impl ExactSizeIterator<Item = &Intent> {
        self.intents.values().map(|open| &open.intent)
    }

    /// Takes the matches of a batch out of the free ones, all or none.
    pub(crate) fn open(&mut self, intent: &Intent, position: u64) -> Result<(), IntentError> {
        let count = intent.matches.len();
        if count == 0 {
            return Err(IntentError::Empty);
        }
        if count > Intent::MATCHES_MAX {
            return Err(IntentError::TooLarge(count));
        }
        if self.intents.contains_key(&intent.id) {
            return Err(IntentError::Open);
        }
        if self.intents.len() >= Intent::OPEN_MAX {
            return Err(IntentError::TooMany);
        }
        let mut oldest_ms = u64::MAX;
        for (taken, id) in intent.matches.iter().enumerate() {
            let ended_ms = self.get(*id).map(|done| done.wall_ms);
            if ended_ms.is_none_or(|ended_ms| !self.free.remove(&(ended_ms, *id))) {
                self.set_free(&intent.matches[..taken]);
                return Err(match ended_ms {
                    Some(_) => IntentError::Taken(*id),
                    None => IntentError::NotFinished(*id),
                });
            }
            oldest_ms = oldest_ms.min(ended_ms.unwrap_or(oldest_ms));
        }
        self.intents.insert(intent.id, Open { intent: intent.clone(), position, oldest_ms });
        Ok(())
    }

    /// The matches of the batch are free again.
    pub(crate) fn close(&mut self, id: [u8; 16]) -> Option<Intent> {
        let intent = self.intents.remove(&id)?.intent;
        self.set_free(&intent.matches);
        Some(intent)
    }

    fn set_free(&mut self, ids: &[MatchId]) {
        for id in ids {
            if let Some(done) = self.matches.get(id) {
                self.free.insert((done.wall_ms, *id));
            }
        }
    }

    /// Takes a match out of its batch, and forgets it: it cannot be read. Returns the batch if that
    /// was its last one.
    pub(crate) fn lose(&mut self, id: MatchId) -> Option<[u8; 16]> {
        self.matches.remove(&id);
        let mut all = self.intents.values_mut();
        let open = all.find(|open| open.intent.matches.contains(&id))?;
        open.intent.matches.retain(|other| *other != id);
        let left = open.intent.matches.iter().filter_map(|id| self.matches.get(id));
        open.oldest_ms = left.map(|done| done.wall_ms).min().unwrap_or(u64::MAX);
        open.intent.matches.is_empty().then_some(open.intent.id)
    }

    /// Where the record of a batch is.
    pub(crate) fn intent_position(&self, id: [u8; 16]) -> Option<u64> {
        self.intents.get(&id).map(|open| open.position)
    }

    /// The record of a batch is elsewhere now.
    pub(crate) fn move_intent(&mut self, id: [u8; 16], position: u64) -> Option<Intent> {
        let open = self.intents.get_mut(&id)?;
        open.position = position;
        Some(open.intent.clone())
    }

    /// The batches whose records are between these positions.
    pub(crate) fn intents_in(&self, gap: &Range<u64>) -> Vec<[u8; 16]> {
        let open = self.intents.iter().filter(|(_, open)| gap.contains(&open.position));
        open.map(|(id, _)| *id).collect()
    }
}
