//! `liap archive`, as an operator uses it: beside a server and without one, on matches that people
//! played.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::Server;
use crate::recovery::played;
use crate::support::Memory;
use crate::tools::{Data, matches, three_matches};

/// Bots that play match after match, and an archive that waits to be asked.
const BOTS: [&str; 8] = [
    "--bot-rooms",
    "4",
    "--set",
    "server.bot_rooms_pace=instant",
    "--set",
    "rooms.endless_rest_ms=0",
    "--set",
    "archive.flush_seconds=3600",
];

fn json(data: &Data, words: &str) -> Value {
    let said = data.liap(words);
    assert_eq!(said.code, 0, "{words}: {} {}", said.out, said.err);
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn what_waits_in_a_journal_is_archived_without_a_server_and_replays_as_before() {
    let data = three_matches("archive-alone");
    let ids: Vec<String> =
        matches(&data).iter().map(|one| one["match"].as_str().unwrap().to_owned()).collect();
    let shown = |id: &String| {
        (0..4)
            .map(|seat| {
                let said = data.liap(&format!("replay {id} --json --seat {seat} --data DATA"));
                assert_eq!(said.code, 0, "{}", said.err);
                said.out
            })
            .collect::<Vec<_>>()
    };
    let before: Vec<_> = ids.iter().map(shown).collect();
    let told = json(&data, "archive flush --data DATA --json");
    assert_eq!((told["archived"].as_u64(), told["waiting"].as_u64()), (Some(2), Some(0)), "{told}");
    assert!(matches(&data).is_empty(), "the journal has forgotten them");
    assert_eq!(before, ids.iter().map(shown).collect::<Vec<_>>());
    let told = json(&data, "archive flush --data DATA --json");
    assert_eq!(told["archived"].as_u64(), Some(0), "nothing is archived twice");
    let found = json(&data, "archive verify --data DATA --json");
    assert_eq!((found["matches"].as_u64(), found["wrong"].as_u64()), (Some(2), Some(0)), "{found}");
    assert_eq!(json(&data, "archive ls --data DATA --json")["matches"].as_u64(), Some(2));
}

#[test]
fn a_backup_that_is_served_archives_nothing_twice_into_the_archive_that_went_on() {
    let data = three_matches("archive-restored");
    let backup = Data::new("archive-restored-backup");
    std::fs::remove_dir(&backup.path).unwrap();
    let said = data.liap(&format!("journal backup {} --data DATA", backup.path.display()));
    assert_eq!(said.code, 0, "{}", said.err);
    json(&data, "archive flush --data DATA --json");
    let folder = data.path.join("archive");
    let told = json(
        &backup,
        &format!("archive flush --data DATA --set archive.folder={} --json", folder.display()),
    );
    assert_eq!(told["waiting"].as_u64(), Some(0), "{told}");
    assert!(matches(&backup).is_empty(), "the restored journal has forgotten them, too");
    let found = json(&data, "archive verify --data DATA --json");
    assert_eq!((found["matches"].as_u64(), found["wrong"].as_u64()), (Some(2), Some(0)), "{found}");
    assert_eq!(json(&data, "archive ls --data DATA --json")["dead"].as_u64(), Some(0));
}

#[test]
fn a_folder_whose_mount_is_missing_is_refused_and_nothing_is_made_below_it() {
    let data = three_matches("archive-mount");
    json(&data, "archive flush --data DATA --json");
    let (folder, away) = (data.path.join("archive"), data.path.join("elsewhere"));
    std::fs::rename(&folder, &away).unwrap();
    for command in ["ls", "verify", "compact", "flush"] {
        for is_there in [false, true] {
            if is_there {
                std::fs::create_dir(&folder).unwrap();
            }
            let said = data.liap(&format!("archive {command} --data DATA"));
            assert_eq!(said.code, 74, "{command}: {} {}", said.out, said.err);
            assert!(said.err.contains("mount it"), "{command}: {}", said.err);
            assert!(said.err.contains("archive.id"), "{command}: {}", said.err);
            if is_there {
                // Only what is empty can be removed so.
                std::fs::remove_dir(&folder).unwrap();
            }
            assert!(!folder.exists());
        }
    }
    std::fs::rename(&away, &folder).unwrap();
    let found = json(&data, "archive verify --data DATA --json");
    assert_eq!((found["matches"].as_u64(), found["wrong"].as_u64()), (Some(2), Some(0)), "{found}");
}

#[test]
fn compacting_says_what_it_leaves_alone_and_why_it_merges_nothing() {
    let data = three_matches("archive-compact");
    json(&data, "archive flush --data DATA --json");
    let said = data.liap("archive compact --data DATA --set archive.compact_minutes=none");
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    assert!(
        said.out.contains("nothing is merged: archive.compact_minutes is none"),
        "{}",
        said.out
    );
    let said = data.liap("archive compact --data DATA");
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    assert!(said.out.contains("hours merged"), "{}", said.out);
    let manifests = std::fs::read_dir(data.path.join("archive/_manifests")).unwrap();
    let manifest = manifests.map(|entry| entry.unwrap().path()).next().unwrap();
    std::fs::write(&manifest, "half of").unwrap();
    let said = data.liap("archive compact --data DATA");
    assert_eq!(said.code, 1, "{} {}", said.out, said.err);
    let name = manifest.file_name().unwrap().to_str().unwrap();
    assert!(said.out.contains("left alone") && said.out.contains(name), "{}", said.out);
    let told = data.liap("archive compact --data DATA --json");
    let json: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!((told.code, json["damaged_manifests"].as_array().unwrap().len()), (1, 1), "{json}");
}

#[test]
fn a_player_who_is_forgotten_is_named_nowhere_and_the_matches_still_replay() {
    let data = three_matches("archive-forget");
    let id = matches(&data)[0]["match"].as_str().unwrap().to_owned();
    json(&data, "archive flush --data DATA --json");
    let replay = format!("replay {id} --data DATA");
    // A cannon has the name in it.
    let is_named =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "ann");
    assert!(is_named(&data.liap(&replay).out));
    let nobody = data.liap("archive forget --player Nobody --data DATA");
    assert_eq!(nobody.code, 1, "{}", nobody.err);
    let told = data.liap("archive forget --player ann --hard --data DATA --json");
    let told: Value = serde_json::from_str(&told.out).unwrap();
    assert!(told["matches"].as_u64() >= Some(1) && told["names"].as_u64() == Some(1), "{told}");
    let again = data.liap(&replay);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(!is_named(&again.out), "{}", again.out);
    let found = json(&data, "archive verify --data DATA --json");
    assert_eq!(found["wrong"].as_u64(), Some(0), "{found}");
}

