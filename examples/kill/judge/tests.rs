//! Tests: what is missing, twice or otherwise in an export is found.

use protocol::{Declare, Event, MatchId, OkData, Request, Update};

use super::Found;
use crate::book::Book;
use crate::export::{Cause, Frame, Line};
use crate::sample::{declared, snapshot};
use crate::verdict::Verdict;

const SESSION: &str = "00000000000000aa";

fn id() -> MatchId {
    MatchId::parse("01934a5b-6c7d-7e8f-9a0b-1c2d3e4f5061").unwrap()
}

fn line(version: u64, cause: Cause, data: Update<'static>) -> Line {
    Line { version, cause, frame: Frame { data } }
}

fn events(version: u64, text: serde_json::Value) -> Update<'static> {
    let events: Vec<Event<'static>> = serde_json::from_value(text).unwrap();
    Update { room: "K7MPQ2".into(), version, events }
}

/// A match of three commits: it begins, seat 0 declares, it is over.
fn lines() -> Vec<Line> {
    let begin = serde_json::json!([
        {"type": "match_started", "match": id(), "number": 1, "seed_hash": "00".repeat(32)},
        {"type": "dealt", "round": 1, "redeal": 0, "multiplier": 1, "hand": [0, 1, 2, 3, 4, 5, 6, 7]},
        {"type": "round_started", "round": 1, "starter": 0, "reason": "red_general", "multiplier": 1},
        {"type": "declare_started", "seat": 0},
    ]);
    let over = serde_json::json!([{
        "type": "match_over", "match": id(), "reason": "score_reached", "rounds": 1, "winners": [0],
        "scores": [50, 0, 0, 0], "ranks": [1, 2, 2, 2], "turns_won": [0, 0, 0, 0],
        "perfect_rounds": [0, 0, 0, 0], "seed": "11".repeat(32),
    }]);
    let client = Cause::Client { session: SESSION.to_owned(), request: 9 };
    vec![
        line(5, Cause::Server, events(5, begin)),
        line(6, client, declared(6, 1)),
        line(7, Cause::Timer, events(7, over)),
    ]
}

/// The book of who declared in it, and saw it from its first version on.
fn book() -> Book {
    let (mut book, mut verdict) = (Book::default(), Verdict::default());
    let session = Some(SESSION.to_owned());
    book.connected(&OkData { session, ..OkData::default() }, &mut verdict);
    book.snapshot(snapshot(5), &mut verdict);
    book.ask(9, &Request::Declare(Declare { piles: 1, turn: None }));
    let ok = OkData { version: Some(6), ..OkData::default() };
    book.answered(9, Ok(&ok), &mut verdict);
    for line in &lines()[1..] {
        book.update(&line.frame.data, &mut verdict);
    }
    assert_eq!(verdict.violations, 0);
    book
}

fn violations(book: &Book, lines: &[Line]) -> u64 {
    let (mut found, mut verdict) = (Found::default(), Verdict::default());
    found.hold(book, id(), lines, &mut verdict);
    found.close(book, &mut verdict);
    verdict.violations
}

#[test]
fn a_match_that_is_as_it_was_seen_is_good() {
    let (mut found, mut verdict) = (Found::default(), Verdict::default());
    found.hold(&book(), id(), &lines(), &mut verdict);
    found.close(&book(), &mut verdict);
    assert_eq!(verdict.told, [""; 0]);
    assert_eq!((found.updates, found.ended, found.requests.len()), (2, 1, 1));
    assert!(found.snapshots >= 1);
}

#[test]
fn an_update_that_was_seen_otherwise_is_found() {
    let mut lines = lines();
    lines[1].frame.data = declared(6, 2);
    // The update, and what the request made.
    assert_eq!(violations(&book(), &lines), 2);
}

#[test]
fn an_end_that_is_missing_is_found() {
    let mut lines = lines();
    lines.pop();
    // The match, and the update that was seen of it.
    assert_eq!(violations(&book(), &lines), 2);
}

#[test]
fn a_request_that_is_not_there_is_found() {
    let mut lines = lines();
    lines[1].cause = Cause::Bot(0);
    assert_eq!(violations(&book(), &lines), 1);
}

#[test]
fn a_request_that_is_there_twice_is_found() {
    let mut lines = lines();
    lines[2].cause = lines[1].cause.clone();
    // Twice, at another version than answered, and not what was asked for.
    assert_eq!(violations(&book(), &lines), 3);
}

#[test]
fn a_request_that_was_refused_or_never_asked_and_is_there_is_found() {
    let mut book = book();
    book.asked[0].answer = Some(super::Answer::Refused(protocol::ErrorCode::Stale));
    assert_eq!(violations(&book, &lines()), 1);
    book.asked.clear();
    assert_eq!(violations(&book, &lines()), 1);
}

#[test]
fn a_snapshot_that_the_updates_do_not_fold_to_is_found() {
    let mut book = book();
    let mut other = snapshot(6);
    other.private = true;
    book.snapshots.push((6, crate::print::of_snapshot(&other)));
    assert_eq!(violations(&book, &lines()), 1);
}
