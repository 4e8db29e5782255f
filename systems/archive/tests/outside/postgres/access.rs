//! What is written, read back; who may write; what is refused.

use std::sync::Arc;

use archive::{Applied, Kind, PostgresOptions, PostgresTarget, Table, Target, TargetError};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Int16Type;
use arrow_array::{Array, ArrayRef, Int32Array, StringArray};

use super::database::{Census, Database, connect};
use crate::made::{self, HOUR};
use crate::services::variable;

#[tokio::test]
async fn the_events_of_a_match_are_read_back_as_they_were_written() {
    let database = Database::new().await;
    let target = database.target();
    assert_eq!(target.read_events(&made::match_id(0)).await, Ok(None), "nothing yet");
    target.apply(&made::batch(HOUR, 0..5)).await.unwrap();
    let read = target.read_events(&made::match_id(3)).await.unwrap().unwrap();
    assert_eq!(read, made::rows(Table::Events, HOUR, &[3], Some("somebody")));
    assert_eq!(target.read_events("no match").await, Ok(None));
}

#[tokio::test]
async fn every_type_arrives_as_the_value_it_was() {
    let database = Database::new().await;
    database.target().apply(&made::batch(HOUR, 1..3)).await.unwrap();
    let client = database.client().await;
    let one = async |ask: &str| -> String { client.query_one(ask, &[]).await.unwrap().get(0) };
    let moment = "select string_agg(date || ' ' || hour || ' ' || to_char(ended_at at time zone \
                  'utc', 'YYYY-MM-DD HH24:MI:SS.MS') || ' ' || duration_ms || ' ' || private, ', ' \
                  order by match_id) from liap.matches";
    assert_eq!(
        one(moment).await,
        "2026-11-18 11 2026-11-18 11:00:00.000 4294967296 false, \
         2026-11-18 11 2026-11-18 11:00:00.000 8589934592 true"
    );
    let small = "select string_agg(coalesce(declared::text, 'null'), ' ' order by match_id, seat) \
                 from liap.rounds";
    assert_eq!(one(small).await, "-3 -3 null -3 -3 -3 null -3");
    let plays = "select min(think_ms) || ' ' || max(think_ms) from liap.plays";
    assert_eq!(one(plays).await, "-1 10");
    assert_eq!(one("select max(event) from liap.presence").await, "jöined");
    let nulls = "select count(*) || ' ' || count(seat) from liap.presence";
    assert_eq!(one(nulls).await, "4 2");
}

#[tokio::test]
async fn a_part_with_a_new_column_widens_the_table_and_an_older_part_still_fits() {
    let database = Database::new().await;
    let target = database.target();
    let presence = |number: u32, wider: bool| {
        let rows = made::rows(Table::Presence, HOUR, &[number], None);
        let names: Vec<String> =
            rows.schema().fields().iter().map(|field| field.name().clone()).collect();
        let mut columns: Vec<(&str, ArrayRef, bool)> = (names.iter().map(String::as_str))
            .zip(rows.columns())
            .map(|(name, array)| (name, Arc::clone(array), array.is_nullable()))
            .collect();
        if wider {
            columns.push(("mood", Arc::new(StringArray::from(vec!["fine"; 2])), false));
        }
        let rows = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let part = made::encode(Table::Presence, HOUR, &rows);
        made::of_parts(Kind::Batch, vec![part], 1)
    };
    for (number, wider) in [(0, false), (1, true), (2, false)] {
        assert_eq!(target.apply(&presence(number, wider)).await, Ok(Applied::Now));
    }
    let client = database.client().await;
    let ask = "select count(*), count(mood) from liap.presence";
    let row = client.query_one(ask, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (6, 2));
}

