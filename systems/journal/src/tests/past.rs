//! Writes that were cut, or that failed and could not be taken back.

use std::io::ErrorKind;

use components::RoomId;

use super::cases::{large, names};
use super::witness::{WALL_MS, What, Witness, open};
use crate::disk::read_range;
use crate::scan::Scan;
use crate::segment::{HEADER_BYTES, Kind, StreamKind, parse_name};
use crate::{Crash, Disk, Journal, Plan, SimDisk, WriteError};

const ROOM: RoomId = RoomId::nth(1);

fn play(journal: &mut Journal<SimDisk>, witness: &mut Witness, all: &[(RoomId, What)]) {
    journal.record(&witness.tick(all));
    journal.flush(WALL_MS).unwrap();
    witness.flushed();
}

/// The flush in which a match ends, cut to each length of its state. `None` when it is whole.
fn ended(cut: usize) -> Option<(SimDisk, Witness)> {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), large());
    let mut witness = Witness::default();
    play(&mut journal, &mut witness, &[(ROOM, What::Start), (RoomId::nth(2), What::Open)]);
    let state = names(&disk, StreamKind::State).pop().unwrap();
    let before = disk.len(&state).unwrap() as usize;
    journal.record(&witness.tick(&[(ROOM, What::End)]));
    journal.flush(WALL_MS).unwrap();
    let whole = disk.len(&state).unwrap() as usize;
    disk.tamper(&state, |bytes| bytes.truncate(before + cut));
    (before + cut < whole).then(|| (disk.crash(Crash::Process), witness))
}

#[test]
fn a_match_is_never_over_while_its_room_still_plays_it() {
    let mut cuts = 0;
    while let Some((disk, mut witness)) = ended(cuts) {
        let (mut journal, recovered) = open(disk.clone(), large());
        assert_eq!((recovered.finished, recovered.damages.len()), (0, 0), "{cuts} bytes");
        witness.check(&recovered).unwrap();
        witness.restart(&recovered);
        // Nor when it has gone on since, beyond where it was said to be over.
        play(&mut journal, &mut witness, &[(ROOM, What::Play)]);
        let disk = disk.crash(Crash::Process);
        let (mut journal, recovered) = open(disk.clone(), large());
        assert_eq!(recovered.finished, 0, "{cuts} bytes, later");
        witness.restart(&recovered);
        play(&mut journal, &mut witness, &[(ROOM, What::End)]);
        let (journal, recovered) = open(disk.crash(Crash::Process), large());
        assert_eq!(recovered.finished, 1, "{cuts} bytes, in the end");
        witness.check_chains(&journal).unwrap();
        cuts += 1;
    }
    assert!(cuts > 50, "{cuts} cuts show little");
}

/// The append of this number in the next flush fails, and so does the cut.
fn fail_to_cut(disk: &SimDisk, journal: &mut Journal<SimDisk>, append: u64) {
    let at = disk.calls() + append;
    let failing = [(at, ErrorKind::StorageFull), (at + 1, ErrorKind::Other)].into();
    disk.plan(Plan { failing, ..Plan::default() });
    assert!(matches!(journal.flush(WALL_MS), Err(WriteError::Full(_))));
    journal.flush(WALL_MS).unwrap();
}

#[test]
fn a_file_that_was_gone_past_goes_when_nothing_that_begins_in_it_is_needed() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), large());
    let mut witness = Witness::default();
    let other = RoomId::nth(2);
    play(&mut journal, &mut witness, &[(ROOM, What::Start)]);
    journal.record(&witness.tick(&[(ROOM, What::Play), (other, What::Start)]));
    fail_to_cut(&disk, &mut journal, 0);
    witness.flushed();
    assert_eq!(names(&disk, StreamKind::Events).len(), 2);
    play(&mut journal, &mut witness, &[(ROOM, What::Close)]);
    play(&mut journal, &mut witness, &[(other, What::Play)]);
    assert_eq!(names(&disk, StreamKind::Events).len(), 1);
    witness.check_chains(&journal).unwrap();
    let (journal, recovered) = open(disk.crash(Crash::Process), large());
    witness.check(&recovered).unwrap();
    witness.check_chains(&journal).unwrap();
}

#[test]
fn every_file_of_the_state_says_which_files_there_are_and_which_settings_in_its_first_flush() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), large());
    let mut witness = Witness::default();
    play(&mut journal, &mut witness, &[(ROOM, What::Start)]);
    journal.record(&witness.tick(&[(ROOM, What::Play)]));
    // The append of the events, then that of the state.
    fail_to_cut(&disk, &mut journal, 1);
    witness.flushed();
    let states = names(&disk, StreamKind::State);
    assert_eq!(states.len(), 2);
    for name in states {
        let bytes = read_range(&disk, &name, HEADER_BYTES as u64, 10_000).unwrap();
        let (_, start) = parse_name(&name).unwrap();
        let kinds: Vec<_> =
            Scan::new(StreamKind::State, &bytes, start).map(|(_, record)| record.kind).collect();
        assert!(kinds.contains(&Kind::Kept), "{name}: {kinds:?}");
        assert!(kinds.contains(&Kind::Settings), "{name}: {kinds:?}");
    }
    let (journal, recovered) = open(disk.crash(Crash::Process), large());
    witness.check(&recovered).unwrap();
    witness.check_chains(&journal).unwrap();
}

#[test]
fn a_start_that_writes_nothing_leaves_nothing_behind() {
    let disk = SimDisk::new(0);
    for _ in 0..3 {
        let (mut journal, _) = open(disk.clone(), large());
        journal.flush(WALL_MS).unwrap();
        assert_eq!(disk.list().unwrap(), [""; 0]);
    }
    let (mut journal, _) = open(disk.clone(), large());
    let mut witness = Witness::default();
    play(&mut journal, &mut witness, &[(ROOM, What::Start)]);
    let files = disk.list().unwrap();
    assert_eq!(files.len(), 2);
    for _ in 0..200 {
        let (mut journal, recovered) = open(disk.crash(Crash::Process), large());
        witness.check(&recovered).unwrap();
        journal.flush(WALL_MS).unwrap();
    }
    let disk = disk.crash(Crash::Process);
    assert_eq!(disk.list().unwrap(), files);
    let (mut journal, recovered) = open(disk.clone(), large());
    witness.restart(&recovered);
    play(&mut journal, &mut witness, &[(ROOM, What::Play)]);
    assert_eq!(disk.list().unwrap().len(), 4);
    let (journal, recovered) = open(disk.crash(Crash::Process), large());
    assert_eq!((recovered.damages.len(), recovered.torn.len()), (0, 0));
    witness.check(&recovered).unwrap();
    witness.check_chains(&journal).unwrap();
}
