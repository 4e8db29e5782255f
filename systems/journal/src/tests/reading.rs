//! Reading back: matches, rooms, and a journal from beside.

use components::{Durable, RoomId};

use super::witness::{WALL_MS, What, Witness, inspect, life, open, small};
use crate::{Options, SimDisk};

#[test]
fn a_match_reads_back_while_it_is_played_when_it_is_over_and_not_when_forgotten() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), small());
    let mut witness = Witness::default();
    let room = RoomId::nth(1);
    for what in [What::Open, What::Start, What::Play, What::Play] {
        journal.record(&witness.tick(&[(room, what)]));
    }
    let id = witness.state(room).game.id;
    // Also before it is in any file.
    let chain = journal.read_match(id).unwrap().unwrap();
    witness.check_chain(&chain, room, witness.state(room).version).unwrap();
    journal.flush(WALL_MS).unwrap();
    assert_eq!(journal.read_match(id).unwrap(), Some(chain));

    journal.record(&witness.tick(&[(room, What::End)]));
    journal.flush(WALL_MS).unwrap();
    let chain = journal.read_match(id).unwrap().unwrap();
    assert_eq!((chain.match_id, chain.steps.len()), (Some(id), 4));
    assert_eq!(journal.finished().map(|done| done.match_id).collect::<Vec<_>>(), [id]);
    assert_eq!(inspect(disk.clone()).read_match(id).unwrap(), Some(chain));

    assert!(journal.forget(id));
    assert!(!journal.forget(id));
    journal.flush(WALL_MS).unwrap();
    assert_eq!(journal.read_match(id).unwrap(), None);
    assert_eq!(inspect(disk).finished().count(), 0);
}

#[test]
fn both_clocks_read_back_as_they_were() {
    let (mut journal, _) = open(SimDisk::new(0), small());
    let mut witness = Witness::default();
    let room = RoomId::nth(1);
    for (what, drift) in [(What::Start, 0), (What::Play, -50_i64), (What::Play, 7_000)] {
        let mut durable = witness.tick(&[(room, what)]);
        durable.commits[0].wall_ms = durable.commits[0].wall_ms.wrapping_add_signed(drift);
        journal.record(&durable);
    }
    journal.rearm(room, 1_000);
    witness.now_ms = 1_150;
    journal.record(&witness.tick(&[(room, What::Play)]));
    let chain = journal.read_chain(room).unwrap().unwrap();
    let wall: Vec<_> = chain.steps.iter().map(|step| step.wall_ms - WALL_MS).collect();
    assert_eq!(wall, [100, 150, 7_300, 1_250]);
    let elapsed: Vec<_> =
        chain.steps.iter().map(|step| (step.elapsed_ms, step.recovered)).collect();
    assert_eq!(elapsed, [(100, false), (100, false), (100, false), (250, true)]);
}

#[test]
fn a_long_chain_among_many_others_reads_back_whole() {
    let (mut journal, _) = open(SimDisk::new(0), Options::default());
    let mut witness = Witness::default();
    let rooms: Vec<_> = (1..=40).map(RoomId::nth).collect();
    for n in 0..300 {
        let what = if n == 0 { What::Start } else { What::Play };
        let all: Vec<_> = rooms.iter().map(|room| (*room, what)).collect();
        journal.record(&witness.tick(&all));
        journal.flush(WALL_MS).unwrap();
    }
    witness.flushed();
    witness.check_chains(&journal).unwrap();
    assert_eq!(journal.read_chain(rooms[7]).unwrap().unwrap().steps.len(), 300);
}

#[test]
fn what_is_inspected_is_what_would_be_recovered() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), small());
    let mut witness = Witness::default();
    for n in 0..25 {
        journal.record(&witness.tick(&life(n)));
        journal.flush(WALL_MS).unwrap();
        let inspection = inspect(disk.clone());
        assert_eq!(inspection.damages(), []);
        let (_, recovered) = open(disk.copy(), small());
        let rooms: Vec<_> =
            inspection.rooms().iter().map(|info| (info.room, info.state.clone())).collect();
        assert_eq!(rooms, recovered.rooms);
        for info in inspection.rooms() {
            assert_eq!(info.wall_ms, WALL_MS + witness.now_ms);
            let chain = inspection.read_chain(info.room).unwrap();
            assert_eq!(chain, journal.read_chain(info.room).unwrap());
        }
    }
    let bytes: u64 = inspect(disk.clone()).segments().map(|segment| segment.bytes).sum();
    assert_eq!(bytes, disk.bytes());
}

#[test]
fn a_commit_whose_events_are_not_there_has_none() {
    let (mut journal, _) = open(SimDisk::new(0), small());
    let mut durable: Durable = Witness::default().tick(&[(RoomId::nth(1), What::Start)]);
    durable.commits[0].events = 3..9;
    journal.record(&durable);
    assert_eq!(journal.read_chain(RoomId::nth(1)).unwrap().unwrap().steps[0].events, []);
}
