//! A flood is cut off before it reaches the rules.

use components::Settings;

use crate::support::{Memory, Table, check};

#[test]
fn a_player_out_of_credits_is_told_when_to_come_back() {
    let mut settings = Settings::default();
    settings.paces[0].credits_max = 2;
    check(
        &settings,
        "
        open 1 ann standard 3, start 1 ann, settle, hush
        declare 1 ann 1, declare 1 ann 1, declare 1 ann 1, settle
        wait 199, declare 1 ann 1, settle
        wait 1, declare 1 ann 1, settle
        ",
        "
        3: a Rejected(WrongPhase); a Rejected(WrongPhase); a RateLimited { retry_after_ms: 200 }
        4: a RateLimited { retry_after_ms: 1 }
        5: a Rejected(WrongPhase)
        ",
    );
}

#[test]
fn those_without_a_seat_share_the_credits_of_the_room() {
    let mut settings = Settings::default();
    settings.rooms.room_credits_max = 3;
    check(
        &settings,
        "
        open 1 ann standard 3, settle, hush
        watch 1 eve, watch 1 fay, join 1 gus, watch 1 hal, look 1 ann, settle
        ",
        "
        2: e ok v1; e sees v1 as spectator; f ok v1; f sees v1 as spectator; g Rejected(RoomFull); h RateLimited { retry_after_ms: 20 }; a ok v1; a sees v1 as seat 0
        ",
    );
}

#[test]
fn a_room_keeps_no_more_waiting_than_it_may() {
    let mut settings = Settings::default();
    settings.rooms.queued_max = 3;
    let mut table = Table::new(&settings, Memory::Kept, None);
    table.run("open 1 ann instant 3, settle, hush");
    table.run("start 1 ann");
    for _ in 0..5 {
        table.run("bot 1 ann");
    }
    table.run("tick");
    assert_eq!(table.transcript.matches("Busy").count(), 2, "{}", table.transcript);
    assert_eq!(table.shard.stats().waiting, 3);
    table.settle();
    assert_eq!(table.shard.stats().waiting, 0);
}
