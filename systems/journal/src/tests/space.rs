//! Space is given back, and nothing that is needed goes with it.

use components::RoomId;

use super::witness::{WALL_MS, What, Witness, open, small};
use crate::{Crash, Journal, Options, SimDisk};

/// Two hundred matches, one after the other, in one room; another one waits in the middle of its
/// own, and a third plays on.
fn play(journal: &mut Journal<SimDisk>, witness: &mut Witness, forgets: bool) -> u64 {
    let [busy, slow, steady] = [1, 2, 3].map(RoomId::nth);
    journal.record(&witness.tick(&[
        (busy, What::Open),
        (slow, What::Start),
        (steady, What::Start),
    ]));
    let mut largest = 0;
    for _ in 0..200 {
        for what in [What::Start, What::Play, What::Play, What::Play, What::End] {
            journal.record(&witness.tick(&[(busy, what), (steady, What::Play)]));
            journal.flush(WALL_MS + witness.now_ms).unwrap();
            witness.flushed();
        }
        if forgets {
            let id = witness.state(busy).game.id;
            assert!(journal.forget(id));
            witness.forget(id);
        }
        largest = largest.max(journal.disk.bytes());
    }
    largest
}

#[test]
fn forgotten_matches_give_their_space_back_and_live_ones_are_carried_along() {
    let disk = SimDisk::new(0);
    let options = Options { events_bytes_max: 100_000, ..small() };
    let (mut journal, _) = open(disk.clone(), options);
    let mut witness = Witness::default();
    let largest = play(&mut journal, &mut witness, true);
    assert!(largest < 250_000, "{largest} bytes");
    let stats = journal.stats();
    assert!(stats.rooms_carried > 10, "{stats:?}");
    assert!(stats.chains_carried > 1, "{stats:?}");
    assert_eq!(stats.housekeeping_error, None);
    witness.check_chains(&journal).unwrap();
    let (journal, recovered) = open(disk.crash(Crash::Process), small());
    witness.check(&recovered).unwrap();
    witness.check_chains(&journal).unwrap();
    assert_eq!(journal.read_chain(RoomId::nth(3)).unwrap().unwrap().steps.len(), 1_001);
}

#[test]
fn finished_matches_wait_for_whoever_reads_them_however_many() {
    let (mut journal, _) = open(SimDisk::new(0), small());
    let mut witness = Witness::default();
    play(&mut journal, &mut witness, false);
    assert_eq!(journal.finished().count(), 200);
    witness.check_chains(&journal).unwrap();
}

#[test]
fn where_nobody_reads_them_the_oldest_matches_are_forgotten_for_want_of_room() {
    let options = Options { keep_finished: false, events_bytes_max: 100_000, ..small() };
    let (mut journal, _) = open(SimDisk::new(0), options);
    let largest = play(&mut journal, &mut Witness::default(), false);
    assert!(largest < 250_000, "{largest} bytes");
    let kept = journal.finished().count();
    assert!((5..195).contains(&kept), "{kept} are kept");
    for done in journal.finished() {
        assert!(journal.read_match(done.match_id).unwrap().is_some());
    }
}

#[test]
fn a_room_that_never_plays_does_not_grow() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), small());
    let mut witness = Witness::default();
    let room = RoomId::nth(1);
    journal.record(&witness.tick(&[(room, What::Open)]));
    for _ in 0..5_000 {
        journal.record(&witness.tick(&[(room, What::Join)]));
        journal.flush(WALL_MS).unwrap();
    }
    assert!(disk.bytes() < 80_000, "{} bytes", disk.bytes());
    assert!(journal.read_chain(room).unwrap().unwrap().steps.len() <= 256);
}

#[test]
fn closed_rooms_and_an_idle_journal_leave_little_behind() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(disk.clone(), small());
    let mut witness = Witness::default();
    for n in 1..=500 {
        let room = RoomId::nth(n);
        journal.record(&witness.tick(&[(room, What::Open), (room, What::Join)]));
        journal.flush(WALL_MS).unwrap();
        journal.record(&witness.tick(&[(room, What::Close)]));
        journal.flush(WALL_MS).unwrap();
    }
    for _ in 0..10 {
        journal.flush(WALL_MS).unwrap();
    }
    assert_eq!(journal.live().count(), 0);
    assert!(disk.bytes() < 12_000, "{} bytes", disk.bytes());
    let (_, recovered) = open(disk.crash(Crash::Process), small());
    assert_eq!((recovered.rooms.len(), recovered.next_room), (0, 501));
}
