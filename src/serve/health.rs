//! Whether the server can take on more, as its threads report and the network asks.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use net::NotReady;

/// Shared by all threads.
#[derive(Debug)]
pub(crate) struct Health {
    /// Whether an operator wants no new rooms here.
    is_drained: AtomicBool,
    /// Threads that have ended, though all should run as long as the server.
    ended: AtomicUsize,
    /// Read for every new room; the reason beside it only when it says no.
    storage_works: AtomicBool,
    storage: Mutex<String>,
    /// Why there is too little memory for more, if so.
    memory: Mutex<Option<String>>,
    /// What each place of the archive said last: games go on whatever that is.
    archive: Mutex<BTreeMap<String, Told>>,
}

/// What a place of the archive said, and when.
#[derive(Debug)]
struct Told {
    wrong: Option<String>,
    at: Instant,
}

/// A place says something every few seconds, or at least between two of its calls; one that does
/// not for so long hangs, most likely on a file system.
const SILENCE_MAX: Duration = Duration::from_secs(180);

impl Told {
    fn trouble(&self, place: &str, now: Instant) -> Option<String> {
        let silent = now.saturating_duration_since(self.at);
        let hangs = silent > SILENCE_MAX;
        let silence =
            || format!("archive: nothing was heard of {place} for {} s", silent.as_secs());
        self.wrong.clone().or_else(|| hangs.then(silence))
    }
}

impl Health {
    /// All is well.
    pub(crate) fn new() -> Self {
        Self {
            is_drained: AtomicBool::new(false),
            ended: AtomicUsize::new(0),
            storage_works: AtomicBool::new(true),
            storage: Mutex::default(),
            memory: Mutex::default(),
            archive: Mutex::default(),
        }
    }

    /// Whether new rooms are taken on is an operator's wish too.
    pub(crate) fn drain(&self, on: bool) {
        if self.is_drained.swap(on, Ordering::Relaxed) != on {
            tracing::info!(on, "draining by an operator's wish");
        }
    }

    /// Whether an operator wants no new rooms here.
    pub(crate) fn is_drained(&self) -> bool {
        self.is_drained.load(Ordering::Relaxed)
    }

    /// Why there is too little memory for new rooms, if so.
    pub(crate) fn memory(&self, wrong: Option<String>) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        match (memory.as_ref(), &wrong) {
            (None, Some(why)) => tracing::warn!("{why}: no new rooms"),
            (Some(_), None) => tracing::info!("there is memory for new rooms again"),
            _ => {}
        }
        *memory = wrong;
    }

    /// A thread that should run as long as the server ended.
    pub(crate) fn thread_ended(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    /// The last write went well.
    pub(crate) fn storage_works(&self) {
        // Asked after every write: a load is shared, a swap is not.
        if !self.storage_works.load(Ordering::Relaxed) {
            self.storage_works.store(true, Ordering::Relaxed);
            tracing::info!("the journal is written again");
        }
    }

    /// There is no space: what was settled waits, and so do the ticks.
    pub(crate) fn storage_full(&self, error: &dyn Display) {
        self.note_storage(format!("the disk of the journal is full ({error})"));
    }

    /// It will not be written any more by this process.
    pub(crate) fn storage_failed(&self, error: &dyn Display) {
        self.note_storage(format!("the journal failed ({error})"));
    }

    fn note_storage(&self, why: String) {
        if self.storage_works.swap(false, Ordering::Relaxed) {
            tracing::error!("{why}: nothing is shown until it is written");
        }
        *self.storage.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// What is wrong with this place of the archive, if anything.
    pub(crate) fn note_archive(&self, place: &str, wrong: Option<String>) {
        let mut archive = self.archive.lock().unwrap_or_else(PoisonError::into_inner);
        archive.insert(place.to_owned(), Told { wrong, at: Instant::now() });
    }

    /// What does not work though games go on.
    pub(crate) fn degraded(&self) -> Vec<String> {
        let archive = self.archive.lock().unwrap_or_else(PoisonError::into_inner);
        archive.iter().filter_map(|(place, told)| told.trouble(place, Instant::now())).collect()
    }

    /// Whether new rooms may be made; if not, why.
    pub(crate) fn ready(&self) -> Result<(), NotReady> {
        let ended = self.ended.load(Ordering::Relaxed);
        if ended > 0 {
            return Err(NotReady::Draining(format!("{ended} threads have ended")));
        }
        if self.is_drained() {
            return Err(NotReady::Draining("an operator drains the server".to_owned()));
        }
        if !self.storage_works.load(Ordering::Relaxed) {
            let why = self.storage.lock().unwrap_or_else(PoisonError::into_inner);
            return Err(NotReady::Storage(why.clone()));
        }
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(why) = memory.clone() {
            return Err(NotReady::Overloaded(why));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_the_archive_that_hangs_is_told_and_one_that_is_in_trouble_says_so_itself() {
        let begun = Instant::now();
        let told = |wrong: Option<&str>| Told { wrong: wrong.map(str::to_owned), at: begun };
        let after = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(told(None).trouble("folder", after(180)), None);
        let silence = "archive: nothing was heard of folder for 181 s";
        assert_eq!(told(None).trouble("folder", after(181)).as_deref(), Some(silence));
        assert_eq!(told(Some("away")).trouble("folder", after(181)).as_deref(), Some("away"));
        let health = Health::new();
        health.note_archive("folder", Some("away".to_owned()));
        assert_eq!(health.degraded(), ["away"]);
        health.note_archive("folder", None);
        assert!(health.degraded().is_empty());
    }
}
