//! The process or the machine dies at every call there is: nothing that was flushed is lost.

use components::Settings;

use super::witness::{WALL_MS, Witness, life, open, small};
use crate::{Crash, Durability, Journal, Options, Plan, SimDisk, WriteError};

const TICKS: u64 = 22;

/// Lives until the disk dies. Every few ticks the oldest finished match is forgotten.
fn live(disk: &SimDisk, options: Options, witness: &mut Witness) {
    let opened = Journal::open(disk.clone(), &Settings::default(), options, WALL_MS);
    let Ok((mut journal, _)) = opened else { return };
    for n in 0..TICKS {
        journal.record(&witness.tick(&life(n)));
        let oldest = journal.finished().next();
        if let Some(done) = oldest.filter(|_| n % 6 == 5) {
            journal.forget(done.match_id);
            witness.forget(done.match_id);
        }
        match journal.flush(WALL_MS + n) {
            Ok(()) => {}
            // Once more: by then there is room.
            Err(WriteError::Full(_)) if journal.flush(WALL_MS + n).is_ok() => {}
            Err(_) => return,
        }
        witness.flushed();
    }
}

/// Goes wrong as planned and dies, recovers and lives on, three times.
pub(super) fn suffer(
    seed: u64,
    plan: Plan,
    options: Options,
    crashes: [Crash; 3],
) -> Result<(), String> {
    let disk = SimDisk::new(seed);
    disk.plan(plan);
    let mut witness = Witness::default();
    live(&disk, options, &mut witness);
    let mut disk = disk;
    for crash in crashes {
        disk = disk.crash(crash);
        let opened = Journal::open(disk.clone(), &Settings::default(), options, WALL_MS);
        let (mut journal, recovered) = opened.map_err(|error| error.to_string())?;
        witness.check(&recovered)?;
        if !recovered.damages.is_empty() {
            return Err(format!("{:?}", recovered.damages));
        }
        witness.check_chains(&journal)?;
        witness.restart(&recovered);
        for _ in 0..3 {
            journal.record(&witness.tick(&witness.next()));
            journal.flush(WALL_MS).map_err(|error| error.to_string())?;
            witness.flushed();
        }
        witness.check_chains(&journal)?;
    }
    Ok(())
}

/// How many calls a whole life takes.
pub(super) fn calls(options: Options) -> u64 {
    let disk = SimDisk::new(0);
    live(&disk, options, &mut Witness::default());
    disk.calls()
}

/// A plan to die at this call.
pub(super) fn death(n: u64) -> Plan {
    Plan { dies_at: Some(n), ..Plan::default() }
}

fn die_everywhere(durability: Durability, crashes: [Crash; 3]) {
    let options = Options { durability, ..small() };
    let calls = calls(options);
    assert!(calls > 60, "a life of {calls} calls shows little");
    for n in 0..=calls {
        if let Err(error) = suffer(n, death(n), options, crashes) {
            panic!("{durability:?}, {crashes:?} at call {n}: {error}");
        }
    }
}

#[test]
fn a_process_may_die_at_every_call() {
    die_everywhere(Durability::Process, [Crash::Process; 3]);
}

#[test]
fn a_process_that_syncs_may_die_at_every_call() {
    die_everywhere(Durability::Disk, [Crash::Process; 3]);
}

#[test]
fn the_power_may_go_at_every_call_if_every_flush_is_synced() {
    die_everywhere(Durability::Disk, [Crash::Machine; 3]);
}

#[test]
fn what_was_recovered_and_shown_survives_the_power_too() {
    die_everywhere(Durability::Disk, [Crash::Process, Crash::Machine, Crash::Machine]);
}

#[test]
fn the_disk_may_be_full_at_every_call() {
    for durability in [Durability::Process, Durability::Disk] {
        let options = Options { durability, ..small() };
        for n in 0..calls(options) {
            let failing = [(n, std::io::ErrorKind::StorageFull)].into();
            let plan = Plan { failing, ..Plan::default() };
            if let Err(error) = suffer(n, plan, options, [Crash::Process; 3]) {
                panic!("{durability:?}, full at call {n}: {error}");
            }
        }
    }
}

/// A call that fails with anything but a lack of room ends the journal; what it had said is there.
#[test]
fn a_disk_may_fail_at_every_call() {
    for n in 0..200 {
        let disk = SimDisk::new(n);
        let failing = [(n, std::io::ErrorKind::Other)].into();
        disk.plan(Plan { failing, ..Plan::default() });
        let mut witness = Witness::default();
        live(&disk, small(), &mut witness);
        let disk = disk.crash(Crash::Process);
        let (journal, recovered) = open(disk, small());
        witness.check(&recovered).unwrap_or_else(|error| panic!("call {n}: {error}"));
        witness.check_chains(&journal).unwrap_or_else(|error| panic!("call {n}: {error}"));
    }
}

/// After a failed sync nothing is ever taken again.
#[test]
fn a_failed_sync_is_never_tried_again() {
    let options = Options { durability: Durability::Disk, ..small() };
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), options);
    let mut witness = Witness::default();
    journal.record(&witness.tick(&life(2)));
    journal.flush(WALL_MS).unwrap();
    journal.record(&witness.tick(&life(3)));
    // The append of the events comes first, then their sync.
    let failing = [(disk.calls() + 1, std::io::ErrorKind::StorageFull)].into();
    disk.plan(Plan { failing, ..Plan::default() });
    for _ in 0..3 {
        let failed = journal.flush(WALL_MS);
        assert!(matches!(failed, Err(WriteError::Failed(_))), "{failed:?}");
    }
}
