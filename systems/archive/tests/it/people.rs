//! The store of people, on a real disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread;

use archive::{Forgotten, People, PeopleError, PlayerKey};
use components::{By, Cause, Control, Name, PlayerId, SessionId};
use journal::Chain;
use rusqlite::Connection;
use uuid::Uuid;

use crate::table::Play;

/// Where a test has a store of its own; nothing is there yet.
fn fresh(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("people-{name}"));
    _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory.join("people.sqlite")
}

/// An empty store of this test's own.
pub(crate) fn store(name: &str) -> People {
    People::open(&fresh(name)).unwrap()
}

/// Who sat there at first.
pub(crate) fn seated(chain: &Chain) -> Vec<(PlayerId, Name, u64)> {
    let players = chain.base.players.iter().flatten();
    let humans = players.filter_map(|player| player.control.human());
    humans.map(|human| (human.player, human.name.clone(), human.session.0)).collect()
}

fn chains(seeds: std::ops::Range<u64>) -> Vec<Chain> {
    seeds.map(|seed| Play { people: 4, mishaps: 0, ..Play::people(seed) }.chain()).collect()
}

#[test]
fn a_player_has_one_key_for_ever_under_every_name_and_session() {
    let path = fresh("key");
    let chains = chains(0..3);
    let mut people = People::open(&path).unwrap();
    let first = people.aliases_for(&[&chains[0]]).unwrap();
    let all: Vec<&Chain> = chains.iter().collect();
    let again = People::open(&path).unwrap().aliases_for(&all).unwrap();
    for (player, name, session) in seated(&chains[0]) {
        let key = first.key(player).unwrap();
        assert_eq!(key.0.get_version_num(), 4);
        assert_eq!(again.key(player), Some(key));
        assert_eq!(again.name(player, &name), first.name(player, &name));
        let session = SessionId(session);
        assert_eq!(again.session(session), first.session(session));
        assert_eq!(people.key_of(player).unwrap(), Some(key));
    }
    assert_eq!(people.key_of(PlayerId(12_345)).unwrap(), None);
}

#[test]
fn people_are_found_by_id_key_and_name_and_told_by_their_newest_name() {
    let mut people = store("find");
    // The same seven play in all of them, under names that end in their seat.
    let chains = chains(0..2);
    people.aliases_for(&chains.iter().collect::<Vec<_>>()).unwrap();
    let (player, first, _) = seated(&chains[0])[1].clone();
    let (_, second, _) =
        seated(&chains[1]).into_iter().find(|(other, ..)| *other == player).unwrap();
    assert_ne!(first, second);
    let key = people.key_of(player).unwrap().unwrap();
    for text in [
        player.0.to_string(),
        format!("{:016x}", player.0),
        key.to_string(),
        first.to_string(),
        first.to_uppercase(),
        format!(" {second} "),
    ] {
        let found = people.find(&text).unwrap();
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!((found[0].player, found[0].key), (player, key), "{text}");
        assert_eq!(found[0].names, [second.as_str(), first.as_str()], "the newest first");
    }
    assert_eq!(people.find("nobody of that name").unwrap(), []);
    assert_eq!(people.name_of(key).unwrap().as_deref(), Some(second.as_str()));
    let unknown = PlayerKey(Uuid::from_u128(1));
    let names = people.names_of(&[key, unknown]).unwrap();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), [(key, second.to_string())]);
}

/// Matches of four people each, all different.
fn crowd(matches: u64) -> Vec<Chain> {
    let chain = chains(0..1).remove(0);
    let others = (0..matches).map(|number| {
        let mut chain = chain.clone();
        for (at, player) in (1..).zip(chain.base.players.iter_mut().flatten()) {
            let Control::Human(human) = &mut player.control else { continue };
            let id = (number * 4 + at).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            (human.player, human.session) = (PlayerId(id), SessionId(!id));
            let kind = if number % 2 == 0 { "Leaver" } else { "Stayer" };
            human.name = format!("{kind}{number} of the {at}th").into();
        }
        chain.steps.truncate(1);
        chain.steps[0].cause = Cause::Server;
        chain.steps[0].action.by = By::Nobody;
        chain
    });
    others.collect()
}

/// Everything of a person that may be in a file.
fn traces(people: &People, (player, name, session): &(PlayerId, Name, u64)) -> Vec<Vec<u8>> {
    let key = people.key_of(*player).unwrap().unwrap();
    vec![
        player.0.to_be_bytes().to_vec(),
        session.to_be_bytes().to_vec(),
        name.as_bytes().to_vec(),
        name.to_lowercase().into_bytes(),
        key.0.as_bytes().to_vec(),
    ]
}

