//! The scene with a death before, in and after every call, alone, in pairs, and with every fault.

use std::collections::BTreeMap;

use crate::scenes::{Plan, play};
use crate::target::Fault;
use crate::world::{Tally, When};

const FAULTS: [Fault; 7] = [
    Fault::Before,
    Fault::Midway,
    Fault::After,
    Fault::Late(30_000),
    Fault::Refuse,
    Fault::Panic,
    Fault::PanicAfter,
];

fn calls() -> u64 {
    let tally = play(&Plan::default(), None).unwrap();
    assert!(3 <= tally.buried && 6 <= tally.splits && 100 < tally.calls, "{tally:?}");
    tally.calls
}

#[test]
fn a_death_before_in_or_after_any_call_loses_nothing_and_doubles_nothing() {
    let (mut sum, mut runs) = (Tally::default(), 0);
    for at in 1..=calls() + 20 {
        for when in [When::Before, When::Midway, When::After] {
            for is_machine in [false, true] {
                let plan = Plan { deaths: vec![(at, when)], is_machine, ..Plan::default() };
                sum.add(&play(&plan, None).unwrap_or_else(|what| panic!("{plan:?}: {what}")));
                runs += 1;
            }
        }
    }
    println!("{runs} runs: {sum:?}");
}

#[test]
fn two_deaths_at_any_two_calls_lose_nothing_and_double_nothing() {
    let (mut sum, mut runs) = (Tally::default(), 0);
    let calls = calls();
    for at in (1..=calls).step_by(2) {
        for later in (at + 1..at + 24).chain((at + 24..=calls + 40).step_by(9)) {
            let deaths = vec![(at, When::After), (later, When::After)];
            let plan = Plan { deaths, is_machine: later % 2 == 0, ..Plan::default() };
            sum.add(&play(&plan, None).unwrap_or_else(|what| panic!("{plan:?}: {what}")));
            runs += 1;
        }
    }
    println!("{runs} runs: {sum:?}");
}

#[test]
fn every_fault_of_the_target_at_every_attempt_with_and_without_a_death_after_it() {
    let (mut sum, mut runs) = (Tally::default(), 0);
    let calls = calls();
    for attempt in 0..12 {
        for fault in FAULTS {
            let deaths = (1..=calls).step_by(5).map(|at| vec![(at, When::After)]);
            for deaths in deaths.chain([vec![]]) {
                let faults = BTreeMap::from([(attempt, fault)]);
                let is_machine = attempt % 2 == 0;
                let plan = Plan { deaths, is_machine, faults, ..Plan::default() };
                sum.add(&play(&plan, None).unwrap_or_else(|what| panic!("{plan:?}: {what}")));
                runs += 1;
            }
        }
    }
    println!("{runs} runs: {sum:?}");
}

#[test]
fn any_two_faults_of_the_target_one_after_the_other() {
    let (mut sum, mut runs) = (Tally::default(), 0);
    for attempt in 0..12 {
        for first in FAULTS {
            for second in FAULTS {
                let faults = BTreeMap::from([(attempt, first), (attempt + 1, second)]);
                let plan = Plan { faults, ..Plan::default() };
                sum.add(&play(&plan, None).unwrap_or_else(|what| panic!("{plan:?}: {what}")));
                runs += 1;
            }
        }
    }
    println!("{runs} runs: {sum:?}");
}

#[test]
fn a_restored_journal_archives_nothing_twice_wherever_the_process_dies() {
    let (mut sum, mut runs) = (Tally::default(), 0);
    let calls = play(&Plan { restores: true, ..Plan::default() }, None).unwrap().calls;
    for at in 1..=calls + 20 {
        for when in [When::Before, When::Midway, When::After] {
            let deaths = vec![(at, when), (at + at % 31 + 1, When::After)];
            let plan = Plan { deaths, restores: true, ..Plan::default() };
            sum.add(&play(&plan, None).unwrap_or_else(|what| panic!("{plan:?}: {what}")));
            runs += 1;
        }
    }
    println!("{runs} runs: {sum:?}");
    assert!(runs < sum.restores + 1 && runs < sum.twice);
}
