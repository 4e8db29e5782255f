//! What ticks cost: whole matches through the full schedule, and ticks in which nothing is due.

use std::hint::black_box;
use std::time::{Duration, Instant};

use components::BotLevel;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

#[path = "support/rooms.rs"]
mod rooms;

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
                let mut shard = rooms::playing(rooms, level);
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

/// Rooms of four people, each with a deadline ahead, and a tick in which none is due.
fn idle_ticks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("idle_tick");
    for rooms in [1_000_u64, 400_000] {
        let mut shard = rooms::waiting(rooms);
        group.bench_function(BenchmarkId::from_parameter(rooms), |bencher| {
            bencher.iter(|| shard.tick(1, 1));
        });
        assert_eq!(shard.rooms() as u64, rooms);
        assert_eq!(shard.drain().count(), 0);
    }
    group.finish();
}
