//! What was settled can be settled again, and a restart costs nobody anything.

use components::{BotLevel, Control, Pace, Phase, RoomState, Seat, Settings};
use rules::Events;

use crate::support::{Memory, Table, check};

/// Who may sit in a seat, by its session.
const NAMES: [&str; 4] = ["ann", "bob", "cat", "dan"];

fn name_in(state: &RoomState, seat: Seat) -> Option<&'static str> {
    let control = &state.players[seat.index()].as_ref()?.control;
    let Control::Human(human) = control else { return None };
    NAMES.into_iter().find(|name| u64::from(name.as_bytes()[0]) == human.session.0)
}

/// The person who is asked first, if a person is.
fn asked(state: &RoomState) -> Option<&'static str> {
    let seat = match state.phase {
        Phase::Declaring { seat } | Phase::Playing { seat, .. } => seat,
        Phase::Redealing { asked, accepted, declined, .. } => {
            asked.minus(accepted).minus(declined).iter().next()?
        }
        _ => return None,
    };
    name_in(state, seat)
}

/// Short matches that bots play to their end when nobody is there.
pub(crate) fn settings() -> Settings {
    let mut settings =
        Settings { rounds_max: 3, substitute: BotLevel::Simple, ..Settings::default() };
    settings.rooms.abandoned_finish = true;
    settings
}

/// Two people and two bots play until a match is over: the people answer, are silent, vanish and
/// come back, the server pauses, and the process restarts now and then, as `seed` says.
pub(crate) fn played(seed: u64, pace: &str, memory: Memory, restarts: bool) -> Table {
    let settings = settings();
    let mut table = Table::new(&settings, memory, None);
    table.run(&format!("open {seed} ann {pace} 2, join {seed} bob, start {seed} ann, settle"));
    let mut random = seed;
    for _ in 0..5_000 {
        let Some(state) = table.shard.room(components::RoomId(seed)) else { break };
        if !state.phase.is_running() {
            break;
        }
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (dice, name) = ((random >> 33) % 64, NAMES[(random >> 60) as usize % 2]);
        let is_seated = Seat::ALL.iter().any(|seat| name_in(&state, *seat) == Some(name));
        let step = match (dice, asked(&state)) {
            (0, _) if is_seated => format!("lost {seed} {name}, settle"),
            (1..4, _) if is_seated => format!("back {seed} {name}, settle"),
            (4, _) => {
                format!("pause {seed} server, settle, wait 7777, resume {seed} server, settle")
            }
            (5, _) if restarts => "wait 300, restart, wait 200".to_owned(),
            (6, _) => format!("wait 40000, lost {seed} {name}, settle"),
            (7..50, Some(name)) if !state.paused => format!("decide {seed} {name}, settle"),
            _ => "wait 531, settle".to_owned(),
        };
        table.run(&step);
    }
    table
}

/// Runs all commits again from the first on; how many there were.
#[track_caller]
fn rerun(table: &Table) -> u64 {
    let settings = settings();
    let (mut state, mut from_ms, mut count) = (RoomState::VACANT, 0, 0);
    let mut restarts = table.restarts.iter().copied().peekable();
    for batch in &table.batches {
        for commit in &batch.durable.commits {
            let mut recovered = None;
            while let Some(at_ms) = restarts.next_if(|at_ms| commit.at_ms >= *at_ms) {
                // Those in between settled nothing: each gave the time since the last commit back.
                recovered = Some(settings.rooms.recovery_grace_ms);
                from_ms = at_ms;
            }
            let elapsed_ms = (commit.at_ms - from_ms) as u32;
            let mut events = Events::new();
            let (action, cause) = (&commit.action, commit.cause);
            rules::rerun(&mut state, elapsed_ms, recovered, action, cause, &settings, &mut events)
                .unwrap_or_else(|refused| panic!("{action:?} at {}: {refused:?}", commit.at_ms));
            assert_eq!(state, commit.state, "after {action:?} at {}", commit.at_ms);
            let range = commit.events.start as usize..commit.events.end as usize;
            assert_eq!(events[..], batch.durable.events[range]);
            from_ms = commit.at_ms;
            count += 1;
        }
    }
    count
}

#[test]
fn whole_matches_run_again_from_their_commits_alone() {
    for pace in ["standard", "classic", "fast", "instant"] {
        for seed in 1..5 {
            let table = played(seed, pace, Memory::Kept, false);
            let count = rerun(&table);
            assert!(count > 60, "{pace} {seed}: {count}");
            assert!(table.transcript.contains("match over"), "{pace} {seed}");
        }
    }
}

#[test]
fn amnesia_changes_nothing_of_what_runs_again() {
    for seed in 1..5 {
        let table = played(seed, "fast", Memory::Lost, false);
        assert_eq!(table.transcript, played(seed, "fast", Memory::Kept, false).transcript);
        rerun(&table);
    }
}

#[test]
fn matches_with_restarts_run_again_too() {
    let mut restarts = 0;
    for pace in ["standard", "classic", "fast", "instant"] {
        for seed in 1..5 {
            let table = played(seed, pace, Memory::Kept, true);
            rerun(&table);
            restarts += table.restarts.len();
            assert!(table.transcript.contains("match over"), "{pace} {seed}");
        }
    }
    assert!(restarts > 10, "{restarts}");
}

#[test]
fn after_a_restart_nobody_is_away_before_the_grace_is_over() {
    check(
        &Settings::default(),
        "
        open 1 ann classic 2, join 1 bob, start 1 ann, settle, hush
        lost 1 ann, tick, wait 1499, tick
        wait 99999, restart, wait 2000, tick
        wait 12999, tick, wait 1, tick
        ",
        "
        4: 1 v4 []
        6: 1 v5 [redeal? 1]
        8: 1 v6 [away 0, host 3]
        ",
    );
}

#[test]
fn after_a_restart_a_turn_has_the_grace_at_least() {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run(
        "open 3 ann fast 0, join 3 bob, join 3 cat, join 3 dan, start 3 ann, settle
        wait 200, settle, wait 200, settle, hush, wait 4000, restart",
    );
    assert_eq!(table.state(3).clocks.phase, Some(15_000));
    table.run("wait 14999, settle");
    assert_eq!(table.transcript, "");
    table.run("wait 1, tick");
    assert!(table.transcript.contains("declared TimeOut"), "{}", table.transcript);
}

#[test]
fn a_restart_without_people_goes_on_with_the_time_left() {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run("open 3 nobody standard 4, settle, restart");
    assert_eq!(table.state(3).clocks.phase, Some(2_000));
    assert_eq!(table.state(3).charter.map(|charter| charter.pace), Some(Pace::Standard));
}

#[cfg(feature = "faults")]
#[test]
fn a_grace_that_is_forgotten_is_seen() {
    use components::{Fault, Faults};
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.faults = Faults::planted(&[Fault::GraceForgotten]);
    table.run("open 1 ann classic 2, join 1 bob, start 1 ann, lost 1 ann, settle, hush");
    table.run("restart, wait 1500, settle");
    assert!(table.transcript.contains("away 0"), "{}", table.transcript);
}
