//! A room outlives its match: rematch, changes of seat, and the end after a while.

use components::{Phase, Settings};

use crate::support::{Memory, Table};

fn finished() -> Table {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run("open 1 ann instant 3, start 1 ann, settle");
    for _ in 0..2_000 {
        if matches!(table.state(1).phase, Phase::Finished { .. }) {
            return table;
        }
        table.run("wait 5000, settle");
    }
    panic!("the match never ends: {:?}", table.state(1).phase);
}

#[test]
fn the_same_seats_play_again_under_a_new_match_id() {
    let mut table = finished();
    let first = table.state(1).game;
    table.run("start 1 ann, settle, hush, rematch 1 ann, settle");
    let second = table.state(1).game;
    assert_eq!((first.number, second.number), (1, 2));
    assert_ne!(first.id, second.id);
    assert_ne!(first.seed, second.seed);
    assert!(table.transcript.contains("match 2, dealt 1.0"), "{}", table.transcript);
    assert!(table.state(1).players.iter().flatten().all(|player| player.tally.score == 0));
}

#[test]
fn a_finished_room_takes_other_players_and_closes_in_the_end() {
    let mut table = finished();
    table.run("hush, remove 1 ann 2, join 1 bob, settle");
    assert!(table.transcript.contains("joined 2 bob"), "{}", table.transcript);
    table.run("wait 290000, settle");
    assert_eq!(table.shard.rooms(), 1);
    table.run("wait 10000, settle");
    assert!(table.transcript.contains("closed Finished"), "{}", table.transcript);
    assert_eq!(table.shard.rooms(), 0);
}

#[test]
fn the_servers_own_rooms_play_for_ever() {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table.run("open 1 nobody instant 4, settle");
    assert!(matches!(table.state(1).phase, Phase::Finished { .. }));
    for number in 2..5 {
        table.run("wait 3000, settle");
        assert_eq!(table.state(1).game.number, number);
    }
}
