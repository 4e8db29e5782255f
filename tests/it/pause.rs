//! A paused room stands still: no time passes in it, whatever else the tick does, but that nobody
//! is there.

use components::{Phase, Settings};

use crate::support::{Memory, Table, check};

/// Room 3 deals no weak hand in its first round; dan holds the red General, and has 5 s to declare.
const FOUR_PEOPLE: &str =
    "open 3 ann fast 0, join 3 bob, join 3 cat, join 3 dan, start 3 ann, settle
    wait 200, settle, wait 200, settle, hush";

#[test]
fn a_turn_goes_on_after_an_hour_with_the_time_it_had() {
    check(
        &Settings::default(),
        &format!(
            "{FOUR_PEOPLE}, wait 2000, pause 3 server, settle
            wait 3600000, settle, declare 3 dan 1, tick
            resume 3 server, tick, wait 2999, tick, wait 1, tick"
        ),
        "
        8: 3 v8 [paused]
        10: d Rejected(Paused)
        11: 3 v9 [resumed]
        13: 3 v10 [declared TimeOut]
        ",
    );
}

#[test]
fn the_time_left_stands_still_and_no_timer_is_armed() {
    for memory in [Memory::Kept, Memory::Lost] {
        let mut table = Table::new(&Settings::default(), memory, None);
        table.run(FOUR_PEOPLE);
        table.run("wait 1234, pause 3 server, settle");
        for wait in ["wait 0", "wait 1", "wait 86400000"] {
            table.run(&format!("{wait}, tick"));
            assert_eq!(table.state(3).clocks.phase, Some(3_766));
            assert_eq!(table.shard.next_deadline_ms(), None);
        }
        table.run("resume 3 server, settle, wait 766, tick");
        assert_eq!(table.state(3).clocks.phase, Some(3_000));
        assert!(table.shard.next_deadline_ms().is_some());
    }
}

#[test]
fn who_comes_and_goes_in_a_pause_pays_for_it_after() {
    check(
        &Settings::default(),
        &format!(
            "{FOUR_PEOPLE}, pause 3 server, lost 3 ann, lost 3 bob, settle
            wait 60000, back 3 bob, leave 3 cat, settle, wait 60000, tick
            resume 3 server, tick, wait 1499, tick, wait 1, tick"
        ),
        "
        8: 3 v8 [paused]
        9: 3 v9 []
        10: 3 v10 []
        11: 3 v11 []
        12: c ok v12; 3 v12 [left 2 Left, bot plays on]
        14: 3 v13 [resumed]
        16: 3 v14 [away 0, host 1]
        ",
    );
}

#[test]
fn a_paused_room_that_all_have_lost_closes_and_nothing_else_happens_in_it() {
    let mut settings = Settings::default();
    settings.rooms.abandoned_finish = true;
    check(
        &settings,
        &format!(
            "{FOUR_PEOPLE}, pause 3 server, lost 3 ann, lost 3 bob, lost 3 cat, settle
            wait 60000, tick, lost 3 dan, settle, wait 20000, tick
            back 3 ann, tick, wait 60000, tick, leave 3 ann, tick
            wait 29999, tick, wait 1, tick, look 3 bob, tick"
        ),
        "
        8: 3 v8 [paused]
        9: 3 v9 []
        10: 3 v10 []
        11: 3 v11 []
        13: 3 v12 []
        15: 3 v13 []
        17: a ok v14; 3 v14 [left 0 Left, bot plays on]
        19: 3 v15 [match over Abandoned, closed Empty]
        20: b Rejected(RoomNotFound)
        ",
    );
}

#[test]
fn a_paused_room_of_bots_closes_after_its_time_and_one_that_goes_on_does_not() {
    check(
        &Settings::default(),
        "
        open 3 nobody standard 4, settle, hush, pause 3 server, settle
        wait 29999, settle, resume 3 server, settle, wait 1, settle, pause 3 server, settle
        wait 29999, settle, wait 1, settle, look 3 ann, settle
        ",
        "
        3: 3 v3 [paused]
        5: 3 v4 [resumed]
        7: 3 v5 [paused]
        9: 3 v6 [match over Abandoned, closed Empty]
        10: a Rejected(RoomNotFound)
        ",
    );
}

#[test]
fn a_restart_gives_those_who_were_in_a_paused_room_the_time_to_come_back() {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run(&format!("{FOUR_PEOPLE}, pause 3 server, settle"));
    table.run("lost 3 ann, lost 3 bob, lost 3 cat, lost 3 dan, settle, wait 29000, restart, hush");
    table.run("wait 29999, settle");
    assert_eq!(table.transcript, "");
    table.run("wait 1, settle");
    assert!(table.transcript.contains("closed Empty"), "{}", table.transcript);
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run(&format!("{FOUR_PEOPLE}, leave 3 ann, leave 3 bob, leave 3 cat, settle"));
    table.run("lost 3 dan, settle, wait 29000, pause 3 server, settle, restart, hush");
    table.run("wait 14999, settle");
    assert_eq!(table.transcript, "");
    table.run("wait 1, settle");
    assert!(table.transcript.contains("closed Empty"), "{}", table.transcript);
}

#[test]
fn bots_think_on_where_they_were() {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run("open 3 ann fast 3, start 3 ann, settle, wait 200, settle, wait 200, settle");
    let Phase::Declaring { seat } = table.state(3).phase else { panic!() };
    let left_ms = table.state(3).clocks.bot.expect("a bot is asked");
    table.run(&format!("wait {}, pause 3 server, settle, hush", left_ms - 1));
    table.run("wait 10000, settle");
    assert_eq!(table.transcript, "", "seat {} waits", seat.number());
    table.run("resume 3 server, settle, hush, tick");
    assert_eq!(table.transcript, "");
    table.run("wait 1, tick");
    assert!(table.transcript.contains("declared Bot"), "{}", table.transcript);
}

#[test]
fn a_pause_outlives_a_restart() {
    check(
        &Settings::default(),
        &format!(
            "{FOUR_PEOPLE}, wait 4000, pause 3 server, settle, wait 9000, restart
            wait 9000, tick, play 3 ann 1, tick, resume 3 server, tick
            wait 999, tick, wait 1, tick"
        ),
        "
        8: 3 v8 [paused]
        10: a Rejected(Paused)
        11: 3 v9 [resumed]
        13: 3 v10 [declared TimeOut]
        ",
    );
}
