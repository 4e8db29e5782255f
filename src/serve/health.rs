//! Whether the server can take on more, as its threads report and the network asks.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use net::NotReady;

/// Shared by all threads.
#[derive(Debug)]
pub(super) struct Health {
    /// Threads that have ended, though all should run as long as the server.
    ended: AtomicUsize,
    /// Read for every new room; the reason beside it only when it says no.
    storage_works: AtomicBool,
    storage: Mutex<String>,
    /// What is wrong with the archive: games go on meanwhile.
    archive: Mutex<BTreeMap<String, String>>,
}

impl Health {
    /// All is well.
    pub(super) fn new() -> Self {
        Self {
            ended: AtomicUsize::new(0),
            storage_works: AtomicBool::new(true),
            storage: Mutex::default(),
            archive: Mutex::default(),
        }
    }

    /// A thread that should run as long as the server ended.
    pub(super) fn thread_ended(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    /// The last write went well.
    pub(super) fn storage_works(&self) {
        // Asked after every write: a load is shared, a swap is not.
        if !self.storage_works.load(Ordering::Relaxed) {
            self.storage_works.store(true, Ordering::Relaxed);
            tracing::info!("the journal is written again");
        }
    }

    /// There is no space: what was settled waits, and so do the ticks.
    pub(super) fn storage_full(&self, error: &dyn Display) {
        self.note_storage(format!("the disk of the journal is full ({error})"));
    }

    /// It will not be written any more by this process.
    pub(super) fn storage_failed(&self, error: &dyn Display) {
        self.note_storage(format!("the journal failed ({error})"));
    }

    fn note_storage(&self, why: String) {
        if self.storage_works.swap(false, Ordering::Relaxed) {
            tracing::error!("{why}: nothing is shown until it is written");
        }
        *self.storage.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// What is wrong with this place of the archive, if anything.
    pub(super) fn note_archive(&self, place: &str, wrong: Option<String>) {
        let mut archive = self.archive.lock().unwrap_or_else(PoisonError::into_inner);
        match wrong {
            Some(wrong) => _ = archive.insert(place.to_owned(), wrong),
            None => _ = archive.remove(place),
        }
    }

    /// What does not work though games go on.
    pub(super) fn degraded(&self) -> Vec<String> {
        let archive = self.archive.lock().unwrap_or_else(PoisonError::into_inner);
        archive.values().cloned().collect()
    }

    /// Whether new rooms may be made; if not, why.
    pub(super) fn ready(&self) -> Result<(), NotReady> {
        let ended = self.ended.load(Ordering::Relaxed);
        if ended > 0 {
            return Err(NotReady::Draining(format!("{ended} threads have ended")));
        }
        if !self.storage_works.load(Ordering::Relaxed) {
            let why = self.storage.lock().unwrap_or_else(PoisonError::into_inner);
            return Err(NotReady::Storage(why.clone()));
        }
        Ok(())
    }
}
