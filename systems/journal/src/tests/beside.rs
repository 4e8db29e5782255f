//! Finished matches read from beside, while the journal goes on.

use std::collections::BTreeSet;
use std::sync::mpsc;

use components::{Event, Fact, Name, RoomId, Seat};

use super::cases::names;
use super::ledger::{Deed, Ledger, tiny};
use super::witness::{WALL_MS, What, Witness, open};
use crate::blocks::Blocks;
use crate::segment::{HEADER_BYTES, StreamKind};
use crate::{AnyDisk, Disk, Finished, Journal, MatchReader, MemoryDisk, Options, SimDisk};

/// What is read beside is what the journal reads.
fn is_same<D: Disk>(journal: &Journal<D>, reader: &mut MatchReader<D>, done: &Finished) {
    let own = journal.read_match(done.match_id).unwrap();
    assert_eq!(Some(reader.read(done).unwrap()), own);
}

#[test]
fn a_finished_match_stays_where_it_is_however_often_files_come_and_go() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), tiny());
    let mut ledger = Ledger::new();
    let mut reader = MatchReader::new(disk.clone());
    while ledger.now.free.is_empty() {
        ledger.play(&mut journal);
        assert!(ledger.flush(&mut journal));
    }
    let waits = journal.finished().next().unwrap();
    let before = reader.read(&waits).unwrap();
    for _ in 0..1_000 {
        ledger.play(&mut journal);
        assert!(ledger.flush(&mut journal));
        let next = journal.finished_free(|id| id == waits.match_id, 1);
        next.iter().for_each(|done| assert!(journal.forget(done.match_id)));
    }
    assert!(journal.stats().event_segments > 100);
    let now = journal.finished_match(waits.match_id).unwrap();
    assert_eq!((now.head, now.start), (waits.head, waits.start));
    assert_eq!(reader.read(&waits).unwrap(), before);
    assert_eq!(MatchReader::new(disk.clone()).read(&waits).unwrap(), before);
    for done in journal.finished() {
        is_same(&journal, &mut reader, &done);
    }
}

#[test]
fn new_files_are_found_and_those_that_are_gone_are_not_missed() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), tiny());
    let mut ledger = Ledger::new();
    let mut reader = MatchReader::new(disk.clone());
    let mut read = 0;
    for _ in 0..300 {
        ledger.play(&mut journal);
        assert!(ledger.flush(&mut journal));
        for done in journal.finished_free(|_| false, 9) {
            is_same(&journal, &mut reader, &done);
            read += 1;
        }
        ledger.act(&mut journal, Deed::Intend(9));
        ledger.act(&mut journal, Deed::Archive(0));
    }
    assert!(read > 200, "{read} matches are few");
    assert!(names(&disk, StreamKind::Events).len() < 5);
}

#[test]
fn what_is_not_flushed_not_there_any_more_or_damaged_is_an_error_and_not_another_match() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), tiny());
    let mut witness = Witness::default();
    let room = RoomId::nth(1);
    journal.record(&witness.tick(&[(room, What::Start)]));
    journal.record(&witness.tick(&[(room, What::End)]));
    let done = journal.finished().next().unwrap();
    let mut reader = MatchReader::new(disk.clone());
    assert!(reader.read(&done).is_err());
    journal.flush(WALL_MS).unwrap();
    is_same(&journal, &mut reader, &done);

    let file = names(&disk, StreamKind::Events).remove(0);
    let at = HEADER_BYTES + done.start as usize + 12;
    disk.tamper(&file, |bytes| bytes[at] ^= 1);
    let error = MatchReader::new(disk.clone()).read(&done).unwrap_err().to_string();
    assert!(error.contains(&file) && error.contains("no good record"), "{error}");
    disk.tamper(&file, |bytes| bytes[at] ^= 1);

    journal.record(&witness.tick(&[(room, What::Start), (room, What::End)]));
    journal.flush(WALL_MS).unwrap();
    let other = journal.finished().last().unwrap();
    let mixed = Finished { match_id: done.match_id, ..other };
    assert!(reader.read(&mixed).unwrap_err().to_string().contains("another match"));

    journal.forget(done.match_id);
    journal.forget(other.match_id);
    for _ in 0..100 {
        journal.record(&witness.tick(&[(room, What::Start), (room, What::End)]));
        let id = journal.finished().next().unwrap().match_id;
        journal.flush(WALL_MS).unwrap();
        journal.forget(id);
    }
    assert!(!names(&disk, StreamKind::Events).contains(&file));
    assert!(MatchReader::new(disk).read(&done).is_err());
}

