//! Questions that are none, that would change something, or that cost too much.

use std::time::{Duration, Instant};

use query::ask::Limits;

use crate::support::{Folder, asked};
use crate::synthetic::Synthetic;

async fn refused(folder: &Folder, sql: &str) -> &'static str {
    let limits = Limits { time: Duration::from_secs(20), ..Limits::default() };
    match asked(folder, sql, limits).await {
        Ok(answer) => panic!("{} rows for {sql:.200}", answer.rows),
        Err(error) => error.code(),
    }
}

#[tokio::test]
async fn only_questions_are_answered() {
    let folder = Folder::with(Synthetic::default());
    for sql in [
        "drop table seats",
        "create table t as select 1",
        "create view v as select * from seats",
        "create external table t stored as csv location '/etc/passwd'",
        "insert into seats select * from seats",
        "update seats set score = 1",
        "delete from seats",
        "truncate table seats",
        "copy seats to '/tmp/liap-query-hostile.csv'",
        "copy (select 1) to '/tmp/liap-query-hostile.csv'",
        "set datafusion.execution.batch_size = 1",
        "reset datafusion.execution.batch_size",
        "show all",
        "prepare p as select 1",
        "execute p",
        "begin",
        "commit",
        "explain insert into seats select * from seats",
        "explain analyze copy seats to '/tmp/liap-query-hostile.csv'",
        "create function f() returns int return 1",
        "load 'x'",
    ] {
        let code = refused(&folder, sql).await;
        assert!(matches!(code, "not_read_only" | "bad_sql"), "{code}: {sql}");
    }
    assert!(!std::path::Path::new("/tmp/liap-query-hostile.csv").exists());
}

#[tokio::test]
async fn nothing_but_the_archives_tables_can_be_read() {
    let folder = Folder::with(Synthetic::default());
    for sql in [
        "select * from '/etc/passwd'",
        "select * from \"/etc/passwd\"",
        "select * from 'file:///etc/passwd'",
        "select * from 'http://127.0.0.1:1/x.parquet'",
        "select * from information_schema.tables",
        "select * from public.seats",
        "select * from datafusion.public.seats",
        "select * from generate_series(1, 10)",
        "select * from read_csv('/etc/passwd')",
        "select * from parquet_metadata('x')",
        "select * from seats join nope using (match_id)",
        "describe nope",
    ] {
        let code = refused(&folder, sql).await;
        assert!(matches!(code, "unknown_table" | "bad_sql"), "{code}: {sql}");
    }
    let error = asked(&folder, "select * from nope", Limits::default()).await.unwrap_err();
    assert_eq!(error.code(), "unknown_table");
    assert!(error.hint().contains("seats, rounds, plays"), "{}", error.hint());
}

#[tokio::test]
async fn what_is_wrong_is_said_and_where() {
    let folder = Folder::with(Synthetic::default());
    let said = async |sql: &str| {
        let error = asked(&folder, sql, Limits::default()).await.unwrap_err();
        assert_eq!(error.code(), "bad_sql");
        (error.to_string(), error.hint())
    };
    let (what, _) = said("select\n  count(*) fron seats x y").await;
    assert!(what.contains("Line: 2"), "{what}");
    let (what, hint) = said("select nope from matches").await;
    assert_eq!(what, "there is no column nope (line 1, column 8)");
    assert!(hint.contains("match_id, room_id"), "{hint}");
    assert!(said("select nope(1)").await.0.contains("nope"));
    assert!(said("select 1; select 2").await.0.contains("not 2"));
    assert!(said("").await.0.contains("none"));
    assert!(said("-- only a comment").await.0.contains("none"));
    assert!(said("select 'unterminated").await.0.contains("Unterminated"));
    assert!(!said("select avg(match_id) from seats").await.0.contains("bug"));
}

#[tokio::test]
async fn comments_are_no_way_around() {
    let folder = Folder::with(Synthetic::default());
    assert_eq!(
        refused(&folder, "/* select */ drop /* */ table seats -- select").await,
        "not_read_only"
    );
    assert_eq!(refused(&folder, "select 1 /* ; */ ; -- x\n drop table seats").await, "bad_sql");
    let fine = asked(&folder, "select /* ; drop table x */ 1 -- ; drop", Limits::default()).await;
    assert_eq!(fine.unwrap().rows, 1);
}

#[tokio::test]
async fn every_limit_is_held() {
    let folder = Folder::with(Synthetic::default());
    let all = "select * from plays a cross join plays b";
    assert_eq!(refused(&folder, all).await, "too_many_rows");

    let few_bytes = Limits { bytes_max: 10_000, ..Limits::default() };
    let error = asked(&folder, "select * from seats", few_bytes).await.unwrap_err();
    assert_eq!(error.code(), "too_many_bytes");

    let little = Limits { memory_bytes: 100_000, ..Limits::default() };
    let sort = "select * from plays order by think_ms, match_id limit 9000";
    assert_eq!(asked(&folder, sort, little).await.unwrap_err().code(), "too_much_memory");

    let short = Limits { time: Duration::from_millis(100), ..Limits::default() };
    let long = "select sum(a.think_ms * b.think_ms) from plays a join plays b on a.count = b.count \
                where a.think_ms + b.think_ms > 100";
    let begun = Instant::now();
    assert_eq!(asked(&folder, long, short).await.unwrap_err().code(), "too_long");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn nothing_grows_without_end() {
    let folder = Folder::with(Synthetic::default());
    let deep = format!("select {}1", "1+".repeat(16_000));
    let nested = format!("select {}1{}", "(".repeat(8_000), ")".repeat(8_000));
    let doubled = (1..30).fold("a0 as (select 'xx' as s)".to_owned(), |all, at| {
        format!("{all}, a{at} as (select s||s as s from a{})", at - 1)
    });
    let tables = (1..60).fold("a0 as (select 1)".to_owned(), |all, at| {
        format!("{all}, a{at} as (select * from a{0} x cross join a{0} y)", at - 1)
    });
    for sql in [
        deep,
        nested,
        format!("with {doubled} select length(s) from a29"),
        format!("with {tables} select count(*) from a59"),
        "with recursive t as (select 1 as n union all select n + 1 from t) select * from t"
            .to_owned(),
        format!("select '{}'", "x".repeat(1 << 20)),
        "select repeat('x', 2000000000)".to_owned(),
        "select lpad('x', 2000000000)".to_owned(),
        "select range(0, 2000000000)".to_owned(),
        "select make_array(1, 2)".to_owned(),
        "select [1, 2]".to_owned(),
        "select array_agg(match_id) from plays".to_owned(),
        format!("select 1 where {}true", "not ".repeat(5_000)),
        "select * from (with a as (select 1) select * from a) b".to_owned(),
    ] {
        assert_eq!(refused(&folder, &sql).await, "bad_sql", "{sql:.200}");
    }
}

#[tokio::test]
async fn the_deepest_question_that_is_taken_fits_the_stack() {
    let folder = Folder::with(Synthetic::default());
    for operator in ["+", " or true and ", " = "] {
        let of = if operator == "+" { "1" } else { "true" };
        let words = operator.split_whitespace().count() + 1;
        let sql = format!("select {of}{}", format!("{operator}{of}").repeat(1_990 / words));
        // Whatever comes of it, the process lives.
        let limits = Limits { time: Duration::from_secs(60), ..Limits::default() };
        if let Err(error) = asked(&folder, &sql, limits).await {
            assert!(matches!(error.code(), "bad_sql" | "too_long"), "{error}");
        }
    }
}
