//! Weak hands, and what their seats answer.

use components::{
    Act, BotLevel, By, Control, Decider, Decision, Event, Fact, Pace, PerSeat, Phase, PieceSet,
    Rejection, Seat, SeatSet, Settings, StarterReason,
};
use rules::deal;

use crate::support::{Room, S0, S1, S2, S3, decided, facts, person, pieces};

const ACCEPT: Decision = Decision::Redeal(true);
const DECLINE: Decision = Decision::Redeal(false);

/// Seats 1 and 3 are weak: a black Elephant is not strong enough.
fn two_weak() -> PerSeat<PieceSet> {
    [
        pieces(&[0, 2, 3, 4, 13, 16, 17, 18]),
        pieces(&[5, 6, 7, 8, 9, 10, 11, 12]),
        pieces(&[1, 14, 15, 21, 22, 23, 24, 25]),
        pieces(&[19, 20, 26, 27, 28, 29, 30, 31]),
    ]
}

/// Four persons are dealt these hands in the first round, and have seen them.
fn asked_with(settings: Settings, hands: PerSeat<PieceSet>, pace: Pace) -> Room {
    let mut room = Room::of_four_with(settings, 2, pace);
    room.start();
    let Phase::Dealt = room.state.phase else { panic!("the pace shows deals") };
    room.put_hands(hands);
    room.next();
    room
}

fn asked() -> Room {
    asked_with(Settings::default(), two_weak(), Pace::Standard)
}

fn seats(seats: &[Seat]) -> SeatSet {
    seats.iter().copied().fold(SeatSet::EMPTY, SeatSet::with)
}

#[test]
fn the_weak_seats_are_asked_with_the_time_up_to_the_warning() {
    let room = asked();
    let asked = seats(&[S1, S3]);
    let (accepted, declined) = (SeatSet::EMPTY, SeatSet::EMPTY);
    assert_eq!(room.state.phase, Phase::Redealing { asked, accepted, declined, warned: false });
    assert_eq!(room.state.clocks.phase, Some(20_000));
}

#[test]
fn only_weak_seats_answer_and_only_once() {
    let mut room = asked();
    assert_eq!(room.not_decided(S0, ACCEPT), Rejection::NotWeak);
    room.decide(S3, DECLINE);
    assert_eq!(room.not_decided(S3, ACCEPT), Rejection::AlreadyDecided);
}

#[test]
fn when_all_decline_the_round_starts() {
    let mut room = asked();
    room.decide(S3, DECLINE);
    let facts = facts(&room.decide(S1, DECLINE));
    assert!(matches!(facts[..], [Fact::RedealDecided { .. }, Fact::RoundStarted { .. }]));
    assert_eq!((room.state.round.redeals, room.state.round.multiplier), (0, 1));
    assert_eq!(room.state.round.reason, StarterReason::RedGeneral);
}

#[test]
fn an_accepter_starts_a_new_deal_that_counts_for_more() {
    let mut room = asked();
    room.decide(S1, DECLINE);
    let events = room.decide(S3, ACCEPT);
    let decided = Fact::RedealDecided { seat: S3, accept: true, decider: Decider::Person };
    let dealt = Event::Dealt { round: 1, redeal: 1, multiplier: 2 };
    assert_eq!(events, [Event::Public(decided), dealt]);
    assert_eq!(room.state.clocks.phase, Some(4_000));
    let hands = deal(&room.state.game.seed, 1, 1);
    assert_eq!(Seat::ALL.map(|seat| room.tally(seat).hand), hands);
    room.put_hands(crate::support::plain_hands());
    let facts = facts(&room.next());
    let (starter, reason) = (S3, StarterReason::RedealAccepted);
    assert_eq!(facts, [Fact::RoundStarted { round: 1, starter, reason, multiplier: 2 }]);
}

#[test]
fn of_several_accepters_the_first_in_play_order_starts() {
    let mut room = asked();
    room.decide(S3, ACCEPT);
    room.decide(S1, ACCEPT);
    assert_eq!(room.state.round.starter, Some(S1), "no starter yet: from seat 0");
    room.put_hands(two_weak());
    room.next();
    room.state.round.starter = Some(S2);
    room.decide(S1, ACCEPT);
    room.decide(S3, ACCEPT);
    assert_eq!(room.state.round.starter, Some(S3), "from the current starter, seat 2");
    assert_eq!((room.state.round.redeals, room.state.round.multiplier), (2, 3));
}

