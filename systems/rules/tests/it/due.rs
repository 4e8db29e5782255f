//! What happens by itself, in which order, and that it always comes to an end.

use components::{
    Act, BotLevel, By, Cause, Charter, Control, Decider, Decision, EndReason, Epoch, Fact, Pace,
    Phase, RoomState, Seat, Settings, Version,
};
use rules::{Purpose, due, next_due_ms};

use crate::support::{Room, S0, S1, S2, S3, WALL_MS, charter, facts};

fn due_now(room: &Room) -> Option<(Cause, Act)> {
    due(&room.state, WALL_MS, &room.settings).map(|(cause, action)| (cause, action.act))
}

#[test]
fn nothing_is_due_before_its_time() {
    let mut room = Room::open(1, Pace::Standard, 3);
    assert_eq!(due_now(&room), None);
    room.start();
    room.pass(1_999);
    assert_eq!(due_now(&room), None);
    room.pass(1);
    assert_eq!(due_now(&room), Some((Cause::Timer, Act::PhaseOver)));
    assert_eq!(due(&RoomState::VACANT, WALL_MS, &Settings::default()), None);
}

#[test]
fn graces_come_first_then_the_empty_room_then_the_bot_then_the_phase() {
    let mut room = Room::open(3, Pace::Standard, 3);
    room.start();
    room.until(|fact| matches!(fact, Fact::DeclareStarted { .. }));
    room.by(S0, Act::Disconnected(Epoch(1)));
    let Phase::Declaring { seat } = room.state.phase else { panic!() };
    room.state.players[seat.index()].as_mut().unwrap().control = Control::Bot(BotLevel::Simple);
    room.state.clocks.bot = Some(1);
    room.state.clocks.grace[3] = Some(1);
    room.state.clocks.grace[0] = Some(1);
    room.pass(60_000);
    let timer = |act| Some((Cause::Timer, act));
    assert_eq!(due_now(&room), timer(Act::GraceOver(S0)));
    room.state.clocks.grace[0] = None;
    assert_eq!(due_now(&room), timer(Act::GraceOver(S3)));
    room.state.clocks.grace[3] = None;
    assert_eq!(due_now(&room), timer(Act::EmptyOver));
    room.state.clocks.empty = None;
    let Some((cause, Act::Decide { decider, turn, .. })) = due_now(&room) else { panic!() };
    assert_eq!((cause, decider, turn), (Cause::Bot(seat), Decider::Bot, Some(room.mark())));
    room.state.clocks.bot = None;
    let Some((cause, Act::Decide { decider, .. })) = due_now(&room) else { panic!() };
    assert_eq!((cause, decider), (Cause::Bot(seat), Decider::TimeOut));
}

#[test]
fn a_match_by_itself_is_the_same_every_time() {
    let run = || {
        let mut room = Room::open(6, Pace::Fast, 3);
        room.start();
        room.by(S0, Act::Leave);
        room.settings.rooms.abandoned_finish = true;
        room.until(|fact| matches!(fact, Fact::MatchOver(_)));
        room.state
    };
    assert_eq!(run(), run());
}

/// Has a match come to its end by itself; how, and at which version.
#[track_caller]
fn check_ends(mut room: Room) {
    if room.state.phase == Phase::Open {
        room.start();
    }
    let facts = facts(&room.until(|fact| matches!(fact, Fact::MatchOver(_))));
    let Some(Fact::MatchOver(end)) = facts.last() else { panic!("{facts:?}") };
    assert!(matches!(end.reason, EndReason::ScoreReached | EndReason::RoundsPlayed));
    assert!((1..=20).contains(&end.rounds));
}

#[test]
fn every_match_ends_by_itself() {
    for secret in 0..6 {
        for pace in [Pace::Standard, Pace::Instant] {
            // Nobody answers, and nobody is there to play.
            check_ends(Room::of_four(secret, pace));
            check_ends(Room::open(secret, pace, 3));
        }
        let settings = || {
            let mut settings = Settings { substitute: BotLevel::Simple, ..Settings::default() };
            settings.rooms.abandoned_finish = true;
            settings
        };
        let mut left = Room::of_four_with(settings(), secret, Pace::Classic);
        left.start();
        for seat in [S0, S1, S2, S3] {
            left.by(seat, Act::Disconnected(Epoch(1)));
        }
        check_ends(left);
        let endless = Charter { endless: true, ..charter(secret, Pace::Classic) };
        let mut room = Room::open_with(settings(), endless, None, 4);
        room.due();
        check_ends(room);
    }
}

#[test]
fn with_a_person_who_is_there_and_no_limit_nothing_happens_by_itself() {
    let mut room = Room::of_four(3, Pace::Classic);
    room.start();
    room.until(|fact| matches!(fact, Fact::DeclareStarted { .. }));
    assert_eq!(next_due_ms(&room.state.clocks), None);
    assert_eq!(due_now(&room), None);
}

#[test]
fn who_is_away_declines_redeals_and_bots_answer_as_they_like() {
    // Every hand is weak when points are low enough for it.
    let settings = Settings { weak_points_max: 99, ..Settings::default() };
    let mut room = Room::of_four_with(settings, 1, Pace::Fast);
    room.start();
    room.next();
    room.by(S2, Act::Disconnected(Epoch(1)));
    room.next();
    room.pass(60);
    let Some((Cause::Bot(seat), Act::Decide { decision, decider, .. })) = due_now(&room) else {
        panic!("{:?}", room.state.phase)
    };
    let expected = (S2, Decision::Redeal(false), Decider::Absence);
    assert_eq!((seat, decision, decider), expected);
    assert!(matches!(due(&room.state, 0, &room.settings).unwrap().1.by, By::Seat(Seat { .. })));
}

#[test]
fn who_is_away_declines_even_where_the_substitute_would_accept() {
    let mut settings = Settings { weak_points_max: 99, ..Settings::default() };
    settings.substitute = BotLevel::Simple;
    let mut room = Room::of_four_with(settings, 1, Pace::Fast);
    room.start();
    room.next();
    room.by(S2, Act::Disconnected(Epoch(1)));
    room.next();
    room.state.clocks.bot = Some(0);
    let sight = rules::bot::sight(&room.state, S2);
    let mut would_accept = 0;
    for version in 0..64 {
        room.state.version = Version(version);
        let random = rules::random(&room.state.game, Purpose::Choice, S2, Version(version));
        let wish = rules::bot::decide(&sight, BotLevel::Simple, || random, &room.settings);
        would_accept += u32::from(wish == Decision::Redeal(true));
        let Some((_, Act::Decide { decision, .. })) = due_now(&room) else { panic!() };
        assert_eq!(decision, Decision::Redeal(false));
    }
    assert!(would_accept > 0);
}
