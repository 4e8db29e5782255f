//! A real directory: who may open it, and what stays in it.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use components::{
    Act, Action, By, Cause, Commit, Durable, EndReason, Event, Fact, MatchEnd, MatchId, MatchStart,
    Phase, RoomId, RoomState, SeatSet, Settings, Version,
};
use journal::{
    AnyDisk, Backup, Durability, FileDisk, Finished, Inspection, Journal, MatchReader, OpenError,
    Options,
};

/// A directory of this test's own, empty.
fn directory(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    _ = fs::remove_dir_all(&dir);
    dir
}

fn open(dir: &std::path::Path) -> Result<(Journal<FileDisk>, Vec<(RoomId, RoomState)>), OpenError> {
    let options = Options { durability: Durability::Disk, ..Options::default() };
    let (journal, recovered) =
        Journal::open(FileDisk::open(dir)?, &Settings::default(), options, 1)?;
    Ok((journal, recovered.rooms))
}

/// A match begins in a room.
fn begun(room: RoomId, version: u64) -> Durable {
    let mut state = RoomState { version: Version(version), ..RoomState::VACANT };
    state.phase = Phase::Dealt;
    state.game.id = MatchId([version as u8; 16]);
    let start = MatchStart { id: state.game.id, number: 1, seed: [0; 32] };
    let commit = Commit {
        owner_epoch: 1,
        room,
        at_ms: 5,
        wall_ms: 1_000,
        cause: Cause::Timer,
        action: Action { by: By::Nobody, act: Act::Start { wall_ms: 1_000 } },
        events: 0..1,
        state,
    };
    let events = vec![Event::MatchStarted(Arc::new(start))];
    Durable { commits: vec![commit], events, finished: Vec::new() }
}

#[test]
fn what_was_flushed_is_there_for_the_next_one() {
    let dir = directory("next");
    let (mut journal, rooms) = open(&dir).unwrap();
    assert_eq!(rooms, []);
    let durable = begun(RoomId::nth(7), 1);
    journal.record(&durable);
    journal.flush(2).unwrap();
    // Twice in one of them, as the first and the last file of each stream are synced.
    assert!(journal.stats().syncs >= 2);
    drop(journal);
    let (journal, rooms) = open(&dir).unwrap();
    assert_eq!(rooms, [(RoomId::nth(7), durable.commits[0].state.clone())]);
    let chain = journal.read_match(MatchId([1; 16])).unwrap().unwrap();
    assert_eq!(chain.steps[0].events, durable.events);
}

#[test]
fn r11_two_processes_cannot_write_one_directory() {
    let dir = directory("two");
    let first = FileDisk::open(&dir).unwrap();
    let refused = FileDisk::open(&dir).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ResourceBusy);
    assert!(refused.to_string().contains("in use"), "{refused}");
    drop(first);
    FileDisk::open(&dir).unwrap();
}

#[test]
fn r10_a_directory_that_is_only_read_is_not_changed_nor_taken_for_a_journal_to_write() {
    let dir = directory("read");
    let (mut journal, _) = open(&dir).unwrap();
    journal.record(&begun(RoomId::nth(1), 1));
    journal.flush(2).unwrap();
    let files = || {
        let mut files: Vec<_> = fs::read_dir(&dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (fs::read(&path).unwrap(), path))
            .collect();
        files.sort();
        files
    };
    let before = files();
    // Beside a server that writes it.
    let inspection = Inspection::open(FileDisk::read_only(&dir).unwrap()).unwrap();
    assert_eq!(inspection.rooms().len(), 1);
    assert_eq!(files(), before);

    let disk = FileDisk::read_only(&dir).unwrap();
    let refused = Journal::open(disk, &Settings::default(), Options::default(), 3);
    let Err(OpenError::Io(error)) = refused else { panic!("it was opened") };
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert_eq!(files(), before);
    assert!(FileDisk::read_only(&directory("none")).is_err());
}

