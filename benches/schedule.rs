//! What ticks cost: whole matches through the full schedule, with and without the journal, and ticks
//! in which nothing is due.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use components::{BotLevel, Durable, Settings};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use journal::{FileDisk, Journal, Options};
use liap::Shard;

#[path = "support/rooms.rs"]
mod rooms;

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(5));
    targets = whole_matches, kept_matches, idle_ticks
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
                bencher.iter_custom(|actions| play(&mut shard, actions, |_| {}));
            });
        }
    }
    group.finish();
}

/// Bots play without end; one iteration is one settled action, written before it would be shown.
/// Beside each, in the same run, the same without a journal.
fn kept_matches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("journal");
    group.throughput(Throughput::Elements(1));
    for rooms in [100_u64, 1_000] {
        for kept in [false, true] {
            let name = if kept { "process" } else { "none" };
            group.bench_function(BenchmarkId::new(name, rooms), |bencher| {
                let mut shard = rooms::playing(rooms, BotLevel::Simple);
                let place = place();
                let mut journal = kept.then(|| open(&place));
                bencher.iter_custom(|actions| {
                    play(&mut shard, actions, |durable| {
                        let Some(journal) = &mut journal else { return };
                        journal.record(durable);
                        journal.flush(0).expect("space on the disk");
                        for (_, game) in &durable.finished {
                            journal.forget(*game);
                        }
                    })
                });
                drop(journal);
                _ = fs::remove_dir_all(&place);
            });
        }
    }
    group.finish();
}

/// Lets rooms play for so many actions, a little more in truth, and gives the time that so many take.
fn play(shard: &mut Shard, actions: u64, mut keep: impl FnMut(&Durable)) -> Duration {
    let start = Instant::now();
    let mut settled = 0;
    while settled < actions {
        // Their pace is `instant`: what is due is due now, and time need not move.
        let now_ms = shard.next_due_ms().expect("rooms that play");
        shard.tick(now_ms, now_ms);
        let batches: Vec<_> = shard.drain().collect();
        for batch in batches {
            settled += batch.durable.commits.len() as u64;
            keep(&batch.durable);
            black_box(&batch.release);
            shard.recycle(batch.durable);
        }
    }
    start.elapsed().mul_f64(actions as f64 / settled as f64)
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

fn place() -> PathBuf {
    let place = std::env::temp_dir().join(format!("liap-bench-{}", std::process::id()));
    _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("a directory");
    place
}

fn open(place: &Path) -> Journal<FileDisk> {
    let disk = FileDisk::open(place).expect("a directory of its own");
    let options = Options { keep_finished: true, ..Options::default() };
    Journal::open(disk, &Settings::default(), options, 0).expect("an empty journal").0
}
