//! R8: whole journals of every format there was, as they were written then.

use std::collections::BTreeMap;
use std::path::Path;

use super::witness::{WALL_MS, Witness, life, open};
use crate::body::{Finished, StateHead};
use crate::codec::{Malformed, Reader, put_bytes, put_room, put_varint, put_zigzag};
use crate::live::Live;
use crate::record::FIRST;
use crate::scan::Scan;
use crate::segment::{HEADER_BYTES, Header, Kind, StreamKind};
use crate::{Crash, Disk, FILE_FORMAT, Intent, Journal, Options, SimDisk, frame};

type Files = BTreeMap<String, Vec<u8>>;

const EVENTS: &str = "e-0000000000000000.liap";
const STATE: &str = "s-0000000000000000.liap";

/// A short life without batches, as it is written today.
fn written() -> (Files, Witness) {
    lived(16, |journal, witness, n| {
        let finished = journal.finished().next();
        if let Some(done) = finished.filter(|_| n == 12) {
            assert!(journal.forget(done.match_id));
            witness.forget(done.match_id);
        }
    })
}

/// The batch that is open at the end.
const OPEN: [u8; 16] = *b"the open batch..";

/// A longer one, as it is written today: a batch was archived, another withdrawn, a third is open.
fn written_with_batches() -> (Files, Witness) {
    lived(24, |journal, witness, n| {
        let mut intend = |id, count| {
            let matches = journal.finished_free(|_| false, count);
            let matches = matches.iter().map(|done| done.match_id).collect();
            journal.intend(&Intent { id, created_ms: WALL_MS + n, matches }).unwrap();
        };
        match n {
            12 => intend([1; 16], 1),
            15 => intend([2; 16], 1),
            21 => intend(OPEN, 2),
            13 => {
                let archived = journal.intents().next().unwrap().matches[0];
                assert!(journal.archived([1; 16]));
                witness.forget(archived);
            }
            16 => assert!(journal.withdraw([2; 16])),
            _ => {}
        }
    })
}

fn lived(
    ticks: u64,
    mut batches: impl FnMut(&mut Journal<SimDisk>, &mut Witness, u64),
) -> (Files, Witness) {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), Options::default());
    // A file was begun at once then, whether there was anything to write or not.
    let label = journal.label(WALL_MS);
    journal.events.begin_file(&mut journal.disk, label).unwrap();
    journal.state.begin_file(&mut journal.disk, label).unwrap();
    let mut witness = Witness::default();
    for n in 0..ticks {
        journal.record(&witness.tick(&life(n)));
        batches(&mut journal, &mut witness, n);
        journal.flush(WALL_MS).unwrap();
        witness.flushed();
    }
    let mut files = Files::new();
    for name in [EVENTS, STATE] {
        let len = disk.len(name).unwrap() as usize;
        files.insert(name.to_owned(), crate::disk::read_range(&disk, name, 0, len).unwrap());
    }
    (files, witness)
}

fn kept(folder: &str) -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    let file = |name: &str| (name.to_owned(), std::fs::read(folder.join(name)).unwrap());
    [EVENTS, STATE].map(file).into()
}

/// The rooms, their chains and the matches of these files are those of the witness, and life goes on.
fn is_read(files: &Files, mut witness: Witness) {
    let disk = SimDisk::new(0);
    for (name, kept) in files {
        disk.tamper(name, |bytes| bytes.clone_from(kept));
    }
    let (mut journal, recovered) = open(disk.clone(), Options::default());
    assert_eq!((recovered.torn.len(), recovered.damages.len()), (0, 0));
    witness.check(&recovered).unwrap();
    witness.check_chains(&journal).unwrap();
    witness.restart(&recovered);
    journal.record(&witness.tick(&witness.next()));
    journal.flush(WALL_MS).unwrap();
    witness.flushed();
    let (journal, recovered) = open(disk.crash(Crash::Process), Options::default());
    assert_eq!(recovered.damages, []);
    witness.check(&recovered).unwrap();
    witness.check_chains(&journal).unwrap();
}

#[test]
fn what_is_written_today_is_the_newest_format() {
    assert_eq!(FILE_FORMAT, 3);
    for (name, kept) in kept("journal-v3") {
        let bytes = &written_with_batches().0[&name];
        let differs = bytes.iter().zip(&kept).position(|(now, then)| now != then);
        assert_eq!(
            (differs, bytes.len()),
            (None, kept.len()),
            "{name}: a new layout needs a new number"
        );
    }
}

#[test]
fn r8_a_journal_of_format_2_is_read() {
    let (files, witness) = written();
    assert_eq!(files.iter().map(with_header_2).collect::<Files>(), kept("journal-v2"));
    is_read(&kept("journal-v2"), witness);
}

