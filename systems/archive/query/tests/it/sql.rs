//! Questions in SQL about what was written.

use archive::Table;
use query::ask::Limits;

use crate::support::{Folder, asked, lines};
use crate::synthetic::{LAST, Synthetic};

#[tokio::test]
async fn every_row_of_every_table_is_there() {
    let archive = Synthetic::default();
    let folder = Folder::with(archive);
    let rounds: u64 = archive.games().map(|game| game.rounds as u64).sum();
    let expected = |table| match table {
        Table::Matches => archive.matches,
        Table::Seats | Table::Presence => archive.matches * 4,
        Table::Redeals => archive.games().filter(|game| game.rounds >= 2).count() as u64 * 4,
        Table::Rounds => rounds * 4,
        Table::Plays => rounds * 32,
        Table::Events => rounds * 8,
    };
    for table in Table::ALL {
        let found = lines(&folder, &format!("select count(*) from {}", table.name())).await;
        assert_eq!(found, [expected(table).to_string()], "{table:?}");
        let counted =
            lines(&folder, &format!("select count(match_id) from {}", table.name())).await;
        assert_eq!(counted, found, "counted by reading, not by what manifests say");
    }
}

#[tokio::test]
async fn partitions_are_columns_and_agree_with_the_end_of_matches() {
    let folder = Folder::with(Synthetic::default());
    let wrong = "select count(*) from seats where date <> cast(ended_at as date) \
                 or hour <> extract(hour from ended_at)";
    assert_eq!(lines(&folder, wrong).await, ["0"]);
    let of_hour = "select count(*), count(distinct match_id) from seats \
                   where date = '2026-11-20' and hour = 11";
    assert_eq!(lines(&folder, of_hour).await, ["160,40"]);
    assert_eq!(lines(&folder, "select count(*) from seats where date < '2026-11-20'").await, ["0"]);
}

#[tokio::test]
async fn only_files_of_hours_that_were_asked_for_are_read() {
    let folder = Folder::with(Synthetic { hours: 48, matches: 480, ..Synthetic::default() });
    // A file that is not read may as well be damaged.
    let damaged = folder.archive().join("seats/date=2026-11-18");
    for hour in std::fs::read_dir(damaged).unwrap() {
        for file in std::fs::read_dir(hour.unwrap().path()).unwrap() {
            std::fs::write(file.unwrap().path(), "no parquet").unwrap();
        }
    }
    let good = "select count(match_id) from seats where date > '2026-11-18'";
    assert!(lines(&folder, good).await[0].parse::<u64>().unwrap() > 1_000);
    let bad = asked(&folder, "select count(match_id) from seats", Limits::default()).await;
    assert_eq!(bad.unwrap_err().code(), "unavailable");
}

#[tokio::test]
async fn sums_are_what_was_made_up() {
    let archive = Synthetic::default();
    let folder = Folder::with(archive);
    let score: i64 =
        archive.games().flat_map(|game| game.seats).map(|seat| i64::from(seat.score)).sum();
    let people = archive.games().flat_map(|game| game.seats).filter(|seat| seat.player.is_some());
    let found =
        lines(&folder, "select sum(cast(score as bigint)), count(player_key) from seats").await;
    assert_eq!(found, [format!("{score},{}", people.count())]);
}

#[tokio::test]
async fn an_archive_without_matches_has_empty_tables() {
    let folder = Folder::new();
    assert_eq!(lines(&folder, "select count(*) from matches").await, ["0"]);
    let rows = lines(&folder, "select match_id from seats s join matches m using (match_id)").await;
    assert!(rows.is_empty());
}

#[tokio::test]
async fn what_a_manifest_replaces_counts_no_more_and_what_none_lists_never_did() {
    use crate::synthetic::{games::uuid_v7, publish_manifest, write_file};
    let archive = Synthetic { hours: 1, last_batches: 2, ..Synthetic::default() };
    let folder = Folder::with(archive);
    let games: Vec<_> = archive.games().collect();
    let rows = crate::synthetic::columns::rows(Table::Matches, &games);
    let id = archive::ManifestId(uuid_v7(LAST.end_ms(), 77));
    let file = write_file(&folder.archive(), Table::Matches, LAST, id, &rows);
    assert_eq!(lines(&folder, "select count(*) from matches").await, ["240"], "not listed");

    let old = std::fs::read_dir(folder.archive().join(format!("matches/{LAST}"))).unwrap();
    let old =
        old.map(|one| format!("matches/{LAST}/{}", one.unwrap().file_name().to_str().unwrap()));
    let old = old.filter(|path| *path != file.path).collect::<Vec<_>>();
    assert_eq!(old.len(), 2);
    let kind = archive::Kind::Compaction;
    publish_manifest(&folder.archive(), id, kind, LAST, 240, vec![file], old);
    let found = "select count(*), count(distinct match_id) from matches";
    assert_eq!(lines(&folder, found).await, ["240,240"]);
}
