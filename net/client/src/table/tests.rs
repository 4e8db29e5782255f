//! Scripts of messages, and what a seat knows after each.

use protocol::{
    BotLevel, CloseReason, Decider, EndReason, Event, Hex, LeaveReason, MatchId, Pace, PaceInfo,
    Phase, Pieces, Presence, RoundInfo, Seat, Seats, SetKind, Snapshot, StarterReason, Turn,
    Update,
};

use super::{Fold, TableView};

const A: Seat = Seat::ALL[0];
const B: Seat = Seat::ALL[1];
const C: Seat = Seat::ALL[2];
const D: Seat = Seat::ALL[3];

fn pieces(indices: impl IntoIterator<Item = u8>) -> Pieces {
    indices.into_iter().collect()
}

/// An empty room at version 1, seen by seat 0.
fn empty_room() -> TableView {
    let durations = [1, 2, 3, 4, 5, 6, 7, 8];
    let [deal_ms, redealt_ms, start_ms, redeal_ms, declare_ms, play_ms, turn_ms, score_ms] =
        durations;
    TableView::new(Snapshot {
        room: "K7MPQ2".into(),
        version: 1,
        seat: Some(A),
        pace: PaceInfo {
            name: Pace::Fast,
            deal_ms,
            redealt_ms,
            start_ms,
            redeal_ms,
            declare_ms: Some(declare_ms),
            play_ms: Some(play_ms),
            stay_ms: 0,
            turn_ms,
            score_ms,
        },
        private: false,
        host: None,
        r#match: None,
        round: RoundInfo {
            number: 0,
            redeals: 0,
            multiplier: 0,
            starter: None,
            reason: StarterReason::FirstSeat,
            turn: 0,
        },
        phase: Phase::Open,
        ms_left: None,
        paused: false,
        hand: Some(Pieces::default()),
        seats: [const { None }; 4],
    })
}

/// Tells the table that all this happened at once.
fn tell(table: &mut TableView, events: impl IntoIterator<Item = Event<'static>>) {
    let version = table.state().version + 1;
    let events = events.into_iter().collect();
    let update = Update { room: "K7MPQ2".into(), version, events };
    assert_eq!(table.apply_update(&update), Fold::Done);
}

fn joined(seat: Seat, name: &'static str) -> Event<'static> {
    Event::PlayerJoined { seat, name: name.into(), bot: None }
}

/// Four people, seat 0 host, whose match has dealt seat 0 the pieces 0..=7.
fn dealt_room() -> TableView {
    let mut table = empty_room();
    tell(&mut table, [joined(A, "Ada"), Event::HostChanged { seat: A }]);
    tell(&mut table, [joined(B, "Ben"), joined(C, "Cem"), joined(D, "Dan")]);
    let started = Event::MatchStarted { r#match: MatchId(7), number: 1, seed_hash: Hex([1; 32]) };
    tell(&mut table, [started, deal(1, 0, 1)]);
    table
}

fn deal(round: u8, redeal: u8, multiplier: u8) -> Event<'static> {
    Event::Dealt { round, redeal, multiplier, hand: Some(pieces(0..8)) }
}

fn round_started(starter: Seat) -> Event<'static> {
    Event::RoundStarted { round: 1, starter, reason: StarterReason::RedGeneral, multiplier: 1 }
}

fn declared(seat: Seat, piles: u8, next: Option<Seat>) -> Event<'static> {
    Event::Declared { seat, piles, next, decider: Decider::Person }
}

fn played(seat: Seat, piece: u8, next: Option<Seat>) -> Event<'static> {
    Event::Played {
        seat,
        pieces: pieces([piece]),
        kind: Some(SetKind::Single),
        points: 14,
        next,
        decider: Decider::Person,
    }
}

#[test]
fn people_come_and_go() {
    let mut table = dealt_room();
    assert_eq!(table.state().host, Some(A));
    tell(&mut table, [Event::PlayerAway { seat: B }]);
    assert_eq!(table.player(B).unwrap().presence, Presence::Away);
    tell(&mut table, [Event::PlayerBack { seat: B }]);
    assert_eq!(table.player(B).unwrap().presence, Presence::Here);

    let bot = Some(BotLevel::Simple);
    tell(&mut table, [Event::PlayerLeft { seat: A, reason: LeaveReason::Left, bot }]);
    let replaced = table.player(A).unwrap();
    assert_eq!((&*replaced.name, replaced.bot, replaced.held), ("Bot 1", bot, 8));
    assert_eq!(table.state().host, None);

    tell(&mut table, [Event::PlayerLeft { seat: D, reason: LeaveReason::Removed, bot: None }]);
    assert_eq!(table.player(D), None);
}