#[test]
fn a_journal_in_memory_is_read_from_another_thread_while_it_is_written() {
    let disk = MemoryDisk::new();
    let options = Options { event_segment_bytes: 20_000, ..tiny() };
    let (mut journal, _) = open(AnyDisk::from(disk.clone()), options);
    let mut ledger = Ledger::new();
    let (to_reader, jobs) = mpsc::channel::<Finished>();
    let reading = std::thread::spawn(move || {
        let mut reader = MatchReader::new(AnyDisk::from(disk));
        jobs.into_iter().map(|done| reader.read(&done).unwrap()).collect::<Vec<_>>()
    });
    let mut sent = Vec::new();
    let mut known = BTreeSet::new();
    for _ in 0..800 {
        ledger.play(&mut journal);
        assert!(ledger.flush(&mut journal));
        let new = journal.finished_free(|id| known.contains(&id), usize::MAX);
        known.extend(new.iter().map(|done| done.match_id));
        for done in new {
            to_reader.send(done).unwrap();
            sent.push(done);
        }
    }
    drop(to_reader);
    let read = reading.join().unwrap();
    assert!(read.len() > 600 && read.len() == sent.len());
    for (done, chain) in sent.iter().zip(read) {
        assert_eq!(journal.read_match(done.match_id).unwrap(), Some(chain));
    }
}

#[test]
fn a_journal_in_memory_is_limited_as_any_other() {
    let disk = MemoryDisk::new();
    let options = Options { keep_finished: false, events_bytes_max: 50_000, ..tiny() };
    let (mut journal, _) = open(disk.clone(), options);
    let mut ledger = Ledger::new();
    let mut largest = 0;
    for _ in 0..3_000 {
        ledger.play(&mut journal);
        assert!(ledger.flush(&mut journal));
        let files = disk.list().unwrap();
        largest = largest.max(files.iter().map(|name| disk.len(name).unwrap()).sum());
    }
    assert!((40_000..100_000_u64).contains(&largest), "{largest} bytes");
    assert!(journal.stats().forgotten > 1_000);
    let mut reader = MatchReader::new(disk);
    for done in journal.finished() {
        is_same(&journal, &mut reader, &done);
    }
}

#[test]
fn what_lies_far_apart_or_is_long_reads_back_as_what_lies_close() {
    let disk = MemoryDisk::new();
    let options = Options { keep_finished: true, ..Options::default() };
    let (mut journal, _) = open(disk.clone(), options);
    let mut witness = Witness::default();
    let [far, near] = [1, 2].map(RoomId::nth);
    journal.record(&witness.tick(&[(far, What::Start)]));
    // Each has a commit of some 5 KB, and every so often that begins at the end of a block.
    while journal.stats().event_bytes < Blocks::SPAN_MAX + (1 << 20) {
        journal.record(&witness.tick(&[(near, What::Start)]));
        let mut long = witness.tick(&[(near, What::Play)]);
        let name = Some(Name::new("0123456789abcdef"));
        let fact = Fact::PlayerJoined { seat: Seat::ALL[0], name, bot: None };
        long.events.resize(255, Event::Public(fact));
        long.commits[0].events = 0..255;
        journal.record(&long);
        journal.record(&witness.tick(&[(near, What::End)]));
        journal.flush(WALL_MS).unwrap();
    }
    journal.record(&witness.tick(&[(far, What::End)]));
    journal.flush(WALL_MS).unwrap();
    let mut reader = MatchReader::new(disk);
    let far = journal.finished().find(|done| done.room == far).unwrap();
    assert!(far.head - far.start > Blocks::SPAN_MAX);
    is_same(&journal, &mut reader, &far);
    for done in journal.finished().step_by(5) {
        is_same(&journal, &mut reader, &done);
    }
}
