//! New manifests are noticed, answers that rest on them are made anew, and no others.

use std::time::Duration;

use archive::{Hour, Kind, ManifestId, Table};

use crate::support::{Folder, Served, Wanted, desk, serve};
use crate::synthetic::games::{Game, player, uuid_v7};
use crate::synthetic::{LAST, Synthetic, publish, publish_manifest, write_file};
use query::names::Names;

/// Waits until a snapshot of this number is shown: at most some seconds.
async fn shown(server: &Served, number: u64) {
    let shown = async {
        while server.shared.desk.archive.now().number < number {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), shown).await.unwrap();
}

fn games_with(who: u64) -> Vec<Game> {
    let more = Synthetic { matches: 10_000, hours: 1, ..Synthetic::default() };
    let key = Some(player(who));
    let mut games: Vec<Game> = more
        .games()
        .skip(5_000)
        .filter(|game| game.seats.iter().any(|seat| seat.player == key))
        .take(3)
        .collect();
    for game in &mut games {
        for seat in &mut game.seats {
            seat.player = seat.player.filter(|seated| Some(*seated) == key);
        }
    }
    games
}

#[tokio::test]
async fn a_new_batch_is_answered_soon_and_leaves_other_players_answers_alone() {
    let folder = Folder::with(Synthetic::default());
    let server = serve(&folder, Wanted::default()).await;
    let of = |who| format!("/v1/players/{}/stats", player(who));
    let games = async |who| server.get(&of(who)).await.1["games"].as_u64().unwrap();
    let (before, other) = (games(4).await, games(5).await);
    publish(&folder.archive(), LAST, 99, &games_with(4), 0);
    shown(&server, 2).await;
    assert_eq!(games(4).await, before + 3);
    assert_eq!(games(5).await, other);
    let count = |name| {
        let counts = server.shared.desk.counts();
        let count = counts.iter().find(|count| count.name == name).copied().unwrap();
        (count.hits, count.misses)
    };
    assert_eq!(count("player"), (1, 3), "the other player's answer was kept");
    let totals = server.get("/v1/stats?window=all").await.1;
    assert_eq!(totals["matches"], 243);
    assert_eq!(count("stats"), (1, 0), "made before it was asked for");
    server.get("/v1/leaderboard?metric=score").await;
    assert_eq!(count("leaderboard"), (1, 0), "made before it was asked for");
}

#[tokio::test]
async fn an_erasure_is_seen_at_once() {
    let archive = Synthetic { hours: 1, last_batches: 1, ..Synthetic::default() };
    let folder = Folder::with(archive);
    let server = serve(&folder, Wanted::default()).await;
    let path = format!("/v1/players/{}/history", player(0));
    let (status, page) = server.get(&path).await;
    assert_eq!(status, 200);
    let id = page["matches"][0]["match_id"].as_str().unwrap().to_owned();
    let seats = async || server.get(&format!("/v1/matches/{id}")).await.1["seats"].to_string();
    assert!(seats().await.contains(&player(0).to_string()));

    let mut games: Vec<Game> = archive.games().collect();
    for seat in games.iter_mut().flat_map(|game| &mut game.seats) {
        seat.player = seat.player.filter(|key| *key != player(0));
    }
    games.sort_by_key(|game| game.id);
    let id = ManifestId(uuid_v7(LAST.end_ms(), 5));
    let snapshot = server.shared.desk.archive.now();
    let mut files = Vec::new();
    let mut old = Vec::new();
    for table in [Table::Seats, Table::Matches] {
        let rows = crate::synthetic::columns::rows(table, &games);
        files.push(write_file(&folder.archive(), table, LAST, id, &rows));
        old.extend(snapshot.files(table).iter().map(|file| file.path.clone()));
    }
    publish_manifest(&folder.archive(), id, Kind::Erasure, LAST, 240, files, old.clone());
    for path in old {
        std::fs::remove_file(folder.archive().join(path)).unwrap();
    }
    shown(&server, 2).await;
    assert_eq!(server.get(&path).await.0, 404);
    assert!(!seats().await.contains(&player(0).to_string()));
}

#[tokio::test]
async fn who_meets_a_file_that_was_just_rewritten_is_told_and_then_answered() {
    let archive = Synthetic { hours: 1, last_batches: 1, ..Synthetic::default() };
    let folder = Folder::with(archive);
    let desk = desk(&folder, Names::default());
    desk.look().await.unwrap();
    let games: Vec<Game> = {
        let mut games: Vec<Game> = archive.games().collect();
        games.sort_by_key(|game| game.id);
        games
    };
    let old = desk.archive.now().files(Table::Seats)[0].path.clone();
    let id = ManifestId(uuid_v7(LAST.end_ms(), 5));
    let rows = crate::synthetic::columns::rows(Table::Seats, &games);
    let file = write_file(&folder.archive(), Table::Seats, LAST, id, &rows);
    let kind = Kind::Erasure;
    publish_manifest(&folder.archive(), id, kind, LAST, 240, vec![file], vec![old.clone()]);
    std::fs::remove_file(folder.archive().join(old)).unwrap();
    let first = desk.history(player(0), u64::MAX >> 20, 5).await;
    assert_eq!(first.map(|_| ()).unwrap_err().code(), "changed");
    let second = desk.history(player(0), u64::MAX >> 20, 5).await.unwrap().unwrap();
    assert_eq!(second.matches.len(), 5);
}

#[tokio::test]
async fn a_damaged_manifest_hides_only_itself() {
    let folder = Folder::with(Synthetic::default());
    let name = format!("_manifests/{}.json", uuid_v7(1_795_000_000_000, 1));
    std::fs::write(folder.archive().join(&name), "{\"torn").unwrap();
    let desk = desk(&folder, Names::default());
    desk.look().await.unwrap();
    let now = desk.archive.now();
    assert_eq!((now.damaged.as_slice(), now.files(Table::Matches).len()), ([name].as_slice(), 8));
}

#[tokio::test]
async fn an_index_that_is_full_leaves_out_the_oldest_hours() {
    let folder = Folder::with(Synthetic::default());
    let archive = crate::support::archive(&folder.archive(), 70);
    let index = &archive.look().await.unwrap().unwrap().index;
    assert!(index.entries() <= 70 && index.entries() > 20, "{}", index.entries());
    let since = index.since.unwrap();
    assert!(since > Hour(LAST.0 - 5) && since <= LAST);
    assert!(index.seats.iter().all(|one| one.file.hour >= since));
}

#[tokio::test]
async fn a_server_whose_archive_is_gone_still_answers_what_it_knows_and_says_so() {
    let folder = Folder::with(Synthetic::default());
    let desk = desk(&folder, Names::default());
    desk.look().await.unwrap();
    assert!(desk.figures(player(0)).await.unwrap().is_some());
    std::fs::rename(folder.archive(), folder.0.join("away")).unwrap();
    std::fs::write(folder.archive(), "no folder").unwrap();
    assert!(desk.look().await.is_err());
    assert_eq!(desk.looks_failed.load(std::sync::atomic::Ordering::Relaxed), 1);
    assert!(desk.figures(player(0)).await.unwrap().is_some(), "kept");
    assert!(desk.figures(player(1)).await.is_err(), "not kept");
}
