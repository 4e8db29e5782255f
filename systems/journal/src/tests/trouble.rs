//! A simulated disk whose syncs and reads fail by what they are, not by their number.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use super::witness::{WALL_MS, What, Witness, life, open, small};
use crate::segment::{StreamKind, name};
use crate::{Disk, Durability, Options, SimDisk, SimFile, WriteError};

/// What fails.
#[derive(Debug, Default)]
struct Plan {
    /// A sync after so many others fails with this.
    sync: Option<(u32, io::ErrorKind)>,
    has_failed: bool,
    /// A file that cannot be read.
    unreadable: Option<String>,
}

#[derive(Debug, Clone)]
struct Trouble {
    disk: SimDisk,
    plan: Rc<RefCell<Plan>>,
}

impl Trouble {
    fn new() -> Self {
        Self { disk: SimDisk::new(0), plan: Rc::default() }
    }

    fn sync(&self) -> io::Result<()> {
        let mut plan = self.plan.borrow_mut();
        match &mut plan.sync {
            Some((0, kind)) => {
                let error = (*kind).into();
                plan.sync = None;
                plan.has_failed = true;
                Err(error)
            }
            Some((left, _)) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Disk for Trouble {
    type File = SimFile;

    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn create(&mut self, name: &str) -> io::Result<SimFile> {
        self.disk.create(name)
    }

    fn append(&mut self, file: &mut SimFile, bytes: &[u8]) -> io::Result<()> {
        self.disk.append(file, bytes)
    }

    fn truncate(&mut self, file: &mut SimFile, len: u64) -> io::Result<()> {
        self.disk.truncate(file, len)
    }

    fn sync(&mut self, file: &mut SimFile) -> io::Result<()> {
        Self::sync(self)?;
        self.disk.sync(file)
    }

    fn sync_dir(&mut self) -> io::Result<()> {
        Self::sync(self)?;
        self.disk.sync_dir()
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        self.disk.len(name)
    }

    fn read_at(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if self.plan.borrow().unreadable.as_deref() == Some(name) {
            return Err(io::Error::other("a bad sector"));
        }
        self.disk.read_at(name, offset, buf)
    }

    fn open_sync(&mut self, name: &str) -> io::Result<()> {
        self.disk.open_sync(name)
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }
}

/// Of files and of names, in a flush and in what comes after it, whatever they say is wrong.
#[test]
fn no_flush_succeeds_in_which_a_sync_failed_nor_any_after_it() {
    let options = Options { durability: Durability::Disk, keep_finished: false, ..small() };
    let mut syncs = 0;
    loop {
        let disk = Trouble::new();
        let (mut journal, _) = open(disk.clone(), options);
        let kind = [io::ErrorKind::StorageFull, io::ErrorKind::Other][syncs as usize % 2];
        disk.plan.borrow_mut().sync = Some((syncs, kind));
        let mut witness = Witness::default();
        for n in 0..60 {
            journal.record(&witness.tick(&life(n)));
            let flushed = journal.flush(WALL_MS);
            if disk.plan.borrow().has_failed {
                assert!(matches!(flushed, Err(WriteError::Failed(_))), "sync {syncs}: {flushed:?}");
                let again = journal.flush(WALL_MS);
                assert!(matches!(again, Err(WriteError::Failed(_))), "sync {syncs}: {again:?}");
                break;
            }
            flushed.unwrap();
        }
        if !disk.plan.borrow().has_failed {
            break;
        }
        syncs += 1;
    }
    assert!(syncs > 150, "{syncs} syncs are few");
}

#[test]
fn a_sync_that_fails_on_the_way_past_a_failed_write_ends_the_journal() {
    let disk = Trouble::new();
    let options = Options { durability: Durability::Disk, ..small() };
    let (mut journal, _) = open(disk.clone(), options);
    let mut witness = Witness::default();
    journal.record(&witness.tick(&life(2)));
    journal.flush(WALL_MS).unwrap();
    journal.record(&witness.tick(&life(3)));
    let at = disk.disk.calls();
    let failing = [(at, io::ErrorKind::StorageFull), (at + 1, io::ErrorKind::Other)].into();
    disk.disk.plan(crate::Plan { failing, ..crate::Plan::default() });
    disk.plan.borrow_mut().sync = Some((0, io::ErrorKind::StorageFull));
    for _ in 0..2 {
        let failed = journal.flush(WALL_MS);
        assert!(matches!(failed, Err(WriteError::Failed(_))), "{failed:?}");
    }
}

/// A state that cannot be copied forward grows, but not for ever.
#[test]
fn an_oldest_file_that_cannot_be_read_is_told_and_ends_the_journal_before_it_fills_the_disk() {
    let disk = Trouble::new();
    let (mut journal, _) = open(disk.clone(), small());
    disk.plan.borrow_mut().unreadable = Some(name(StreamKind::State, 0));
    let mut witness = Witness::default();
    let mut play = |what| {
        journal.record(&witness.tick(&[(components::RoomId::nth(1), what)]));
        (journal.flush(WALL_MS), journal.stats())
    };
    play(What::Start).0.unwrap();
    for _ in 0..1_000 {
        let (flushed, stats) = play(What::Play);
        if let Err(error) = flushed {
            assert!(matches!(error, WriteError::Failed(_)), "{error}");
            assert!(stats.housekeeping_error.unwrap().contains("a bad sector"));
            assert!((16_000..20_000).contains(&stats.state_bytes_on_disk));
            return;
        }
    }
    panic!("the state grows without end");
}
