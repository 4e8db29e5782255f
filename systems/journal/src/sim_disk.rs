//! A disk in memory that tears, loses, fails and fills up: the same bytes from the same seed.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Disk;

/// What survives a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The process dies: all that was written.
    Process,
    /// The machine dies: what was synced. Of each file's other bytes, a prefix survives, sometimes
    /// with zeros after it; new names may be gone, removed ones back.
    Machine,
}

/// What goes wrong, and when.
#[derive(Debug, Default, Clone)]
pub struct Plan {
    /// These calls, counted from 0 over the disk's life, fail with this error. An append that fails
    /// has written a part.
    pub failing: BTreeMap<u64, io::ErrorKind>,
    /// From this call on, all fail, and an append has written a part: the process dies there.
    pub dies_at: Option<u64>,
    /// Bytes that all files together may have; beyond that an append writes what fits and fails.
    pub bytes_max: Option<u64>,
}

/// A handle to a simulated disk: clones share it. After [`SimDisk::crash`] old handles are dead.
#[derive(Debug, Clone)]
pub struct SimDisk {
    shared: Arc<Mutex<Shared>>,
    life: u64,
}

/// A file of a [`SimDisk`] that is being written.
#[derive(Debug)]
pub struct SimFile(String);

#[derive(Debug, Default)]
struct Shared {
    files: BTreeMap<String, Stored>,
    /// Removed, but not yet for good.
    removed: BTreeMap<String, Stored>,
    calls: u64,
    random: u64,
    plan: Plan,
    life: u64,
}

#[derive(Debug, Default, Clone)]
struct Stored {
    bytes: Vec<u8>,
    synced: usize,
    /// Whether its name would survive.
    is_named: bool,
}

impl SimDisk {
    /// An empty disk; all that is random comes from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let shared = Shared { random: seed, ..Shared::default() };
        Self { shared: Arc::new(Mutex::new(shared)), life: 0 }
    }

    /// What goes wrong from now on.
    pub fn plan(&self, plan: Plan) {
        self.shared().plan = plan;
    }

    /// How many calls there were, reads and those that failed included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.shared().calls
    }

    /// Bytes of all files together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared().bytes()
    }

    /// The process or the machine dies. Returns a handle for the one that comes after; all others
    /// are dead, and nothing is planned any more.
    #[must_use]
    pub fn crash(&self, crash: Crash) -> Self {
        let mut shared = self.shared();
        shared.life += 1;
        shared.plan = Plan::default();
        if crash == Crash::Machine {
            shared.lose();
        }
        let life = shared.life;
        drop(shared);
        Self { shared: Arc::clone(&self.shared), life }
    }

    /// A disk of its own with the same files.
    #[must_use]
    pub fn copy(&self) -> Self {
        let shared = self.shared();
        let copy = Shared {
            files: shared.files.clone(),
            removed: shared.removed.clone(),
            random: shared.random,
            ..Shared::default()
        };
        Self { shared: Arc::new(Mutex::new(copy)), life: 0 }
    }

    /// Changes a file behind everybody's back. Makes it where there is none.
    pub fn tamper(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut shared = self.shared();
        let file = shared.files.entry(name.to_owned()).or_default();
        change(&mut file.bytes);
        file.synced = file.bytes.len();
        file.is_named = true;
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call; refused where that is planned or the handle is dead.
    fn call(&self) -> Result<MutexGuard<'_, Shared>, Refused<'_>> {
        let mut shared = self.shared();
        let call = shared.calls;
        shared.calls += 1;
        if self.life != shared.life {
            return Err(Refused { error: io::Error::other("the process is dead"), begun: None });
        }
        if shared.plan.dies_at.is_some_and(|at| at <= call) {
            shared.life += 1;
            let error = io::Error::other("the process dies");
            return Err(Refused { error, begun: Some(shared) });
        }
        match shared.plan.failing.get(&call).copied() {
            Some(kind) => Err(Refused { error: kind.into(), begun: Some(shared) }),
            None => Ok(shared),
        }
    }

    fn plain(&self) -> io::Result<MutexGuard<'_, Shared>> {
        self.call().map_err(|refused| refused.error)
    }
}

