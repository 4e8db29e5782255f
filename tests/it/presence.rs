//! Who is there, who is away, and what becomes of a room that nobody is in.

use components::Settings;

use crate::support::check;

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
        10: 1 v8 [away 0, host 3]
        11: 1 v9 [back 0]
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
        7: 1 v6 [match over Abandoned, closed Empty]
        8: a Rejected(RoomNotFound)
        ",
    );
}
