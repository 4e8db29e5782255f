//! The recovery cases of the README's table, by their labels.

use components::{Event, RoomId, Settings};

use super::witness::{WALL_MS, What, Witness, inspect, life, open, small};
use crate::segment::{HEADER_BYTES, Header, StreamKind, parse_name};
use crate::{
    Case, Crash, Disk, FILE_FORMAT, Journal, OpenError, Options, Plan, SimDisk, WriteError,
};

/// A journal of a few segments, and who has seen it grow.
fn lived(ticks: u64) -> (SimDisk, Witness) {
    let disk = SimDisk::new(1);
    let (mut journal, _) = open(disk.clone(), large());
    let mut witness = Witness::default();
    for n in 0..ticks {
        journal.record(&witness.tick(&life(n)));
        journal.flush(WALL_MS).unwrap();
        witness.flushed();
    }
    (disk.crash(Crash::Process), witness)
}

/// Files of two kilobytes, and no end of them.
pub(super) fn large() -> Options {
    Options { events_bytes_max: 1 << 30, ..small() }
}

pub(super) fn names(disk: &SimDisk, stream: StreamKind) -> Vec<String> {
    let mut names = disk.list().unwrap();
    names.retain(|name| parse_name(name).is_some_and(|(of, _)| of == stream));
    names.sort();
    names
}

fn refused(disk: SimDisk) -> OpenError {
    Journal::open(disk, &Settings::default(), large(), WALL_MS).unwrap_err()
}

fn case(error: &OpenError) -> Option<Case> {
    match error {
        OpenError::Damaged(damage) => Some(damage.case),
        _ => None,
    }
}

#[test]
fn r1_a_clean_end_is_gone_on_from() {
    let (disk, mut witness) = lived(20);
    let (journal, recovered) = open(disk, large());
    assert_eq!((recovered.torn.len(), recovered.damages.len()), (0, 0));
    assert!(recovered.rooms.len() >= 3);
    witness.check(&recovered).unwrap();
    witness.check_chains(&journal).unwrap();
    witness.restart(&recovered);
}

#[test]
fn r2_a_torn_tail_is_cut_and_told() {
    for (stream, cut) in [(StreamKind::Events, 3), (StreamKind::State, 5)] {
        let (disk, witness) = lived(3);
        let name = names(&disk, stream).pop().unwrap();
        let bytes = disk.len(&name).unwrap();
        disk.tamper(&name, |bytes| bytes.extend([200, 0, 0, 0, 9, 9, 9, 9, 1][..cut].iter()));
        let (_, recovered) = open(disk, large());
        assert_eq!(recovered.torn.len(), 1);
        assert_eq!(recovered.torn[0].offset, bytes);
        assert_eq!(recovered.torn[0].bytes, cut as u64);
        witness.check(&recovered).unwrap();
    }
}

#[test]
fn r3_a_bad_checksum_inside_is_refused_and_nothing_changed() {
    for stream in [StreamKind::Events, StreamKind::State] {
        let (disk, _) = lived(20);
        let name = names(&disk, stream).pop().unwrap();
        disk.tamper(&name, |bytes| bytes[HEADER_BYTES + 20] ^= 1);
        let before = disk.copy();
        let error = refused(disk.clone());
        assert_eq!(case(&error), Some(Case::BadInside), "{error}");
        assert!(error.to_string().contains(&name), "{error}");
        let OpenError::Damaged(damage) = error else { unreachable!() };
        assert!((64..=84).contains(&damage.offset), "{damage}");
        assert_eq!(disk.bytes(), before.bytes());
        assert!(!inspect(disk).damages().is_empty());
    }
}

#[test]
fn r3_a_file_that_is_not_the_last_may_not_be_shorter() {
    let (disk, _) = lived(20);
    let name = names(&disk, StreamKind::State).remove(0);
    disk.tamper(&name, |bytes| bytes.truncate(bytes.len() - 1));
    assert_eq!(case(&refused(disk)), Some(Case::BadInside));
}

