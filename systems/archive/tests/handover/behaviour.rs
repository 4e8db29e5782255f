//! When batches close, what is done while a target is away, and what is told.

use archive::{BreakerState, Did};

use crate::house::House;
use crate::world::Poison;

fn house() -> House {
    let mut house = House::new(1, None);
    house.work().unwrap();
    house
}

fn finish(house: &mut House, matches: usize) {
    (0..matches).for_each(|_| house.world.finish(None));
}

#[test]
fn a_batch_closes_when_it_has_enough_matches_or_bytes() {
    let mut house = house();
    // Of 1,000 bytes each: 7 are enough.
    finish(&mut house, 7);
    house.work().unwrap();
    assert_eq!(house.world.tally.batches, 0, "8 matches make a batch");
    finish(&mut house, 1);
    house.world.pass(500);
    assert_eq!(house.step().unwrap().did, Did::Intended(7));
    house.work().unwrap();
    assert_eq!(house.world.target.len(), 8, "what was too much went in a batch of its own");
}

#[test]
fn a_match_waits_no_longer_than_it_may_whatever_the_wall_clock_does() {
    let mut house = house();
    finish(&mut house, 1);
    house.world.now.wall_ms -= 3_600_000;
    house.work().unwrap();
    house.world.pass(1_999);
    house.work().unwrap();
    assert_eq!(house.world.target.len(), 0);
    house.world.pass(1);
    house.work().unwrap();
    assert_eq!(house.world.target.len(), 1);
}

#[test]
fn a_match_that_ended_long_before_the_start_does_not_wait_at_all() {
    let mut house = House::new(1, None);
    finish(&mut house, 1);
    house.world.pass(60_000);
    house.restart();
    house.work().unwrap();
    assert_eq!(house.world.target.len(), 1);
}

#[test]
fn a_flush_takes_what_waits_at_once_and_says_when_it_is_done() {
    let mut house = house();
    finish(&mut house, 3);
    house.archiver.flush();
    assert!(house.archiver.status(house.world.now).is_flushing);
    house.work().unwrap();
    assert!(!house.archiver.status(house.world.now).is_flushing);
    assert_eq!(house.world.target.len(), 3);
    finish(&mut house, 3);
    house.work().unwrap();
    assert_eq!(house.world.target.len(), 3, "what came later waits for others");
}

#[test]
fn closing_takes_all_that_waits_but_waits_for_nobody() {
    let mut house = house();
    finish(&mut house, 30);
    house.archiver.close();
    while house.step().unwrap().did != Did::Closed {}
    assert_eq!(house.world.target.len(), 30);

    finish(&mut house, 30);
    house.world.target.is_down = true;
    let at_ms = house.world.now.at_ms;
    while house.step().unwrap().did != Did::Closed {}
    assert_eq!(house.world.now.at_ms, at_ms);
    assert_eq!(house.world.journal.len(), 30);
}

#[test]
fn a_backlog_is_worked_off_without_a_pause() {
    let mut house = house();
    finish(&mut house, 1_000);
    house.world.pass(60_000);
    while house.world.target.len() < 1_000 {
        assert!(house.step().unwrap().at_ms <= house.world.now.at_ms);
    }
}

#[test]
fn while_the_target_is_away_nothing_is_taken_apart_and_at_most_one_batch_is_begun() {
    let mut house = house();
    house.world.target.is_down = true;
    for _ in 0..1_000 {
        finish(&mut house, 3);
        house.work().unwrap();
        house.world.pass(1_000);
    }
    let status = house.archiver.status(house.world.now);
    assert_eq!(status.breaker.state, BreakerState::Open);
    assert!(!status.is_well());
    assert_eq!((house.world.tally.batches, house.world.tally.splits), (1, 0));
    assert!(status.counts.last_error.is_some());

    house.world.target.is_down = false;
    house.world.pass(10_000);
    house.work().unwrap();
    let status = house.archiver.status(house.world.now);
    assert!(status.is_well());
    assert!(house.world.journal.len() < 8);
    assert_eq!(house.world.target.len() + house.world.journal.len(), 3_000);
}

#[test]
fn a_target_that_is_away_is_asked_seldom() {
    let mut house = house();
    house.world.target.is_down = true;
    finish(&mut house, 8);
    for _ in 0..600 {
        house.world.pass(1_000);
        house.work().unwrap();
    }
    let failures = house.archiver.status(house.world.now).counts.failures.unavailable;
    // Every 5 to 10 s once it is open.
    assert!((60..=130).contains(&failures), "{failures}");
}