#[test]
fn a_match_begins_with_nothing_won() {
    let table = dealt_room();
    assert_eq!(table.state().r#match.unwrap().number, 1);
    assert_eq!(*table.phase(), Phase::Dealt);
    assert_eq!(table.state().ms_left, Some(1));
    assert_eq!(table.hand(), pieces(0..8));
    assert_eq!(table.turn(), Turn { round: 1, turn: 0 });
    assert!(Seat::ALL.iter().all(|seat| table.player(*seat).unwrap().held == 8));
    assert_eq!(table.scores(), [0; 4]);
}

#[test]
fn those_asked_about_a_redeal_are_asked_until_they_answer() {
    let mut table = dealt_room();
    tell(&mut table, [Event::RedealOffered { seats: [A, C, D].into_iter().collect() }]);
    assert!(table.is_my_turn() && table.is_asked(D) && !table.is_asked(B));
    let decided = |seat, accept| Event::RedealDecided { seat, accept, decider: Decider::Person };
    tell(&mut table, [decided(A, false), Event::RedealWarned { ms_left: 3 }]);
    assert!(!table.is_my_turn());
    assert_eq!(table.state().ms_left, Some(3));
    tell(&mut table, [decided(D, true), decided(C, true), deal(1, 1, 2)]);
    let round = table.state().round;
    assert_eq!((round.redeals, round.multiplier), (1, 2));
    assert_eq!((round.starter, round.reason), (Some(C), StarterReason::RedealAccepted));
    assert_eq!((*table.phase(), table.state().ms_left), (Phase::Dealt, Some(2)));
}

#[test]
fn until_a_round_starts_its_starter_is_who_won_the_turn_before_it() {
    let mut table = dealt_room();
    tell(&mut table, [round_started(D), Event::TurnStarted { turn: 1, seat: D }]);
    tell(&mut table, [Event::TurnWon { turn: 1, seat: B, piles: 1 }]);
    assert_eq!(table.state().round.starter, Some(D));
    tell(&mut table, [deal(2, 0, 1)]);
    assert_eq!(table.state().round.starter, Some(B));

    // B itself is the first to be counted; A would be, if it were still D.
    tell(&mut table, [Event::RedealOffered { seats: [A, C].into_iter().collect() }]);
    let decided = |seat| Event::RedealDecided { seat, accept: true, decider: Decider::Person };
    tell(&mut table, [decided(A), decided(C), deal(2, 1, 2)]);
    assert_eq!(table.state().round.starter, Some(C));
}

#[test]
fn declarations_go_round() {
    let mut table = dealt_room();
    tell(&mut table, [round_started(D)]);
    assert_eq!(*table.phase(), Phase::Starting);
    tell(&mut table, [Event::DeclareStarted { seat: D }]);
    assert!(table.is_asked(D) && !table.is_my_turn());
    tell(&mut table, [declared(D, 3, Some(A))]);
    assert!(table.is_my_turn());
    assert_eq!(table.player(D).unwrap().declared, Some(3));
    assert_eq!(table.player(A).unwrap().declared, None);
}

#[test]
fn a_turn_is_played_and_won() {
    let mut table = dealt_room();
    tell(&mut table, [declared(C, 1, None), Event::TurnStarted { turn: 1, seat: D }]);
    assert_eq!(table.lead_count(), None);
    tell(&mut table, [played(D, 30, Some(A))]);
    assert!(table.is_my_turn());
    assert_eq!(table.lead_count(), Some(1));
    tell(&mut table, [played(A, 0, Some(B))]);
    assert_eq!(table.hand(), pieces(1..8));
    assert_eq!(table.player(A).unwrap().held, 7);
    tell(&mut table, [played(B, 20, Some(C))]);
    let won = Event::TurnWon { turn: 1, seat: A, piles: 1 };
    tell(&mut table, [played(C, 21, None), won]);
    let plays = [0, 20, 21, 30].map(|piece| Some(pieces([piece])));
    let expected = Phase::TurnWon { winner: A, leader: D, kind: Some(SetKind::Single), plays };
    assert_eq!(*table.phase(), expected);
    assert_eq!(table.plays(), plays);
    let winner = table.player(A).unwrap();
    assert_eq!((winner.captured, winner.turns_won), (1, 1));
    tell(&mut table, [Event::TurnStarted { turn: 2, seat: A }]);
    assert_eq!(table.turn(), Turn { round: 1, turn: 2 });
    assert!(table.is_my_turn());
    assert_eq!(table.plays(), [None; 4]);
}

#[test]
fn a_round_is_scored_and_the_next_one_remembers_who_declared_nothing() {
    let mut table = dealt_room();
    let scored = Event::RoundScored {
        round: 1,
        multiplier: 1,
        declared: [0, 2, 3, 1],
        captured: [0, 2, 1, 5],
        points: [3, 7, -2, -4],
        scores: [3, 7, -2, -4],
    };
    tell(&mut table, [scored]);
    assert_eq!(*table.phase(), Phase::Scored { points: [3, 7, -2, -4] });
    assert_eq!(table.scores(), [3, 7, -2, -4]);
    let perfect =
        |table: &TableView| Seat::ALL.map(|seat| table.player(seat).unwrap().perfect_rounds);
    assert_eq!(perfect(&table), [0, 1, 0, 0]);
    tell(&mut table, [deal(2, 0, 1)]);
    let streaks = Seat::ALL.map(|seat| table.player(seat).unwrap().zero_streak);
    assert_eq!(streaks, [1, 0, 0, 0]);
    assert_eq!(table.player(A).unwrap().declared, None);
    assert_eq!(table.player(D).unwrap().captured, 0);

    let over = Event::MatchOver {
        r#match: MatchId(7),
        reason: EndReason::Abandoned,
        rounds: 1,
        winners: Seats(0b10),
        scores: [3, 7, -2, -4],
        ranks: [2, 1, 3, 4],
        turns_won: [0, 2, 1, 5],
        perfect_rounds: [0, 1, 0, 0],
        seed: Hex([2; 32]),
    };
    tell(&mut table, [over]);
    assert_eq!(*table.phase(), Phase::Finished { winners: Seats(0b10) });
    assert_eq!(table.player(D).unwrap().turns_won, 5);
    tell(&mut table, [Event::RoomClosed { reason: CloseReason::Empty }]);
    assert_eq!(*table.phase(), Phase::Closed);
}

#[test]
fn a_gap_is_noticed_and_healed_by_a_snapshot_alone() {
    let mut table = dealt_room();
    let before = table.clone();
    let update = |version| Update {
        room: "K7MPQ2".into(),
        version,
        events: vec![Event::PlayerAway { seat: B }],
    };
    let version = table.state().version;
    assert_eq!(table.apply_update(&update(version)), Fold::Passed);
    let elsewhere = Update { room: "ABCDEF".into(), ..update(version + 1) };
    assert_eq!(table.apply_update(&elsewhere), Fold::Passed);
    assert_eq!(table, before);

    assert_eq!(table.apply_update(&update(version + 2)), Fold::Gap);
    assert_eq!(table.apply_update(&update(version + 1)), Fold::Gap);
    assert!(table.needs_resync());
    assert_eq!(table.state(), before.state());

    let fresh = Snapshot { version: version + 3, ..before.state().clone() };
    table.apply_snapshot(fresh);
    assert!(!table.needs_resync());
    assert_eq!(table.apply_update(&update(version + 4)), Fold::Done);
    assert_eq!(table.player(B).unwrap().presence, Presence::Away);
    table.apply_snapshot(before.state().clone());
    assert_eq!(table.state().version, version + 4);
}

#[test]
fn what_is_not_known_changes_only_the_version() {
    let mut table = dealt_room();
    let before = table.clone();
    tell(&mut table, [Event::Other]);
    let version = before.state().version + 1;
    assert_eq!(*table.state(), Snapshot { version, ..before.state().clone() });
}

#[test]
fn a_room_stands_still_until_it_is_resumed() {
    let mut table = dealt_room();
    tell(&mut table, [Event::RoomPaused]);
    assert!(table.state().paused);
    tell(&mut table, [Event::PlayerAway { seat: B }]);
    assert!(table.state().paused);
    tell(&mut table, [Event::RoomResumed]);
    assert!(!table.state().paused);
}
