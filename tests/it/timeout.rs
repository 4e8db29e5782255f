//! What happens by itself when time is up, and not a millisecond before.

use components::Settings;

use crate::support::check;

/// Room 3 deals no weak hand in its first round; dan holds the red General.
const FOUR_PEOPLE: &str =
    "open 3 ann fast 0, join 3 bob, join 3 cat, join 3 dan, start 3 ann, settle
    wait 200, settle, wait 200, settle, hush";

#[test]
fn a_seat_out_of_time_is_played_for_at_that_moment() {
    check(
        &Settings::default(),
        &format!("{FOUR_PEOPLE}, wait 4999, settle, wait 1, settle, wait 5000, settle"),
        "
        9: 3 v8 [declared TimeOut]
        10: 3 v9 [declared TimeOut]
        ",
    );
}

#[test]
fn an_answer_that_waited_when_the_deadline_came_is_too_late() {
    check(
        &Settings::default(),
        &format!("{FOUR_PEOPLE}, wait 5000, declare 3 dan 1, settle"),
        "
        8: 3 v8 [declared TimeOut]
        9: d Rejected(AlreadyDeclared(5))
        ",
    );
}

#[test]
fn an_answer_that_was_taken_in_before_the_deadline_counts() {
    check(
        &Settings::default(),
        &format!("{FOUR_PEOPLE}, wait 4999, declare 3 dan 1, look 3 ann, tick, wait 1, settle"),
        "
        8: d ok v8; 3 v8 [declared Person]; a ok v8; a sees v8 as seat 0
        ",
    );
}
