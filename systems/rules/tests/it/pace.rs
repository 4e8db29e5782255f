//! Durations: what each phase takes at each pace, and what passes in no time at all.

use components::{Act, Decision, Fact, Pace, Phase, Settings};

use crate::support::{Room, S0, S1, S2, S3, facts, pieces, plain_hands};

/// Four persons at this pace with plain hands that are being shown.
fn dealt(pace: Pace) -> Room {
    let settings = Settings { redeals_max: 0, ..Settings::default() };
    let mut room = Room::of_four_with(settings, 1, pace);
    room.start();
    room.put_hands(plain_hands());
    room
}

/// The names and clocks of the phases of a round's first turn, as they come.
fn timetable(pace: Pace) -> Vec<(&'static str, Option<u32>)> {
    let mut room = dealt(pace);
    let mut seen = Vec::new();
    let note = |room: &Room, seen: &mut Vec<_>| {
        let name = match room.state.phase {
            Phase::Dealt => "dealt",
            Phase::Starting => "starting",
            Phase::Declaring { .. } => "declaring",
            Phase::Playing { .. } => "playing",
            Phase::Staying { .. } => "staying",
            Phase::TurnWon { .. } => "turn_won",
            _ => "other",
        };
        seen.push((name, room.state.clocks.phase));
    };
    note(&room, &mut seen);
    room.next();
    note(&room, &mut seen);
    room.next();
    note(&room, &mut seen);
    room.declare_all([1, 1, 1, 1]);
    note(&room, &mut seen);
    for (seat, index) in [(S0, 0), (S1, 15), (S2, 27), (S3, 31)] {
        room.play(seat, &[index]);
    }
    while !matches!(room.state.phase, Phase::Playing { .. }) {
        note(&room, &mut seen);
        room.next();
    }
    seen
}

#[test]
fn the_standard_pace_is_the_rules() {
    let expected = [
        ("dealt", Some(2_000)),
        ("starting", Some(5_000)),
        ("declaring", Some(30_000)),
        ("playing", Some(45_000)),
        ("turn_won", Some(7_000)),
    ];
    assert_eq!(timetable(Pace::Standard), expected);
}

#[test]
fn the_classic_pace_sets_no_limits_and_lets_the_last_play_stay() {
    let expected = [
        ("dealt", Some(2_000)),
        ("starting", Some(5_000)),
        ("declaring", None),
        ("playing", None),
        ("staying", Some(5_000)),
        ("turn_won", Some(12_000)),
    ];
    assert_eq!(timetable(Pace::Classic), expected);
}

#[test]
fn the_fast_pace_is_fast() {
    let expected = [
        ("dealt", Some(200)),
        ("starting", Some(200)),
        ("declaring", Some(5_000)),
        ("playing", Some(5_000)),
        ("turn_won", Some(200)),
    ];
    assert_eq!(timetable(Pace::Fast), expected);
}

#[test]
fn at_the_instant_pace_what_is_shown_passes_in_the_same_step() {
    let settings = Settings { redeals_max: 0, ..Settings::default() };
    let mut room = Room::of_four_with(settings, 1, Pace::Instant);
    let facts = facts(&room.start());
    assert!(matches!(facts[..], [Fact::RoundStarted { .. }, Fact::DeclareStarted { .. }]));
    assert_eq!(room.state.clocks.phase, Some(5_000));
}

#[test]
fn bots_think_within_their_bounds_and_not_always_as_long() {
    let mut room = Room::open(8, Pace::Fast, 3);
    room.start();
    let mut thoughts = std::collections::BTreeSet::new();
    for _ in 0..400 {
        if let Some(ms) = room.state.clocks.bot {
            assert!((0..=60).contains(&ms), "{ms}");
            thoughts.insert(ms);
        }
        room.next();
    }
    assert!(thoughts.len() > 20, "{thoughts:?}");
}

#[test]
fn each_seat_has_the_whole_time_and_others_do_not_cost_it() {
    let mut room = dealt(Pace::Standard);
    room.next();
    room.next();
    room.pass(12_345);
    room.decide(S0, Decision::Declare(1));
    assert_eq!(room.state.clocks.phase, Some(30_000));
    room.pass(10_000);
    room.by(S3, Act::Connected(components::Epoch(5)));
    assert_eq!(room.state.clocks.phase, Some(20_000));
}

#[test]
fn a_seat_out_of_time_is_played_by_the_substitute() {
    let mut room = dealt(Pace::Standard);
    room.next();
    room.next();
    let facts = facts(&room.next());
    let Fact::Declared { seat, decider, .. } = facts[0] else { panic!("{facts:?}") };
    assert_eq!((seat, decider), (S0, components::Decider::TimeOut));
    for _ in 0..3 {
        room.next();
    }
    let events = room.next();
    let told = crate::support::facts(&events);
    let Fact::Played { seat, decider, pieces: played, .. } = told[0] else { panic!("{told:?}") };
    assert_eq!((seat, decider), (S0, components::Decider::TimeOut));
    assert!(plain_hands()[0].contains_all(played) && played != pieces(&[]));
}
