//! Tests: what one person sees is held against itself.

use protocol::{Declare, ErrorCode, OkData, Presence, Request};

use super::{Answer, Book};
use crate::sample::{away, declared, snapshot};
use crate::verdict::Verdict;

/// A book that was shown a first snapshot, of version 5.
fn shown() -> (Book, Verdict) {
    let (mut book, mut verdict) = (Book::default(), Verdict::default());
    book.connected(&OkData::default(), &mut verdict);
    book.snapshot(snapshot(5), &mut verdict);
    assert_eq!(verdict.violations, 0);
    (book, verdict)
}

fn ok(version: u64, duplicate: bool) -> OkData {
    OkData { version: Some(version), duplicate, ..OkData::default() }
}

fn declare(piles: u8) -> Request {
    Request::Declare(Declare { piles, turn: None })
}

#[test]
fn updates_in_order_are_written_down_as_part_of_their_match() {
    let (mut book, mut verdict) = shown();
    book.update(&declared(6, 1), &mut verdict);
    book.update(&away(7, 1), &mut verdict);
    assert_eq!(verdict.violations, 0);
    let seen: Vec<_> = book.seen.iter().map(|seen| (seen.version, seen.of)).collect();
    assert_eq!(seen, [(6, Some(0)), (7, Some(0))]);
}

#[test]
fn a_snapshot_older_than_what_was_shown_is_a_violation() {
    let (mut book, mut verdict) = shown();
    book.update(&declared(6, 1), &mut verdict);
    let welcome = OkData { room: None, ..OkData::default() };
    (book.seat, book.room) = (None, String::new());
    book.connected(&welcome, &mut verdict);
    book.snapshot(snapshot(5), &mut verdict);
    assert_eq!(verdict.violations, 1);
}

#[test]
fn a_version_that_comes_again_must_be_the_same() {
    let (mut book, mut verdict) = shown();
    book.update(&declared(6, 1), &mut verdict);
    book.is_fresh = false;
    book.snapshot(snapshot(5), &mut verdict);
    assert_eq!(verdict.violations, 1, "the snapshot is too old");
    book.update(&declared(6, 1), &mut verdict);
    assert_eq!(verdict.violations, 1);
    book.snapshot(snapshot(5), &mut verdict);
    book.update(&declared(6, 2), &mut verdict);
    assert_eq!(verdict.violations, 3, "another snapshot too old, another version 6");
}

#[test]
fn a_snapshot_must_be_what_was_folded_but_for_the_time_and_a_lost_connection() {
    let (mut book, mut verdict) = shown();
    let mut later = snapshot(5);
    later.ms_left = Some(1);
    later.seats[1].as_mut().unwrap().presence = Presence::Lost;
    book.snapshot(later.clone(), &mut verdict);
    assert_eq!((verdict.violations, verdict.snapshots_folded), (0, 1));
    later.seats[1].as_mut().unwrap().score = 3;
    book.snapshot(later, &mut verdict);
    assert_eq!(verdict.violations, 1);
}

#[test]
fn an_update_before_the_first_snapshot_of_a_connection_is_a_violation() {
    let (mut book, mut verdict) = shown();
    book.is_fresh = false;
    book.update(&declared(6, 1), &mut verdict);
    assert_eq!(verdict.violations, 1);
}

#[test]
fn a_gap_is_healed_by_a_snapshot() {
    let (mut book, mut verdict) = shown();
    book.update(&away(7, 1), &mut verdict);
    assert!(book.is_behind() && book.table().is_none());
    book.snapshot(snapshot(8), &mut verdict);
    assert!(!book.is_behind() && book.table().is_some());
    assert_eq!((verdict.violations, verdict.gaps), (0, 1));
}

#[test]
fn a_request_sent_again_must_be_answered_as_before_and_as_a_duplicate() {
    let (mut book, mut verdict) = shown();
    book.ask(9, &declare(1));
    assert_eq!(book.unanswered().map(|asked| asked.id), Some(9));
    book.answered(9, Ok(&ok(6, false)), &mut verdict);
    assert_eq!(book.asked[0].answer, Some(Answer::Ok(Some(6))));
    book.answered(9, Ok(&ok(6, true)), &mut verdict);
    assert_eq!(verdict.violations, 0);
    book.answered(9, Ok(&ok(7, true)), &mut verdict);
    book.answered(9, Ok(&ok(6, false)), &mut verdict);
    book.answered(9, Err(ErrorCode::Stale), &mut verdict);
    assert_eq!(verdict.violations, 3);
}

#[test]
fn answers_to_nothing_and_refusals_of_what_is_right_are_violations() {
    let (mut book, mut verdict) = shown();
    book.answered(3, Ok(&ok(6, false)), &mut verdict);
    assert_eq!(verdict.violations, 1);
    book.ask(4, &declare(1));
    book.answered(4, Err(ErrorCode::NotYourTurn), &mut verdict);
    assert_eq!(verdict.violations, 1, "somebody was late");
    book.ask(5, &declare(1));
    book.answered(5, Err(ErrorCode::NotInRoom), &mut verdict);
    assert_eq!(verdict.violations, 2);
}
