//! A tick that panics costs a shard its world and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bevy_ecs::prelude::*;
use components::{Inbound, RequestId, RoomId, Settings, Version};
use systems::TickSystems;

use crate::support::{Memory, Table, session};

const SETS: [TickSystems; 8] = [
    TickSystems::Ingest,
    TickSystems::Admit,
    TickSystems::Resolve,
    TickSystems::Advance,
    TickSystems::Record,
    TickSystems::Tag,
    TickSystems::Broadcast,
    TickSystems::Reap,
];

/// A running match of people, a second in, and what they ask of a tick that will break in `set`.
fn about_to_break(set: TickSystems) -> Table {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run(
        "open 3 ann fast 0, join 3 bob, join 3 cat, join 3 dan, start 3 ann, settle
        wait 200, settle, wait 200, settle, wait 1000, tick",
    );
    plant(&mut table, set);
    table.run("hush, declare 3 dan 1, lost 3 bob, look 3 cat, pause 3 server, lost 3 cat");
    table
}

/// Has the next tick break.
fn plant(table: &mut Table, set: TickSystems) {
    fn fail() -> Result {
        Err("planted".into())
    }
    table.shard.extend(|tick| _ = tick.add_systems(fail.in_set(set).ambiguous_with_all()));
}

fn break_tick(table: &mut Table) {
    let broken = catch_unwind(AssertUnwindSafe(|| table.run("tick")));
    assert!(broken.is_err());
    assert_eq!(table.transcript, "", "nothing leaves a tick that broke");
}

#[test]
fn wherever_a_tick_breaks_the_rooms_are_as_their_last_commits_say() {
    for set in SETS {
        let mut table = about_to_break(set);
        let kept = table.kept();
        break_tick(&mut table);
        _ = table.shard.rebuild(1_400, &kept);
        let state = table.state(3);
        assert_eq!((state.version, table.shard.rooms()), (Version(7), 1), "{set:?}");
        assert_eq!(state.players, kept[0].1.players);
        assert_eq!(state.clocks.phase, Some(15_000), "as after a restart");
    }
}

#[test]
fn reports_are_not_lost_with_the_world_and_who_asked_is_named() {
    for set in SETS {
        let mut table = about_to_break(set);
        let kept = table.kept();
        break_tick(&mut table);
        let asked = table.shard.rebuild(1_400, &kept);
        if asked.is_empty() {
            // It broke before anything was taken in: all of it waits in the lane.
            assert_eq!(set, TickSystems::Ingest);
            assert!(table.shard.has_mail());
            continue;
        }
        let room = RoomId(3);
        let [dan, cat] = ["dan", "cat"].map(session);
        assert_eq!(asked, [(dan, RequestId(6), room), (cat, RequestId(8), room)], "{set:?}");
        assert_eq!(table.shard.next_due_ms(), Some(1_400), "there is something to do at once");
        table.run("settle");
        let told: Vec<_> =
            table.transcript.lines().map(|line| line.split_once(' ').unwrap().1).collect();
        assert_eq!(told, ["3 v8 []", "3 v9 [paused]", "3 v10 []"], "{set:?}");
    }
}

#[test]
fn the_lanes_of_a_rebuilt_shard_are_the_old_ones() {
    let mut table = about_to_break(TickSystems::Advance);
    let (requests, kept) = (table.shard.requests(), table.kept());
    break_tick(&mut table);
    let waits = Inbound {
        room: RoomId(3),
        cause: components::Cause::Client(session("ann"), RequestId(70)),
        ask: components::Ask::Look,
    };
    requests.send(waits.clone()).expect("the lane is there while the world is not");
    _ = table.shard.rebuild(1_400, &kept);
    requests.send(waits).expect("and after");
    table.run("tick");
    let seen = table.transcript.matches("a sees").count();
    assert_eq!(seen, 2, "{}", table.transcript);
}

#[test]
fn time_and_totals_go_on_in_a_rebuilt_shard() {
    let mut table = about_to_break(TickSystems::Reap);
    let (kept, before) = (table.kept(), table.shard.stats());
    break_tick(&mut table);
    _ = table.shard.rebuild(0, &kept);
    assert_eq!(table.state(3).clocks.phase, Some(15_000));
    assert!(table.shard.next_deadline_ms() >= Some(1_400), "time does not run backwards");
    assert_eq!(table.shard.stats().ticks, before.ticks + 1);
    table.run("wait 14999, settle, hush, wait 20000, settle");
    assert_eq!(table.transcript, "", "paused, by the report that was queued again");
}

#[test]
fn a_shard_rebuilt_late_in_its_life_says_when_it_goes_on() {
    let hour_ms = 3_600_000;
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run("wait 3600000, open 3 nobody fast 4, settle, wait 1, settle");
    let kept = table.kept();
    plant(&mut table, TickSystems::Reap);
    assert!(catch_unwind(AssertUnwindSafe(|| table.run("wait 50, tick"))).is_err());
    assert_eq!(table.shard.now_ms(), hour_ms + 51, "the broken tick's own time");
    _ = table.shard.rebuild(hour_ms, &kept);
    assert_eq!(table.shard.now_ms(), hour_ms + 51);
    let next = table.shard.next_due_ms().expect("bots play");
    assert!((hour_ms + 51..=hour_ms + 251).contains(&next), "{next}");
}

#[test]
fn what_whole_ticks_emitted_is_there_after_one_that_broke() {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run("open 1 ann fast 2, settle, bot 1 ann");
    table.shard.tick(0, 0);
    plant(&mut table, TickSystems::Reap);
    table.run("bot 1 ann");
    assert!(catch_unwind(AssertUnwindSafe(|| table.shard.tick(0, 0))).is_err());
    assert_eq!(table.shard.rebuild(0, &[]).len(), 1);
    let drained: Vec<_> = table.shard.drain().collect();
    assert_eq!(drained.len(), 1);
    assert_eq!(drained[0].durable.commits[0].state.version, Version(2));
}
