//! The network fails: what was brought in half-way is not there, what is brought in again is there
//! once.

use std::time::Duration;

use archive::{Applied, PostgresTarget, Target, TargetError};
use tokio::time::{Instant, timeout};

use super::database::{Census, Database, connect, insist};
use crate::made::{self, HOUR};
use crate::proxy::Mode;
use crate::services::variable;

fn assert_unavailable<T: std::fmt::Debug>(answer: Result<T, TargetError>) -> String {
    match answer {
        Err(TargetError::Unavailable(why)) => why,
        other => panic!("{other:?} is not unavailable"),
    }
}

/// A database with one batch of three matches in it, so that its tables are there.
async fn with_one_batch() -> (Database, PostgresTarget) {
    let database = Database::new().await;
    let target = database.target();
    assert_eq!(target.apply(&made::batch(HOUR, 0..3)).await, Ok(Applied::Now));
    (database, target)
}

#[tokio::test]
async fn a_batch_cut_anywhere_is_in_whole_or_not_at_all_and_once_in_the_end() {
    let (database, target) = with_one_batch().await;
    let measured = made::batch(HOUR, 3..6);
    database.proxy.set(Mode::Pass);
    assert_eq!(target.apply(&measured).await, Ok(Applied::Now));
    let whole = database.proxy.requested();
    assert!(whole > 10_000, "{whole}");

    let (mut matches, mut failed) = (6, 0);
    for step in 0..24_u32 {
        let change = made::batch(HOUR, 100 + step * 3..103 + step * 3);
        database.proxy.set(Mode::Cut(whole * u64::from(step) / 23));
        let first = target.apply(&change).await;
        let seen = database.census().await;
        failed += u32::from(first.is_err());
        let expected = if first.is_ok() { matches + 3 } else { matches };
        assert!(
            seen == Census::of(expected) || seen == Census::of(matches + 3),
            "{step}: {seen:?}"
        );
        database.proxy.set(Mode::Pass);
        insist(&target, &change).await;
        matches += 3;
        assert_eq!(database.census().await, Census::of(matches), "{step}");
    }
    assert!(failed > 15, "{failed} of 24 were cut");
}

#[tokio::test]
async fn a_batch_whose_answer_was_lost_after_commit_had_been_in_before() {
    let (database, target) = with_one_batch().await;
    let change = made::batch(HOUR, 3..6);
    database.proxy.set(Mode::LoseAnswerTo("COMMIT"));
    assert_unavailable(target.apply(&change).await);
    assert_eq!(database.census().await, Census::of(6), "it was in");
    database.proxy.set(Mode::Pass);
    assert_eq!(target.holds(change.manifest.id).await, Ok(true));
    assert_eq!(target.apply(&change).await, Ok(Applied::Before));
    assert_eq!(database.census().await, Census::of(6));
}

#[tokio::test]
async fn a_refused_connection_is_told_and_mended_by_itself() {
    let (database, target) = with_one_batch().await;
    let change = made::batch(HOUR, 3..6);
    database.proxy.set(Mode::Refuse);
    assert_unavailable(target.apply(&change).await);
    assert_unavailable(target.probe().await);
    assert_unavailable(target.holds(change.manifest.id).await);
    database.proxy.set(Mode::Pass);
    assert_eq!(target.probe().await, Ok(()));
    assert_eq!(target.holds(change.manifest.id).await, Ok(false));
    assert_eq!(target.apply(&change).await, Ok(Applied::Now));
    assert_eq!(database.census().await, Census::of(6));
}

#[tokio::test]
async fn a_server_that_answers_nothing_is_given_up_in_time() {
    let (database, target) = with_one_batch().await;
    let change = made::batch(HOUR, 3..6);
    database.proxy.set(Mode::BlackHole);
    let began = Instant::now();
    assert_unavailable(target.apply(&change).await);
    assert_unavailable(target.probe().await);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    database.proxy.set(Mode::Pass);
    assert_eq!(target.apply(&change).await, Ok(Applied::Now));
    assert_eq!(database.census().await, Census::of(6));
}

/// The backend of the broken connection still holds the batch's name: it is ended, not waited for.
#[tokio::test]
async fn a_batch_that_hung_half_way_does_not_stand_in_its_own_way() {
    let (database, target) = with_one_batch().await;
    let measured = made::batch(HOUR, 3..6);
    database.proxy.set(Mode::Pass);
    assert_eq!(target.apply(&measured).await, Ok(Applied::Now));
    let half = database.proxy.requested() / 2;
    let change = made::batch(HOUR, 6..9);
    database.proxy.set(Mode::Hang(half));
    assert_unavailable(target.apply(&change).await);
    // The connection that hung stays open: only new ones pass.
    let client = database.client().await;
    let lingering = "select count(*) from pg_stat_activity \
                     where datname = current_database() and application_name = 'liap'";
    let row = client.query_one(lingering, &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 1, "the backend that hung is still there");
    database.proxy.set(Mode::Hang(u64::MAX));
    assert_eq!(target.apply(&change).await, Ok(Applied::Now));
    assert_eq!(database.census().await, Census::of(9));
}

#[tokio::test]
async fn a_slow_line_brings_a_batch_in_all_the_same() {
    let (database, target) = with_one_batch().await;
    let change = made::batch(HOUR, 3..53);
    database.proxy.set(Mode::Slow(200_000));
    let applied = timeout(Duration::from_secs(60), target.apply(&change)).await.unwrap();
    assert_eq!(applied, Ok(Applied::Now));
    assert_eq!(database.census().await, Census::of(53));
}

#[tokio::test]
async fn a_full_disk_is_told_as_such_and_loses_nothing_once_there_is_room() {
    let server = variable("TEST_LIAP_POSTGRES");
    let small = variable("TEST_LIAP_POSTGRES_SMALL");
    let database = Database::new().await;
    let admin = connect(&server).await;
    let make = format!("create tablespace small location '{small}'");
    admin.batch_execute(&make).await.unwrap();
    let name = database.url.rsplit_once('/').unwrap().1;
    let set = format!("alter database {name} set default_tablespace = small");
    admin.batch_execute(&set).await.unwrap();
    let client = database.client().await;
    let fill = "create table public.filler as select repeat(md5(n::text), 30) as x \
                from generate_series(1, 6500) as n";
    client.batch_execute(fill).await.unwrap();

    let target = database.target();
    assert_eq!(target.apply(&made::batch(HOUR, 0..3)).await, Ok(Applied::Now));
    let change = made::batch(HOUR, 3..303);
    let why = assert_unavailable(target.apply(&change).await);
    assert!(why.contains("No space left on device") && why.contains("53100"), "{why}");
    assert_eq!(database.census().await, Census::of(3));
    client.batch_execute("drop table public.filler").await.unwrap();
    assert_eq!(insist(&target, &change).await, Applied::Now);
    assert_eq!(database.census().await, Census::of(303));
    drop(target);
    let end = format!("drop database {name} with (force)");
    admin.batch_execute(&end).await.unwrap();
    admin.batch_execute("drop tablespace small").await.unwrap();
}
