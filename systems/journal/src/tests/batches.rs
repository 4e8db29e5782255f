//! Batches of finished matches: what is recorded, what is refused, and what happens to it later.

use components::{MatchId, RoomId};

use super::cases::names;
use super::ledger::{Deed, Ledger, found, tiny};
use super::witness::{WALL_MS, What, Witness, inspect, open};
use crate::segment::{HEADER_BYTES, StreamKind};
use crate::{Case, Crash, Disk, Finished, Intent, IntentError, Journal, Options, SimDisk};

/// So many matches are over, and flushed.
fn ended(disk: &SimDisk, options: Options, count: usize) -> (Journal<SimDisk>, Ledger) {
    let (mut journal, _) = open(disk.clone(), options);
    let mut ledger = Ledger::new();
    play_until(&mut journal, &mut ledger, count);
    (journal, ledger)
}

fn play_until(journal: &mut Journal<SimDisk>, ledger: &mut Ledger, count: usize) {
    while ledger.now.free.len() < count {
        ledger.play(journal);
        assert!(ledger.flush(journal));
    }
}

fn intent(id: u8, matches: &[MatchId]) -> Intent {
    Intent { id: [id; 16], created_ms: WALL_MS, matches: matches.to_vec() }
}

fn free(journal: &Journal<SimDisk>) -> Vec<MatchId> {
    journal.finished_free(|_| false, usize::MAX).iter().map(|done| done.match_id).collect()
}

#[test]
fn a_batch_that_is_not_as_it_must_be_is_refused_and_nothing_is_recorded() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = ended(&disk, tiny(), 4);
    let ids = free(&journal);
    let unknown = MatchId([9; 16]);
    journal.intend(&intent(1, &ids[..1])).unwrap();
    journal.flush(WALL_MS).unwrap();
    let before = (found(&journal).unwrap(), journal.stats());
    let too_large = vec![ids[1]; Intent::MATCHES_MAX + 1];
    for (refused, error) in [
        (intent(2, &[]), IntentError::Empty),
        (intent(2, &too_large), IntentError::TooLarge(10_001)),
        (intent(1, &ids[1..2]), IntentError::Open),
        (intent(2, &[ids[1], unknown]), IntentError::NotFinished(unknown)),
        (intent(2, &[ids[2], ids[0]]), IntentError::Taken(ids[0])),
        (intent(2, &[ids[2], ids[3], ids[2]]), IntentError::Taken(ids[2])),
    ] {
        assert_eq!(journal.intend(&refused), Err(error), "{error}");
        assert!(!error.to_string().is_empty());
        journal.flush(WALL_MS).unwrap();
        assert_eq!(found(&journal).unwrap(), before.0);
        assert_eq!(journal.stats().state_bytes, before.1.state_bytes, "{error}");
    }
    journal.intend(&intent(2, &ids[1..])).unwrap();
}

#[test]
fn no_more_batches_may_be_open_than_is_said() {
    let (mut journal, _) = ended(&SimDisk::new(0), Options::default(), Intent::OPEN_MAX + 1);
    let ids = free(&journal);
    for (n, id) in ids[..Intent::OPEN_MAX].iter().enumerate() {
        let id = Intent { id: (n as u128).to_be_bytes(), created_ms: 0, matches: vec![*id] };
        journal.intend(&id).unwrap();
    }
    let one_more = intent(0xff, &ids[Intent::OPEN_MAX..]);
    assert_eq!(journal.intend(&one_more), Err(IntentError::TooMany));
    assert!(journal.withdraw(7_u128.to_be_bytes()));
    journal.intend(&one_more).unwrap();
}

#[test]
fn a_match_in_an_open_batch_is_in_no_other_and_not_forgotten() {
    let (mut journal, _) = ended(&SimDisk::new(0), tiny(), 3);
    let ids = free(&journal);
    journal.intend(&intent(1, &ids[..2])).unwrap();
    assert_eq!(free(&journal), ids[2..]);
    assert!(!journal.forget(ids[0]));
    assert!(journal.forget(ids[2]));
    assert_eq!((journal.finished().len(), journal.stats().intents), (2, 1));
    assert!(journal.withdraw([1; 16]));
    assert!(!journal.withdraw([1; 16]) && !journal.archived([1; 16]));
    assert_eq!(free(&journal), ids[..2]);
    journal.intend(&intent(1, &ids[..1])).unwrap();
    assert!(journal.archived([1; 16]));
    assert!(!journal.archived([1; 16]));
    assert_eq!(free(&journal), ids[1..2]);
    let stats = journal.stats();
    assert_eq!((stats.finished, stats.intents, stats.archived, stats.forgotten), (1, 0, 1, 2));
}

