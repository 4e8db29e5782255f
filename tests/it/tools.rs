//! `liap journal` and `liap replay`, as an operator uses them, on matches that people played.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use components::{Durable, Event, Fact, RoomId, RoomState, Settings};
use journal::{FileDisk, Intent, Journal, Options};

use crate::recovery::{played, settings};
use crate::support::{Memory, Table};

/// A data directory that goes with this.
pub(crate) struct Data {
    pub(crate) path: PathBuf,
}

/// What a command printed, and its exit code.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Data {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("liap-it-{}-{name}", std::process::id()));
        _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self { path }
    }

    /// Runs `liap` with these words; `DATA` in them is the directory.
    pub(crate) fn liap(&self, words: &str) -> Said {
        let data = self.path.display().to_string();
        let words = words.split(' ').map(|word| word.replace("DATA", &data));
        let output = Command::new(env!("CARGO_BIN_EXE_liap")).args(words).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        Said { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// Writes what happened at these tables, restarts included, into a journal.
    pub(crate) fn record(&self, tables: &[Table]) {
        let disk = FileDisk::open(&self.path.join("journal")).unwrap();
        let (mut journal, _) = Journal::open(disk, &settings(), Options::default(), 1).unwrap();
        for table in tables {
            let mut restarts = table.restarts.iter().copied().peekable();
            for batch in &table.batches {
                let Durable { commits, .. } = &batch.durable;
                while let Some(at_ms) =
                    restarts.next_if(|at_ms| commits.iter().any(|it| it.at_ms >= *at_ms))
                {
                    for commit in commits {
                        journal.rearm(commit.room, at_ms);
                    }
                }
                journal.record(&batch.durable);
                journal.flush(1_000_000).unwrap();
            }
        }
    }

    /// The names of the files in a directory in it, sorted.
    pub(crate) fn files(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path.join(directory)).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.path);
    }
}

/// Two matches that are over, one of them in a room that was closed, and one that goes on.
pub(crate) fn three_matches(name: &str) -> Data {
    let data = Data::new(name);
    let mut closed = played(2, "fast", Memory::Kept, true);
    closed.run("close 2 server, settle");
    let mut live = Table::new(&settings(), Memory::Kept, None);
    live.run("open 3 ann instant 3, start 3 ann, settle");
    for _ in 0..8 {
        live.run("wait 4000, settle");
    }
    data.record(&[played(1, "standard", Memory::Kept, true), closed, live]);
    data
}

pub(crate) fn matches(data: &Data) -> Vec<serde_json::Value> {
    let said = data.liap("journal inspect --json --data DATA");
    let said: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    said["finished"].as_array().unwrap().clone()
}

#[test]
fn a_good_journal_verifies() {
    let data = three_matches("verify");
    let said = data.liap("journal verify --data DATA");
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    let last = said.out.lines().last().unwrap();
    assert!(last.starts_with("2 rooms, 2 finished matches; 3 matches and "), "{last}");
    assert!(last.ends_with(" commits run again: 0 problems"), "{last}");
    let said = data.liap("journal verify --json --data DATA");
    let said: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&said["matches"], &said["problems"]), (&3.into(), &serde_json::json!([])));
}

#[test]
fn batches_on_their_way_into_the_archive_are_listed() {
    let data = three_matches("batches");
    let disk = FileDisk::open(&data.path.join("journal")).unwrap();
    let (mut journal, _) = Journal::open(disk, &settings(), Options::default(), 1).unwrap();
    let matches: Vec<_> = journal.finished().map(|done| done.match_id).collect();
    journal.intend(&Intent { id: [7; 16], created_ms: 1_000_000, matches }).unwrap();
    journal.flush(1_000_000).unwrap();
    let said = data.liap("journal inspect --json --data DATA");
    let said: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let batch = &said["open_batches"][0];
    assert_eq!(batch["batch"], "07070707-0707-0707-0707-070707070707");
    assert_eq!(batch["matches"].as_array().unwrap().len(), 2);
    let said = data.liap("journal inspect --data DATA");
    assert!(said.out.contains("on its way into the archive: 2 matches"), "{}", said.out);
}