/// A call that does not come to its end.
struct Refused<'a> {
    error: io::Error,
    /// It began, and may have done a part.
    begun: Option<MutexGuard<'a, Shared>>,
}

impl Shared {
    fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes.len() as u64).sum()
    }

    /// Below `end`, which is above 0.
    fn below(&mut self, end: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    /// The power goes.
    fn lose(&mut self) {
        let mut files = std::mem::take(&mut self.files);
        for (name, file) in std::mem::take(&mut self.removed) {
            if self.below(2) == 0 {
                files.entry(name).or_insert(file);
            }
        }
        for (name, mut file) in files {
            if !file.is_named && self.below(2) == 0 {
                continue;
            }
            let unsynced = file.bytes.len() - file.synced;
            let kept = file.synced + self.below(unsynced as u64 + 1) as usize;
            if self.below(4) == 0 {
                file.bytes[kept..].fill(0);
            } else {
                file.bytes.truncate(kept);
            }
            file.synced = file.bytes.len();
            file.is_named = true;
            self.files.insert(name, file);
        }
    }

    fn file(&mut self, name: &str) -> io::Result<&mut Stored> {
        self.files.get_mut(name).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Disk for SimDisk {
    type File = SimFile;

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.plain()?.files.keys().cloned().collect())
    }

    fn create(&mut self, name: &str) -> io::Result<SimFile> {
        let mut shared = self.plain()?;
        if shared.files.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        shared.files.insert(name.to_owned(), Stored::default());
        Ok(SimFile(name.to_owned()))
    }

    fn append(&mut self, file: &mut SimFile, bytes: &[u8]) -> io::Result<()> {
        match self.call() {
            Ok(mut shared) => {
                let used = shared.bytes();
                let free = shared.plan.bytes_max.map_or(u64::MAX, |max| max.saturating_sub(used));
                let fits = bytes.len().min(free.try_into().unwrap_or(usize::MAX));
                shared.file(&file.0)?.bytes.extend_from_slice(&bytes[..fits]);
                if fits == bytes.len() { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
            }
            Err(Refused { error, begun }) => {
                if let Some(mut shared) = begun {
                    let part = shared.below(bytes.len() as u64 + 1) as usize;
                    shared.file(&file.0)?.bytes.extend_from_slice(&bytes[..part]);
                }
                Err(error)
            }
        }
    }

    fn truncate(&mut self, file: &mut SimFile, len: u64) -> io::Result<()> {
        let mut shared = self.plain()?;
        let stored = shared.file(&file.0)?;
        stored.bytes.truncate(len as usize);
        stored.synced = stored.synced.min(stored.bytes.len());
        Ok(())
    }

    fn sync(&mut self, file: &mut SimFile) -> io::Result<()> {
        let mut shared = self.plain()?;
        let stored = shared.file(&file.0)?;
        stored.synced = stored.bytes.len();
        Ok(())
    }

    fn sync_dir(&mut self) -> io::Result<()> {
        let mut shared = self.plain()?;
        shared.removed.clear();
        for file in shared.files.values_mut() {
            file.is_named = true;
        }
        Ok(())
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(self.plain()?.file(name)?.bytes.len() as u64)
    }

    fn read_at(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut shared = self.plain()?;
        let bytes = &shared.file(name)?.bytes;
        let from = bytes.get(offset as usize..).unwrap_or_default();
        let read = from.len().min(buf.len());
        buf[..read].copy_from_slice(&from[..read]);
        Ok(read)
    }

    fn open_sync(&mut self, name: &str) -> io::Result<()> {
        let mut shared = self.plain()?;
        let stored = shared.file(name)?;
        stored.synced = stored.bytes.len();
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let mut shared = self.plain()?;
        let file = shared.files.remove(name).ok_or(io::ErrorKind::NotFound)?;
        if file.is_named {
            shared.removed.insert(name.to_owned(), file);
        }
        Ok(())
    }
}
