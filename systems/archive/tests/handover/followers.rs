//! A follower that lags, fails and restarts has in the end what the primary has, and never anything
//! twice.

use archive::{
    BackoffOptions, BlockOn, BreakerOptions, BreakerState, FollowOptions, Followed, Follower, Hour,
    Kind, Moment,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::chance::Chance;
use crate::primary::Shared;
use crate::world::WALL_MS;

/// What is simulated is ready at once.
struct AtOnce;

impl BlockOn for AtOnce {
    fn block_on<T: Send>(&mut self, future: BoxFuture<'_, T>) -> T {
        future.now_or_never().unwrap()
    }
}

struct Pair {
    primary: Shared,
    copy: Shared,
    follower: Follower,
    now: Moment,
}

fn options() -> FollowOptions {
    let backoff = BackoffOptions { first_ms: 100, longest_ms: 2_000, seed: 1 };
    let breaker = BreakerOptions { backoff, ..BreakerOptions::default() };
    FollowOptions { poll_ms: 1_000, bytes_max: 1_000, breaker, backoff }
}

impl Pair {
    fn new(seed: u64) -> Self {
        let now = Moment { at_ms: 0, wall_ms: WALL_MS };
        let follower = Follower::new(options(), now);
        let (primary, copy) = (Shared::default(), Shared::default());
        primary.0.lock().unwrap().chance = Some(Chance(seed));
        copy.0.lock().unwrap().chance = Some(Chance(seed + 1));
        Self { primary, copy, follower, now }
    }

    fn step(&mut self) -> Followed {
        let next = self.follower.step(self.now, &self.primary, &self.copy, &mut AtOnce);
        let wait_ms = next.at_ms - self.now.at_ms;
        self.now.at_ms += wait_ms;
        self.now.wall_ms += wait_ms;
        next.did
    }

    /// Until there is nothing new twice in a row.
    fn catch_up(&mut self) {
        let mut idle = 0;
        for _ in 0..10_000 {
            idle = if self.step() == Followed::Idle { idle + 1 } else { 0 };
            if idle == 3 {
                return;
            }
        }
        panic!("it never catches up: {:?}", self.follower.status(self.now));
    }

    fn happen(&mut self, chance: &mut Chance, forgetful: bool, matches: &mut u8) {
        let hour = |chance: &mut Chance| Hour(chance.below(3) as u32);
        let mut primary = self.primary.0.lock().unwrap();
        let created_ms = self.now.wall_ms;
        match chance.below(12) {
            0..=4 if *matches < 240 => {
                let batch: Vec<(Hour, u8)> = (0..=chance.below(4))
                    .map(|_| {
                        *matches += 1;
                        (hour(chance), *matches)
                    })
                    .collect();
                primary.add_batch(created_ms, &batch);
            }
            5..=6 => primary.rewrite(Kind::Compaction, created_ms, hour(chance), forgetful),
            7 => primary.rewrite(Kind::Erasure, created_ms, hour(chance), forgetful),
            8 if chance.is(20) => {
                primary.rewrite(Kind::Retention, created_ms, hour(chance), forgetful);
            }
            9 => primary.sweep(),
            10 => self.copy.0.lock().unwrap().flaky = chance.one_of(&[0, 5, 30, 100]),
            11 => primary.flaky = chance.one_of(&[0, 5, 30]),
            _ => {}
        }
    }
}

/// One life of a pair.
fn live(seed: u64, forgetful: bool) -> Result<u64, String> {
    let mut chance = Chance(seed);
    let mut pair = Pair::new(seed);
    let mut matches = 0;
    for _ in 0..100 {
        pair.happen(&mut chance, forgetful, &mut matches);
        pair.now.wall_ms += 1_000;
        pair.now.at_ms += 1_000;
        for _ in 0..chance.below(12) {
            if !matches!(pair.step(), Followed::Applied | Followed::Unavailable) {
                continue;
            }
            let seen = pair.copy.0.lock().unwrap().seen();
            if let Some((of, times)) = seen.into_iter().find(|(_, times)| 1 < *times) {
                return Err(format!("{of:?} is there {times} times"));
            }
        }
        if chance.is(5) {
            pair.follower = Follower::new(options(), pair.now);
        }
    }
    pair.primary.0.lock().unwrap().flaky = 0;
    pair.copy.0.lock().unwrap().flaky = 0;
    pair.catch_up();
    let (has, should) = (pair.copy.0.lock().unwrap().seen(), pair.primary.0.lock().unwrap().seen());
    if has == should { Ok(should.len() as u64) } else { Err(format!("{has:?}, not {should:?}")) }
}

#[test]
fn a_follower_ends_with_what_the_primary_has_and_never_has_anything_twice() {
    let matches: u64 = (1..=500)
        .map(|seed| live(seed, false).unwrap_or_else(|what| panic!("seed {seed}: {what}")))
        .sum();
    println!("500 lives, {matches} matches in the end");
    assert!(30_000 < matches);
}

#[test]
fn a_primary_whose_compactions_forget_what_their_forerunners_replaced_is_found() {
    assert!((1..=500).any(|seed| live(seed, true).is_err()));
}

#[test]
fn a_follower_that_is_away_catches_up_and_tells_how_far_it_is_behind() {
    let mut pair = Pair::new(1);
    pair.copy.0.lock().unwrap().flaky = 100;
    for of in 0..10 {
        let created_ms = pair.now.wall_ms;
        pair.primary.0.lock().unwrap().add_batch(created_ms, &[(Hour(0), of)]);
        (0..20).for_each(|_| _ = pair.step());
    }
    let status = pair.follower.status(pair.now);
    assert_eq!(status.breaker.state, BreakerState::Open);
    assert!(1 <= status.lag_manifests && 1 <= status.lag_matches && 0 < status.lag_ms);
    assert!(status.counts.last_error.is_some() && status.counts.manifests == 0);
    pair.copy.0.lock().unwrap().flaky = 0;
    pair.catch_up();
    let status = pair.follower.status(pair.now);
    assert_eq!((status.lag_manifests, status.lag_matches, status.lag_ms), (0, 0, 0));
    assert_eq!(status.counts.manifests, 10);
    assert_eq!(pair.copy.0.lock().unwrap().seen().len(), 10);
}

#[test]
fn after_a_restart_a_follower_asks_what_its_target_has_and_copies_nothing_again() {
    let mut pair = Pair::new(1);
    pair.primary.0.lock().unwrap().add_batch(WALL_MS, &[(Hour(0), 1), (Hour(1), 2)]);
    pair.catch_up();
    pair.follower = Follower::new(options(), pair.now);
    pair.catch_up();
    assert_eq!(pair.follower.status(pair.now).counts.manifests, 0);
    assert_eq!(pair.copy.0.lock().unwrap().seen().len(), 2);
}

#[test]
fn what_is_too_large_is_left_out_and_told_and_the_rest_goes_on() {
    let mut pair = Pair::new(1);
    pair.follower = Follower::new(FollowOptions { bytes_max: 2, ..options() }, pair.now);
    let mut primary = pair.primary.0.lock().unwrap();
    primary.add_batch(WALL_MS, &[(Hour(0), 1), (Hour(0), 2), (Hour(1), 3)]);
    primary.add_batch(WALL_MS + 1, &[(Hour(0), 4)]);
    drop(primary);
    pair.catch_up();
    let counts = pair.follower.status(pair.now).counts;
    assert_eq!((counts.manifests, counts.left_out), (1, 1));
    assert!(counts.last_error.unwrap().text.contains("3 bytes, more than 2"));
}
