//! Changes of every kind, in the order in which they were made and in others.

use std::ops::Range;

use archive::{Applied, Change, Hour, Kind, Table, Target, TargetError};

use super::database::{Census, Database};
use crate::made::{self, HOUR};

const PERSONAL: [Table; 2] = [Table::Seats, Table::Events];

/// How often `player` is in the seats.
async fn named(database: &Database, player: &str) -> i64 {
    let ask = "select count(*) from liap.seats where player_key = $1";
    database.client().await.query_one(ask, &[&player]).await.unwrap().get(0)
}

async fn bring(database: &Database, changes: &[&Change]) {
    let target = database.target();
    for change in changes {
        assert_eq!(target.apply(change).await, Ok(Applied::Now));
        assert_eq!(target.apply(change).await, Ok(Applied::Before));
        let held = change.manifest.kind != Kind::Retention;
        assert_eq!(target.holds(change.manifest.id).await, Ok(held));
    }
}

fn compaction(matches: Range<u32>, of: &[&Change], player: Option<&str>) -> Change {
    made::over(made::change(Kind::Compaction, Table::ALL.into(), HOUR, matches, player), of)
}

fn erasure(matches: Range<u32>, of: &[&Change]) -> Change {
    made::over(made::change(Kind::Erasure, PERSONAL.into(), HOUR, matches, None), of)
}

/// The removal of the hours of these.
fn retention(of: &[&Change]) -> Change {
    let mut removal = made::change(Kind::Retention, vec![], HOUR, 0..0, None);
    for change in of {
        let files = change.manifest.files.iter().map(|file| file.path.clone());
        removal.manifest.replaces.extend(files.chain(change.manifest.replaces.clone()));
    }
    removal
}

#[tokio::test]
async fn a_compaction_of_what_is_in_changes_no_row() {
    let database = Database::new().await;
    let (one, two) = (made::batch(HOUR, 0..3), made::batch(HOUR, 3..6));
    // Were its rows loaded, they would be known by their player.
    let merged = compaction(0..6, &[&one, &two], Some("another"));
    bring(&database, &[&one, &two, &merged]).await;
    assert_eq!(database.census().await, Census::of(6));
    assert_eq!(named(&database, "another").await, 0);
}

#[tokio::test]
async fn a_compaction_brings_what_never_came_and_it_coming_late_adds_nothing() {
    let database = Database::new().await;
    let (one, two) = (made::batch(HOUR, 0..3), made::batch(HOUR, 3..6));
    let merged = compaction(0..6, &[&one, &two], Some("another"));
    bring(&database, &[&one, &merged]).await;
    assert_eq!(database.target().holds(two.manifest.id).await, Ok(false));
    assert_eq!(database.census().await, Census::of(6));
    assert_eq!(named(&database, "another").await, 6);
    bring(&database, &[&two]).await;
    assert_eq!(database.census().await, Census::of(6));
    assert_eq!(named(&database, "another").await, 6);
    let again = compaction(0..6, &[&merged], Some("a third"));
    bring(&database, &[&again]).await;
    assert_eq!(named(&database, "another").await, 6);
}

#[tokio::test]
async fn a_compaction_completes_a_batch_that_came_when_some_of_its_files_were_gone() {
    let database = Database::new().await;
    let one = made::batch(HOUR, 0..3);
    let rest = made::without(one.clone(), &[Table::Plays, Table::Matches]);
    bring(&database, &[&rest, &compaction(0..3, &[&one], Some("another"))]).await;
    assert_eq!(database.census().await, Census::of(3));
}

#[tokio::test]
async fn a_batch_whose_first_hour_was_merged_before_it_came_still_brings_its_second() {
    let database = Database::new().await;
    let (first, second) = (made::batch(HOUR, 0..3), made::batch(Hour(HOUR.0 + 1), 3..6));
    let both = made::of_parts(Kind::Batch, [first.parts, second.parts].concat(), 6);
    let mut merged = compaction(0..3, &[&both], None);
    merged.manifest.replaces.retain(|path| path.contains("hour=11"));
    bring(&database, &[&merged]).await;
    assert_eq!(database.census().await, Census::of(3));
    bring(&database, &[&both]).await;
    assert_eq!(database.census().await, Census::of(6));
    assert_eq!(named(&database, "somebody").await, 3);
}

