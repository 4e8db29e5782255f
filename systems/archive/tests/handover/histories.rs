//! Random histories: matches end, targets fail, operators meddle, processes and machines die.

use crate::house::House;
use crate::world::{Crash, Mistake, Poison, Tally, When};

const ALL_POISON: [Poison; 5] =
    [Poison::Convert, Poison::Panic, Poison::Target, Poison::Unreadable, Poison::UnreadablePanic];

/// One history, to its end.
pub(crate) fn live(seed: u64, mistake: Option<Mistake>) -> Result<Tally, String> {
    live_in(House::new(seed, mistake))
}

/// What happens in this house, to its end.
pub(crate) fn live_in(mut house: House) -> Result<Tally, String> {
    let events = 20 + house.world.chance.below(80);
    for _ in 0..events {
        happen(&mut house)?;
    }
    house.heal_and_check()
}

fn happen(house: &mut House) -> Result<(), String> {
    let world = &mut house.world;
    match world.chance.below(24) {
        0..=8 => {
            for _ in 0..=world.chance.below(6) {
                let poison = world.chance.is(6).then(|| world.chance.one_of(&ALL_POISON));
                world.finish(poison);
            }
        }
        9 => world.target.is_down = world.chance.is(60),
        10 => world.flaky = world.chance.one_of(&[0, 0, 3, 10, 40]),
        11 => world.flaky = 0,
        12..=14 => {
            let at = world.tally.calls + 1 + world.chance.below(25);
            let when = world.chance.one_of(&[When::Before, When::Midway, When::After]);
            world.dies_at = Some((at, when));
            let left = world.journal.unsynced() as u64 + 1;
            let left = world.chance.below(left) as usize;
            house.crash = world.chance.one_of(&[Crash::Process, Crash::Machine(left)]);
        }
        // A new program fails where the old one did not, and the other way round.
        15 => {
            let all = world.all.clone();
            for of in all {
                if world.chance.is(4) {
                    let poison = world.chance.one_of(&ALL_POISON);
                    world.poison.insert(of.match_id, poison);
                } else if world.chance.is(50) {
                    world.poison.remove(&of.match_id);
                }
            }
            house.restart();
        }
        16 => house.archiver.flush(),
        17 => {
            house.archiver.close();
            house.work_until_closed()?;
        }
        18 if !world.target.is_down && world.flaky < 40 => house.retry()?,
        19 if world.tally.restores == 0 => world.now.wall_ms -= world.chance.below(10_000_000),
        20 => world.journal.sync(),
        21 => {
            let calls = world.chance.below(40);
            world.journal.arm(calls);
        }
        22 => world.back_up(),
        23 => house.restore(),
        _ => {}
    }
    for _ in 0..house.world.chance.below(30) {
        let next = house.step()?;
        let wait_ms = next.at_ms.saturating_sub(house.world.now.at_ms);
        if house.world.chance.is(70) {
            house.world.pass(wait_ms.min(120_000));
        } else {
            let ms = house.world.chance.below(2_000);
            house.world.pass(ms);
        }
    }
    Ok(())
}

/// How many histories a mistake is given to show itself.
pub(crate) const HISTORIES: u64 = 10_000;

/// From `LIAP_SEED` on, if that is set.
pub(crate) fn first_seed() -> u64 {
    std::env::var("LIAP_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

#[test]
fn in_random_histories_each_match_is_archived_once() {
    let mut sum = Tally::default();
    let first = first_seed();
    for seed in first..first + HISTORIES {
        let lived = live(seed, None).unwrap_or_else(|what| panic!("LIAP_SEED={seed}: {what}"));
        sum.add(&lived);
    }
    println!("{HISTORIES} histories from seed {first}: {sum:?}");
    assert!(HISTORIES < sum.crashes && HISTORIES < sum.faults && HISTORIES < sum.buried);
    assert!(HISTORIES / 2 < sum.restores && HISTORIES < sum.twice && HISTORIES < sum.asked);
}
