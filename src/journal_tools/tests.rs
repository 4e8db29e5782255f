//! The tools on journals in which bots have played.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use components::{Act, Pace, RoomId, RoomState};
use journal::{Backup, FileDisk, Inspection, Journal, Options, Repaired, repair};

use super::repair::run_again;
use super::sample::{Sample, settings};
use super::walk::walk;
use crate::replay::rerun;

/// So small that files come and go.
const SMALL: Options = Options {
    durability: journal::Durability::Process,
    state_segment_bytes: 4 << 10,
    event_segment_bytes: 8 << 10,
    events_bytes_max: 32 << 10,
    reserve_bytes: 0,
    keep_finished: false,
    owner_epoch: 1,
    faults: components::Faults::NONE,
};

/// What a server would begin with.
fn recovered(directory: &Path) -> Vec<(RoomId, RoomState)> {
    let disk = FileDisk::open(directory).unwrap();
    Journal::open(disk, &settings(), Options::default(), 0).unwrap().1.rooms
}

fn mended(sample: &Sample, to: &Path) -> Repaired {
    _ = fs::remove_dir_all(to);
    let from = FileDisk::read_only(&sample.journal_dir()).unwrap();
    repair(&from, FileDisk::open(to).unwrap(), 0, &mut run_again).unwrap()
}

#[test]
fn a_backup_has_all_that_was_flushed_when_it_began_and_starts() {
    for rounds in [0, 1, 40, 400] {
        let mut sample = Sample::new(&format!("backup-{rounds}"), SMALL);
        for number in 1..=4 {
            sample.open(number, [Pace::Instant, Pace::Fast][number as usize % 2]);
        }
        sample.play(200);
        let before = sample.rooms();
        let first = sample.journal.stats();
        let copy = sample.data.join("copy");
        let mut backup = Backup::begin(&sample.journal_dir(), &copy).unwrap();
        sample.play(rounds);
        backup.copy_state().unwrap();
        sample.play(rounds);
        assert!(backup.copy_events().unwrap() > 0);
        let copied: BTreeMap<_, _> = recovered(&copy).into_iter().collect();
        for (room, state) in &before {
            assert!(copied[room].version >= state.version, "{rounds}");
        }
        // Each is as it was at some moment, and its commits can be read.
        let copied = Inspection::open(FileDisk::read_only(&copy).unwrap()).unwrap();
        assert_eq!(copied.damages(), []);
        for info in copied.rooms().iter().filter(|info| info.has_chain) {
            let chain = copied.read_chain(info.room).unwrap().unwrap();
            assert_eq!(run_again(&chain).state, info.state);
        }
        let last = sample.journal.stats();
        assert!(rounds < 400 || last.forgotten > first.forgotten, "files went meanwhile");
    }
}

#[test]
fn every_chain_is_read_while_files_come_and_go() {
    let mut sample = Sample::new("walk", Options { event_segment_bytes: 2 << 10, ..SMALL });
    for number in 1..=4 {
        sample.open(number, Pace::Instant);
    }
    sample.play(200);
    let directory = sample.journal_dir();
    let before = files(&directory);
    let (mut seen, mut commits) = (0, 0);
    let walked = walk(&directory, |_, chain| {
        // The server goes on while the first is looked at.
        sample.play(if seen == 0 { 1_500 } else { 0 });
        seen += 1;
        commits += chain.map_or(0, |chain| rerun(&chain, None, |_| {}).unwrap().version.0);
        Ok(())
    })
    .unwrap();
    assert_eq!((walked.unread, walked.damages, walked.rooms), (vec![], vec![], 4));
    assert!(seen == walked.rooms + walked.finished && commits > 0);
    assert!(before.keys().all(|name| !directory.join(name).exists()), "files went meanwhile");
}

#[test]
fn an_undamaged_journal_is_repaired_to_itself() {
    let mut sample = Sample::new("whole", SMALL);
    for number in 1..=5 {
        sample.open(number, [Pace::Instant, Pace::Fast][number as usize % 2]);
    }
    sample.play(300);
    sample.act(2, Act::Close);
    sample.play(3);
    let finished: Vec<_> = sample.journal.finished().map(|done| done.match_id).collect();
    assert!(!finished.is_empty());
    let to = sample.data.join("new");
    let report = mended(&sample, &to);
    assert_eq!((report.mended, report.matches, report.damages), (vec![], vec![], vec![]));
    assert_eq!(recovered(&to), sample.rooms());
    let new = Inspection::open(FileDisk::read_only(&to).unwrap()).unwrap();
    assert_eq!(new.finished().map(|done| done.match_id).collect::<Vec<_>>(), finished);
    let old = Inspection::open(FileDisk::read_only(&sample.journal_dir()).unwrap()).unwrap();
    assert_eq!(new.next_room(), old.next_room());
    for done in old.finished() {
        let read = |from: &Inspection<FileDisk>| from.read_match(done.match_id).unwrap();
        assert_eq!(read(&new), read(&old));
    }
    for room in old.rooms() {
        assert_eq!(new.read_chain(room.room).unwrap(), old.read_chain(room.room).unwrap());
    }
}