#[test]
fn r4_a_missing_file_is_refused_by_name() {
    let (disk, _) = lived(60);
    for stream in [StreamKind::Events, StreamKind::State] {
        let names = names(&disk, stream);
        assert!(names.len() >= 2, "{names:?}");
        // The newest file of the state alone is missed by nobody.
        let missed = names.len() - usize::from(stream == StreamKind::State);
        for name in &names[..missed] {
            let mut copy = disk.copy();
            copy.remove(name).unwrap();
            let error = refused(copy);
            assert_eq!(case(&error), Some(Case::MissingFile), "{name}: {error}");
            assert!(error.to_string().contains(name), "{name}: {error}");
        }
    }
}

#[test]
fn r5_events_beyond_the_state_are_as_if_they_had_never_been() {
    let (disk, mut witness) = beyond(8);
    let (mut journal, recovered) = open(disk, large());
    witness.check(&recovered).unwrap();
    assert!(recovered.damages.is_empty());
    witness.restart(&recovered);
    journal.record(&witness.tick(&witness.next()));
    journal.flush(WALL_MS).unwrap();
    witness.flushed();
    witness.check_chains(&journal).unwrap();
}

/// A life that ends between the write of the events and that of the state.
fn beyond(ticks: u64) -> (SimDisk, Witness) {
    let disk = SimDisk::new(1);
    let (mut journal, _) = open(disk.clone(), large());
    let mut witness = Witness::default();
    for n in 0..ticks {
        journal.record(&witness.tick(&life(n)));
        journal.flush(WALL_MS).unwrap();
        witness.flushed();
    }
    journal.record(&witness.tick(&life(ticks)));
    let failing = [(disk.calls() + 1, std::io::ErrorKind::Other)].into();
    disk.plan(Plan { failing, ..Plan::default() });
    assert!(matches!(journal.flush(WALL_MS), Err(WriteError::Failed(_))));
    (disk.crash(Crash::Process), witness)
}

#[test]
fn r6_a_state_beyond_its_events_lives_on_without_them() {
    let (disk, mut witness) = lived(7);
    let name = names(&disk, StreamKind::Events).pop().unwrap();
    disk.tamper(&name, |bytes| bytes.truncate(bytes.len() - 1));
    let (journal, recovered) = open(disk.clone(), large());
    witness.check(&recovered).unwrap();
    assert_eq!(recovered.damages[0].case, Case::StateBeyondEvents);
    let lost = recovered.damages.len();
    drop(journal);
    // It is found again by who starts after that, as long as the room has not moved.
    let (mut journal, recovered) = open(disk.crash(Crash::Process), large());
    assert_eq!(recovered.damages.len(), lost);
    witness.restart(&recovered);
    for _ in 0..2 {
        journal.record(&witness.tick(&witness.next()));
        journal.flush(WALL_MS).unwrap();
    }
    let (_, recovered) = open(disk.crash(Crash::Process), large());
    assert_eq!(recovered.damages, []);
}

#[test]
fn r7_a_newer_format_is_refused_and_both_versions_named() {
    let (disk, _) = lived(3);
    let name = names(&disk, StreamKind::State).pop().unwrap();
    disk.tamper(&name, |bytes| {
        let header = Header::decode(bytes).unwrap();
        let newer = Header { format: FILE_FORMAT + 7, ..header }.encode();
        bytes[..HEADER_BYTES].copy_from_slice(&newer);
    });
    let error = refused(disk).to_string();
    assert!(error.contains(&format!("format {}", FILE_FORMAT + 7)), "{error}");
    assert!(error.contains(&format!("up to {FILE_FORMAT}")), "{error}");
}

#[test]
fn r9_a_full_disk_loses_nothing_and_heals() {
    let disk = SimDisk::new(3);
    let (mut journal, _) = open(disk.clone(), small());
    let mut witness = Witness::default();
    let mut full = 0;
    for n in 0..40 {
        journal.record(&witness.tick(&life(n)));
        let bytes_max = Some(disk.bytes() + n * 17 % 400);
        disk.plan(Plan { bytes_max, ..Plan::default() });
        while let Err(error) = journal.flush(WALL_MS) {
            assert!(matches!(error, WriteError::Full(_)), "{error}");
            // Whatever dies now, what was flushed before is there, and not half of this.
            let (_, recovered) = open(disk.copy().crash(Crash::Process), small());
            witness.check(&recovered).unwrap();
            assert!(recovered.torn.is_empty());
            full += 1;
            let more = disk.bytes() + 100 * full;
            disk.plan(Plan { bytes_max: Some(more), ..Plan::default() });
        }
        witness.flushed();
    }
    assert!(full > 10);
    assert_eq!(journal.stats().full, full);
    disk.plan(Plan::default());
    let (journal, recovered) = open(disk.crash(Crash::Process), small());
    witness.check(&recovered).unwrap();
    witness.check_chains(&journal).unwrap();
}

