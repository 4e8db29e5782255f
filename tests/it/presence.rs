//! Who is there, who is away, and what becomes of a room that nobody is in.

use components::Settings;

use crate::support::{Memory, Table, check};

#[test]
fn a_lost_connection_counts_as_away_after_the_grace_and_not_before() {
    check(
        &Settings::default(),
        "
        open 1 ann classic 2, join 1 bob, start 1 ann, settle, hush
        lost 1 ann, settle
        wait 1499, settle
        back 1 ann, settle
        lost 1 ann, settle
        wait 1499, settle
        wait 1, settle
        back 1 ann, settle
        ",
        "
        4: 1 v4 []
        6: 1 v5 []
        7: 1 v6 []
        8: 1 v7 [redeal? 1]
        9: 1 v8 [away 0, host 3]
        10: 1 v9 [back 0]
        ",
    );
}

#[test]
fn before_a_match_a_seat_is_freed_and_an_empty_room_closes() {
    check(
        &Settings::default(),
        "
        open 1 ann fast 2, join 1 bob, settle, hush
        lost 1 bob, settle, wait 4999, settle
        wait 1, settle
        lost 1 ann, settle, wait 5000, settle
        wait 24999, settle
        wait 1, settle
        look 1 ann, settle
        ",
        "
        3: 1 v3 []
        5: 1 v4 [left 3 Away]
        6: 1 v5 []
        7: 1 v6 [left 0 Away]
        9: 1 v7 [closed Empty]
        10: a Rejected(RoomNotFound)
        ",
    );
}

#[test]
fn a_match_that_nobody_attends_is_given_up() {
    check(
        &Settings::default(),
        "
        open 1 ann classic 3, start 1 ann, settle, hush
        lost 1 ann, settle, wait 1500, settle, hush
        wait 28499, settle, hush
        wait 1, settle
        join 1 ann, settle
        ",
        "
        6: 1 v6 [match over Abandoned, closed Empty]
        7: a Rejected(RoomNotFound)
        ",
    );
}

#[test]
fn a_player_who_comes_and_goes_does_not_stop_the_others_match() {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run("open 3 ann instant 2, join 3 bob, start 3 ann, settle, hush");
    for _ in 0..400 {
        // More of it than a room settles in a tick.
        table.run("lost 3 bob, back 3 bob, wait 100, tick");
    }
    assert!(table.transcript.matches("played").count() > 3, "{}", table.transcript);
}

#[test]
fn reports_of_connections_are_never_refused() {
    let mut settings = Settings::default();
    settings.rooms.queued_max = 1;
    let mut table = Table::new(&settings, Memory::Kept, None);
    table.run("open 3 ann fast 1, join 3 bob, settle, hush");
    table.run("bot 3 ann, bot 3 ann, bot 3 ann, lost 3 bob, settle");
    assert!(table.transcript.contains("Busy"), "{}", table.transcript);
    table.run("hush, wait 5000, settle");
    assert!(table.transcript.contains("left 2 Away"), "{}", table.transcript);
}
