//! A full disk still takes what gives space back.

use components::RoomId;

use super::witness::{WALL_MS, What, Witness, open, small};
use crate::{Crash, Disk, Intent, Journal, Options, Plan, SimDisk, WriteError};

const DISK_BYTES: u64 = 100_000;

fn disk() -> SimDisk {
    let disk = SimDisk::new(0);
    disk.plan(Plan { bytes_max: Some(DISK_BYTES), ..Plan::default() });
    disk
}

fn options(reserve_bytes: u64) -> Options {
    Options { reserve_bytes, events_bytes_max: 1 << 20, ..small() }
}

/// Plays matches that nobody archives, beside a room that plays on, until the disk is full.
fn fill(journal: &mut Journal<SimDisk>, witness: &mut Witness) -> Result<(), WriteError> {
    let [busy, steady] = [1, 2].map(RoomId::nth);
    journal.record(&witness.tick(&[(busy, What::Open), (steady, What::Start)]));
    for _ in 0..1_000 {
        for what in [What::Start, What::Play, What::Play, What::Play, What::End] {
            journal.record(&witness.tick(&[(busy, what), (steady, What::Play)]));
            journal.flush(WALL_MS + witness.now_ms)?;
            witness.flushed();
            if journal.is_tight() {
                return Ok(());
            }
        }
    }
    panic!("the disk is not full");
}

fn archive(journal: &mut Journal<SimDisk>, witness: &mut Witness) -> Result<u32, WriteError> {
    let mut batches = 0;
    loop {
        let free = journal.finished_free(|_| false, 10);
        if free.is_empty() {
            return Ok(batches);
        }
        batches += 1;
        let matches: Vec<_> = free.iter().map(|done| done.match_id).collect();
        let id = u128::from(batches).to_be_bytes();
        journal.intend(&Intent { id, created_ms: WALL_MS, matches: matches.clone() }).unwrap();
        journal.flush(WALL_MS)?;
        assert!(journal.archived(id));
        journal.flush(WALL_MS)?;
        matches.into_iter().for_each(|id| witness.forget(id));
    }
}

#[test]
fn a_disk_full_of_matches_that_wait_still_lets_them_be_archived_and_has_room_again() {
    let disk = disk();
    let (mut journal, _) = open(disk.clone(), options(10_000));
    let mut witness = Witness::default();
    fill(&mut journal, &mut witness).unwrap();
    assert!(journal.finished().len() > 20 && !journal.reclaim());
    assert!(archive(&mut journal, &mut witness).unwrap() > 2);
    // A file goes after the flush that made it needless.
    let mut flushes = 0;
    while !journal.reclaim() {
        journal.flush(WALL_MS).unwrap();
        flushes += 1;
        assert!(flushes < 200, "{:?}", journal.stats());
    }
    assert!(disk.bytes() < DISK_BYTES * 3 / 4, "{} bytes", disk.bytes());
    witness.check_chains(&journal).unwrap();
    fill(&mut journal, &mut witness).unwrap();
    let (journal, recovered) = open(disk.crash(Crash::Process), options(10_000));
    witness.check(&recovered).unwrap();
    witness.check_chains(&journal).unwrap();
}

#[test]
fn without_space_set_aside_a_full_disk_takes_nothing_more() {
    let (mut journal, _) = open(disk(), options(0));
    let mut witness = Witness::default();
    let filled = fill(&mut journal, &mut witness);
    assert!(matches!(filled, Err(WriteError::Full(_))), "{filled:?}");
    let archived = archive(&mut journal, &mut witness);
    assert!(matches!(archived, Err(WriteError::Full(_))), "{archived:?}");
}

#[test]
fn what_was_set_aside_is_there_after_a_restart_and_made_anew_if_its_size_is_another() {
    let disk = SimDisk::new(0);
    let mut disk = disk;
    for (n, bytes) in [5_000, 5_000, 3_000, 0].into_iter().enumerate() {
        disk = disk.crash(Crash::Process);
        let (mut journal, _) = open(disk.clone(), options(bytes));
        journal.record(&Witness::default().tick(&[(RoomId::nth(1 + n as u64), What::Open)]));
        journal.flush(WALL_MS).unwrap();
        assert!(!journal.is_tight() && journal.reclaim());
        assert_eq!(disk.len("RESERVE").unwrap_or(0), bytes);
    }
}

#[test]
fn a_disk_with_less_room_than_is_to_be_set_aside_is_tight_from_the_start() {
    let (mut journal, _) = open(disk(), options(DISK_BYTES + 1));
    assert!(!journal.is_tight());
    journal.record(&Witness::default().tick(&[(RoomId::nth(1), What::Open)]));
    journal.flush(WALL_MS).unwrap();
    assert!(journal.is_tight() && !journal.reclaim());
}
