//! The rules alone: every action of recorded matches through `step`, one after the other.

use std::hint::black_box;

use components::{
    Act, Action, BotLevel, By, Charter, Opening, Pace, Phase, PieceSet, RoomCode, RoomState,
    Settings,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

criterion_group!(benches, matches, classify, bots);
criterion_main!(benches);

/// One iteration is all actions of 50 matches.
fn matches(criterion: &mut Criterion) {
    let settings = Settings::default();
    let recorded: Vec<Vec<Action>> = (0..50).map(|match_| record(match_, &settings)).collect();
    let actions: u64 = recorded.iter().map(|actions| actions.len() as u64).sum();
    let mut group = criterion.benchmark_group("rules");
    group.throughput(Throughput::Elements(actions));
    group.bench_function("settled_actions", |bencher| {
        let mut events = rules::Events::new();
        bencher.iter(|| {
            for actions in &recorded {
                let mut state = RoomState::VACANT;
                for action in actions {
                    events.clear();
                    rules::apply(&mut state, action, &settings, &mut events).expect("legal");
                    black_box(&events);
                }
                black_box(&state);
            }
        });
    });
    group.bench_function("settled_actions_by_value", |bencher| {
        bencher.iter(|| {
            for actions in &recorded {
                let mut state = RoomState::VACANT;
                for action in actions {
                    let (after, events) = rules::step(&state, action, &settings).expect("legal");
                    black_box(&events);
                    state = after;
                }
                black_box(&state);
            }
        });
    });
    group.finish();
}

fn classify(criterion: &mut Criterion) {
    let sets: Vec<PieceSet> =
        (0..4096_u32).map(|n| PieceSet(n.wrapping_mul(2_654_435_761) & 0x0f0f_00ff)).collect();
    let mut group = criterion.benchmark_group("rules");
    group.throughput(Throughput::Elements(sets.len() as u64));
    group.bench_function("classify", |bencher| {
        bencher.iter(|| sets.iter().filter_map(|set| rules::classify(*set)).count());
    });
    group.finish();
}

/// One iteration is every bot decision of a match.
fn bots(criterion: &mut Criterion) {
    let settings = Settings::default();
    for (name, level) in [("simple", BotLevel::Simple), ("standard", BotLevel::Standard)] {
        let mut sights = Vec::new();
        let mut state = RoomState::VACANT;
        for action in record(7, &settings) {
            if let (Act::Decide { .. }, By::Seat(seat)) = (&action.act, action.by) {
                sights.push(rules::bot::sight(&state, seat));
            }
            state = rules::step(&state, &action, &settings).expect("legal").0;
        }
        let mut group = criterion.benchmark_group("bot_decisions");
        group.throughput(Throughput::Elements(sights.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for sight in &sights {
                    black_box(rules::bot::decide(sight, level, || 7, &settings));
                }
            });
        });
        group.finish();
    }
}

/// All actions of a match of four `simple` bots, from the room's opening.
fn record(number: u8, settings: &Settings) -> Vec<Action> {
    let charter = Charter {
        code: RoomCode(*b"ABCDEF"),
        pace: Pace::Instant,
        private: true,
        endless: true,
        secret: [number; 32],
    };
    let opening = Opening { charter, guest: None, bots: vec![BotLevel::Simple; 4] };
    let mut actions = vec![Action { by: By::Nobody, act: Act::Open(Box::new(opening)) }];
    let mut state = RoomState::VACANT;
    loop {
        let newest = actions.last().expect("the opening at least");
        state = rules::step(&state, newest, settings).expect("what is due is legal").0;
        if matches!(state.phase, Phase::Finished { .. }) {
            return actions;
        }
        actions.push(rules::due(&state, 0, settings).expect("something is due").1);
    }
}
