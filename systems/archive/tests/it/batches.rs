//! Batches: what goes into one, what does not, and that it is always the same.

use archive::{
    Aliases, Builder, Compression, ConvertError, Kind, Manifest, Table, WriterOptions, part_path,
    read_part,
};
use components::{Event, Fact, Pace, PlayerId, Seat};
use journal::Chain;
use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::people::store;
use crate::rows::{ID, change_of, read};
use crate::table::Play;

const FILE_1: &[u8] = include_bytes!("../../../journal/tests/data/replay-v1.liap");

fn bots(seed: u64) -> Chain {
    Play::bots(seed, Pace::Instant).chain()
}

fn refused(chain: &Chain) -> ConvertError {
    let mut builder = Builder::new(WriterOptions::default());
    let error = builder.add(chain, &Aliases::default()).unwrap_err();
    assert_eq!((builder.matches(), builder.bytes_estimate()), (0, 0));
    error
}

#[test]
fn the_same_matches_give_the_same_bytes_in_whatever_order_they_come() {
    let mut people = store("same");
    let mut chains: Vec<Chain> = (0..12).map(|seed| Play::people(seed).chain()).collect();
    chains.extend((12..20).map(bots));
    let aliases = people.aliases_for(&chains.iter().collect::<Vec<_>>()).unwrap();
    let first = change_of(&chains, &aliases);
    chains.reverse();
    assert_eq!(change_of(&chains, &aliases), first);
}

