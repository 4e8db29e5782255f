//! Who took part is in no file of the archive, and comes back only while the store of people knows.

use archive::{Known, PlayerKey, Table, chain_of, erase, read_part, restore};
use components::{MatchId, PlayerId};
use journal::Chain;
use uuid::Uuid;

use crate::people::{seated, store};
use crate::rerun::moments;
use crate::rows::{Rows, change_of, read};
use crate::table::Play;

fn chains() -> Vec<Chain> {
    let people = (0..20).map(Play::people);
    people
        .chain((20..22).map(|seed| Play::bots(seed, components::Pace::Fast)))
        .map(Play::chain)
        .collect()
}

/// How a match ended, without who took part.
fn outcome(chain: &Chain) -> impl PartialEq + std::fmt::Debug {
    let last = moments(chain).pop().unwrap().state;
    let tallies = last.players.map(|player| player.map(|player| player.tally));
    (last.version, last.game, last.round, last.phase, last.clocks, tallies)
}

#[test]
fn a_match_comes_back_to_the_byte_while_its_people_are_known() {
    let mut people = store("restore");
    let chains = chains();
    let aliases = people.aliases_for(&chains.iter().collect::<Vec<_>>()).unwrap();
    let events = &read(&change_of(&chains, &aliases))[&Table::Events];
    for chain in &chains {
        let archived = chain_of(&events.0, chain.match_id.unwrap()).unwrap().unwrap();
        let known = people.known(&archived).unwrap();
        assert_eq!(restore(&archived, &known).to_bytes(), chain.to_bytes());
    }
    assert_eq!(chain_of(&events.0, MatchId([0; 16])).unwrap(), None);
}

#[test]
fn a_match_of_forgotten_people_runs_to_the_same_end_with_other_names() {
    let mut people = store("forgotten");
    let chains = chains();
    let aliases = people.aliases_for(&chains.iter().collect::<Vec<_>>()).unwrap();
    let events = &read(&change_of(&chains, &aliases))[&Table::Events];
    for (player, ..) in chains.iter().flat_map(seated) {
        people.forget(player).unwrap();
    }
    for chain in &chains {
        let archived = chain_of(&events.0, chain.match_id.unwrap()).unwrap().unwrap();
        let known = people.known(&archived).unwrap();
        assert_eq!(known, Known::default());
        let restored = restore(&archived, &known);
        assert_eq!(outcome(&restored), outcome(chain));
        assert!(seated(&restored).iter().all(|(_, name, _)| name.starts_with('~')));
    }
}

#[test]
fn no_file_holds_a_name_or_an_id_of_anybody() {
    let mut people = store("private");
    let chains = chains();
    let aliases = people.aliases_for(&chains.iter().collect::<Vec<_>>()).unwrap();
    let change = change_of(&chains, &aliases);
    let everybody: Vec<_> = chains.iter().flat_map(seated).collect();
    for part in &change.parts {
        // As a reader sees them: bytes in files are compressed.
        let (table, batch) = read_part(part.bytes.clone()).unwrap();
        let mut shown = Rows(batch.clone()).lines().into_bytes();
        if table == Table::Events {
            for chain in &chains {
                let archived = chain_of(&batch, chain.match_id.unwrap()).unwrap();
                shown.extend(archived.iter().flat_map(Chain::to_bytes));
            }
        }
        let holds = |trace: &[u8]| shown.windows(trace.len()).any(|bytes| bytes == trace);
        for (player, name, session) in &everybody {
            for id in [player.0, *session] {
                assert!(!holds(&id.to_le_bytes()) && !holds(&id.to_be_bytes()));
                assert!(!holds(id.to_string().as_bytes()));
                assert!(!holds(format!("{id:016x}").as_bytes()));
            }
            assert!(!holds(name.as_bytes()), "{name} in {}", table.name());
        }
    }
}

#[test]
fn an_erased_player_is_nowhere_and_the_match_runs_to_the_same_end() {
    let mut people = store("erased");
    let chains = chains();
    let aliases = people.aliases_for(&chains.iter().collect::<Vec<_>>()).unwrap();
    let tables = read(&change_of(&chains, &aliases));
    let (player, ..) = seated(&chains[0])[0];
    let key = aliases.key(player).unwrap();
    let of_player = |chain: &Chain, id: PlayerId| seated(chain).iter().any(|(who, ..)| *who == id);

    let seats = erase(Table::Seats, &tables[&Table::Seats].0, key).unwrap().unwrap();
    assert_eq!(erase(Table::Seats, &seats, key).unwrap(), None);
    let text = key.to_string();
    let keys = |rows: &Rows| {
        let keys = (0..rows.len()).map(|row| rows.text("player_key", row).map(str::to_owned));
        keys.map(|it| it.filter(|it| *it != text)).collect::<Vec<_>>()
    };
    assert_eq!(keys(&Rows(seats)), keys(&tables[&Table::Seats]));

    let events = erase(Table::Events, &tables[&Table::Events].0, key).unwrap().unwrap();
    assert_eq!(erase(Table::Events, &events, key).unwrap(), None);
    let mut erased = 0;
    for chain in &chains {
        let id = chain.match_id.unwrap();
        let before = chain_of(&tables[&Table::Events].0, id).unwrap().unwrap();
        let after = chain_of(&events, id).unwrap().unwrap();
        assert!(!of_player(&after, key.alias()));
        if of_player(&before, key.alias()) {
            erased += 1;
            assert_eq!(outcome(&after), outcome(chain));
        } else {
            assert_eq!(after, before);
        }
    }
    assert!(erased > 1);
    assert_eq!(erase(Table::Plays, &tables[&Table::Plays].0, key).unwrap(), None);
    let nobody = PlayerKey(Uuid::from_u128(7));
    assert_eq!(erase(Table::Events, &tables[&Table::Events].0, nobody).unwrap(), None);
}
