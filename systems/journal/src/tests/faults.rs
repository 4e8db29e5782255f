//! Every failure that can be planted in the journal is found: the tests of crashes are no empty show.

use components::{Fault, Faults};

use super::crashes::{calls, death, suffer};
use super::witness::small;
use crate::{Crash, Durability, Options, Plan};

/// Whether the failure is found at some call of a short life.
fn is_found(fault: Fault, durability: Durability, crashes: [Crash; 3]) -> bool {
    let options = Options { durability, faults: Faults::planted(&[fault]), ..small() };
    let full =
        |n| Plan { failing: [(n, std::io::ErrorKind::StorageFull)].into(), ..Plan::default() };
    (0..=calls(options)).any(|n| {
        suffer(n, death(n), options, crashes).is_err()
            || suffer(n, full(n), options, crashes).is_err()
    })
}

#[test]
fn what_is_planted_is_found_when_the_process_dies() {
    for fault in [
        Fault::StateBeforeEvents,
        Fault::DeadlineNotPersisted,
        Fault::DedupeForgotten,
        Fault::TornTailKept,
        Fault::ShortWriteKept,
        Fault::CloseForgotten,
        Fault::RoomIdsReused,
    ] {
        assert!(is_found(fault, Durability::Process, [Crash::Process; 3]), "{fault:?}");
    }
}

#[test]
fn what_is_planted_is_found_when_the_power_goes() {
    let crashes = [Crash::Process, Crash::Machine, Crash::Machine];
    for fault in [Fault::SyncSkipped, Fault::UnsyncedCreate, Fault::UnsyncedRecovery] {
        assert!(is_found(fault, Durability::Disk, crashes), "{fault:?}");
    }
}
