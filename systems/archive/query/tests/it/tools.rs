//! The command line, as a process.

use std::process::{Command, Output};

use crate::support::Folder;
use crate::synthetic::Synthetic;

fn run(folder: &Folder, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liap-query"));
    command.arg("--archive").arg(folder.archive()).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn an_answer_is_written_as_table_csv_and_json() {
    let folder = Folder::with(Synthetic::default());
    let sql = "select seat, count(*) as n, min(bot_level) as level from seats where seat = 0 group by seat";
    let csv = run(&folder, &["sql", sql, "--format", "csv"]);
    assert_eq!(text(&csv.stdout), "seat,n,level\n0,240,\n");
    let json = run(&folder, &["sql", sql, "--format", "json"]);
    assert_eq!(text(&json.stdout), "[{\"seat\":0,\"n\":240,\"level\":null}]\n");
    let table = run(&folder, &["sql", sql]);
    assert!(text(&table.stdout).contains("| 0    | 240 |"), "{}", text(&table.stdout));
    let tables = text(&run(&folder, &["tables"]).stdout);
    assert!(
        tables.contains("matches: 240 rows") && tables.contains("    hour Int32\n"),
        "{tables}"
    );
}

#[test]
fn exit_codes_say_whose_fault_it_is() {
    let folder = Folder::with(Synthetic::default());
    for (arguments, exit, said) in [
        (&["sql", "select 1"][..], 0, ""),
        (&["sql", "selec"], 2, "bad_sql: "),
        (&["sql", "drop table seats"], 2, "not_read_only: "),
        (&["sql", "select * from plays", "--sql-rows-max", "5"], 1, "too_many_rows: "),
        (&["sql"], 2, "Usage"),
        (&["--people", "/nowhere/people.sqlite", "serve"], 65, "/nowhere/people.sqlite"),
        (&["serve", "--listen", "0.0.0.0:0"], 2, "--token-file is needed"),
        (&["export", "--format", "csv", "--table", "nope", "--out", "/tmp/x"], 2, "unknown_table"),
        (
            &["export", "--format", "csv", "--table", "seats", "--out", "/nowhere/x"],
            74,
            "/nowhere/x",
        ),
    ] {
        let ran = run(&folder, arguments);
        let error = text(&ran.stderr);
        assert_eq!(ran.status.code(), Some(exit), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
    let missing = Command::new(env!("CARGO_BIN_EXE_liap-query"))
        .args(["--archive", "/nowhere/archive", "tables"])
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn an_export_is_whole_in_every_format_and_overwrites_nothing() {
    let folder = Folder::with(Synthetic::default());
    let rounds: usize = Synthetic::default().games().map(|game| game.rounds as usize * 32).sum();
    for format in ["csv", "json", "parquet"] {
        let out = folder.0.join(format!("plays.{format}"));
        let out = out.to_str().unwrap();
        let ran = run(&folder, &["export", "--format", format, "--table", "plays", "--out", out]);
        assert!(ran.status.success(), "{}", text(&ran.stderr));
        assert!(text(&ran.stderr).contains(&format!("{rounds} rows")));
        let again = run(&folder, &["export", "--format", format, "--table", "plays", "--out", out]);
        assert_eq!(again.status.code(), Some(2));
        let bytes = std::fs::read(out).unwrap();
        match format {
            "csv" => assert_eq!(text(&bytes).lines().count(), rounds + 1),
            "json" => assert_eq!(text(&bytes).lines().count(), rounds),
            _ => assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1")),
        }
        assert!(!std::path::Path::new(&format!("{out}.part")).exists());
    }
    let out = folder.0.join("none.csv");
    let none = "select match_id, seat from seats where score > 1000";
    let ran =
        run(&folder, &["export", "--format", "csv", "--sql", none, "--out", out.to_str().unwrap()]);
    assert!(ran.status.success());
    assert_eq!(std::fs::read_to_string(out).unwrap(), "match_id,seat\n");
}
