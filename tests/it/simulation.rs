//! Histories with faults: nothing that was shown is ever lost, and each planted failure is found.

use components::{Fault, Faults};
use journal::{Crash, Durability};
use liap::history::{Plan, Violation, exhaust, run, run_many};

/// The first violation within so many histories.
fn violation(fault: Fault, durability: Option<Durability>, count: u64) -> Option<Box<Violation>> {
    let faults = Faults::planted(&[fault]);
    // What nobody outside can see does not count.
    let plan = Plan { faults, durability, exactly: false, ..Plan::new(1) };
    run_many(&plan, count).violation
}

#[test]
fn no_history_violates() {
    let report = run_many(&Plan::new(1), 200);
    assert!(report.violation.is_none(), "{}", report.violation.unwrap());
    assert_eq!(report.histories, 200);
    // It was not peace.
    assert!(report.deaths > 1_000 && report.crashes > 200 && report.full > 100, "{report:?}");
    assert!(report.matches > 200 && report.carried > 200, "{report:?}");
}

#[test]
fn every_planted_failure_is_found() {
    for fault in Fault::ALL {
        let durability = match fault {
            Fault::SyncSkipped | Fault::UnsyncedCreate | Fault::UnsyncedRecovery => {
                Some(Durability::Disk)
            }
            _ => None,
        };
        let found = violation(fault, durability, 1_000);
        assert!(found.is_some(), "{fault:?} was not found");
    }
}

#[test]
fn the_same_seed_is_the_same_history() {
    assert_eq!(run(&Plan::new(7)), run(&Plan::new(7)));
    let faults = Faults::planted(&[Fault::ReleaseBeforeWrite]);
    let found = violation(Fault::ReleaseBeforeWrite, None, 1_000).unwrap();
    let again = run(&Plan { faults, exactly: false, ..Plan::new(found.seed) });
    assert_eq!(again.unwrap_err(), found);
}

#[test]
fn a_short_game_survives_death_in_every_call_to_the_disk() {
    for (durability, crash) in [
        (Durability::Process, Crash::Process),
        (Durability::Disk, Crash::Process),
        (Durability::Disk, Crash::Machine),
    ] {
        let done = exhaust(durability, crash, Faults::NONE);
        let done = done.unwrap_or_else(|violation| panic!("{durability:?} {crash:?} {violation}"));
        assert!(done.calls > 70 && done.commits > 20 && done.carried > 1, "{done:?}");
    }
}

#[test]
fn a_death_in_every_call_finds_what_is_shown_before_it_is_written() {
    let faults = Faults::planted(&[Fault::ReleaseBeforeWrite]);
    assert!(exhaust(Durability::Process, Crash::Process, faults).is_err());
}
