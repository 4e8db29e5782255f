//! Events, and the words they are told in.

use client::protocol::{Decider, Event, Pieces, Seat, SetKind, StarterReason};

use super::super::{sample, style::Style};
use super::News;

const YOU: Seat = Seat::ALL[0];
const ZOE: Seat = Seat::ALL[1];

fn check(event: &Event<'_>, expected: &[&str]) {
    assert_eq!(News::from(&sample::playing(), Style::Plain).tell(event), expected);
}

fn played(seat: Seat, bits: u32, kind: Option<SetKind>, points: u16) -> Event<'static> {
    let decider = Decider::Person;
    Event::Played { seat, pieces: Pieces(bits), kind, points, next: None, decider }
}

#[test]
fn the_first_play_of_a_turn_is_a_lead_and_the_others_are_not() {
    let mut news = News::from(&sample::playing(), Style::Plain);
    let pair = Some(SetKind::Pair);
    let elephants = played(ZOE, 0b11 << 3, pair, 20);
    let plays = "Zoë plays pair 20: R-Elephant(10) R-Elephant(10).";
    assert_eq!(news.tell(&elephants), [plays]);
    assert!(news.tell(&Event::TurnStarted { turn: 4, seat: ZOE }).is_empty());
    let leads = "Zoë leads pair 20: R-Elephant(10) R-Elephant(10).";
    assert_eq!(news.tell(&elephants), [leads]);
    let single = played(YOU, 1, Some(SetKind::Single), 14);
    assert_eq!(news.tell(&single), ["You play R-General(14)."]);
    let mixed = played(ZOE, 1 | 1 << 31, None, 15);
    assert_eq!(news.tell(&mixed), ["Zoë plays no set 15: R-General(14) b-Soldier(1)."]);
}

#[test]
fn who_decided_instead_is_told() {
    let declared = |decider| Event::Declared { seat: YOU, piles: 3, next: None, decider };
    check(&declared(Decider::Person), &["You declare 3."]);
    check(&declared(Decider::TimeOut), &["You declare 3 (time was up: a bot decided)."]);
    let event = Event::RedealDecided { seat: ZOE, accept: true, decider: Decider::Absence };
    check(&event, &["Zoë accepts a redeal (away: a bot decided)."]);
}

#[test]
fn a_round_is_told_from_its_start_to_its_score() {
    let reason = StarterReason::WonLastTurn;
    let started = Event::RoundStarted { round: 3, starter: YOU, reason, multiplier: 2 };
    check(&started, &["You start round 3 (won the last turn), points x2."]);
    check(&Event::TurnWon { turn: 1, seat: ZOE, piles: 1 }, &["Zoë takes the turn: 1 pile."]);
    let scored = Event::RoundScored {
        round: 3,
        multiplier: 2,
        declared: [0, 2, 3, 1],
        captured: [0, 2, 1, 5],
        points: [6, 14, -4, -8],
        scores: [3, 17, 3, -10],
    };
    let lines = [
        "Round 3 is scored, points x2:",
        "  You: declared 0, captured 0: +6, now 3",
        "  Zoë: declared 2, captured 2: +14, now 17",
        "  Bot 3: declared 3, captured 1: -4, now 3",
        "  Max: declared 1, captured 5: -8, now -10",
    ];
    check(&scored, &lines);
}

#[test]
fn who_joins_is_known_by_name_at_once() {
    let mut news = News::from(&sample::open(1), Style::Plain);
    let joined = Event::PlayerJoined { seat: ZOE, name: "Eve".into(), bot: None };
    assert_eq!(news.tell(&joined), ["Eve sits down in seat 1."]);
    assert_eq!(news.tell(&Event::HostChanged { seat: ZOE }), ["Eve is the host now."]);
}