#[test]
fn what_is_forgotten_leaves_no_byte_behind() {
    let path = fresh("forget");
    let mut people = People::open(&path).unwrap();
    people.aliases_for(&crowd(100).iter().collect::<Vec<_>>()).unwrap();
    let gone: Vec<_> = crowd(100).iter().step_by(40).flat_map(seated).collect();
    let traces: Vec<Vec<u8>> = gone.iter().flat_map(|one| traces(&people, one)).collect();
    let files = || {
        let files = fs::read_dir(path.parent().unwrap()).unwrap();
        files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect::<Vec<_>>()
    };
    let found = |files: &[Vec<u8>]| {
        let holds = |trace: &[u8]| files.iter().any(|file| memmem(file, trace));
        traces.iter().filter(|trace| holds(trace)).count()
    };
    assert_eq!(found(&files()), traces.len(), "they were there");
    for (player, name, _) in &gone {
        let key = people.key_of(*player).unwrap().unwrap();
        let names = vec![name.to_string()];
        let forgotten = people.forget(*player).unwrap();
        assert_eq!(forgotten, Some(Forgotten { key, names, sessions: 1 }));
        assert_eq!((people.key_of(*player).unwrap(), people.name_of(key).unwrap()), (None, None));
    }
    assert_eq!(found(&files()), 0, "of {}", traces.len());
    assert_eq!(people.forget(gone[0].0).unwrap(), None);
    let (other, ..) = seated(&crowd(2)[1])[0];
    assert!(people.key_of(other).unwrap().is_some());
}

#[test]
fn forgetting_again_clears_what_a_call_that_failed_half_way_left_behind() {
    let path = fresh("again");
    let mut people = People::open(&path).unwrap();
    // Enough to split many pages: cells that move about leave copies of themselves.
    let crowd = crowd(600);
    for chains in crowd.chunks(10) {
        people.aliases_for(&chains.iter().collect::<Vec<_>>()).unwrap();
    }
    // As `forget` does, but for its last step.
    let store = Connection::open(&path).unwrap();
    store.execute_batch("PRAGMA secure_delete = ON; BEGIN").unwrap();
    let gone: Vec<PlayerId> = crowd.iter().step_by(2).flat_map(seated).map(|one| one.0).collect();
    for player in &gone {
        for delete in ["names WHERE player", "sessions WHERE player", "players WHERE id"] {
            let delete = format!("DELETE FROM {delete} = ?1");
            assert_eq!(store.execute(&delete, [player.0 as i64]).unwrap(), 1);
        }
    }
    store.execute_batch("COMMIT").unwrap();
    assert_eq!(people.forget(gone[0]).unwrap(), None);
    let file = fs::read(&path).unwrap();
    assert!(memmem(&file, b"Stayer"));
    assert!(!memmem(&file, b"Leaver") && !memmem(&file, b"leaver"));
}

/// Whether `bytes` hold `part`.
fn memmem(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn who_comes_back_after_being_forgotten_is_somebody_else() {
    let mut people = store("back");
    let chain = chains(0..1).remove(0);
    let (player, name, session) = seated(&chain)[0].clone();
    let before = people.aliases_for(&[&chain]).unwrap();
    people.forget(player).unwrap().unwrap();
    let after = people.aliases_for(&[&chain]).unwrap();
    assert_ne!(after.key(player), before.key(player));
    assert_ne!(after.name(player, &name), before.name(player, &name));
    let session = SessionId(session);
    assert_ne!(after.session(session), before.session(session));
}

#[test]
fn the_file_is_its_owners_alone_even_if_it_was_not_before() {
    let path = fresh("mode");
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    drop(People::open(&path).unwrap());
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    drop(People::open(&path).unwrap());
    assert_eq!(mode(), 0o600);
}

#[test]
fn two_processes_may_learn_and_forget_at_once() {
    let path = fresh("both");
    let all = chains(0..20);
    drop(People::open(&path).unwrap());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut people = People::open(&path).unwrap();
                for chain in &all {
                    let aliases = people.aliases_for(&[chain]).unwrap();
                    assert!(seated(chain).iter().all(|(who, ..)| aliases.key(*who).is_some()));
                }
            });
        }
        scope.spawn(|| {
            let mut people = People::open(&path).unwrap();
            for (player, ..) in all.iter().take(5).flat_map(seated) {
                people.forget(player).unwrap();
            }
        });
    });
    let mut people = People::open(&path).unwrap();
    let aliases = people.aliases_for(&all.iter().collect::<Vec<_>>()).unwrap();
    let reader = People::open_read_only(&path).unwrap();
    for (player, ..) in all.iter().flat_map(seated) {
        assert_eq!(reader.key_of(player).unwrap(), aliases.key(player));
    }
}

#[test]
fn who_only_reads_neither_makes_a_store_nor_changes_one() {
    let path = fresh("read");
    let error = People::open_read_only(&path).unwrap_err();
    assert!(matches!(error, PeopleError::Io(_)), "{error}");
    assert!(!path.exists());
    drop(People::open(&path).unwrap());
    let mut reader = People::open_read_only(&path).unwrap();
    assert!(reader.aliases_for(&[&chains(0..1)[0]]).is_err());
}

#[test]
fn a_store_of_a_newer_version_is_refused_and_both_are_named() {
    let path = fresh("newer");
    drop(People::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 9).unwrap();
    for opened in [People::open(&path), People::open_read_only(&path)] {
        let error = opened.unwrap_err().to_string();
        assert!(error.contains("layout 9") && error.contains("up to 1"), "{error}");
    }
}

#[test]
fn a_file_that_is_no_store_is_refused() {
    let path = fresh("other");
    fs::write(&path, [b'x'; 5_000]).unwrap();
    assert!(matches!(People::open(&path), Err(PeopleError::Sqlite(_))));
    assert_eq!(fs::read(&path).unwrap(), [b'x'; 5_000]);
}
