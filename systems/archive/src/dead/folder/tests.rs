//! The folder keeps what was buried, whole, for its owner alone.

use std::os::unix::fs::PermissionsExt;

use components::RoomId;

use super::*;
use crate::{Ended, Reason};

/// A folder that is gone with the test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let name = format!("liap-dead-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        _ = fs::remove_dir_all(&path);
        Self(path.join("dead"))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        _ = self.0.parent().map(fs::remove_dir_all);
    }
}

fn chain() -> Chain {
    let file = include_bytes!("../../../../journal/tests/data/replay-v1.liap");
    Chain::from_bytes(file).unwrap()
}

fn letter(n: u8, text: &str) -> DeadLetter {
    let of = Ended { match_id: MatchId([n; 16]), room: RoomId(n.into()), ended_ms: 1_000 };
    DeadLetter::new(of, Reason::Convert, text, 2_000)
}

#[test]
fn what_was_buried_is_there_after_a_restart_and_nobody_else_may_read_it() {
    let place = Place::new("buried");
    let dead = Dead::open(&place.0).unwrap();
    dead.bury(&letter(2, "b"), Some(&chain())).unwrap();
    dead.bury(&letter(1, "a"), None).unwrap();
    let dead = Dead::open(&place.0).unwrap();
    let [one, two] = [MatchId([1; 16]), MatchId([2; 16])];
    assert_eq!(dead.list().unwrap(), [one, two]);
    assert_eq!(dead.letter(one).unwrap(), Some(letter(1, "a")));
    assert_eq!(dead.chain(one).unwrap(), None);
    assert_eq!(dead.chain(two).unwrap(), Some(chain_without_secret()));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.0), 0o700);
    for entry in fs::read_dir(&place.0).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

fn chain_without_secret() -> Chain {
    Chain::from_bytes(&chain().to_bytes()).unwrap()
}

#[test]
fn a_second_letter_takes_the_place_of_the_first_and_leaves_the_chain() {
    let place = Place::new("second");
    let dead = Dead::open(&place.0).unwrap();
    dead.bury(&letter(1, "first"), Some(&chain())).unwrap();
    dead.bury(&letter(1, "second"), None).unwrap();
    let of = MatchId([1; 16]);
    assert_eq!(dead.letter(of).unwrap().unwrap().text, "second");
    assert!(dead.chain(of).unwrap().is_some());
    dead.remove(of).unwrap();
    dead.remove(of).unwrap();
    assert_eq!(dead.letter(of).unwrap(), None);
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
}

#[test]
fn what_was_half_written_does_not_count_and_is_removed() {
    let place = Place::new("half");
    let dead = Dead::open(&place.0).unwrap();
    fs::write(dead.replay_path(MatchId([1; 16])).with_extension("liap.77.tmp"), b"ha").unwrap();
    assert_eq!(dead.list().unwrap(), []);
    let dead = Dead::open(&place.0).unwrap();
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
    assert_eq!(dead.letter(MatchId([1; 16])).unwrap(), None);
}

#[test]
fn a_letter_of_a_newer_version_or_of_another_match_is_refused_and_says_why() {
    let place = Place::new("newer");
    let dead = Dead::open(&place.0).unwrap();
    let newer = DeadLetter { format: 77, ..letter(1, "") };
    dead.bury(&newer, None).unwrap();
    let error = dead.letter(MatchId([1; 16])).unwrap_err();
    assert!(error.to_string().contains("77"), "{error}");
    let other = dead.path(MatchId([2; 16]), LETTER);
    fs::copy(dead.path(MatchId([1; 16]), LETTER), &other).unwrap();
    assert!(dead.letter(MatchId([2; 16])).is_err());
    fs::write(&other, b"{").unwrap();
    assert!(matches!(dead.letter(MatchId([2; 16])), Err(DeadError::Letter(_))));
    assert!(matches!(
        dead.bury(&DeadLetter { match_id: "x".to_owned(), ..letter(3, "") }, None),
        Err(DeadError::Unnamed)
    ));
}

#[test]
fn a_folder_that_is_not_there_holds_nothing() {
    let place = Place::new("none");
    let dead = Dead::at(&place.0);
    assert_eq!(dead.list().unwrap(), []);
    assert_eq!(dead.letter(MatchId([1; 16])).unwrap(), None);
}
