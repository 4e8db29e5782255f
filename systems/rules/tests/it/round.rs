//! Rounds one after the other: scores, streaks, and how matches end.

use crate::support::{Room, S0, S1, S2, S3, facts, pieces, plain_hands};
use components::{
    Act, Decision, EndReason, Event, Fact, MatchEnd, Pace, PerSeat, Phase, Rejection, Seat,
    SeatSet, Settings, Tally,
};

/// Hands of one piece each, as before the last turn of a round: seat 2 holds the strongest.
fn last_pieces(room: &mut Room) {
    room.put_hands([pieces(&[5]), pieces(&[6]), pieces(&[0]), pieces(&[31])]);
    room.tally_mut(S0).captured = 7;
}

/// In round 2, before its last turn; these are declared, and seat 0 has captured 7 so far.
fn before_last_turn(declared: PerSeat<u8>) -> Room {
    let mut room = Room::with_hands(plain_hands(), S0);
    room.declare_all(declared);
    last_pieces(&mut room);
    room
}

fn last_turn(room: &mut Room) -> Vec<Fact> {
    for (seat, index) in [(S0, 5), (S1, 6), (S2, 0)] {
        room.play(seat, &[index]);
    }
    facts(&room.play(S3, &[31]))
}

fn match_over(facts: &[Fact]) -> &MatchEnd {
    let over = facts.iter().find_map(|fact| match fact {
        Fact::MatchOver(end) => Some(&**end),
        _ => None,
    });
    over.unwrap_or_else(|| panic!("the match goes on: {facts:?}"))
}

#[test]
fn one_play_can_end_turn_and_round_and_begin_the_next() {
    let mut room = before_last_turn([7, 0, 1, 2]);
    let facts = last_turn(&mut room);
    assert_eq!(facts[1], Fact::TurnWon { turn: 1, seat: S2, piles: 1 });
    let scores = [12, 3, 6, -2];
    let expected = Fact::RoundScored {
        round: 2,
        multiplier: 1,
        declared: [7, 0, 1, 2],
        captured: [7, 0, 1, 0],
        points: scores,
        scores,
    };
    assert_eq!(facts[2], expected);
    assert_eq!(room.state.round.number, 3);
    assert_eq!(room.state.round.turn, 0);
    let of = |room: &Room, f: fn(&Tally) -> u8| Seat::ALL.map(|seat| f(&room.tally(seat)));
    assert_eq!(of(&room, |tally| tally.perfect_rounds), [1, 0, 1, 0]);
    assert_eq!(of(&room, |tally| tally.zero_streak), [0, 1, 0, 0]);
    assert_eq!(of(&room, |tally| tally.captured), [0; 4]);
    assert_eq!(of(&room, |tally| tally.hand.len()), [8; 4]);
    assert_eq!(of(&room, |tally| tally.declared.map_or(9, |piles| piles)), [9; 4]);
}

#[test]
fn the_multiplier_multiplies_a_rounds_points() {
    let mut room = before_last_turn([7, 0, 1, 2]);
    room.state.round.multiplier = 3;
    room.tally_mut(S3).score = 4;
    let facts = last_turn(&mut room);
    let Fact::RoundScored { points, scores, multiplier, .. } = facts[2] else { panic!() };
    assert_eq!((multiplier, points, scores), (3, [36, 9, 18, -6], [36, 9, 18, -2]));
}

#[test]
fn the_winner_of_the_last_turn_starts_the_next_round() {
    let mut room = before_last_turn([7, 0, 1, 2]);
    room.settings.redeals_max = 0;
    last_turn(&mut room);
    assert_eq!(room.state.phase, Phase::Declaring { seat: S2 });
}

#[test]
fn zero_streaks_count_up_to_the_limit_and_start_over() {
    let mut room = before_last_turn([7, 0, 1, 2]);
    room.tally_mut(S1).zero_streak = 1;
    room.tally_mut(S2).zero_streak = 2;
    last_turn(&mut room);
    assert_eq!(room.tally(S1).zero_streak, 2);
    assert_eq!(room.tally(S2).zero_streak, 0);

    let mut room = Room::with_hands(plain_hands(), S0);
    room.settings.zero_streak_max = 3;
    room.declare_all([7, 0, 1, 2]);
    room.tally_mut(S1).zero_streak = 3;
    last_pieces(&mut room);
    last_turn(&mut room);
    assert_eq!(room.tally(S1).zero_streak, 3);
}

