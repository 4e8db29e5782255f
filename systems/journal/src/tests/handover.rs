//! The process or the machine dies anywhere in the hand-over to the archive: each match is free, in
//! one open batch, or archived, and what a flush had confirmed holds.

use components::Settings;
use proptest::prelude::*;

use super::ledger::{Deed, Ledger, tiny};
use super::witness::{WALL_MS, open};
use crate::{Crash, Durability, Journal, Options, Plan, SimDisk};

const TICKS: u64 = 40;

/// A tick, what is done about its matches, and a flush; `false` once the disk has died.
fn tick(journal: &mut Journal<SimDisk>, ledger: &mut Ledger, n: u64) -> bool {
    ledger.play(journal);
    match n % 8 {
        2 => ledger.act(journal, Deed::Intend(2)),
        3 => ledger.act(journal, Deed::Intend(3)),
        4 => ledger.act(journal, Deed::Withdraw(0)),
        5 => {
            // A batch is split: all of it in one flush.
            ledger.act(journal, Deed::Withdraw(1));
            ledger.act(journal, Deed::Intend(1));
            ledger.act(journal, Deed::Forget(1));
        }
        6 | 7 => ledger.act(journal, Deed::Archive(n as usize)),
        _ => {}
    }
    ledger.flush(journal)
}

/// Goes on from where the disk is until it dies, or for so many ticks.
fn live(disk: &SimDisk, options: Options, ledger: &mut Ledger, ticks: u64) -> Result<(), String> {
    let opened = Journal::open(disk.clone(), &Settings::default(), options, WALL_MS);
    let Ok((mut journal, recovered)) = opened else { return Ok(()) };
    ledger.recover(&journal, &recovered)?;
    for n in 0..ticks {
        if !tick(&mut journal, ledger, n) {
            break;
        }
    }
    Ok(())
}

/// Goes wrong as planned, and dies three times after that.
fn suffer(seed: u64, plan: Plan, options: Options, crash: Crash) -> Result<(), String> {
    let disk = SimDisk::new(seed);
    disk.plan(plan);
    let mut ledger = Ledger::new();
    live(&disk, options, &mut ledger, TICKS)?;
    let mut disk = disk;
    for _ in 0..3 {
        disk = disk.crash(crash);
        live(&disk, options, &mut ledger, 9)?;
    }
    let disk = disk.crash(crash);
    let (journal, recovered) = open(disk.clone(), options);
    ledger.recover(&journal, &recovered)?;
    ledger.read(&journal, disk)
}

fn anywhere(durability: Durability, crash: Crash, plan: impl Fn(u64) -> Plan) {
    let options = Options { durability, ..tiny() };
    let disk = SimDisk::new(0);
    let mut ledger = Ledger::new();
    live(&disk, options, &mut ledger, TICKS).unwrap();
    assert!(ledger.witness.now_ms == 100 * TICKS, "a life without trouble is a whole one");
    for n in 0..=disk.calls() {
        if let Err(error) = suffer(n, plan(n), options, crash) {
            panic!("{durability:?}, {crash:?}, at call {n}: {error}");
        }
    }
}

fn death(n: u64) -> Plan {
    Plan { dies_at: Some(n), ..Plan::default() }
}

#[test]
fn a_process_may_die_at_every_call_of_the_hand_over() {
    anywhere(Durability::Process, Crash::Process, death);
}

#[test]
fn the_power_may_go_at_every_call_of_the_hand_over() {
    anywhere(Durability::Disk, Crash::Machine, death);
}

#[test]
fn the_disk_may_be_full_at_every_call_of_the_hand_over() {
    let full =
        |n| Plan { failing: [(n, std::io::ErrorKind::StorageFull)].into(), ..Plan::default() };
    anywhere(Durability::Process, Crash::Process, full);
}

/// Something that happens in a life of any kind.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Play,
    Do(Deed),
    Flush,
    /// After so many more calls, in the middle of whatever is done then.
    Die(u64, Crash),
    Full(u64),
}

fn turn() -> impl Strategy<Value = Turn> {
    let n = 0..40_usize;
    prop_oneof![
        6 => Just(Turn::Play),
        6 => Just(Turn::Flush),
        3 => (1..5_usize).prop_map(|count| Turn::Do(Deed::Intend(count))),
        2 => n.clone().prop_map(|which| Turn::Do(Deed::Archive(which))),
        2 => n.clone().prop_map(|which| Turn::Do(Deed::Withdraw(which))),
        1 => n.prop_map(|which| Turn::Do(Deed::Forget(which))),
        1 => (0..12_u64).prop_map(|calls| Turn::Die(calls, Crash::Process)),
        1 => (0..12_u64).prop_map(|calls| Turn::Die(calls, Crash::Machine)),
        1 => (0..12_u64).prop_map(Turn::Full),
    ]
}

fn follow(seed: u64, turns: &[Turn]) -> Result<(), String> {
    let options = Options { durability: Durability::Disk, ..tiny() };
    let mut disk = SimDisk::new(seed);
    let mut ledger = Ledger::new();
    let (mut journal, _) = open(disk.clone(), options);
    let mut crash = Crash::Process;
    for turn in turns {
        let mut is_alive = true;
        match *turn {
            Turn::Play => ledger.play(&mut journal),
            Turn::Do(deed) => ledger.act(&mut journal, deed),
            Turn::Flush => is_alive = ledger.flush(&mut journal),
            Turn::Die(calls, how) => {
                crash = how;
                disk.plan(death(disk.calls() + calls));
            }
            Turn::Full(calls) => {
                let failing = [(disk.calls() + calls, std::io::ErrorKind::StorageFull)].into();
                disk.plan(Plan { failing, ..Plan::default() });
            }
        }
        if !is_alive {
            disk = disk.crash(crash);
            let recovered;
            (journal, recovered) = open(disk.clone(), options);
            ledger.recover(&journal, &recovered)?;
        }
    }
    let disk = disk.crash(crash);
    let (journal, recovered) = open(disk.clone(), options);
    ledger.recover(&journal, &recovered)?;
    ledger.read(&journal, disk)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_any_life_each_match_is_in_one_place_and_what_was_flushed_holds(
        seed in any::<u64>(),
        turns in prop::collection::vec(turn(), 0..150),
    ) {
        if let Err(error) = follow(seed, &turns) {
            prop_assert!(false, "{error}");
        }
    }
}
