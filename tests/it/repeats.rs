//! A request sent twice is done once.

use components::Settings;

use crate::support::check;

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
        9: a ok v3 again
        10: a ok v5 again
        11: a ok v2 again
        12: a ok v6; 1 v6 [joined 1 bot]
        13: a ok v7; 1 v7 [left 1 Removed]
        14: a StaleRequest(RequestId(5))
        ",
    );
}