#[test]
fn r9_where_a_failed_write_cannot_be_cut_back_a_new_file_goes_past_it() {
    let disk = SimDisk::new(5);
    let (mut journal, _) = open(disk.clone(), large());
    let mut witness = Witness::default();
    for n in 0..9 {
        journal.record(&witness.tick(&life(n)));
        if n == 7 {
            let at = disk.calls();
            let full = std::io::ErrorKind::StorageFull;
            let other = std::io::ErrorKind::Other;
            // The append fails, then the cut, and the new file; then the cut again.
            let failing = [(at, full), (at + 1, other), (at + 2, full), (at + 3, other)].into();
            disk.plan(Plan { failing, ..Plan::default() });
            assert!(matches!(journal.flush(WALL_MS), Err(WriteError::Full(_))));
        }
        journal.flush(WALL_MS).unwrap();
        witness.flushed();
    }
    witness.check_chains(&journal).unwrap();
    let (journal, recovered) = open(disk.crash(Crash::Process), large());
    witness.check(&recovered).unwrap();
    assert!(recovered.damages.is_empty());
    witness.check_chains(&journal).unwrap();
}

#[test]
fn a_room_number_is_never_given_twice_even_when_its_room_is_long_gone() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), small());
    let mut witness = Witness::default();
    let gone = RoomId::nth(77);
    journal.record(&witness.tick(&[(gone, What::Open), (gone, What::Close)]));
    for n in 0..60 {
        journal.record(&witness.tick(&life(n)));
        journal.flush(WALL_MS).unwrap();
    }
    assert!(names(&disk, StreamKind::State)[0] != "s-0000000000000000.liap");
    let (_, recovered) = open(disk.crash(Crash::Process), small());
    assert_eq!(recovered.next_room, 78);
}

#[test]
fn a_journal_that_is_opened_often_and_never_written_stays_readable() {
    let (mut disk, witness) = lived(5);
    for _ in 0..5 {
        let (journal, recovered) = open(disk.clone(), large());
        witness.check(&recovered).unwrap();
        witness.check_chains(&journal).unwrap();
        disk = disk.crash(Crash::Process);
    }
}

#[test]
fn settings_are_told_in_a_chain_when_they_may_have_changed() {
    let (disk, mut witness) = lived(9);
    let other = Settings { score_target: 77, ..Settings::default() };
    let (mut journal, recovered) = Journal::open(disk.clone(), &other, large(), WALL_MS).unwrap();
    witness.restart(&recovered);
    let room = witness.flushed_rooms().next().unwrap();
    for _ in 0..2 {
        journal.record(&witness.tick(&[(room, What::Play)]));
    }
    journal.flush(WALL_MS).unwrap();
    let chain = journal.read_chain(room).unwrap().unwrap();
    let told: Vec<_> = chain.steps.iter().map(|step| step.settings.is_some()).collect();
    let is_changed = [true, false];
    assert!(told[0] && told.ends_with(&is_changed), "{told:?}");
    let newest = &chain.steps[told.len() - 2];
    assert_eq!(newest.settings.as_deref(), Some(&other));
    assert!(newest.recovered);
    assert!(matches!(chain.steps[0].events[..], [Event::MatchStarted(_)]));

    // The same settings again: nothing to tell.
    let (mut journal, recovered) =
        Journal::open(disk.crash(Crash::Process), &other, large(), WALL_MS).unwrap();
    witness.restart(&recovered);
    journal.record(&witness.tick(&[(room, What::Play)]));
    let chain = journal.read_chain(room).unwrap().unwrap();
    let last = chain.steps.last().unwrap();
    assert!(last.recovered && last.settings.is_none());
}