/// Files of a journal, by name.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let files = names.filter(|name| name.ends_with(".liap"));
    files.map(|name| (name.clone(), fs::read(directory.join(name)).unwrap())).collect()
}

#[test]
fn whatever_is_damaged_a_repaired_journal_opens_and_what_changed_is_told() {
    let mut sample = Sample::new("damaged", Options { events_bytes_max: 1 << 20, ..SMALL });
    for number in 1..=6 {
        sample.open(number, [Pace::Instant, Pace::Fast][number as usize % 2]);
    }
    sample.play(200);
    let (expected, directory) = (sample.rooms(), sample.journal_dir());
    let to = sample.data.join("new");
    let (mut cut, mut whole) = (0, 0);
    for (name, bytes) in files(&directory) {
        for part in 0..8 {
            let at = bytes.len() * part / 8;
            let mut damaged = bytes.clone();
            let end = (at + 40).min(damaged.len());
            damaged[at..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
            fs::write(directory.join(&name), &damaged).unwrap();
            let report = mended(&sample, &to);
            let told: Vec<_> = report.mended.iter().map(|mended| mended.room).collect();
            let now: BTreeMap<_, _> = recovered(&to).into_iter().collect();
            for (room, state) in &expected {
                let is_same = now.get(room) == Some(state);
                // The last write of each stream may be taken for one that did not come to its end.
                let is_last = now.get(room).is_some_and(|now| now.version.0 + 1 == state.version.0);
                let why = format!("{name} at {at}, room {:x}: {report:?}", room.0);
                assert!(is_same || is_last || told.contains(room), "{why}");
                whole += usize::from(is_same);
                cut += usize::from(!is_same);
            }
            let new = Inspection::open(FileDisk::read_only(&to).unwrap()).unwrap();
            for info in new.rooms().iter().filter(|info| info.has_chain) {
                let chain = new.read_chain(info.room).unwrap().unwrap();
                assert_eq!(run_again(&chain).state, info.state, "{name} at {at}");
            }
        }
        fs::write(directory.join(&name), &bytes).unwrap();
    }
    assert!(whole > 20 * cut, "{whole} whole, {cut} cut");
}

#[test]
fn a_room_whose_newest_state_and_commits_are_damaged_is_cut_back_to_what_verifies() {
    let options = Options { state_segment_bytes: 1 << 20, event_segment_bytes: 1 << 20, ..SMALL };
    let mut sample = Sample::new("cut", options);
    for number in 1..=4 {
        sample.open(number, Pace::Fast);
    }
    sample.play(200);
    let (expected, directory) = (sample.rooms(), sample.journal_dir());
    let all = files(&directory);
    let [events, state] = ['e', 's'].map(|stream| {
        all.iter().rfind(|(name, _)| name.starts_with(stream)).expect("a file of the stream")
    });
    // Two thirds of the events, and the state from there on but for its last writes.
    let mut damaged = events.1.clone();
    let at = damaged.len() * 2 / 3;
    damaged[at..at + 60].fill(0x77);
    fs::write(directory.join(events.0), &damaged).unwrap();
    let mut damaged = state.1.clone();
    let (at, end) = (damaged.len() / 2, damaged.len() - 40);
    damaged[at..end].fill(0x77);
    fs::write(directory.join(state.0), &damaged).unwrap();
    let to = sample.data.join("new");
    let report = mended(&sample, &to);
    let now: BTreeMap<_, _> = recovered(&to).into_iter().collect();
    let mut cut = 0;
    for (room, state) in &expected {
        let now = now.get(room).expect("no room is lost");
        let told = report.mended.iter().find(|mended| mended.room == *room);
        assert_eq!(told.map(|told| told.to), (now != state).then_some(Some(now.version)));
        if let Some(told) = told {
            assert_eq!(told.from, state.version, "{told:?}");
            assert!(told.what.contains("its newest commits cannot be read"), "{told:?}");
            cut += 1;
        }
    }
    assert!(cut > 0, "{report:?}");
}

#[test]
fn without_any_of_its_files_a_journal_is_repaired_as_far_as_the_others_go() {
    let options = Options { events_bytes_max: 1 << 20, ..SMALL };
    let mut sample = Sample::new("missing", options);
    for number in 1..=3 {
        sample.open(number, Pace::Instant);
    }
    sample.play(60);
    let (expected, directory) = (sample.rooms(), sample.journal_dir());
    let to = sample.data.join("new");
    let all = files(&directory);
    for (name, bytes) in &all {
        fs::remove_file(directory.join(name)).unwrap();
        let report = mended(&sample, &to);
        assert_eq!(recovered(&to).len(), report.rooms, "without {name}");
        fs::write(directory.join(name), bytes).unwrap();
    }
    // From the events alone, every room comes back.
    for name in all.keys().filter(|name| name.starts_with('s')).skip(1) {
        fs::remove_file(directory.join(name)).unwrap();
    }
    let report = mended(&sample, &to);
    assert!(report.mended.iter().all(|mended| mended.to == Some(mended.from)), "{report:?}");
    assert_eq!(recovered(&to), expected);
}
