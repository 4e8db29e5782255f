//! Old files: what was ever written is read, as what it said then.

use std::fs;
use std::path::{Path, PathBuf};

use archive::{
    Aliases, PlayerKey, ReadPartError, SCHEMA_VERSION, Table, WriterOptions, encode, read_part,
    schema,
};
use arrow_schema::DataType;
use bytes::Bytes;
use components::{Event, Fact, Name, Pace, SessionId, Settings};
use journal::Chain;
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use uuid::Uuid;

use crate::people::seated;
use crate::rows::{ID, Rows, change_of, read};
use crate::table::Play;

const NAMES: [&str; 3] = ["people", "bots", "abandoned"];

fn folder(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/v{version}"))
}

/// The same aliases in every run.
fn aliases_of(chains: &[Chain]) -> Aliases {
    let mut aliases = Aliases::default();
    for (player, name, session) in chains.iter().flat_map(seated) {
        let key = u128::from(player.0) << 64 | 0x4000 << 64 | 0x8000_0000_0000_0001;
        aliases.add_player(player, PlayerKey(Uuid::from_u128(key)));
        aliases.add_session(SessionId(session), SessionId(!session));
        let alias = Name::from(format!("~{}", name.chars().rev().collect::<String>()));
        aliases.add_name(player, name, alias);
    }
    aliases
}

fn chains(version: u32) -> Vec<Chain> {
    let file = |name| folder(version).join(format!("{name}.{}", Chain::EXTENSION));
    NAMES.map(|name| Chain::from_bytes(&fs::read(file(name)).unwrap()).unwrap()).into()
}

fn expected(version: u32, table: Table) -> String {
    fs::read_to_string(folder(version).join(format!("{}.txt", table.name()))).unwrap()
}

/// All columns of all tables, a line each.
fn shown_schema() -> String {
    let mut shown = String::new();
    for table in Table::ALL {
        for field in schema(table).fields() {
            let null = if field.is_nullable() { " or null" } else { "" };
            let line = format!("{}.{}: {}{null}\n", table.name(), field.name(), field.data_type());
            shown.push_str(&line);
        }
    }
    shown
}

#[test]
fn the_schema_is_that_of_its_version() {
    let file = folder(SCHEMA_VERSION).join("schema.txt");
    assert_eq!(shown_schema(), fs::read_to_string(file).unwrap());
}

#[test]
fn the_readme_tells_every_column_with_its_type() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(readme).unwrap();
    for table in Table::ALL {
        let (_, chapter) = text.split_once(&format!("### `{}`:", table.name())).unwrap();
        let chapter = chapter.split("\n#").next().unwrap();
        let told: Vec<(&str, &str)> = chapter
            .lines()
            .filter_map(|line| {
                let (column, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
                Some((column, rest.split_once(" |")?.0))
            })
            .collect();
        let schema = schema(table);
        let fields = schema.fields().iter().map(|field| {
            let of = match field.data_type() {
                DataType::Utf8 => "text",
                DataType::Boolean => "bool",
                DataType::Binary => "binary",
                DataType::Int16 => "int16",
                DataType::Int32 => "int32",
                DataType::Int64 => "int64",
                DataType::Timestamp(..) => "moment",
                other => panic!("{other}"),
            };
            let null = if field.is_nullable() { "?" } else { "" };
            (field.name().as_str(), format!("{of}{null}"))
        });
        let expected: Vec<_> = fields.collect();
        let told: Vec<_> = told.into_iter().map(|(name, of)| (name, of.to_owned())).collect();
        assert_eq!(told, expected, "{}", table.name());
    }
}

#[test]
fn files_of_every_version_are_read_as_the_rows_they_are() {
    for version in 1..=SCHEMA_VERSION {
        for table in Table::ALL {
            let file = folder(version).join(format!("{}.parquet", table.name()));
            let (found, batch) = read_part(fs::read(file).unwrap().into()).unwrap();
            assert_eq!((found, batch.schema()), (table, schema(table)));
            assert_eq!(Rows(batch).lines(), expected(version, table), "{}", table.name());
        }
    }
}

#[test]
fn the_matches_in_them_give_the_same_rows_today() {
    let chains = chains(SCHEMA_VERSION);
    let tables = read(&change_of(&chains, &aliases_of(&chains)));
    for table in Table::ALL {
        let rows = tables[&table].lines();
        assert_eq!(rows, expected(SCHEMA_VERSION, table), "{}", table.name());
    }
}