#[test]
fn a_tear_in_a_real_file_is_cut() {
    let dir = directory("torn");
    let (mut journal, _) = open(&dir).unwrap();
    journal.record(&begun(RoomId::nth(1), 1));
    journal.flush(2).unwrap();
    journal.record(&begun(RoomId::nth(1), 2));
    journal.flush(3).unwrap();
    drop(journal);
    let state = dir.join("s-0000000000000000.liap");
    let bytes = fs::read(&state).unwrap();
    fs::write(&state, &bytes[..bytes.len() - 1]).unwrap();
    let (_, rooms) = open(&dir).unwrap();
    assert_eq!(rooms[0].1.version, Version(1));
    let (_, rooms) = open(&dir).unwrap();
    assert_eq!(rooms[0].1.version, Version(1));
}

#[test]
fn what_is_made_is_for_its_owner_alone() {
    let above = directory("owner");
    let (from, to) = (above.join("journal"), above.join("copy"));
    let (mut journal, _) = open(&from).unwrap();
    journal.record(&begun(RoomId::nth(1), 1));
    journal.flush(2).unwrap();
    let mut backup = Backup::begin(&from, &to).unwrap();
    backup.copy_state().unwrap();
    backup.copy_events().unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for (dir, files) in [(from, 3), (to, 2)] {
        assert_eq!(mode(&dir), 0o700, "{}", dir.display());
        let paths: Vec<_> = fs::read_dir(&dir).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(paths.len(), files);
        for path in paths {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    assert_eq!(mode(&above), 0o700);
}

/// A match of two commits is over in this room.
fn over(room: RoomId, version: u64) -> Durable {
    let mut durable = begun(room, version);
    let mut end = durable.commits[0].clone();
    end.state.version = Version(version + 1);
    end.state.phase = Phase::Finished { winners: SeatSet(1) };
    end.events = 1..2;
    let id = end.state.game.id;
    durable.events.push(Event::Public(Fact::MatchOver(Arc::new(MatchEnd {
        id,
        reason: EndReason::RoundsPlayed,
        rounds: 1,
        winners: SeatSet(1),
        scores: [0; 4],
        ranks: [1; 4],
        turns_won: [0; 4],
        perfect_rounds: [0; 4],
        seed: [0; 32],
    }))));
    durable.commits.push(end);
    durable
}

#[test]
fn finished_matches_are_read_on_another_thread_without_the_lock_while_files_come_and_go() {
    let dir = directory("beside");
    let options =
        Options { event_segment_bytes: 10_000, keep_finished: true, ..Options::default() };
    let disk = AnyDisk::from(FileDisk::open(&dir).unwrap());
    let (mut journal, _) = Journal::open(disk, &Settings::default(), options, 1).unwrap();
    let (to_reader, jobs) = mpsc::sync_channel::<Finished>(16);
    let (to_journal, read) = mpsc::channel();
    let from = AnyDisk::from(FileDisk::read_only(&dir).unwrap());
    let reading = std::thread::spawn(move || {
        let mut reader = MatchReader::new(from);
        for done in jobs {
            to_journal.send(reader.read(&done).unwrap()).unwrap();
        }
    });
    let mut count = 0;
    for n in 0..500_u64 {
        // Ids are of the versions' low bytes.
        let version = 1 + 2 * (n % 100);
        journal.record(&over(RoomId::nth(n + 1), version));
        journal.flush(n).unwrap();
        let done = journal.finished_free(|_| false, 1)[0];
        to_reader.send(done).unwrap();
        let chain = read.recv().unwrap();
        assert_eq!((chain.room, chain.steps.len()), (RoomId::nth(n + 1), 2));
        assert!(journal.forget(done.match_id));
        count += 1;
    }
    drop(to_reader);
    reading.join().unwrap();
    assert_eq!((count, journal.stats().finished), (500, 0));
    assert!(journal.stats().event_segments < 3);
}
