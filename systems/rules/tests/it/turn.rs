//! Turns: what may be led and followed, who wins, what it brings.

use components::{
    Act, Decider, Decision, Epoch, Fact, Pace, Phase, PieceSet, Rejection, SetKind, Table,
};

use crate::support::{Room, S0, S1, S2, S3, decided, facts, person, pieces, plain_hands};

/// All have declared; seat 0 is to lead from plain hands.
fn room() -> Room {
    let mut room = Room::with_hands(plain_hands(), S0);
    room.declare_all([1, 1, 1, 1]);
    room
}

fn play(indices: &[u8]) -> Decision {
    Decision::Play(pieces(indices))
}

#[test]
fn a_lead_is_one_to_six_pieces() {
    let room = room();
    let bad_count = Rejection::BadCount { min: 1, max: 6 };
    assert_eq!(room.not_decided(S0, play(&[])), bad_count);
    assert_eq!(room.not_decided(S0, play(&[0, 1, 3, 5, 7, 9, 11])), bad_count);
    assert_eq!(room.not_decided(S0, Decision::Play(PieceSet::ALL)), bad_count);
}

#[test]
fn a_lead_is_no_more_than_the_hand() {
    let mut room = room();
    let hand = |index: u8| pieces(&[index, index + 1]);
    room.put_hands([hand(11), hand(1), hand(3), hand(5)]);
    let bad_count = Rejection::BadCount { min: 1, max: 2 };
    assert_eq!(room.not_decided(S0, play(&[11, 12, 13])), bad_count);
}

#[test]
fn pieces_must_be_in_the_hand() {
    let room = room();
    assert_eq!(room.not_decided(S0, play(&[0, 2, 3])), Rejection::NotInHand(pieces(&[2])));
    assert_eq!(room.not_decided(S0, play(&[31])), Rejection::NotInHand(pieces(&[31])));
}

#[test]
fn a_lead_must_be_a_set_and_a_follower_need_not() {
    let mut room = room();
    assert_eq!(room.not_decided(S0, play(&[0, 1])), Rejection::BadSet);
    room.play(S0, &[11, 12]);
    let facts = facts(&room.play(S1, &[2, 15]));
    let Fact::Played { kind, points, .. } = facts[0] else { panic!("{facts:?}") };
    assert_eq!((kind, points), (None, 14));
}

#[test]
fn a_follower_plays_as_many_as_were_led() {
    let mut room = room();
    room.play(S0, &[0, 1, 3]);
    let bad_count = Rejection::BadCount { min: 3, max: 3 };
    assert_eq!(room.not_decided(S1, play(&[2])), bad_count);
    assert_eq!(room.not_decided(S1, play(&[2, 4, 6, 8])), bad_count);
    assert_eq!(room.not_decided(S1, play(&[0, 1, 3])), Rejection::NotInHand(pieces(&[0, 1, 3])));
    room.play(S1, &[6, 8, 10]);
}

#[test]
fn only_the_seat_that_is_asked_plays() {
    let mut room = room();
    assert_eq!(room.not_decided(S1, play(&[2])), Rejection::NotYourTurn(S0));
    room.play(S0, &[0]);
    assert_eq!(room.not_decided(S0, play(&[1])), Rejection::NotYourTurn(S1));
}

#[test]
fn a_play_says_what_it_is_and_who_is_next() {
    let mut room = room();
    let lead = facts(&room.play(S0, &[0, 1, 3]));
    let expected = Fact::Played {
        seat: S0,
        pieces: pieces(&[0, 1, 3]),
        kind: Some(SetKind::Straight),
        points: 36,
        next: Some(S1),
        decider: Decider::Person,
    };
    assert_eq!(lead, [expected]);
    let Phase::Playing { seat, table } = room.state.phase else { panic!() };
    assert_eq!((seat, table.kind, table.count()), (S1, Some(SetKind::Straight), 3));
}