#[test]
fn a_state_that_its_events_do_not_lead_to_is_told() {
    let data = Data::new("lie");
    let mut table = Table::new(&settings(), Memory::Kept, None);
    table.run("open 7 ann instant 3, start 7 ann, settle");
    let batch = table.batches.last_mut().unwrap();
    let last = batch.durable.commits.last_mut().unwrap();
    last.state.clocks.phase = last.state.clocks.phase.map(|left_ms| left_ms + 1);
    let version = last.state.version.0;
    data.record(&[table]);
    let said = data.liap("journal verify --data DATA");
    assert_eq!(said.code, 1, "{}", said.out);
    let told = format!(
        "room {:016x}: version {version}: the room's state is not what its events lead to",
        RoomId(7).0
    );
    assert!(said.out.contains(&told), "{}", said.out);
    let said = data.liap("journal repair --to DATA/new/journal --data DATA");
    let told = format!(
        "room {:016x}: at version {version}: its state of version {version} is not what its \
         commits lead to",
        RoomId(7).0
    );
    assert!(said.code == 1 && said.out.contains(&told), "{}", said.out);
    assert_eq!(data.liap("journal verify --data DATA/new").code, 0);
}

#[test]
fn what_cannot_be_read_is_worse_and_what_is_not_there_is_said() {
    let data = three_matches("unread");
    let path = data.path.join("journal").join(&data.files("journal")[1]);
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let said = data.liap("journal verify --data DATA");
    assert_eq!(said.code, 65, "{}{}", said.out, said.err);
    assert!(said.out.contains(path.file_name().unwrap().to_str().unwrap()), "{}", said.out);
    let said = data.liap("journal verify --data DATA/nowhere");
    assert_eq!(said.code, 74);
    assert!(said.err.contains("nowhere/journal"), "{}", said.err);
}

#[test]
fn inspect_tells_rooms_matches_and_files_and_no_secret() {
    let data = three_matches("inspect");
    let text = data.liap("journal inspect --data DATA");
    let json = data.liap("journal inspect --json --data DATA");
    assert_eq!((text.code, json.code), (0, 0));
    assert!(text.out.contains("2 rooms, 2 finished matches"), "{}", text.out);
    assert!(text.out.contains("ann (here), simple bot, simple bot, simple bot"), "{}", text.out);
    let said: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(said["rooms"][1]["phase"], "playing");
    assert_eq!(said["rooms"][1]["seats"][0]["name"], "ann");
    assert_eq!(said["files"].as_array().unwrap().len(), data.files("journal").len() - 1);
    // The secrets of `Table`'s rooms begin with the room's number, the seeds are hashes of them.
    for secret in ["secret", "seed", "session", "0300000000"] {
        assert!(!text.out.contains(secret) && !json.out.contains(secret), "{secret}");
    }
}

#[test]
fn exported_matches_are_shown_anywhere_as_any_seat_saw_them() {
    let data = three_matches("export");
    let said = data.liap("journal export --all --out DATA/out --data DATA");
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.starts_with("3 matches, "), "{}", said.out);
    let names = data.files("out");
    assert_eq!(names.len(), 3);
    for name in &names {
        let said = data.liap(&format!("replay DATA/out/{name}"));
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains("    0.000 s  v"), "{}", said.out);
    }
    let said = data.liap("replay --against DATA/out");
    assert!(said.code == 0 && said.out.ends_with(" 0 differ\n"), "{}", said.out);
    // By its id, and with the same words.
    let id = matches(&data)[0]["match"].as_str().unwrap().to_owned();
    let from_file = data.liap(&format!("replay DATA/out/{id}.liap --seat 1"));
    assert_eq!(data.liap(&format!("replay {id} --data DATA --seat 1")).out, from_file.out);
    let said = data.liap(&format!("journal export {id} --out DATA/one --data DATA"));
    assert_eq!((said.code, data.files("one")), (0, vec![format!("{id}.liap")]));
}

