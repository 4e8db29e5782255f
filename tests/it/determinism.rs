//! A room's commits follow from its state and its own actions, and from nothing else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::ScheduleBuildSettings;
use components::{BotLevel, Pace, RoomId, Roster, Seat, Tally};
use liap::{Lineup, Plan, Report, Shard, simulate, simulate_with};
use systems::TickSystems;

fn plan() -> Plan {
    let lineup = Lineup::Mixed;
    Plan { rooms: 7, lineup, ..Plan::new(40, 20_261_121, BotLevel::Simple) }
}

fn shuffled(seed: u64) -> ScheduleBuildSettings {
    ScheduleBuildSettings { shuffle_seed: Some(seed), ..Default::default() }
}

/// Every way to run the same plan that must not matter.
fn variants() -> Vec<(String, Plan)> {
    let mut variants = vec![
        ("again".to_owned(), plan()),
        ("one room at a time".to_owned(), Plan { rooms: 1, ..plan() }),
        ("all rooms at once".to_owned(), Plan { rooms: 40, ..plan() }),
        ("three shards".to_owned(), Plan { shards: 3, ..plan() }),
        ("amnesia".to_owned(), Plan { amnesia: true, ..plan() }),
    ];
    for seed in 0..16 {
        let plan = Plan { order: shuffled(seed), ..plan() };
        variants.push((format!("shuffle {seed}"), plan));
    }
    variants
}

#[test]
fn rooms_shards_system_order_and_amnesia_change_nothing() {
    let expected = simulate(&plan()).unwrap();
    assert_eq!(expected.matches, 40);
    for (name, plan) in variants() {
        let report = simulate(&plan).unwrap();
        assert_eq!(
            (report.sha256, report.actions),
            (expected.sha256.clone(), expected.actions),
            "{name}"
        );
    }
}

#[test]
fn a_pace_with_waiting_is_just_as_deterministic() {
    let plan = Plan { pace: Pace::Standard, matches: 8, rooms: 3, ..plan() };
    let expected = simulate(&plan).unwrap().sha256;
    for plan in [
        Plan { rooms: 8, ..plan.clone() },
        Plan { amnesia: true, ..plan.clone() },
        Plan { shards: 2, order: shuffled(5), ..plan },
    ] {
        assert_eq!(simulate(&plan).unwrap().sha256, expected);
    }
}

#[test]
fn another_seed_gives_other_matches() {
    let other = Plan { seed: 7, ..plan() };
    assert_ne!(simulate(&plan()).unwrap().sha256, simulate(&other).unwrap().sha256);
}

/// Runs the plan with a fault planted, in every variant, and counts the hashes that come out.
fn hashes(plant: impl Fn(&mut Shard) + Sync) -> usize {
    let mut found: Vec<String> =
        variants().iter().map(|(_, plan)| simulate_with(plan, &plant).unwrap().sha256).collect();
    found.sort_unstable();
    found.dedup();
    found.len()
}

#[test]
fn a_planted_dependence_on_map_order_is_caught() {
    /// Gives a point to whichever player a randomly ordered map names first.
    fn favour_first_of_map(mut players: Query<(Entity, &Seat, &mut Tally)>) {
        let by_entity: HashMap<Entity, Seat> =
            players.iter().map(|(entity, seat, _)| (entity, *seat)).collect();
        if let Some(entity) = by_entity.keys().next()
            && let Ok((_, _, mut tally)) = players.get_mut(*entity)
        {
            tally.turns_won += 1;
        }
    }
    let plant = |shard: &mut Shard| {
        shard.extend(|tick| {
            tick.add_systems(favour_first_of_map.in_set(TickSystems::Advance).ambiguous_with_all());
        });
    };
    assert!(hashes(plant) > 1);
}

#[test]
fn a_planted_dependence_on_another_room_is_caught() {
    /// Lets each room's first seat know how many rooms there are.
    fn count_other_rooms(rooms: Query<(&RoomId, &Roster)>, mut players: Query<&mut Tally>) {
        let count = rooms.iter().count() as u16;
        for (_, roster) in &rooms {
            if let Some(player) = roster.players[0]
                && let Ok(mut tally) = players.get_mut(player)
            {
                tally.turns_won = tally.turns_won.max(count);
            }
        }
    }
    let plant = |shard: &mut Shard| {
        shard.extend(|tick| {
            tick.add_systems(count_other_rooms.in_set(TickSystems::Advance).ambiguous_with_all());
        });
    };
    assert!(hashes(plant) > 1);
}

#[test]
fn a_planted_system_that_changes_nothing_is_not_blamed() {
    static TICKS: AtomicU64 = AtomicU64::new(0);
    fn count_ticks() {
        TICKS.fetch_add(1, Ordering::Relaxed);
    }
    let plant = |shard: &mut Shard| {
        shard.extend(|tick| _ = tick.add_systems(count_ticks.in_set(TickSystems::Advance)));
    };
    assert_eq!(hashes(plant), 1);
    assert!(TICKS.load(Ordering::Relaxed) > 0);
}

#[test]
fn levels_and_rounds_are_counted_as_they_were() {
    let report: Report = simulate(&plan()).unwrap();
    assert_eq!(report.wins_by_level["simple"].seats, 80);
    assert_eq!(report.wins_by_level["standard"].seats, 80);
    assert_eq!(report.matches_by_rounds.values().sum::<u64>(), 40);
    assert!(report.wins_by_seat.iter().sum::<u64>() >= 40);
}
