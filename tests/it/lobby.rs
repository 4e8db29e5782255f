//! Before a match: seats are taken and given up, and the host is somebody who is there.

use components::Settings;

use crate::support::check;

#[test]
fn a_room_fills_and_only_its_host_starts_the_match() {
    check(
        &Settings::default(),
        "
        open 1 ann instant 1, settle
        join 1 bob, settle
        start 1 bob, settle
        start 1 ann, settle
        join 1 bob, join 1 cat 1, settle
        bot 1 ann, settle
        join 1 dan, settle
        ",
        "
        1: a ok v1 seat 0; 1 v1 [joined 0 ann, host 0, joined 1 bot]; a sees v1 as seat 0
        2: b ok v2 seat 2; 1 v2 [joined 2 bob]; b sees v2 as seat 2
        3: b Rejected(NotHost)
        4: a Rejected(SeatsEmpty(1))
        5: b ok v2 again seat 2; b sees v2 as seat 2; c Rejected(SeatTaken(Seat(1)))
        6: a ok v3; 1 v3 [joined 3 bot]
        7: d Rejected(RoomFull)
        ",
    );
}

#[test]
fn names_are_unique_in_a_room_without_regard_to_case() {
    check(
        &Settings::default(),
        "open 1 ann fast 0, settle, hush, join 1 ANN, join 1 anna, settle",
        "
        2: A Rejected(NameTaken); a ok v1 again seat 0; a sees v1 as seat 0
        ",
    );
}

#[test]
fn the_host_frees_seats_and_its_right_moves_to_a_person() {
    check(
        &Settings::default(),
        "
        open 1 ann fast 1, join 1 bob, join 1 cat, settle, hush
        remove 1 cat 1, remove 1 ann 0, remove 1 ann 3, settle
        look 1 cat, settle
        leave 1 ann, settle
        remove 1 bob 1, settle
        ",
        "
        4: a ok v4; 1 v4 [left 3 Removed]; c Rejected(NotHost); a Rejected(SeatEmpty(Seat(0)))
        5: c Rejected(NotInRoom)
        6: a ok v5; 1 v5 [left 0 Left, host 2]
        7: b ok v6; 1 v6 [left 1 Removed]
        ",
    );
}

#[test]
fn spectators_may_look_and_nothing_else() {
    check(
        &Settings::default(),
        "
        open 1 ann fast 3, settle, hush
        watch 1 eve, settle
        declare 1 eve 1, start 1 eve, settle
        watch 2 eve, look 2 eve, join 2 eve, settle
        ",
        "
        2: e ok v1; e sees v1 as spectator
        3: e Rejected(NotInRoom); e Rejected(NotInRoom)
        4: e Rejected(RoomNotFound); e Rejected(RoomNotFound); e Rejected(RoomNotFound)
        ",
    );
}

#[test]
fn a_look_in_the_tick_of_a_change_sees_what_was_settled() {
    check(
        &Settings::default(),
        "
        open 1 ann fast 0, settle, hush
        bot 1 ann 1, bot 1 ann 2, look 1 ann, tick
        join 1 bob, look 1 bob, settle
        leave 1 bob, look 1 bob, settle
        ",
        "
        2: a ok v2; 1 v2 [joined 1 bot]; a ok v2; a sees v2 as seat 0
        3: a ok v3; 1 v3 [joined 2 bot]; b Rejected(NotInRoom)
        4: b ok v4 seat 3; 1 v4 [joined 3 bob]; b sees v4 as seat 3
        5: b ok v5; 1 v5 [left 3 Left]; b Rejected(NotInRoom)
        ",
    );
}