#[test]
fn free_matches_are_told_in_the_order_in_which_they_ended() {
    let (mut journal, mut ledger) = ended(&SimDisk::new(0), tiny(), 9);
    let all = journal.finished_free(|_| false, usize::MAX);
    assert!(all.is_sorted_by_key(|done| done.wall_ms));
    let first = all[0].match_id;
    assert_eq!(journal.oldest_finished_ms(), Some(all[0].wall_ms));
    assert_eq!(journal.finished_free(|_| false, 2), all[..2]);
    assert_eq!(journal.finished_free(|id| id == first, 2), all[1..3]);
    assert_eq!(journal.finished_match(first), Some(all[0]));
    // One that is in a batch still waits; one that is archived does not.
    ledger.act(&mut journal, Deed::Intend(1));
    assert_eq!(journal.finished_free(|_| false, 2), all[1..3]);
    assert_eq!(journal.oldest_finished_ms(), Some(all[0].wall_ms));
    ledger.act(&mut journal, Deed::Archive(0));
    assert_eq!(journal.oldest_finished_ms(), Some(all[1].wall_ms));
    assert_eq!(journal.finished_match(first), None);
    while !ledger.now.free.is_empty() {
        ledger.act(&mut journal, Deed::Forget(0));
    }
    assert_eq!(journal.oldest_finished_ms(), None);
}

#[test]
fn an_open_batch_is_copied_forward_for_as_long_as_it_is_open() {
    let disk = SimDisk::new(0);
    let (mut journal, mut ledger) = ended(&disk, tiny(), 4);
    ledger.act(&mut journal, Deed::Intend(2));
    let open_since = journal.intents().next().cloned();
    for _ in 0..300 {
        ledger.play(&mut journal);
        assert!(ledger.flush(&mut journal));
    }
    assert!(!names(&disk, StreamKind::State).contains(&"s-0000000000000000.liap".to_owned()));
    let disk = disk.crash(Crash::Process);
    let (mut journal, recovered) = open(disk.clone(), tiny());
    ledger.recover(&journal, &recovered).unwrap();
    assert_eq!(journal.intents().next().cloned(), open_since);
    assert_eq!(inspect(disk.clone()).intents(), open_since.as_slice());
    // The record that closes it outlives the one that opened it.
    ledger.act(&mut journal, Deed::Archive(0));
    for _ in 0..300 {
        ledger.play(&mut journal);
        assert!(ledger.flush(&mut journal));
        let (beside, _) = open(disk.copy(), tiny());
        assert_eq!(found(&beside).unwrap(), ledger.now);
    }
}

#[test]
fn no_torn_write_leaves_half_of_a_batch_archived() {
    let disk = SimDisk::new(0);
    let (mut journal, mut ledger) = ended(&disk, Options::default(), 20);
    ledger.act(&mut journal, Deed::Intend(20));
    assert!(ledger.flush(&mut journal));
    let state = names(&disk, StreamKind::State).pop().unwrap();
    let before = disk.len(&state).unwrap() as usize;
    let id = journal.intents().next().unwrap().id;
    assert!(journal.archived(id));
    journal.flush(WALL_MS).unwrap();
    let whole = disk.len(&state).unwrap() as usize;
    assert!(whole > before + 20 * 16);
    for len in before..=whole {
        let cut = disk.copy();
        cut.tamper(&state, |bytes| bytes.truncate(len));
        let (journal, _) = open(cut, Options::default());
        let left = if len == whole { (0, 0) } else { (20, 1) };
        assert_eq!((journal.finished().len(), journal.intents().count()), left, "{len} bytes");
    }
}

#[test]
fn r6_a_match_whose_events_are_lost_leaves_its_batch_and_the_last_one_closes_it() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = ended(&disk, Options::default(), 4);
    let by_end = free(&journal);
    journal.intend(&intent(1, &[by_end[0], by_end[3]])).unwrap();
    journal.intend(&intent(2, &by_end[2..3])).unwrap();
    journal.flush(WALL_MS).unwrap();
    let events = names(&disk, StreamKind::Events).pop().unwrap();
    // The end of the third match, and all behind it.
    let third = journal.finished_match(by_end[2]).unwrap();
    let end = HEADER_BYTES + third.head as usize;
    disk.tamper(&events, |bytes| bytes.truncate(end));
    for _ in 0..2 {
        let disk = disk.crash(Crash::Process);
        let (mut journal, recovered) = open(disk, Options::default());
        assert!(recovered.damages.iter().all(|damage| damage.case == Case::StateBeyondEvents));
        assert_eq!(journal.intents().cloned().collect::<Vec<_>>(), [intent(1, &by_end[..1])]);
        assert_eq!(free(&journal), [by_end[1]]);
        journal.flush(WALL_MS).unwrap();
    }
}