#[test]
fn a_match_ends_when_a_score_reaches_the_target() {
    let mut room = before_last_turn([7, 0, 1, 2]);
    room.tally_mut(S0).score = 37;
    last_turn(&mut room);
    assert_eq!(room.state.round.number, 3, "49 is not enough");

    let mut room = before_last_turn([7, 0, 1, 2]);
    room.tally_mut(S0).score = 38;
    room.tally_mut(S1).turns_won = 5;
    let facts = last_turn(&mut room);
    let end = match_over(&facts);
    assert_eq!(end.reason, EndReason::ScoreReached);
    assert_eq!((end.id, end.seed), (room.state.game.id, room.state.game.seed));
    assert_eq!((end.rounds, end.scores, end.ranks), (2, [50, 3, 6, -2], [1, 3, 2, 4]));
    assert_eq!(end.winners, SeatSet::EMPTY.with(S0));
    assert_eq!((end.turns_won, end.perfect_rounds), ([0, 5, 1, 0], [1, 0, 1, 0]));
    assert_eq!(room.state.phase, Phase::Finished { winners: end.winners });
    assert_eq!(room.state.clocks.phase, Some(300_000));
    assert_eq!(room.state.clocks.bot, None);
}

#[test]
fn a_match_ends_after_the_last_round_and_equal_scores_share_the_win() {
    let mut room = before_last_turn([7, 0, 1, 2]);
    room.state.round.number = 20;
    room.tally_mut(S1).score = 9;
    let facts = last_turn(&mut room);
    let end = match_over(&facts);
    assert_eq!((end.reason, end.rounds), (EndReason::RoundsPlayed, 20));
    assert_eq!((end.scores, end.ranks), ([12, 12, 6, -2], [1, 1, 3, 4]));
    assert_eq!(end.winners, SeatSet(0b0011));
}

#[test]
fn a_target_reached_in_the_last_round_is_why_it_ended() {
    let mut room = before_last_turn([7, 0, 1, 2]);
    room.state.round.number = 20;
    room.tally_mut(S0).score = 60;
    assert_eq!(match_over(&last_turn(&mut room)).reason, EndReason::ScoreReached);
}

#[test]
fn turns_go_on_where_the_winner_leads_and_counters_grow() {
    let mut room = Room::with_hands(plain_hands(), S0);
    room.declare_all([1, 1, 1, 1]);
    for (turn, plays) in [(1, [0, 15, 27, 30]), (2, [1, 14, 28, 29])] {
        assert_eq!(room.state.round.turn, turn);
        for (seat, index) in Seat::ALL.into_iter().zip(plays) {
            room.play(seat, &[index]);
        }
    }
    assert_eq!((room.tally(S0).captured, room.tally(S0).turns_won), (2, 2));
    assert_eq!(room.state.round.turn, 3);
    assert_eq!(room.tally(S0).hand, plain_hands()[0].minus(pieces(&[0, 1])));
}

#[test]
fn a_whole_match_by_persons_alone_ends_and_its_rounds_have_eight_piles() {
    let settings = Settings { rounds_max: 3, score_target: 10_000, ..Settings::default() };
    let mut room = Room::of_four_with(settings, 5, Pace::Instant);
    let mut all: Vec<Event> = room.start();
    while room.state.phase.is_running() {
        let events = match room.state.phase {
            Phase::Redealing { asked, declined, .. } => {
                let seat = asked.minus(declined).iter().next().unwrap();
                room.decide(seat, Decision::Redeal(false))
            }
            Phase::Declaring { seat } => {
                let piles = rules::legal_declarations(&room.state, seat, &room.settings).last();
                room.decide(seat, Decision::Declare(piles.unwrap()))
            }
            Phase::Playing { seat, table } => {
                let hand = room.tally(seat).hand;
                let count = usize::from(table.count().max(1));
                let first = hand.iter().take(count).collect();
                room.decide(seat, Decision::Play(first))
            }
            other => panic!("instant shows nothing: {other:?}"),
        };
        all.extend(events);
    }
    let facts = facts(&all);
    let scored: Vec<_> = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::RoundScored { captured, .. } => Some(captured.iter().sum::<u8>()),
            _ => None,
        })
        .collect();
    assert_eq!(scored, [8, 8, 8]);
    assert_eq!(match_over(&facts).reason, EndReason::RoundsPlayed);
    assert_eq!(room.refused_by(S0, Act::PhaseOver), Rejection::NotDue);
}