#[test]
fn r8_a_journal_of_format_3_is_read_with_the_batches_that_are_open() {
    is_read(&kept("journal-v3"), written_with_batches().1);
    let disk = SimDisk::new(0);
    for (name, kept) in kept("journal-v3") {
        disk.tamper(&name, |bytes| bytes.clone_from(&kept));
    }
    let (journal, _) = open(disk.clone(), Options::default());
    let intents: Vec<_> = journal.intents().collect();
    assert_eq!(intents.len(), 1);
    assert_eq!((intents[0].id, intents[0].created_ms), (OPEN, WALL_MS + 21));
    assert_eq!((intents[0].matches.len(), journal.finished().len()), (2, 3));
    assert_eq!(journal.finished_free(|_| false, 9).len(), 1);
}

/// Only in their headers do files of format 3 without batches differ from those of format 2.
fn with_header_2((name, bytes): (&String, &Vec<u8>)) -> (String, Vec<u8>) {
    let header = Header { format: 2, ..Header::decode(bytes).unwrap() };
    (name.clone(), [&header.encode()[..], &bytes[HEADER_BYTES..]].concat())
}

#[test]
fn r8_a_journal_of_format_1_is_read() {
    let (files, witness) = written();
    assert_eq!(older(&files).unwrap(), kept("journal-v1"));
    is_read(&kept("journal-v1"), witness);
}

/// The same journal as format 1 had it: only the moving part of a room was another.
fn older(files: &Files) -> Result<Files, Malformed> {
    let mut moved = BTreeMap::new();
    let events = rewrite(StreamKind::Events, &files[EVENTS], |kind, body, from, to| {
        let older =
            if kind == Kind::Commit { commit_1(body, from, to, &moved)? } else { body.into() };
        moved.insert(from, to);
        Ok(older)
    })?;
    let state =
        rewrite(StreamKind::State, &files[STATE], |kind, body, _, _| state_1(kind, body, &moved))?;
    Ok([(EVENTS.to_owned(), events), (STATE.to_owned(), state)].into())
}

/// Every record's body again, with its position before and now.
fn rewrite(
    stream: StreamKind,
    bytes: &[u8],
    mut body: impl FnMut(Kind, &[u8], u64, u64) -> Result<Vec<u8>, Malformed>,
) -> Result<Vec<u8>, Malformed> {
    let header = Header::decode(bytes).unwrap();
    let mut out = Vec::new();
    for (at, record) in Scan::new(stream, &bytes[HEADER_BYTES..], 0) {
        let to = out.len();
        let older = body(record.kind, record.body, at as u64, to as u64)?;
        frame::begin(&mut out, record.kind as u8, record.is_first);
        out.extend(older);
        frame::finish(&mut out, to, to as u64);
    }
    Ok([&Header { format: 1, ..header }.encode()[..], &out].concat())
}

fn commit_1(
    body: &[u8],
    from: u64,
    to: u64,
    moved: &BTreeMap<u64, u64>,
) -> Result<Vec<u8>, Malformed> {
    let mut reader = Reader::new(body);
    let mut out = vec![reader.u8("flags")?];
    put_room(&mut out, reader.room()?);
    put_varint(&mut out, reader.varint("version")?);
    let back = reader.varint("back pointer")?;
    put_varint(&mut out, if back == 0 { 0 } else { to - moved[&(from - back)] });
    put_varint(&mut out, reader.varint("elapsed time")?);
    if out[0] & FIRST == 0 {
        put_zigzag(&mut out, reader.zigzag("wall clock")?);
    } else {
        put_varint(&mut out, reader.varint("wall clock")?);
        put_varint(&mut out, reader.varint("owner")?);
        put_bytes(&mut out, reader.counted("fixed part")?);
        put_bytes(&mut out, &moving_1(reader.counted("moving part")?));
    }
    out.extend_from_slice(reader.rest());
    Ok(out)
}

fn state_1(kind: Kind, body: &[u8], moved: &BTreeMap<u64, u64>) -> Result<Vec<u8>, Malformed> {
    let mut reader = Reader::new(body);
    let mut out = Vec::new();
    match kind {
        Kind::Full | Kind::Moving => {
            let mut head = StateHead::read(WALL_MS, &mut reader)?;
            if head.flags & Live::CHAIN != 0 {
                (head.head, head.start) = (moved[&head.head], moved[&head.start]);
            }
            head.write(WALL_MS, &mut out);
            if kind == Kind::Full {
                put_bytes(&mut out, reader.counted("fixed part")?);
            } else {
                out.extend(reader.array::<2>("tag")?);
            }
            out.extend(moving_1(reader.rest()));
        }
        Kind::Finished => {
            let mut done = Finished::read(0, &mut reader)?;
            (done.head, done.start) = (moved[&done.head], moved[&done.start]);
            done.write(&mut out);
        }
        _ => out.extend_from_slice(body),
    }
    Ok(out)
}

/// Phase and host had a byte each.
fn moving_1(moving: &[u8]) -> Vec<u8> {
    [&[moving[0] & 15, moving[0] >> 4 & 7], &moving[1..]].concat()
}