#[test]
fn a_part_of_a_newer_version_is_refused_and_both_are_named() {
    let file = folder(1).join("redeals.parquet");
    let (table, batch) = read_part(fs::read(file).unwrap().into()).unwrap();
    let told = |version: &str, table: &str| {
        let pairs = [("liap.schema", version), ("liap.table", table)];
        let pairs = pairs.map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned()));
        let properties = WriterProperties::builder().set_key_value_metadata(Some(pairs.into()));
        let properties = Some(properties.build());
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), properties).unwrap();
        writer.write(&batch).unwrap();
        read_part(writer.into_inner().unwrap().into())
    };
    let error = told("2", "redeals").unwrap_err();
    assert_eq!(error, ReadPartError::Newer { schema: 2 });
    assert!(error.to_string().contains("schema 2, but this version reads up to 1"), "{error}");
    assert_eq!(told("1", "redeals").unwrap(), (table, batch.clone()));
    for (version, table) in [("0", "redeals"), ("x", "redeals"), ("1", "games"), ("1", "plays")] {
        let error = told(version, table).unwrap_err();
        assert!(matches!(error, ReadPartError::Other(_)), "{error}");
    }
}

#[test]
fn what_is_no_part_is_refused() {
    let whole = fs::read(folder(1).join("matches.parquet")).unwrap();
    for bytes in [&b""[..], b"PAR1", b"PAR1PAR1", &whole[..whole.len() / 2], &whole[1..]] {
        let error = read_part(Bytes::copy_from_slice(bytes)).unwrap_err();
        assert!(matches!(error, ReadPartError::Other(_)), "{error}");
    }
    let (_, batch) = read_part(whole.into()).unwrap();
    let swapped = encode(Table::Seats, ID, &[batch], WriterOptions::default()).unwrap();
    let error = read_part(swapped).unwrap_err().to_string();
    assert!(error.contains("its column `seat` is missing or of another type"), "{error}");
}

/// The first seed of which this is true.
fn first(play: impl Fn(u64) -> Play, wanted: impl Fn(&Chain) -> bool) -> Chain {
    (0..10_000).map(|seed| play(seed).chain()).find(wanted).unwrap()
}

fn has(chain: &Chain, wanted: impl Fn(&Event) -> bool) -> bool {
    chain.steps.iter().flat_map(|step| &step.events).any(wanted)
}

fn short(play: Play) -> Play {
    let settings = Settings { rounds_max: 2, ..play.settings };
    Play { settings, ..play }
}

/// Of a new version, they are copied from here into the folder of its number, once.
#[test]
fn fixtures_of_the_present_version_can_be_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("v{SCHEMA_VERSION}"));
    let people = first(
        |seed| short(Play { mishaps: 60, ..Play::people(seed) }),
        |chain| {
            has(chain, |event| matches!(event, Event::Dealt { redeal: 1.., .. }))
                && has(chain, |event| matches!(event, Event::Public(Fact::PlayerLeft { .. })))
                && has(chain, |event| matches!(event, Event::Public(Fact::PlayerBack { .. })))
                && has(chain, |event| matches!(event, Event::Public(Fact::RoomPaused)))
                && has(chain, |event| {
                    matches!(event, Event::Public(Fact::RoundScored { round: 2, .. }))
                })
                && chain.steps.iter().any(|step| step.recovered)
        },
    );
    let bots = short(Play::bots(1, Pace::Fast)).chain();
    let abandoned = first(
        |seed| short(Play { mishaps: 60, ..Play::people(seed) }),
        |chain| {
            has(chain, |event| matches!(event, Event::Public(Fact::RoomClosed { .. })))
                && has(chain, |event| matches!(event, Event::Public(Fact::Played { .. })))
        },
    );
    fs::create_dir_all(&folder).unwrap();
    let chains = [people, bots, abandoned];
    for (name, chain) in NAMES.iter().zip(&chains) {
        fs::write(folder.join(format!("{name}.{}", Chain::EXTENSION)), chain.to_bytes()).unwrap();
    }
    let change = change_of(&chains, &aliases_of(&chains));
    for (table, rows) in read(&change) {
        let bytes =
            encode(table, ID, std::slice::from_ref(&rows.0), WriterOptions::default()).unwrap();
        let path = folder.join(format!("{}.parquet", table.name()));
        fs::write(&path, bytes).unwrap();
        let (found, again) = read_part(fs::read(&path).unwrap().into()).unwrap();
        assert_eq!((found, Rows(again).lines()), (table, rows.lines()));
        fs::write(folder.join(format!("{}.txt", table.name())), rows.lines()).unwrap();
    }
    fs::write(folder.join("schema.txt"), shown_schema()).unwrap();
}