#[tokio::test]
async fn an_erasure_takes_the_player_out_and_leaves_every_row() {
    let database = Database::new().await;
    let (one, two) = (made::batch(HOUR, 0..3), made::batch(HOUR, 3..6));
    bring(&database, &[&one, &two, &erasure(0..3, &[&one])]).await;
    assert_eq!(named(&database, "somebody").await, 3, "those of the other batch");
    assert_eq!(database.census().await, Census::of(6));
}

#[tokio::test]
async fn an_erased_player_does_not_come_back_with_a_batch_that_comes_late() {
    let database = Database::new().await;
    let (one, two) = (made::batch(HOUR, 0..3), made::batch(HOUR, 3..6));
    bring(&database, &[&erasure(0..3, &[&one])]).await;
    assert_eq!(database.census().await, Census::of(3), "with the files that stayed");
    bring(&database, &[&one]).await;
    assert_eq!(database.census().await, Census::of(3));
    bring(&database, &[&made::without(two.clone(), &PERSONAL), &erasure(3..6, &[&two])]).await;
    assert_eq!(database.census().await, Census::of(6));
    assert_eq!(named(&database, "somebody").await, 0);
}

#[tokio::test]
async fn a_compaction_brings_an_erasure_that_never_came() {
    let database = Database::new().await;
    let one = made::batch(HOUR, 0..3);
    let erased = erasure(0..3, &[&one]);
    let merged = compaction(0..3, &[&one, &erased], None);
    bring(&database, &[&one, &merged, &erased]).await;
    assert_eq!(named(&database, "somebody").await, 0);
    assert_eq!(database.census().await, Census::of(3));
}

#[tokio::test]
async fn a_change_without_the_files_it_needs_waits_for_them() {
    let database = Database::new().await;
    let one = made::batch(HOUR, 0..3);
    let mut erased = erasure(0..3, &[&one]);
    let whole = erased.clone();
    erased.parts.retain(|part| part.table != Table::Plays);
    let Err(TargetError::Unavailable(why)) = database.target().apply(&erased).await else {
        panic!("it was taken");
    };
    assert!(why.contains("plays/date=2026-11-18/hour=11/"), "{why}");
    bring(&database, &[&whole]).await;
    assert_eq!(database.census().await, Census::of(3));
}

#[tokio::test]
async fn retention_removes_its_hours_and_drops_the_days_that_got_empty() {
    let database = Database::new().await;
    let (old, next_hour) = (made::batch(HOUR, 0..3), made::batch(Hour(HOUR.0 + 1), 3..6));
    let young = made::batch(Hour(HOUR.0 + 48), 6..9);
    let days = "select count(*) from pg_inherits where inhparent = 'liap.plays'::regclass";
    let client = database.client().await;
    bring(&database, &[&old, &next_hour, &young, &retention(&[&old])]).await;
    assert_eq!(database.census().await, Census::of(6));
    assert_eq!(client.query_one(days, &[]).await.unwrap().get::<_, i64>(0), 2);
    bring(&database, &[&retention(&[&next_hour])]).await;
    assert_eq!(database.census().await, Census::of(3));
    assert_eq!(client.query_one(days, &[]).await.unwrap().get::<_, i64>(0), 1);
    // A match of that day that was long in coming.
    bring(&database, &[&made::batch(HOUR, 20..23)]).await;
    assert_eq!(database.census().await, Census::of(6));
}

#[tokio::test]
async fn after_a_retention_that_was_forgotten_the_same_names_mean_new_steps() {
    let database = Database::new().await;
    let one = made::batch(HOUR, 0..3);
    let first = compaction(0..3, &[&one], None);
    let removal = retention(&[&first]);
    bring(&database, &[&one, &first, &removal]).await;
    let late = made::batch(HOUR, 3..6);
    for name in [first.manifest.id, removal.manifest.id] {
        let mut step = erasure(3..6, &[&late]);
        step.manifest.created_ms += 1;
        step.manifest.id = name;
        for file in &mut step.manifest.files[..2] {
            file.path = format!("{}/{HOUR}/{name}-1.parquet", file.table.name());
        }
        assert_eq!(database.target().holds(name).await, Ok(false));
        if name == first.manifest.id {
            bring(&database, &[&late]).await;
            assert_eq!(named(&database, "somebody").await, 3);
        }
        bring(&database, &[&step]).await;
        assert_eq!(named(&database, "somebody").await, 0);
    }
    assert_eq!(database.census().await, Census::of(3));
}