#[test]
fn nobody_is_asked_after_the_last_redeal() {
    let settings = Settings { redeals_max: 2, ..Settings::default() };
    let mut room = asked_with(settings, two_weak(), Pace::Fast);
    for _ in 0..2 {
        room.decide(S1, DECLINE);
        room.decide(S3, ACCEPT);
        room.put_hands(two_weak());
        room.next();
    }
    assert_eq!(room.state.phase, Phase::Starting);
    assert_eq!(room.state.round.multiplier, 3);
}

#[test]
fn a_warning_goes_out_and_then_silence_declines_in_one_step() {
    let mut room = asked();
    assert_eq!(room.refused(By::Nobody, Act::PhaseOver), Rejection::NotDue);
    let warned = facts(&room.next());
    assert_eq!(warned, [Fact::RedealWarned { ms_left: 10_000 }]);
    assert_eq!(room.state.clocks.phase, Some(10_000));
    let facts = facts(&room.next());
    let silent = |seat| Fact::RedealDecided { seat, accept: false, decider: Decider::TimeOut };
    assert_eq!(facts[..2], [silent(S1), silent(S3)]);
    assert!(matches!(facts[2..], [Fact::RoundStarted { .. }]));
}

#[test]
fn silence_of_one_does_not_undo_another_accepting() {
    let mut room = asked();
    room.decide(S3, ACCEPT);
    room.next();
    let events = room.next();
    assert_eq!(events.last(), Some(&Event::Dealt { round: 1, redeal: 1, multiplier: 2 }));
    assert_eq!(room.state.round.starter, Some(S3));
}

#[test]
fn where_there_is_less_time_than_the_warning_none_goes_out() {
    let mut room = asked_with(Settings::default(), two_weak(), Pace::Fast);
    assert_eq!(room.state.clocks.phase, Some(5_000));
    let facts = facts(&room.next());
    assert!(matches!(facts[0], Fact::RedealDecided { decider: Decider::TimeOut, .. }));
}

#[test]
fn a_single_seat_is_never_out_of_time() {
    let mut room = asked();
    room.pass(20_000);
    let act = || decided(DECLINE, Decider::TimeOut);
    assert_eq!(room.refused(By::Seat(S1), act()), Rejection::NotDue);
}

#[test]
fn an_answer_for_an_earlier_round_is_stale() {
    let room = asked();
    let turn = Some(components::TurnMark { round: 2, turn: 0 });
    let act = Act::Decide { decision: ACCEPT, turn, decider: Decider::Person };
    assert_eq!(room.refused_by(S1, act), Rejection::Stale);
}

#[test]
fn bots_answer_one_after_the_other_in_play_order_while_persons_think() {
    let mut room = Room::of_four(2, Pace::Standard);
    for seat in [S1, S2, S3] {
        room.state.players[seat.index()].as_mut().unwrap().control = Control::Bot(BotLevel::Simple);
    }
    room.start();
    room.put_hands(two_weak());
    room.next();
    let answers = |room: &mut Room| {
        let facts = facts(&room.next());
        let Fact::RedealDecided { seat, decider, .. } = facts[0] else { panic!("{facts:?}") };
        (seat, decider)
    };
    let thinks = room.state.clocks.bot.unwrap();
    assert!((500..=1_500).contains(&thinks));
    assert_eq!(answers(&mut room), (S1, Decider::Bot));
    assert!((500..=1_500).contains(&room.state.clocks.bot.unwrap()));
    assert_eq!(answers(&mut room), (S3, Decider::Bot));
}

#[test]
fn a_person_answering_leaves_the_clocks_of_the_others_running() {
    let mut room = asked();
    room.state.players[3].as_mut().unwrap().control = Control::Bot(BotLevel::Simple);
    room.state.clocks.bot = Some(700);
    room.pass(300);
    room.by(S1, person(DECLINE));
    assert_eq!(room.state.clocks.bot, Some(400));
    assert_eq!(room.state.clocks.phase, Some(19_700));
}

#[test]
fn a_person_who_is_away_declines_by_the_bot_clock() {
    let mut room = asked();
    room.by(S1, Act::Disconnected(components::Epoch(1)));
    assert_eq!(facts(&room.next()), [Fact::PlayerAway { seat: S1 }]);
    let facts = facts(&room.next());
    let decider = Decider::Absence;
    assert_eq!(facts, [Fact::RedealDecided { seat: S1, accept: false, decider }]);
}

#[test]
fn time_that_is_all_warning_is_warned_of_from_the_start() {
    let settings = Settings { redeal_warning_ms: 5_000, ..Settings::default() };
    let room = asked_with(settings, two_weak(), Pace::Fast);
    assert!(matches!(room.state.phase, Phase::Redealing { warned: true, .. }));
    assert_eq!(room.state.clocks.phase, Some(5_000));
}