#[test]
fn an_export_in_json_is_what_each_seat_was_sent() {
    let data = three_matches("json");
    let said = data.liap("journal export --all --json --out DATA/out --data DATA");
    assert_eq!((said.code, data.files("out").len()), (0, 15), "{}", said.out);
    let id = matches(&data)[0]["match"].as_str().unwrap().to_owned();
    let read = |whose: &str| -> Vec<serde_json::Value> {
        let path = data.path.join(format!("out/{id}.{whose}.jsonl"));
        let text = fs::read_to_string(path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (first, spectator) = (read("seat0"), read("spectator"));
    let events = |line: &serde_json::Value| line["frame"]["data"]["events"].clone();
    assert_eq!(events(&first[0])[0]["type"], "match_started");
    assert_eq!(events(&first[0])[1]["hand"].as_array().unwrap().len(), 8);
    assert_eq!(events(&spectator[0])[1]["hand"], serde_json::Value::Null);
    let last = events(first.last().unwrap());
    assert!(last.as_array().unwrap().iter().any(|event| event["type"] == "match_over"));
    for (before, after) in first.iter().zip(&first[1..]) {
        assert_eq!(before["version"].as_u64().unwrap() + 1, after["version"].as_u64().unwrap());
        assert_eq!(after["version"], after["frame"]["data"]["version"]);
    }
    let hands = |lines: &[serde_json::Value]| {
        lines
            .iter()
            .flat_map(|line| events(line).as_array().unwrap().clone())
            .filter(|event| event["type"] == "dealt" && event["hand"].is_array())
            .count()
    };
    assert!(hands(&first) >= 3 && hands(&spectator) == 0);
}

#[test]
fn any_moment_can_be_shown() {
    let data = three_matches("moment");
    let id = matches(&data)[0]["match"].as_str().unwrap().to_owned();
    let frames = data.liap(&format!("replay {id} --data DATA --seat 2 --json"));
    let line: serde_json::Value =
        serde_json::from_str(frames.out.lines().nth(20).unwrap()).unwrap();
    let version = line["version"].as_u64().unwrap();
    let said = data.liap(&format!("replay {id} --data DATA --seat 2 --json --at {version}"));
    let room: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&room["type"], &room["data"]["version"]), (&"snapshot".into(), &version.into()));
    assert_eq!(room["data"]["seat"], 2);
    let said = data.liap(&format!("replay {id} --data DATA --seat 2 --at {version}"));
    assert!(said.code == 0 && said.out.lines().count() > 4, "{}", said.out);
    let said = data.liap(&format!("replay {id} --data DATA --at 1000000"));
    assert_eq!(said.code, 1);
}

#[test]
fn a_backup_is_a_data_directory_with_its_keys() {
    use std::os::unix::fs::PermissionsExt;

    let data = three_matches("backup");
    assert_eq!(data.liap("rotate-keys --data DATA").code, 0);
    let said = data.liap("journal backup DATA/copy --data DATA");
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(data.files("copy"), ["journal", "token.keys"]);
    let keys = data.path.join("copy/token.keys");
    assert_eq!(fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read(keys).unwrap(), fs::read(data.path.join("token.keys")).unwrap());
    assert_eq!(rooms(&data.path.join("copy/journal")), rooms(&data.path.join("journal")));
    let said = data.liap("journal verify --data DATA/copy");
    assert_eq!(said.code, 0, "{}", said.out);
    let said = data.liap("journal backup DATA/copy --data DATA");
    assert!(said.code == 74 && said.err.contains("is there already"), "{}", said.err);
}

#[test]
fn a_repaired_journal_starts_and_what_was_cut_is_told() {
    let data = three_matches("repair");
    let said = data.liap("journal repair --to DATA/same --data DATA");
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(rooms(&data.path.join("same")), rooms(&data.path.join("journal")));
    // The newest state of some room, in the middle of the file.
    let size = |name: &String| fs::metadata(data.path.join("journal").join(name)).unwrap().len();
    let states = data.files("journal").into_iter().filter(|name| name.starts_with('s'));
    let name = states.max_by_key(size).unwrap();
    let path = data.path.join("journal").join(&name);
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.len() - 400;
    bytes[at..at + 200].fill(0);
    fs::write(&path, &bytes).unwrap();
    let said = data.liap("journal repair --to DATA/new --data DATA");
    assert!(said.out.contains(&name), "{}", said.out);
    assert_eq!(rooms(&data.path.join("new")), rooms(&data.path.join("same")));
}

fn rooms(journal: &Path) -> Vec<(RoomId, RoomState)> {
    let disk = FileDisk::open(journal).unwrap();
    Journal::open(disk, &Settings::default(), Options::default(), 1).unwrap().1.rooms
}

/// Whether anything public happened that `is_meant`.
pub(crate) fn has(events: &[Event], is_meant: impl Fn(&Fact) -> bool) -> bool {
    events.iter().any(|event| matches!(event, Event::Public(fact) if is_meant(fact)))
}