#[test]
fn a_running_server_archives_when_it_is_asked_to_and_survives_a_kill() {
    let server = Server::start("archive-served", &BOTS);
    let data = Data { path: server.data.clone() };
    let mut archived = 0;
    let since = Instant::now();
    while archived < 8 {
        assert!(since.elapsed() < Duration::from_secs(60), "bots finish matches");
        archived += json(&data, "archive flush --data DATA --json")["archived"].as_u64().unwrap();
    }
    let server = server.kill_and_start(&BOTS);
    json(&data, "archive flush --data DATA --json");
    let found = json(&data, "archive verify --data DATA --json");
    assert!(found["matches"].as_u64() >= Some(archived), "{found}");
    drop(server);
    std::mem::forget(data);
}

#[test]
fn a_match_that_cannot_be_read_twice_leaves_the_journal_and_its_files_are_kept() {
    let data = three_matches("archive-unreadable");
    // In a newer file: the end of the newest is read when the journal is opened.
    data.record(&[played(4, "fast", Memory::Kept, true)]);
    let events = data.path.join("journal/e-0000000000000000.liap");
    let mut bytes = std::fs::read(&events).unwrap();
    // Far into the first match, far from the end of the file.
    bytes[4_000] ^= 1;
    std::fs::write(&events, bytes).unwrap();
    let flush = || json(&data, "archive flush --data DATA --json");
    let told = flush();
    assert_eq!((told["archived"].as_u64(), told["waiting"].as_u64()), (Some(2), Some(1)), "{told}");
    let letters = data.files("dead");
    assert_eq!(letters.len(), 1, "{letters:?}");
    // It may have been the disk: it is read once more before it is given up.
    let told = flush();
    assert_eq!(told["waiting"].as_u64(), Some(0), "{told}");
    assert_eq!(data.files("dead"), [letters[0].as_str(), "raw"]);
    let kept = std::fs::read(data.path.join("dead/raw/e-0000000000000000.liap")).unwrap();
    assert_eq!(kept, std::fs::read(&events).unwrap());
    assert!(matches(&data).is_empty(), "the journal has let it go");
    assert_eq!(json(&data, "archive ls --data DATA --json")["matches"].as_u64(), Some(2));
}

#[test]
fn a_flush_says_soon_that_the_archive_is_away_and_nothing_is_lost_by_asking() {
    let server = Server::start("archive-away", &BOTS);
    let data = Data { path: server.data.clone() };
    let (archive, aside) = (data.path.join("archive"), data.path.join("aside"));
    let since = Instant::now();
    while json(&data, "archive flush --data DATA --json")["archived"].as_u64() == Some(0) {
        assert!(since.elapsed() < Duration::from_secs(60), "bots finish matches");
    }
    std::fs::rename(&archive, &aside).unwrap();
    std::fs::write(&archive, "this is no folder").unwrap();
    while matches(&data).is_empty() {
        assert!(since.elapsed() < Duration::from_secs(120), "bots finish matches");
    }
    let asked = Instant::now();
    let said = data.liap("archive flush --data DATA --json");
    assert_eq!(said.code, 1, "{} {}", said.out, said.err);
    assert!(asked.elapsed() < Duration::from_secs(60), "{:?}", asked.elapsed());
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert!(told["error"].is_string() && told["done"] == false, "{told}");
    assert!(told["waiting"].as_u64() >= Some(1) && told["archived"].as_u64() == Some(0), "{told}");
    std::fs::remove_file(&archive).unwrap();
    std::fs::rename(&aside, &archive).unwrap();
    let told = json(&data, "archive flush --data DATA --json");
    assert!(told["archived"].as_u64() >= Some(1), "{told}");
    let found = json(&data, "archive verify --data DATA --json");
    assert_eq!(found["wrong"].as_u64(), Some(0), "{found}");
    drop(server);
    std::mem::forget(data);
}

#[test]
fn tools_say_what_is_not_there_and_make_nothing() {
    let data = Data::new("archive-none");
    for (words, code, why) in [
        ("archive ls --data DATA", 1, "there is no archive in"),
        ("archive verify --data DATA", 1, "there is no archive in"),
        ("archive flush --data DATA", 1, "there is no journal in"),
        ("archive ls --data DATA --set archive.target=none", 1, "archive.target is none"),
        ("archive ls --data DATA --set archive.target=tape", 2, "archive.target"),
        ("archive forget --player ann --data DATA", 1, "nobody is known"),
        ("replay 0192c0de-0000-7000-8000-000000000000 --data DATA", 74, "journal"),
    ] {
        let said = data.liap(words);
        assert_eq!(said.code, code, "{words}: {} {}", said.out, said.err);
        assert!(said.err.contains(why), "{words}: {}", said.err);
    }
    assert_eq!(std::fs::read_dir(&data.path).unwrap().count(), 0);
}