#[test]
fn the_manifest_tells_every_file_as_it_is() {
    let chains: Vec<Chain> = (0..5).map(bots).collect();
    let change = change_of(&chains, &Aliases::default());
    let manifest = &change.manifest;
    assert_eq!((manifest.format, manifest.schema), (Manifest::FORMAT, archive::SCHEMA_VERSION));
    assert_eq!((manifest.kind, manifest.matches), (Kind::Batch, 5));
    assert_eq!((manifest.id, manifest.created_ms), (ID, 1_795_000_000_000));
    assert_eq!(manifest.files.len(), change.parts.len());
    for (file, part) in manifest.files.iter().zip(&change.parts) {
        assert_eq!((file.table, file.hour, file.rows), (part.table, part.hour, part.rows));
        assert_eq!(file.path, part_path(part.table, part.hour, ID));
        assert_eq!(file.bytes, part.bytes.len() as u64);
        let sum = Sha256::digest(&part.bytes);
        assert_eq!(file.sha256, sum.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
    // Bots play without presence.
    assert!(change.parts.iter().all(|part| part.table != Table::Presence));
}

#[test]
fn an_empty_batch_has_no_files() {
    let change = Builder::new(WriterOptions::default()).finish(ID, 0).unwrap();
    assert_eq!((change.parts, change.manifest.matches), (Vec::new(), 0));
}

#[test]
fn files_say_who_wrote_them_and_what_they_are() {
    let change = change_of(&[bots(1)], &Aliases::default());
    for part in &change.parts {
        let reader = SerializedFileReader::new(part.bytes.clone()).unwrap();
        let file = reader.metadata().file_metadata();
        let told = file.key_value_metadata().unwrap();
        let told: Vec<_> =
            told.iter().map(|it| (it.key.as_str(), it.value.as_deref().unwrap())).collect();
        let manifest = ID.to_string();
        let expected = [
            ("liap.schema", "1"),
            ("liap.table", part.table.name()),
            ("liap.writer", archive::WRITER),
            ("liap.manifest", manifest.as_str()),
        ];
        assert_eq!(told, expected);
        assert!(file.created_by().unwrap().starts_with("liap version "));
    }
}

#[test]
fn gzip_holds_the_same_rows() {
    let chain = bots(3);
    let mut builder = Builder::new(WriterOptions { compression: Compression::Gzip });
    builder.add(&chain, &Aliases::default()).unwrap();
    let gzip = builder.finish(ID, 1_795_000_000_000).unwrap();
    let zstd = change_of(&[chain], &Aliases::default());
    assert_ne!(gzip.parts[0].bytes, zstd.parts[0].bytes);
    for (one, other) in read(&gzip).into_values().zip(read(&zstd).into_values()) {
        assert_eq!(one.0, other.0);
    }
}

#[test]
fn what_is_no_whole_match_is_refused_with_its_reason() {
    let mut chain = bots(1);
    chain.steps.pop();
    assert_eq!(refused(&chain), ConvertError::NoEnd);
    chain.steps.remove(0);
    assert_eq!(refused(&chain), ConvertError::NoBeginning);
    chain.match_id = None;
    assert_eq!(refused(&chain), ConvertError::NoMatch);
    chain.steps.clear();
    chain.match_id = bots(1).match_id;
    assert_eq!(refused(&chain), ConvertError::NoMatch);
}

#[test]
fn a_match_that_contradicts_itself_is_refused_with_the_version_at_which_it_does() {
    let wrong = |change: &dyn Fn(&mut Chain)| {
        let mut chain = bots(2);
        change(&mut chain);
        match refused(&chain) {
            ConvertError::Inconsistent { version, what } => {
                assert!(chain.steps.iter().any(|step| step.version == version));
                what
            }
            other => panic!("{other}"),
        }
    };
    let has = |step: &journal::Recorded, wanted: &dyn Fn(&Fact) -> bool| {
        step.events.iter().any(|event| matches!(event, Event::Public(fact) if wanted(fact)))
    };
    let without_a_play = wrong(&|chain| {
        let is_play = |fact: &Fact| matches!(fact, Fact::Played { .. });
        let play = chain.steps.iter().position(|step| has(step, &is_play)).unwrap();
        chain.steps.remove(play);
    });
    assert_eq!(without_a_play, "a turn is decided that was not played");
    let twice = wrong(&|chain| {
        let is_declaration = |fact: &Fact| matches!(fact, Fact::Declared { .. });
        let said = chain.steps.iter().position(|step| has(step, &is_declaration)).unwrap();
        let again = chain.steps[said].clone();
        chain.steps.insert(said, again);
    });
    assert_eq!(twice, "a seat declares twice");
    let other_end = wrong(&|chain| {
        for event in chain.steps.iter_mut().flat_map(|step| &mut step.events) {
            if let Event::Public(Fact::MatchOver(end)) = event {
                std::sync::Arc::make_mut(end).scores[0] += 1;
            }
        }
    });
    assert_eq!(other_end, "the match ends with other numbers than it came to");
    let empty = wrong(&|chain| chain.base.players[2] = None);
    assert_eq!(empty, "a match began with an empty seat");
    let more = wrong(&|chain| {
        let last = chain.steps.last().unwrap().clone();
        chain.steps.push(last);
    });
    assert_eq!(more, "more is recorded after the match was over");
}

#[test]
fn a_match_goes_into_a_batch_once() {
    let chain = bots(1);
    let mut builder = Builder::new(WriterOptions::default());
    builder.add(&chain, &Aliases::default()).unwrap();
    let bytes = builder.bytes_estimate();
    assert!(bytes > 1_000);
    let twice = builder.add(&chain, &Aliases::default());
    assert_eq!(twice, Err(ConvertError::Twice(chain.match_id.unwrap())));
    assert_eq!((builder.matches(), builder.bytes_estimate()), (1, bytes));
}

#[test]
fn people_without_aliases_keep_their_match_out() {
    let mut people = store("strangers");
    let chain = Play::people(3).chain();
    let whole = people.aliases_for(&[&chain]).unwrap();
    let player = chain.base.players[0].as_ref().unwrap().control.human().unwrap();
    assert_eq!(refused(&chain), ConvertError::UnknownPlayer(player.player));
    let mut aliases = Aliases::default();
    for seat in Seat::ALL {
        let person = chain.base.players[seat.index()].as_ref().unwrap().control.human();
        let Some(person) = person else { continue };
        aliases.add_player(person.player, whole.key(person.player).unwrap());
    }
    let mut builder = Builder::new(WriterOptions::default());
    let error = builder.add(&chain, &aliases).unwrap_err();
    assert!(matches!(error, ConvertError::UnknownSession(_) | ConvertError::UnknownName));
    assert_ne!(error, ConvertError::UnknownPlayer(PlayerId(0)));
    builder.add(&chain, &whole).unwrap();
}

#[test]
fn a_match_that_version_1_of_the_journal_recorded_is_archived() {
    let chain = Chain::from_bytes(FILE_1).unwrap();
    let aliases = store("old").aliases_for(&[&chain]).unwrap();
    let tables = read(&change_of(std::slice::from_ref(&chain), &aliases));
    assert_eq!(tables[&Table::Events].len(), chain.steps.len());
    assert!(tables[&Table::Matches].number("restarts", 0) > Some(0));
}

/// The bytes as a replay file whose checksum is right.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[12..16].fill(0);
    let sum = crc32fast::hash(&bytes);
    bytes[12..16].copy_from_slice(&sum.to_le_bytes());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_recorded_match_however_damaged_makes_it_panic(
        changes in prop::collection::vec((16..FILE_1.len(), any::<u8>()), 1..5),
        cut in any::<prop::sample::Index>(),
        swap in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let mut bytes = FILE_1.to_owned();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        let mutated = Chain::from_bytes(&sealed(bytes)).ok();
        let mut shuffled = Chain::from_bytes(FILE_1).unwrap();
        let steps = shuffled.steps.len();
        shuffled.steps.swap(swap.0.index(steps), swap.1.index(steps));
        let mut shorter = Chain::from_bytes(FILE_1).unwrap();
        shorter.steps.remove(cut.index(steps));
        for chain in mutated.into_iter().chain([shuffled, shorter]) {
            let mut aliases = Aliases::default();
            for (number, (player, name, session)) in (1..).zip(crate::people::seated(&chain)) {
                let session = components::SessionId(session);
                aliases.add_player(player, archive::PlayerKey(uuid::Uuid::from_u128(number)));
                aliases.add_session(session, session);
                aliases.add_name(player, name.clone(), name);
            }
            let mut builder = Builder::new(WriterOptions::default());
            if builder.add(&chain, &aliases).is_ok() {
                for part in builder.finish(ID, 0).unwrap().parts {
                    read_part(part.bytes).unwrap();
                }
            }
        }
    }
}
