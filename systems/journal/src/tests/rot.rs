//! Files that go bad while they are written, and chains that are too much to carry.

use components::{Durable, Event, Fact, Name, RoomId, Seat};

use super::cases::names;
use super::witness::{WALL_MS, What, Witness, open, small};
use crate::disk::read_range;
use crate::scan::Scan;
use crate::segment::{HEADER_BYTES, StreamKind};
use crate::{Crash, Journal, Options, SimDisk, WriteError};

const BUSY: RoomId = RoomId::nth(1);
const SLOW: RoomId = RoomId::nth(2);

fn play(
    journal: &mut Journal<SimDisk>,
    witness: &mut Witness,
    all: &[(RoomId, What)],
) -> Result<(), WriteError> {
    journal.record(&witness.tick(all));
    journal.flush(WALL_MS)?;
    witness.flushed();
    Ok(())
}

/// A record of the oldest state goes bad. Returns whether the room that waits needed it; `None`
/// behind the last record.
fn rotten(record: usize) -> Option<bool> {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), Options { events_bytes_max: 1 << 30, ..small() });
    let mut witness = Witness::default();
    // A match is over, another waits, a third goes on.
    for all in [[(BUSY, What::Start), (SLOW, What::Start)], [(BUSY, What::End), (SLOW, What::Play)]]
    {
        play(&mut journal, &mut witness, &all).unwrap();
    }
    play(&mut journal, &mut witness, &[(BUSY, What::Start)]).unwrap();
    for _ in 0..10 {
        play(&mut journal, &mut witness, &[(BUSY, What::Play)]).unwrap();
    }
    let oldest = names(&disk, StreamKind::State).remove(0);
    let bytes = read_range(&disk, &oldest, HEADER_BYTES as u64, 10_000).unwrap();
    let (at, _) = Scan::new(StreamKind::State, &bytes, 0).nth(record)?;
    let position = at as u64;
    let is_needed = journal.live.values().any(|live| [live.full, live.newest].contains(&position));
    disk.tamper(&oldest, |bytes| bytes[HEADER_BYTES + at + 20] ^= 1);
    let went = (0..200).try_for_each(|_| play(&mut journal, &mut witness, &[(BUSY, What::Play)]));
    if is_needed && journal.live[&SLOW].newest != position && journal.stats().damaged_pieces == 1 {
        // It was the newest of the room that plays, and was not by the time it was read.
        assert!(went.is_ok());
    } else if is_needed {
        assert!(matches!(went, Err(WriteError::Failed(_))), "record {record}: {went:?}");
        assert!(matches!(journal.flush(WALL_MS), Err(WriteError::Failed(_))));
        return Some(true);
    }
    went.unwrap();
    assert_eq!((journal.stats().damaged_pieces, journal.stats().housekeeping_error), (1, None));
    assert!(!names(&disk, StreamKind::State).contains(&oldest));
    assert!(journal.stats().state_bytes_on_disk < 8_000);
    let (journal, recovered) = open(disk.crash(Crash::Process), small());
    witness.check(&recovered).unwrap();
    witness.check_chains(&journal).unwrap();
    assert_eq!((recovered.damages, recovered.finished), (vec![], 1));
    Some(false)
}

#[test]
fn bad_state_is_passed_over_where_nothing_needs_it_and_else_ends_the_journal() {
    let all: Vec<_> = (0..).map_while(rotten).collect();
    let needed = all.iter().filter(|is_needed| **is_needed).count();
    assert!(all.len() > 12, "{} records are few", all.len());
    // Both parts of the room that waits, and the fixed one of the other.
    assert_eq!(needed, 3, "{all:?}");
}

/// A commit of some 5 KB.
fn long(witness: &mut Witness, room: RoomId) -> Durable {
    let mut durable = witness.tick(&[(room, What::Play)]);
    let name = Some(Name::new("0123456789abcdef"));
    let fact = Fact::PlayerJoined { seat: Seat::ALL[0], name, bot: None };
    durable.events.resize(255, Event::Public(fact));
    durable.commits[0].events = 0..255;
    durable
}

#[test]
fn a_chain_that_is_too_long_to_be_carried_is_given_up_and_its_room_begins_another() {
    let disk = SimDisk::new(0);
    let options = Options { event_segment_bytes: 100_000, ..small() };
    let (mut journal, _) = open(disk.clone(), options);
    let mut witness = Witness::default();
    play(&mut journal, &mut witness, &[(SLOW, What::Start), (BUSY, What::Start)]).unwrap();
    let id = witness.state(SLOW).game.id;
    let mut largest = 0;
    for _ in 0..1_000 {
        journal.record(&long(&mut witness, SLOW));
        let before = journal.stats().event_bytes;
        journal.flush(WALL_MS).unwrap();
        largest = largest.max(journal.stats().event_bytes - before);
    }
    witness.flushed();
    let stats = journal.stats();
    assert!(stats.chains_given_up > 0, "{stats:?}");
    assert!(stats.chains_carried > 0, "{stats:?}");
    assert!(largest < (1 << 20) + 100_000, "{largest} bytes in one flush");
    assert_eq!(stats.housekeeping_error, None);
    let chain = journal.read_match(id).unwrap().unwrap();
    assert!(chain.steps.len() < 300, "{} steps", chain.steps.len());
    let (journal, recovered) = open(disk.crash(Crash::Process), small());
    witness.check(&recovered).unwrap();
    assert_eq!(recovered.damages, []);
    assert!(journal.read_match(id).unwrap().is_some());
}

#[test]
fn a_damaged_chain_does_not_keep_its_file_for_ever() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), small());
    let mut witness = Witness::default();
    play(&mut journal, &mut witness, &[(SLOW, What::Start), (BUSY, What::Start)]).unwrap();
    let oldest = names(&disk, StreamKind::Events).remove(0);
    disk.tamper(&oldest, |bytes| bytes[HEADER_BYTES + 20] ^= 1);
    for _ in 0..2_000 {
        play(&mut journal, &mut witness, &[(BUSY, What::Play)]).unwrap();
    }
    assert!(!names(&disk, StreamKind::Events).contains(&oldest));
    assert_eq!(journal.stats().chains_given_up, 1);
    play(&mut journal, &mut witness, &[(SLOW, What::Play)]).unwrap();
    assert_eq!(journal.read_chain(SLOW).unwrap().unwrap().steps.len(), 1);
    let (_, recovered) = open(disk.crash(Crash::Process), small());
    witness.check(&recovered).unwrap();
    assert_eq!(recovered.damages, []);
}