#[test]
fn the_winner_takes_as_many_piles_as_were_led_and_leads_next() {
    let mut room = room();
    room.play(S0, &[5, 7, 9]);
    room.play(S1, &[6, 8, 10]);
    room.play(S2, &[16, 17, 19]);
    let facts = facts(&room.play(S3, &[29, 30, 31]));
    assert_eq!(facts[1], Fact::TurnWon { turn: 1, seat: S2, piles: 3 });
    assert_eq!(facts[2], Fact::TurnStarted { turn: 2, seat: S2 });
    assert_eq!(room.state.phase, Phase::Playing { seat: S2, table: Table::led_by(S2) });
    assert_eq!((room.tally(S2).captured, room.tally(S2).turns_won), (3, 1));
    assert_eq!(room.state.round.last_winner, Some(S2));
}

#[test]
fn of_equal_plays_the_earlier_wins() {
    let mut room = room();
    room.play(S0, &[5]);
    room.play(S1, &[6]);
    room.play(S2, &[27]);
    let facts = facts(&room.play(S3, &[31]));
    assert_eq!(facts[1], Fact::TurnWon { turn: 1, seat: S0, piles: 1 });
}

#[test]
fn a_decision_for_another_turn_is_stale() {
    let mut room = room();
    let meant = room.mark();
    for (seat, piece) in [(S0, 5), (S1, 15), (S2, 28), (S3, 31)] {
        room.play(seat, &[piece]);
    }
    let act =
        |turn| Act::Decide { decision: play(&[7]), turn: Some(turn), decider: Decider::Person };
    assert_eq!(room.refused_by(S0, act(meant)), Rejection::Stale);
    room.by(S0, act(room.mark()));
}

#[test]
fn decisions_of_the_wrong_kind_or_outside_a_match_are_out_of_phase() {
    let room = room();
    assert_eq!(room.not_decided(S0, Decision::Declare(1)), Rejection::WrongPhase);
    assert_eq!(room.not_decided(S0, Decision::Redeal(true)), Rejection::WrongPhase);
    let open = Room::open(1, Pace::Standard, 3);
    assert_eq!(open.not_decided(S0, play(&[0])), Rejection::WrongPhase);
}

#[test]
fn nobody_but_the_asked_person_decides_before_time_is_up() {
    let mut room = room();
    for decider in [Decider::Bot, Decider::Absence, Decider::TimeOut] {
        assert_eq!(room.refused_by(S0, decided(play(&[5]), decider)), Rejection::NotDue);
    }
    room.pass(5_000);
    assert_eq!(room.refused_by(S0, decided(play(&[5]), Decider::Bot)), Rejection::NotDue);
    assert_eq!(room.refused_by(S0, decided(play(&[5]), Decider::Absence)), Rejection::NotDue);
    let facts = facts(&room.by(S0, decided(play(&[5]), Decider::TimeOut)));
    assert!(matches!(facts[0], Fact::Played { decider: Decider::TimeOut, .. }));
}

#[test]
fn a_person_whose_connection_is_lost_may_still_play() {
    let mut room = room();
    room.by(S0, Act::Disconnected(Epoch(1)));
    room.pass(1_500);
    room.due();
    room.by(S0, person(play(&[5])));
}

#[test]
fn a_round_ends_with_empty_hands_and_eight_piles() {
    let mut room = room();
    room.play(S0, &[0, 1, 3]);
    room.play(S1, &[2, 4, 6]);
    room.play(S2, &[21, 23, 25]);
    room.play(S3, &[18, 20, 22]);
    room.play(S0, &[5, 7, 9]);
    room.play(S1, &[8, 10, 13]);
    room.play(S2, &[16, 17, 19]);
    room.play(S3, &[24, 26, 29]);
    room.play(S2, &[27, 28]);
    room.play(S3, &[30, 31]);
    room.play(S0, &[11, 12]);
    let facts = facts(&room.play(S1, &[14, 15]));
    assert_eq!(facts[1], Fact::TurnWon { turn: 3, seat: S0, piles: 2 });
    let Fact::RoundScored { declared, captured, points, scores, round, multiplier } = facts[2]
    else {
        panic!("{facts:?}")
    };
    assert_eq!((round, multiplier), (2, 1));
    assert_eq!((declared, captured), ([1, 1, 1, 1], [5, 0, 3, 0]));
    assert_eq!((points, scores), ([-4, -1, -2, -1], [-4, -1, -2, -1]));
    assert_eq!(room.state.round.number, 3);
}
