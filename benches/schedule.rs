//! What ticks cost: whole matches through the full schedule, and ticks in which nothing is due.

use std::hint::black_box;
use std::time::{Duration, Instant};

use components::{
    Act, Action, Ask, BotLevel, By, Cause, Charter, Epoch, Guest, Inbound, Opening, Pace, PlayerId,
    RequestId, RoomCode, RoomId, SessionId, Settings,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use liap::Shard;

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(5));
    targets = whole_matches, idle_ticks
}
criterion_main!(benches);

/// Bots play without end; one iteration is one settled action.
fn whole_matches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("whole_matches");
    group.throughput(Throughput::Elements(1));
    for (name, level) in [("simple", BotLevel::Simple), ("standard", BotLevel::Standard)] {
        for rooms in [100_u64, 1_000] {
            group.bench_function(BenchmarkId::new(name, rooms), |bencher| {
                let mut shard = playing(rooms, level);
                let mut now_ms = 0;
                bencher.iter_custom(|actions| {
                    let start = Instant::now();
                    let mut settled = 0;
                    while settled < actions {
                        now_ms = shard.next_due_ms().expect("rooms that play").max(now_ms);
                        shard.tick(now_ms, now_ms);
                        let batches: Vec<_> = shard.drain().collect();
                        for batch in batches {
                            settled += batch.durable.commits.len() as u64;
                            black_box(&batch.release);
                            shard.recycle(batch.durable);
                        }
                    }
                    start.elapsed().mul_f64(actions as f64 / settled as f64)
                });
            });
        }
    }
    group.finish();
}

/// Rooms of a person and three bots, each with a deadline ahead, and a tick in which none is due.
fn idle_ticks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("idle_tick");
    for rooms in [1_000_u64, 400_000] {
        let mut shard = waiting(rooms);
        group.bench_function(BenchmarkId::from_parameter(rooms), |bencher| {
            bencher.iter(|| shard.tick(1, 1));
        });
        assert_eq!(shard.rooms() as u64, rooms);
        assert_eq!(shard.drain().count(), 0);
    }
    group.finish();
}

fn charter(number: u64, pace: Pace, endless: bool) -> Charter {
    let mut secret = [0; 32];
    secret[..8].copy_from_slice(&number.to_le_bytes());
    Charter { code: RoomCode(*b"ABCDEF"), pace, private: false, endless, secret }
}

fn playing(rooms: u64, level: BotLevel) -> Shard {
    let mut settings = Settings::default();
    settings.rooms.endless_rest_ms = 0;
    let mut shard = Shard::new(settings, Default::default(), Default::default());
    for number in 0..rooms {
        let charter = charter(number, Pace::Instant, true);
        let opening = Opening { charter, guest: None, bots: vec![level; 4] };
        ask(&mut shard, number, Cause::Server, By::Nobody, Act::Open(Box::new(opening)));
    }
    shard
}

fn waiting(rooms: u64) -> Shard {
    let mut shard = Shard::new(Settings::default(), Default::default(), Default::default());
    for number in 0..rooms {
        let session = SessionId(number);
        let (name, player) = ("somebody".into(), PlayerId(number));
        let guest = Some(Guest { name, player, session, epoch: Epoch(1) });
        let charter = charter(number, Pace::Standard, false);
        let opening = Opening { charter, guest, bots: vec![BotLevel::Simple; 3] };
        let cause = |request| Cause::Client(session, RequestId(request));
        ask(&mut shard, number, cause(1), By::Nobody, Act::Open(Box::new(opening)));
        ask(&mut shard, number, cause(2), By::Session(session), Act::Start { wall_ms: 0 });
    }
    while shard.has_mail() || shard.stats().waiting > 0 {
        shard.tick(0, 0);
        shard.drain().for_each(drop);
    }
    shard
}

fn ask(shard: &mut Shard, number: u64, cause: Cause, by: By, act: Act) {
    let ask = Ask::Act(Action { by, act });
    let mut message = Inbound { room: RoomId::nth(number + 1), cause, ask };
    while let Err(refused) = shard.push(message) {
        message = refused;
        shard.tick(0, 0);
        shard.drain().for_each(drop);
    }
}
