//! A repaired journal knows what was on its way into the archive.

use super::ledger::{Deed, Ledger, found, tiny};
use super::witness::{WALL_MS, open};
use crate::disk::read_range;
use crate::scan::Scan;
use crate::segment::{HEADER_BYTES, Kind, StreamKind, name};
use crate::{Chain, Options, Rerun, SimDisk, repair};

/// A journal with batches of every fate, in one file of each stream.
fn lived() -> (SimDisk, Ledger) {
    let disk = SimDisk::new(0);
    let (mut journal, _) =
        open(disk.clone(), Options { keep_finished: true, ..Options::default() });
    let mut ledger = Ledger::new();
    for n in 0..30 {
        ledger.play(&mut journal);
        match n {
            // The one that is withdrawn shares its matches with the next.
            9 => ledger.act(&mut journal, Deed::Intend(2)),
            12 => ledger.act(&mut journal, Deed::Withdraw(0)),
            13 => ledger.act(&mut journal, Deed::Intend(3)),
            15 | 18 => ledger.act(&mut journal, Deed::Intend(1)),
            20 => ledger.act(&mut journal, Deed::Archive(2)),
            _ => {}
        }
        assert!(ledger.flush(&mut journal));
    }
    (disk, ledger)
}

fn repaired(from: &SimDisk, ledger: &Ledger) -> SimDisk {
    let to = SimDisk::new(1);
    let mut rerun = |chain: &Chain| {
        let last = chain.steps.last().unwrap();
        let state = ledger.witness.past(chain.room, last.version).clone();
        Rerun { steps: chain.steps.len(), state, difference: None }
    };
    repair(from, to.clone(), WALL_MS, &mut rerun).unwrap();
    to
}

#[test]
fn batches_stay_open_and_archived_matches_gone() {
    let (disk, ledger) = lived();
    assert_eq!(ledger.now.open.len(), 2);
    let (journal, _) = open(repaired(&disk, &ledger), tiny());
    assert_eq!(found(&journal).unwrap(), ledger.now);
}

#[test]
fn whichever_record_of_a_batch_is_damaged_no_match_is_in_two_of_them() {
    let (disk, ledger) = lived();
    let state = name(StreamKind::State, 0);
    let bytes = read_range(&disk, &state, HEADER_BYTES as u64, 1 << 20).unwrap();
    let mut damaged = 0;
    for (at, record) in Scan::new(StreamKind::State, &bytes, 0) {
        if !matches!(record.kind, Kind::Intent | Kind::Archived | Kind::Withdrawn) {
            continue;
        }
        let copy = disk.copy();
        copy.tamper(&state, |bytes| bytes[HEADER_BYTES + at + 12] ^= 1);
        let (journal, _) = open(repaired(&copy, &ledger), tiny());
        let book = found(&journal).unwrap();
        if record.kind == Kind::Withdrawn {
            // Its matches are in a newer one.
            assert_eq!(book, ledger.now);
        }
        if record.kind == Kind::Archived {
            // Then it is open still, and whoever archives finds it archived.
            assert_eq!(book.open.len(), 3);
            assert_eq!(book.free, ledger.now.free);
        }
        damaged += 1;
    }
    assert_eq!(damaged, 6);
}
