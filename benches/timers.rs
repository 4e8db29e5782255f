//! The timer wheel: re-arming and popping, whatever the number of timers.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use systems::Wheel;

criterion_group!(benches, rearm, rearm_and_pop);
criterion_main!(benches);

/// Moves timers about, none of them due: what every play does to its room's.
fn rearm(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("timer_rearm");
    group.throughput(Throughput::Elements(1));
    for timers in [1_000_u64, 400_000] {
        group.bench_function(BenchmarkId::from_parameter(timers), |bencher| {
            let mut wheel = Wheel::default();
            let ids: Vec<_> = (0..timers).map(|timer| wheel.add(timer)).collect();
            let mut next = 0_u64;
            bencher.iter(|| {
                next = next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let id = ids[(next >> 33) as usize % ids.len()];
                wheel.set(id, Some(500 + (next >> 40) % 45_000));
            });
        });
    }
    group.finish();
}

/// Time goes on by a millisecond; what is due is popped and armed again, 0.5 to 1.5 s ahead.
fn rearm_and_pop(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("timer_pop_and_rearm");
    group.throughput(Throughput::Elements(1));
    for timers in [1_000_u64, 400_000] {
        group.bench_function(BenchmarkId::from_parameter(timers), |bencher| {
            let mut wheel = Wheel::default();
            let ids: Vec<_> = (0..timers).map(|timer| wheel.add(timer)).collect();
            for (timer, id) in ids.iter().enumerate() {
                wheel.set(*id, Some(timer as u64 % 1_000));
            }
            let mut now = 0_u64;
            bencher.iter(|| {
                loop {
                    if let Some(timer) = wheel.pop_due(now) {
                        let think = 500 + timer.wrapping_mul(2_654_435_761) % 1_000;
                        wheel.set(ids[timer as usize], Some(now + think));
                        break black_box(timer);
                    }
                    now += 1;
                }
            });
        });
    }
    group.finish();
}
