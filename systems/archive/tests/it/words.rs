//! Words in the tables are those of the protocol.

use std::collections::BTreeSet;

use archive::Table;
use components::Pace;
use journal::Chain;

use crate::people::store;
use crate::rows::{change_of, read};
use crate::table::Play;

/// What stands in a column in some matches.
fn found(of: &[(Table, &str)]) -> BTreeSet<String> {
    let people = (0..40).map(Play::people);
    let bots = (40..56).map(|seed| Play::bots(seed, Pace::ALL[seed as usize % 4]));
    let chains: Vec<Chain> = people.chain(bots).map(Play::chain).collect();
    let mut people = store("words");
    let aliases = people.aliases_for(&chains.iter().collect::<Vec<_>>()).unwrap();
    let tables = read(&change_of(&chains, &aliases));
    let texts = of.iter().flat_map(|(table, column)| {
        let rows = &tables[table];
        (0..rows.len()).filter_map(|row| Some(rows.text(column, row)?.to_owned()))
    });
    texts.collect()
}

fn all<T: Copy>(words: &[T], word: impl Fn(T) -> &'static str) -> BTreeSet<String> {
    words.iter().map(|it| word(*it).to_owned()).collect()
}

#[test]
fn every_word_is_one_of_the_protocols() {
    use protocol::{BotLevel, Decider, EndReason, SetKind, StarterReason};
    let paces = found(&[(Table::Matches, "pace")]);
    assert_eq!(paces, all(protocol::Pace::ALL, protocol::Pace::as_str));
    let kinds = found(&[(Table::Plays, "set_type")]);
    assert!(kinds.is_subset(&all(SetKind::ALL, SetKind::as_str)) && kinds.len() > 4, "{kinds:?}");
    let deciders = found(&[
        (Table::Plays, "decider"),
        (Table::Redeals, "decider"),
        (Table::Rounds, "declared_by"),
    ]);
    assert!(deciders.is_subset(&all(Decider::ALL, Decider::as_str)) && deciders.len() > 2);
    let starts = found(&[(Table::Rounds, "start_reason")]);
    assert!(starts.is_subset(&all(StarterReason::ALL, StarterReason::as_str)) && starts.len() > 2);
    let ends = found(&[(Table::Matches, "end_reason")]);
    assert!(ends.is_subset(&all(EndReason::ALL, EndReason::as_str)) && ends.len() > 2, "{ends:?}");
    let levels = found(&[(Table::Seats, "bot_level"), (Table::Presence, "bot_level")]);
    assert_eq!(levels, all(BotLevel::ALL, BotLevel::as_str));
}
