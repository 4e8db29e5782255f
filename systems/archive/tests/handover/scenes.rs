//! A short history, always the same: 30 matches in several batches, with all kinds of poison.

use std::collections::BTreeMap;

use crate::house::House;
use crate::target::Fault;
use crate::world::{Crash, Mistake, Poison, Tally, When};

/// What is to go wrong in the scene besides its poison.
#[derive(Debug, Default, Clone)]
pub(crate) struct Plan {
    /// Where the process dies, and where the one after it.
    pub(crate) deaths: Vec<(u64, When)>,
    /// Whether the machine dies with it, and all that was not synced.
    pub(crate) is_machine: bool,
    pub(crate) faults: BTreeMap<u64, Fault>,
    /// Whether the journal is restored from a backup of half the scene.
    pub(crate) restores: bool,
}

fn poison(n: u32) -> Option<Poison> {
    match n {
        4 => Some(Poison::Convert),
        11 => Some(Poison::Target),
        12 => Some(Poison::Panic),
        20 => Some(Poison::Unreadable),
        21 => Some(Poison::UnreadablePanic),
        _ => None,
    }
}

/// Plays the scene to its end, and checks it before and after what is wrong was put right.
pub(crate) fn play(plan: &Plan, mistake: Option<Mistake>) -> Result<Tally, String> {
    let mut house = House::new(1, mistake);
    house.crash = if plan.is_machine { Crash::Machine(0) } else { Crash::Process };
    house.world.faults = plan.faults.clone();
    let mut deaths = plan.deaths.iter().copied();
    house.world.dies_at = deaths.next();
    for n in 0..30 {
        house.world.finish(poison(n));
        house.world.pass(if n % 7 == 0 { 1_500 } else { 100 });
        house.work()?;
        match n {
            12 if plan.restores => house.world.back_up(),
            24 if plan.restores => house.restore(),
            _ => {}
        }
        if house.world.dies_at.is_none() {
            house.world.dies_at = deaths.next();
        }
    }
    house.archiver.flush();
    house.finish()?;
    // What the target refused for no reason is buried, though it is no poison.
    let refuses = |fault: &Fault| matches!(fault, Fault::Refuse | Fault::Panic);
    if !plan.restores && !plan.faults.values().any(refuses) {
        house.check_with_poison()?;
    }
    house.world.dies_at = house.world.dies_at.or_else(|| deaths.next());
    house.retry()?;
    house.heal_and_check()
}
