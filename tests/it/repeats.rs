//! A request sent twice is done once.

use components::Settings;

use crate::support::{Memory, Table, check};

#[test]
fn a_repeated_request_is_answered_with_its_version_and_changes_nothing() {
    check(
        &Settings::default(),
        "
        open 1 ann fast 0, settle, hush
        bot 1 ann 1, settle, again 1, settle
        bot 1 ann 1, settle, again 1, settle
        remove 1 ann 1, bot 1 ann 1, remove 1 ann 1, settle, hush
        again 3, again 1, settle
        again 5, settle
        bot 1 ann 1, remove 1 ann 1, settle, again 8, settle
        ",
        "
        9: a ok v3 again; a ok v5 again
        10: a ok v2 again
        11: a ok v6; 1 v6 [joined 1 bot]
        12: a ok v7; 1 v7 [left 1 Removed]
        13: a StaleRequest(RequestId(5))
        ",
    );
}

#[test]
fn a_repeat_that_takes_a_rooms_turn_does_not_stop_its_bots() {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run("open 3 ann instant 3, start 3 ann, tick, tick");
    let mut repeated = 0;
    for _ in 0..200 {
        // The repeat and whatever the room's bots have due come in the same tick.
        table.run("again 1, tick");
        repeated += usize::from(table.transcript.ends_with("again\n"));
        if table.shard.next_deadline_ms().is_none() {
            panic!("nobody wakes the room any more:\n{}", table.transcript);
        }
    }
    assert!(repeated > 100, "{}", table.transcript);
    table.run("hush, wait 0, settle");
}
