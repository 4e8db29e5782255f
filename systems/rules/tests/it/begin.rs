//! Matches begin: who may start one, with whom, and who starts its rounds.

use components::{
    Act, By, Event, Fact, Match, Pace, Phase, PieceSet, Rejection, Round, Seat, SessionId,
    Settings, StarterReason, Tally,
};
use rules::{Kind, RED_GENERAL, deal, match_id, match_seed};

use crate::support::{Room, S0, S1, S2, S3, WALL_MS, charter, facts, pieces, plain_hands};

const START: Act = Act::Start { wall_ms: WALL_MS };
const REMATCH: Act = Act::Rematch { wall_ms: WALL_MS };

#[test]
fn a_match_starts_with_its_seed_and_a_deal() {
    let mut room = Room::open(9, Pace::Standard, 3);
    let events = room.start();
    let seed = match_seed(&[9; 32], 1);
    let id = match_id(&[9; 32], 1, WALL_MS);
    let Event::MatchStarted(start) = &events[0] else { panic!("{events:?}") };
    assert_eq!((start.id, start.number, start.seed), (id, 1, seed));
    assert_eq!(events[1..], [Event::Dealt { round: 1, redeal: 0, multiplier: 1 }]);
    assert_eq!(room.state.game, Match { id, number: 1, seed });
    assert_eq!(room.state.phase, Phase::Dealt);
    assert_eq!(room.state.clocks.phase, Some(2_000));
    assert_eq!(Seat::ALL.map(|seat| room.tally(seat).hand), deal(&seed, 1, 0));
}

#[test]
fn only_the_host_starts() {
    let room = Room::of_four(1, Pace::Standard);
    assert_eq!(room.refused_by(S1, START), Rejection::NotHost);
    assert_eq!(room.refused(By::Nobody, START), Rejection::NotHost);
    assert_eq!(room.refused(By::Session(SessionId(5)), START), Rejection::NotInRoom);
}

#[test]
fn four_seats_must_be_filled() {
    let room = Room::open(1, Pace::Standard, 1);
    assert_eq!(room.refused_by(S0, START), Rejection::SeatsEmpty(2));
}

#[test]
fn no_match_starts_within_another() {
    let mut room = Room::open(1, Pace::Standard, 3);
    room.start();
    assert_eq!(room.refused_by(S0, START), Rejection::MatchRunning);
    assert_eq!(room.refused_by(S0, REMATCH), Rejection::MatchRunning);
}

#[test]
fn a_rematch_is_for_after_a_match_and_a_start_for_before() {
    let mut room = Room::open(1, Pace::Instant, 3);
    assert_eq!(room.refused_by(S0, REMATCH), Rejection::WrongPhase);
    room.start();
    room.until(|fact| matches!(fact, Fact::MatchOver(_)));
    assert_eq!(room.refused_by(S0, START), Rejection::WrongPhase);
    let first = room.state.game;
    room.by(S0, REMATCH);
    assert_eq!(room.state.game.number, 2);
    assert_ne!(room.state.game.seed, first.seed);
    assert_ne!(room.state.game.id, first.id);
    let hands = deal(&match_seed(&[1; 32], 2), 1, 0);
    for (seat, hand) in Seat::ALL.into_iter().zip(hands) {
        assert_eq!(room.tally(seat), Tally { hand, ..Tally::default() });
    }
    assert_eq!(room.state.round.last_winner, None);
}

/// The starter of a round that begins now with these hands, by this round so far.
fn starter(round: Round, hands: [PieceSet; 4]) -> (Option<Seat>, StarterReason) {
    let mut room = Room::of_four(1, Pace::Standard);
    room.start();
    room.put_hands(hands);
    room.state.round = round;
    room.pass(2_000);
    room.nobody(Act::PhaseOver);
    assert_eq!(room.state.phase, Phase::Starting);
    (room.state.round.starter, room.state.round.reason)
}

#[test]
fn the_red_general_starts_the_first_round() {
    let round = Round { number: 1, multiplier: 1, ..Round::default() };
    let mut hands = plain_hands();
    assert_eq!(starter(round, hands), (Some(S0), StarterReason::RedGeneral));
    hands.rotate_right(2);
    assert!(hands[2].contains_all(RED_GENERAL));
    assert_eq!(starter(round, hands), (Some(S2), StarterReason::RedGeneral));
}

#[test]
fn the_winner_of_the_last_turn_starts_a_later_round() {
    let last_winner = Some(S3);
    let round = Round { number: 2, starter: Some(S1), last_winner, ..Round::default() };
    assert_eq!(starter(round, plain_hands()), (Some(S3), StarterReason::WonLastTurn));
}

#[test]
fn the_last_accepter_starts_whatever_else_applies() {
    let round = Round { number: 1, redeals: 2, starter: Some(S1), ..Round::default() };
    assert_eq!(starter(round, plain_hands()), (Some(S1), StarterReason::RedealAccepted));
    let round = Round { number: 5, last_winner: Some(S3), ..round };
    assert_eq!(starter(round, plain_hands()), (Some(S1), StarterReason::RedealAccepted));
}

#[test]
fn seat_0_starts_when_nothing_else_applies() {
    let round = Round { number: 3, ..Round::default() };
    assert_eq!(starter(round, plain_hands()), (Some(S0), StarterReason::FirstSeat));
}

#[test]
fn an_endless_room_starts_by_itself_and_only_when_its_time_has_come() {
    let endless = components::Charter { endless: true, ..charter(4, Pace::Instant) };
    let mut room = Room::open_with(Settings::default(), endless, None, 4);
    assert_eq!(room.state.clocks.phase, Some(0));
    assert_eq!(room.refused(By::Nobody, REMATCH), Rejection::WrongPhase);
    assert_eq!(room.refused(By::Nobody, Act::PhaseOver), Rejection::NotDue);
    room.due();
    assert!(room.state.phase.is_running());
    assert_eq!(room.refused(By::Nobody, START), Rejection::NotDue);
    for number in 2..=3 {
        room.until(|fact| matches!(fact, Fact::MatchOver(_)));
        assert_eq!(room.state.clocks.phase, Some(3_000));
        assert_eq!(room.refused(By::Nobody, REMATCH), Rejection::NotDue);
        room.pass(3_000);
        assert_eq!(room.refused(By::Nobody, Act::PhaseOver), Rejection::NotDue);
        room.due();
        assert_eq!(room.state.game.number, number);
        assert_eq!(room.state.clocks.empty, None);
    }
}

#[test]
fn weak_hands_stop_the_start_and_strong_ones_do_not() {
    let mut room = Room::of_four(1, Pace::Standard);
    room.start();
    let mut hands = plain_hands();
    // Seat 3 gives its black Advisor for a red soldier of seat 1.
    hands[3] = hands[3].minus(pieces(&[18])).union(pieces(&[15]));
    hands[1] = hands[1].minus(pieces(&[15])).union(pieces(&[18]));
    assert_eq!(hands[3].intersection(Kind::Advisor.both()), PieceSet::EMPTY);
    room.put_hands(hands);
    room.pass(2_000);
    let facts = facts(&room.due().unwrap());
    assert_eq!(facts, [Fact::RedealOffered { seats: components::SeatSet::EMPTY.with(S3) }]);
}