#[tokio::test]
async fn what_the_rows_are_to_blame_for_is_refused_and_leaves_nothing() {
    let database = Database::new().await;
    let target = database.target();
    target.apply(&made::batch(HOUR, 0..3)).await.unwrap();
    let text = |name: &'static str, value: &'static str| -> (&str, ArrayRef) {
        (name, Arc::new(StringArray::from(vec![value])))
    };
    let nul = RecordBatch::try_from_iter(vec![text("match_id", "a\0b")]).unwrap();
    let nul = made::encode(Table::Redeals, HOUR, &nul);
    let mut said_more = made::batch(HOUR, 20..23);
    said_more.parts[0].rows += 1;
    said_more.manifest.files[0].rows += 1;
    let mut torn = made::batch(HOUR, 20..23);
    torn.parts[1].bytes = torn.parts[1].bytes.slice(10..);
    torn.manifest.files[1].bytes -= 10;
    let mut unlisted = made::batch(HOUR, 20..23);
    unlisted.manifest.files.remove(2);
    let poison = [
        ("a zero byte in a text", made::of_parts(Kind::Batch, vec![nul], 1)),
        ("a match that is there", made::batch(HOUR, 2..5)),
        ("fewer rows than said", said_more),
        ("no Parquet", torn),
        ("not in the manifest", unlisted),
    ];
    for (what, change) in &poison {
        let answer = target.apply(change).await;
        assert!(matches!(answer, Err(TargetError::Refused(_))), "{what}: {answer:?}");
        assert_eq!(target.holds(change.manifest.id).await, Ok(false), "{what}");
        assert_eq!(database.census().await, Census::of(3), "{what}");
    }
    assert_eq!(target.apply(&made::batch(HOUR, 3..6)).await, Ok(Applied::Now));
}

#[tokio::test]
async fn a_column_of_another_type_is_named_and_blames_no_rows() {
    let database = Database::new().await;
    let target = database.target();
    target.apply(&made::batch(HOUR, 0..3)).await.unwrap();
    let rows = made::rows(Table::Redeals, HOUR, &[], None);
    assert!(rows.column(1).as_primitive_opt::<Int16Type>().is_some());
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["m"]));
    let seats: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    let rows = RecordBatch::try_from_iter(vec![("match_id", ids), ("seat", seats)]).unwrap();
    let part = made::encode(Table::Redeals, HOUR, &rows);
    let answer = target.apply(&made::of_parts(Kind::Batch, vec![part], 1)).await;
    let Err(TargetError::Unavailable(why)) = answer else { panic!("{answer:?}") };
    assert!(why.contains("liap.redeals.seat") && why.contains("integer"), "{why}");
}

#[tokio::test]
async fn a_layout_of_a_newer_program_is_left_alone() {
    let database = Database::new().await;
    assert_eq!(database.target().probe().await, Ok(()));
    let client = database.client().await;
    client.batch_execute("update liap.meta set version = 2").await.unwrap();
    let answer = database.target().apply(&made::batch(HOUR, 0..3)).await;
    let Err(TargetError::Unavailable(why)) = answer else { panic!("{answer:?}") };
    assert!(why.contains("layout 2") && why.contains("knows 1"), "{why}");
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_unavailable() {
    let database = Database::new().await;
    let target = database.target();
    assert_eq!(target.apply(&made::batch(HOUR, 0..3)).await, Ok(Applied::Now));
    let name = database.url.rsplit_once('/').unwrap().1;
    let set = format!("alter database {name} set default_transaction_read_only = on");
    database.client().await.batch_execute(&set).await.unwrap();
    let target = database.target();
    assert!(matches!(target.probe().await, Err(TargetError::Unavailable(_))));
    let answer = target.apply(&made::batch(HOUR, 3..6)).await;
    assert!(matches!(answer, Err(TargetError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn a_password_opens_the_database_and_is_never_shown() {
    let server = variable("TEST_LIAP_POSTGRES");
    let admin = connect(&server).await;
    let make = "drop role if exists liap_secret; create role liap_secret login superuser";
    admin.batch_execute(make).await.unwrap();
    admin.batch_execute("alter role liap_secret password 'right-one'").await.unwrap();
    let database = Database::new().await;
    let url = database.url.replacen("liap@", "liap_secret:wrong-one@", 1);
    let wrong = PostgresTarget::new(PostgresOptions::parse(&url).unwrap());
    let answer = wrong.probe().await;
    let Err(TargetError::Unavailable(why)) = answer else { panic!("{answer:?}") };
    assert!(why.contains("password authentication failed"), "{why}");
    assert!(!format!("{why} {wrong:?}").contains("wrong-one"));
    let options = PostgresOptions::parse(&url).unwrap().password("right-one");
    assert_eq!(PostgresTarget::new(options).probe().await, Ok(()));
}