#[test]
fn where_there_is_no_room_the_matches_of_open_batches_stay_and_can_be_read() {
    let disk = SimDisk::new(0);
    let options = Options { keep_finished: false, events_bytes_max: 20_000, ..tiny() };
    let (mut journal, mut ledger) = ended(&disk, options, 3);
    let held = free(&journal);
    journal.intend(&intent(1, &held)).unwrap();
    let mut largest = 0;
    for _ in 0..3_000 {
        ledger.play(&mut journal);
        assert!(ledger.flush(&mut journal));
        largest = largest.max(disk.bytes());
    }
    assert!(largest < 60_000, "{largest} bytes");
    let stats = journal.stats();
    assert!(stats.forgotten > 1_000 && stats.chains_carried > 30, "{stats:?}");
    assert_eq!((stats.chains_given_up, &stats.housekeeping_error), (0, &None));
    ledger.read(&journal, disk.clone()).unwrap();
    let disk = disk.crash(Crash::Process);
    let (mut journal, recovered) = open(disk.clone(), options);
    assert_eq!(recovered.damages, []);
    assert_eq!(journal.intents().next().unwrap().matches, held);
    for id in &held {
        assert!(journal.read_match(*id).unwrap().is_some());
    }
    // Once the batch is closed they are as good as any other.
    assert!(journal.withdraw([1; 16]));
    ledger.witness.restart(&recovered);
    let mut largest = 0;
    for _ in 0..300 {
        ledger.play(&mut journal);
        journal.flush(WALL_MS).unwrap();
        largest = largest.max(disk.bytes());
    }
    assert!(largest < 60_000, "{largest} bytes");
    assert!(held.iter().all(|id| journal.finished_match(*id).is_none()));
}

#[test]
fn a_damaged_match_in_a_batch_does_not_keep_its_file_for_ever() {
    let disk = SimDisk::new(0);
    let options = Options { keep_finished: false, events_bytes_max: 20_000, ..tiny() };
    let (mut journal, mut ledger) = ended(&disk, options, 1);
    let held = free(&journal);
    journal.intend(&intent(1, &held)).unwrap();
    let oldest = names(&disk, StreamKind::Events).remove(0);
    let start = journal.finished_match(held[0]).unwrap().start as usize;
    disk.tamper(&oldest, |bytes| bytes[HEADER_BYTES + start + 12] ^= 1);
    for _ in 0..1_000 {
        ledger.play(&mut journal);
        assert!(ledger.flush(&mut journal));
    }
    assert!(!names(&disk, StreamKind::Events).contains(&oldest));
    assert!(journal.stats().chains_given_up > 0);
    assert_eq!((journal.intents().count(), journal.finished_match(held[0])), (0, None));
    let (journal, recovered) = open(disk.crash(Crash::Process), options);
    assert_eq!((recovered.damages.len(), journal.intents().count()), (0, 0));
}

/// A day without an archive, in small: what a flush costs does not depend on how many wait.
#[test]
fn however_many_matches_wait_a_flush_costs_what_it_writes() {
    const ROOM: RoomId = RoomId::nth(1);
    let disk = SimDisk::new(0);
    let options = Options { state_segment_bytes: 20_000, event_segment_bytes: 50_000, ..tiny() };
    let (mut journal, _) = open(disk.clone(), options);
    let mut witness = Witness::default();
    let mut most = [(0, 0); 2];
    for n in 0..10_000_u32 {
        journal.record(&witness.tick(&[(ROOM, What::Start), (ROOM, What::End)]));
        if n % 1_000 == 999 {
            let free = journal.finished_free(|_| false, 3);
            let ids: Vec<_> = free.iter().map(|done| done.match_id).collect();
            journal.intend(&intent((n / 1_000) as u8, &ids)).unwrap();
        }
        let before = (disk.calls(), journal.stats().state_bytes);
        journal.flush(WALL_MS).unwrap();
        let cost = (disk.calls() - before.0, journal.stats().state_bytes - before.1);
        let most = &mut most[usize::from(n >= 5_000)];
        *most = (cost.0.max(most.0), cost.1.max(most.1));
    }
    let stats = journal.stats();
    assert_eq!((stats.finished, stats.intents), (10_000, 10));
    assert!(most[1].0 <= most[0].0, "{most:?} calls and bytes");
    // What one flush copies forward is twice what it wrote, or 64 KiB.
    assert!(most[1].1 <= 70_000, "{most:?} calls and bytes");
    assert!(stats.state_bytes_on_disk < 5 * 64 * 10_000 + 100_000, "{stats:?}");
    let (again, recovered) = open(disk.crash(Crash::Process), options);
    assert_eq!((recovered.damages, recovered.finished), (vec![], 10_000));
    assert_eq!(found(&again).unwrap(), found(&journal).unwrap());
    let stays = |done: Finished| (done.match_id, done.head, done.start);
    assert!(again.finished().map(stays).eq(journal.finished().map(stays)));
}
