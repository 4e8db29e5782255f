//! A follower of a store that is really kept: compacted, erased from, cleaned.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use object_store::ObjectStore;
use object_store::memory::InMemory;

use super::*;
use crate::keeping::{Keeper, KeepingLimits};
use crate::testing::{HOUR, batch, batch_id, batch_of, layout, player, run};
use crate::{
    Applied, BlockOn, Catalog, CatalogLimits, Change, Ended, Hour, ObjectTarget, Standing, Table,
};

struct Runs;

impl BlockOn for Runs {
    fn block_on<T: Send>(&mut self, future: BoxFuture<'_, T>) -> T {
        run(future)
    }
}

/// The same numbers each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

struct Pair {
    stores: [Arc<dyn ObjectStore>; 2],
    targets: [ObjectTarget; 2],
    follower: Follower,
    now: Moment,
}

impl Pair {
    fn new() -> Self {
        let stores: [Arc<dyn ObjectStore>; 2] =
            [Arc::new(InMemory::new()), Arc::new(InMemory::new())];
        let target = |store| ObjectTarget::new(store, "memory", CatalogLimits::default());
        let now = Moment { at_ms: 0, wall_ms: HOUR.end_ms() + 7_200_000 };
        Self {
            targets: stores.clone().map(target),
            follower: Follower::new(FollowOptions::default(), now),
            stores,
            now,
        }
    }

    fn keeper(&self, of: usize) -> Keeper {
        let store = Arc::clone(&self.stores[of]);
        let catalog = run(Catalog::load(store, CatalogLimits::default())).unwrap();
        Keeper::new(catalog, KeepingLimits { grace_ms: 0, ..KeepingLimits::default() }, layout())
    }

    fn pass(&mut self, ms: u64) {
        self.now.at_ms += ms;
        self.now.wall_ms += ms;
    }

    fn step(&mut self) -> Followed {
        let [source, target] = &self.targets;
        let next = self.follower.step(self.now, source, target, &mut Runs);
        let ms = next.at_ms - self.now.at_ms;
        self.pass(ms);
        next.did
    }

    /// A batch of two hours.
    fn add(&mut self, number: u8) {
        let [first, second] =
            [HOUR, Hour(HOUR.0 + 1)].map(|hour| batch(number, hour, &[number.into()]));
        let parts = [first.parts, second.parts].concat();
        let mut change = batch_of(batch_id(number), 2, parts);
        change.manifest.created_ms = self.now.wall_ms;
        run(self.targets[0].apply(&change)).unwrap();
    }

    fn keep(&mut self, chance: &mut Chance) {
        let now_ms = self.now.wall_ms;
        let hour = Hour(HOUR.0 + chance.below(2) as u32);
        let mut keeper = self.keeper(0);
        match chance.below(4) {
            0 | 1 => _ = run(keeper.compact(hour..=hour, now_ms, &mut |_| {})).unwrap(),
            2 => {
                let key = player(chance.below(20) as u32, chance.below(3) as u32).unwrap();
                let (mut redact, mut tell) = (|_: Table, _: &_| Ok(None), |_| {});
                run(keeper.erase(&key, &[], now_ms, &mut redact, &mut tell)).unwrap();
            }
            _ => _ = run(keeper.clean(now_ms, &mut |_| {})).unwrap(),
        }
    }

    fn paths(&self, of: usize) -> Vec<String> {
        let keeper = self.keeper(of);
        let files = Table::ALL.into_iter().flat_map(|table| keeper.catalog().files(table, ..));
        files.map(|file| format!("{} {}", file.path, file.sha256)).collect()
    }
}

#[test]
fn a_store_that_is_kept_is_followed_however_late_and_the_copy_is_whole() {
    let (mut gone, mut met) = (0, 0);
    for seed in 0..15 {
        let mut chance = Chance(seed);
        let mut pair = Pair::new();
        for number in 1..=12 {
            pair.add(number);
            if chance.below(3) == 0 {
                pair.keep(&mut chance);
            }
            pair.pass(60_000);
            for _ in 0..chance.below(10) {
                match pair.step() {
                    Followed::Gone => gone += 1,
                    Followed::Met => met += 1,
                    _ => {}
                }
            }
            if chance.below(10) == 0 {
                pair.follower = Follower::new(FollowOptions::default(), pair.now);
            }
        }
        let mut idle = 0;
        while idle < 3 {
            idle = if pair.step() == Followed::Idle { idle + 1 } else { 0 };
        }
        assert_eq!(pair.follower.status(pair.now).counts.left_out, 0, "seed {seed}");
        assert_eq!(pair.paths(1), pair.paths(0), "seed {seed}");
        let verified = run(pair.keeper(1).verify(&mut |_| {})).unwrap();
        assert!(verified.is_fine(), "seed {seed}: {verified:?}");
        assert_eq!(verified.matches, 24, "seed {seed}");
    }
    assert!(0 < gone && 0 < met, "{gone} were gone, {met} were there already");
}

/// A target that can be asked and probed, but takes nothing.
struct Full;

impl Target for Full {
    fn name(&self) -> &str {
        "full"
    }

    fn apply<'a>(&'a self, _: &'a Change) -> BoxFuture<'a, Result<Applied, TargetError>> {
        async { Err(TargetError::Unavailable("no space left".to_owned())) }.boxed()
    }

    fn holds(&self, _: ManifestId) -> BoxFuture<'_, Result<bool, TargetError>> {
        async { Ok(false) }.boxed()
    }

    fn standing<'a>(
        &'a self,
        matches: &'a [Ended],
    ) -> BoxFuture<'a, Result<Vec<Standing>, TargetError>> {
        async { Ok(vec![Standing::Absent; matches.len()]) }.boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        async { Ok(()) }.boxed()
    }
}

#[test]
fn a_target_that_is_full_is_away_and_how_far_behind_it_is_goes_on_being_known() {
    let mut pair = Pair::new();
    pair.add(1);
    for number in 2..=6 {
        for _ in 0..40 {
            let [source, _] = &pair.targets;
            let next = pair.follower.step(pair.now, source, &Full, &mut Runs);
            pair.now.at_ms = next.at_ms.max(pair.now.at_ms + 1);
        }
        let status = pair.follower.status(pair.now);
        assert_ne!(status.breaker.state, crate::BreakerState::Closed, "{status:?}");
        assert_eq!(status.lag_manifests, u64::from(number) - 1, "{status:?}");
        pair.add(number);
    }
    let mut idle = 0;
    while idle < 3 {
        idle = if pair.step() == Followed::Idle { idle + 1 } else { 0 };
        pair.pass(1_000);
    }
    assert_eq!(pair.paths(1), pair.paths(0));
    assert_eq!(pair.follower.status(pair.now).lag_manifests, 0);
}
