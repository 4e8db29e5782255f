//! Mistakes that an archiver could have: the simulation finds each.

use std::collections::BTreeMap;

use crate::histories::{HISTORIES, live};
use crate::scenes::{Plan, play};
use crate::target::Fault;
use crate::world::Mistake;

/// The first history that goes wrong with this mistake.
fn found(mistake: Mistake) -> (u64, String) {
    let first = (1..=HISTORIES).find_map(|seed| Some((seed, live(seed, Some(mistake)).err()?)));
    let found = first.unwrap_or_else(|| panic!("{mistake:?} goes unnoticed"));
    println!("{mistake:?}: found in history {}: {}", found.0, found.1);
    found
}

#[test]
fn every_planted_mistake_is_found() {
    for mistake in [
        Mistake::ArchivedBeforeApply,
        Mistake::HoldsNeverAsked,
        Mistake::NewNameAfterRestart,
        Mistake::NewNameForLone,
        Mistake::BuryNotSynced,
        Mistake::ForgottenBeforeBuried,
        Mistake::IntentNotSynced,
        Mistake::ExhumedFirst,
        Mistake::UnreadableForgotten,
        Mistake::StandingNeverAsked,
    ] {
        let (_, what) = found(mistake);
        assert!(what.contains("lost") || what.contains("is in"), "{mistake:?}: {what}");
    }
}

/// Too rare for chance: a call that was given up arrives after its batch was taken apart.
#[test]
fn a_batch_taken_apart_too_early_is_found() {
    let faults = BTreeMap::from([(0, Fault::Late(3_000)), (1, Fault::Refuse)]);
    let plan = Plan { faults, ..Plan::default() };
    assert_eq!(play(&plan, None).err(), None);
    let what = play(&plan, Some(Mistake::NoSettling)).unwrap_err();
    assert!(what.contains("is in"), "{what}");
}