#[test]
fn poison_stands_alone_in_the_end_and_everything_else_is_archived() {
    let mut house = house();
    for n in 0..64 {
        house.world.finish((n == 41).then_some(Poison::Panic));
    }
    house.archiver.flush();
    house.finish().unwrap();
    house.check_with_poison().unwrap();
    let (letter, ..) = house.world.dead.values().next().unwrap();
    assert!(letter.text.contains("panicked: poison"), "{}", letter.text);
    let status = house.archiver.status(house.world.now);
    assert_eq!((status.counts.buried, status.dead, status.counts.matches), (1, 1, 63));
}

#[test]
fn when_everything_is_refused_only_a_few_are_buried_and_all_goes_in_once_it_is_right() {
    let mut house = house();
    for _ in 0..200 {
        house.world.finish(Some(Poison::Convert));
    }
    for _ in 0..2_000 {
        house.world.pass(1_000);
        house.work().unwrap();
    }
    let status = house.archiver.status(house.world.now);
    assert!(status.is_distrusting && !status.is_well());
    assert_eq!(house.world.dead.len(), 6, "as many as may be in a row");
    assert_eq!(house.world.journal.len(), 194);
    assert!(house.world.tally.calls < 20_000, "it is tried now and then, not all the time");

    house.world.poison.clear();
    house.finish().unwrap();
    assert_eq!(house.world.target.len(), 194);
    house.retry().unwrap();
    assert_eq!(house.world.target.len(), 200);
    assert!(house.world.dead.is_empty());
}

#[test]
fn a_match_that_cannot_be_read_stays_in_the_journal_until_it_can() {
    let mut house = house();
    for n in 0..8 {
        house.world.finish((n == 3).then_some(Poison::Unreadable));
    }
    house.world.pass(500);
    house.work().unwrap();
    house.world.pass(5_000);
    house.work().unwrap();
    house.check_with_poison().unwrap();
    let noted = house.archiver.status(house.world.now).counts.failures.unreadable;
    assert_eq!(noted, 1, "it is not asked for again and again");

    house.world.poison.clear();
    house.retry().unwrap();
    assert!(!house.world.dead.is_empty(), "a retry has nothing to archive it from");
    house.finish().unwrap();
    assert_eq!(house.world.target.len(), 8);
    assert!(house.world.dead.is_empty(), "its letter goes when it is archived");
}

#[test]
fn what_could_not_be_read_is_looked_at_again_after_an_hour() {
    let mut house = house();
    for n in 0..8 {
        house.world.finish((n == 3).then_some(Poison::Unreadable));
    }
    house.finish().unwrap();
    house.world.poison.clear();
    house.world.pass(3_500_000);
    house.work().unwrap();
    assert_eq!(house.world.target.len(), 7);
    house.world.pass(200_000);
    house.work().unwrap();
    assert_eq!(house.world.target.len(), 8);
}

#[test]
fn a_restored_journal_drops_what_the_archive_has_and_buries_what_ended_differently() {
    let mut house = house();
    finish(&mut house, 6);
    house.world.back_up();
    finish(&mut house, 2);
    house.work().unwrap();
    assert_eq!(house.world.target.len(), 8);
    // The last two are played on to another end; four more begin.
    let other = house.world.all.split_off(6);
    house.world.restore();
    for of in other {
        let of = archive::Ended { ended_ms: of.ended_ms + 1, ..of };
        house.world.all.push(of);
        house.world.journal.finish(of);
    }
    house.restart();
    house.world.pass(1);
    finish(&mut house, 4);
    house.archiver.flush();
    house.finish().unwrap();
    let status = house.archiver.status(house.world.now);
    let counts = status.counts;
    assert_eq!((counts.met, counts.buried, counts.matches), (6, 2, 4));
    assert!(!status.is_distrusting);
    let reasons =
        house.world.dead.values().map(|(letter, has_chain, _)| (letter.reason, *has_chain));
    assert_eq!(reasons.collect::<Vec<_>>(), [(archive::Reason::Twice, true); 2]);
    house.retry().unwrap();
    assert_eq!((house.world.target.len(), house.world.dead.len()), (12, 2));
}

#[test]
fn matches_that_began_in_this_process_are_not_asked_for() {
    let mut house = house();
    house.world.pass(1);
    finish(&mut house, 40);
    house.work().unwrap();
    assert_eq!((house.world.target.len(), house.world.tally.asked), (40, 0));
    finish(&mut house, 8);
    house.world.pass(1);
    house.restart();
    house.work().unwrap();
    assert_eq!((house.world.target.len(), house.world.tally.asked), (48, 8));
}
