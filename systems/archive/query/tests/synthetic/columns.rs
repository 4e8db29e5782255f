//! Made-up matches as columns.

use std::sync::Arc;

use archive::Table;
use datafusion::arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Int16Array, Int32Array, Int64Array, RecordBatch,
    StringArray, TimestampMillisecondArray,
};

use super::batch;
use super::games::{Dice, Game, Seat};

/// A seat of a round, or a decision in it.
struct Moment<'a> {
    game: &'a Game,
    round: i16,
    seat: i16,
    at: i16,
    dice: u64,
}

/// The rows of a table.
pub(crate) fn rows(table: Table, games: &[Game]) -> RecordBatch {
    let columns = match table {
        Table::Matches => matches(games),
        Table::Seats => seats(games),
        Table::Rounds => rounds(&moments(games, |_| 1)),
        Table::Plays => plays(&moments(games, |_| 8)),
        Table::Redeals => redeals(&moments(games, |round| i16::from(round == 2))),
        Table::Presence => presence(&moments(games, |round| i16::from(round == 1))),
        Table::Events => events(&moments(games, |_| 2)),
    };
    batch(table, columns)
}

fn moments(games: &[Game], each: fn(i16) -> i16) -> Vec<Moment<'_>> {
    let mut all = Vec::new();
    for game in games {
        let mut dice = Dice::of(game.number ^ 0x7777_0000);
        for round in 1..=game.rounds {
            for at in 0..each(round) {
                for seat in 0..4 {
                    all.push(Moment { game, round, seat, at, dice: dice.next() });
                }
            }
        }
    }
    all
}

fn text<T>(rows: &[T], of: impl Fn(&T) -> String) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
}

fn word<T>(rows: &[T], of: impl Fn(&T) -> Option<&'static str>) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<StringArray>())
}

fn i16s<T>(rows: &[T], of: impl Fn(&T) -> i16) -> ArrayRef {
    Arc::new(Int16Array::from_iter_values(rows.iter().map(of)))
}

fn i32s<T>(rows: &[T], of: impl Fn(&T) -> i32) -> ArrayRef {
    Arc::new(Int32Array::from_iter_values(rows.iter().map(of)))
}

fn i64s<T>(rows: &[T], of: impl Fn(&T) -> i64) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(rows.iter().map(of)))
}

fn flags<T>(rows: &[T], of: impl Fn(&T) -> bool) -> ArrayRef {
    Arc::new(rows.iter().map(|row| Some(of(row))).collect::<BooleanArray>())
}

fn times<T>(rows: &[T], of: impl Fn(&T) -> Option<u64>) -> ArrayRef {
    let values = rows.iter().map(|row| of(row).map(|ms| ms as i64));
    Arc::new(values.collect::<TimestampMillisecondArray>().with_timezone("UTC"))
}

fn matches(games: &[Game]) -> Vec<ArrayRef> {
    let people =
        |game: &Game| game.seats.iter().filter(|seat| seat.player.is_some()).count() as i16;
    vec![
        text(games, |g| g.id.to_string()),
        text(games, |g| format!("{:016x}", g.number / 3)),
        text(games, |g| format!("{:05}", g.number / 3 % 100_000)),
        i32s(games, |g| (g.number % 3) as i32 + 1),
        word(games, |g| Some(["standard", "classic", "fast"][(g.number % 3) as usize])),
        flags(games, |g| g.number % 5 == 0),
        flags(games, |_| false),
        times(games, |g| Some(g.started_ms)),
        times(games, |g| Some(g.ended_ms)),
        i64s(games, |g| (g.ended_ms - g.started_ms) as i64),
        word(games, |_| Some("score")),
        i16s(games, |g| g.rounds),
        i16s(games, |g| g.rounds * 4),
        i32s(games, |g| i32::from(g.rounds) * 16),
        i32s(games, |g| i32::from(g.rounds) * 30),
        i16s(games, |_| 1),
        i16s(games, people),
        i16s(games, |g| 4 - people(g)),
        i16s(games, |g| g.seats.iter().map(|seat| seat.score).max().unwrap_or(0)),
        i16s(games, |_| 50),
        i16s(games, |_| 20),
        text(games, |_| "0123456789abcdef".to_owned()),
        i16s(games, |_| 0),
        i32s(games, |_| 1),
        i16s(games, |_| 1),
        text(games, |g| format!("{:064x}", g.number)),
    ]
}

fn seats(games: &[Game]) -> Vec<ArrayRef> {
    type Row<'a> = (&'a Game, i16, &'a Seat);
    let rows: Vec<Row<'_>> = games
        .iter()
        .flat_map(|game| {
            game.seats.iter().enumerate().map(move |(at, seat)| (game, at as i16, seat))
        })
        .collect();
    let rows = rows.as_slice();
    let bot = |row: &Row<'_>| row.2.player.is_none();
    let levels = ["simple", "standard"];
    let keys = rows.iter().map(|row| row.2.player.map(|key| key.to_string()));
    vec![
        text(rows, |row| row.0.id.to_string()),
        i16s(rows, |row| row.1),
        times(rows, |row| Some(row.0.ended_ms)),
        Arc::new(keys.collect::<StringArray>()),
        flags(rows, bot),
        word(rows, |row| bot(row).then(|| levels[(row.0.number % 2) as usize])),
        i16s(rows, |row| row.2.score),
        i16s(rows, |row| row.2.rank),
        flags(rows, |row| row.2.rank == 1),
        i16s(rows, |row| row.2.turns),
        i16s(rows, |row| row.2.hits / 3),
        i16s(rows, |row| row.0.rounds),
        i16s(rows, |row| row.2.hits),
        i16s(rows, |row| row.0.rounds * 2),
        i16s(rows, |row| row.0.rounds * 2),
        i16s(rows, |_| 1),
        i64s(rows, |row| i64::from(row.1) * 1000),
        i16s(rows, |row| row.1),
        times(rows, |row| (row.0.number % 97 == 0 && row.1 == 0).then_some(row.0.ended_ms - 1)),
        i64s(rows, |row| i64::from(row.0.rounds) * 9000),
        i32s(rows, |row| i32::from(row.0.rounds) * 9),
        i32s(rows, |row| (row.0.number % 4) as i32),
    ]
}

fn rounds(rows: &[Moment<'_>]) -> Vec<ArrayRef> {
    vec![
        text(rows, |row| row.game.id.to_string()),
        i16s(rows, |row| row.round),
        i16s(rows, |row| row.seat),
        text(rows, |row| format!("GAEHRCS{}", row.dice % 9)),
        i16s(rows, |row| (row.dice % 70) as i16 + 20),
        flags(rows, |row| row.dice % 9 == 0),
        flags(rows, |row| row.seat == row.round % 4),
        word(rows, |_| Some("last_winner")),
        i16s(rows, |_| 0),
        i16s(rows, |_| 1),
        i16s(rows, |_| 2),
        i16s(rows, |row| row.seat + 1),
        word(rows, |row| {
            Some(if row.game.seats[row.seat as usize].player.is_some() { "human" } else { "bot" })
        }),
        i32s(rows, |row| (row.dice % 9000) as i32),
        i16s(rows, |_| 2),
        i16s(rows, |_| 7),
        i16s(rows, |row| row.round * 7),
        times(rows, |row| Some(row.game.started_ms + row.round as u64 * 1000)),
    ]
}

fn plays(rows: &[Moment<'_>]) -> Vec<ArrayRef> {
    let types = ["single", "pair", "three_of_a_kind", "straight"];
    vec![
        text(rows, |row| row.game.id.to_string()),
        i16s(rows, |row| row.round),
        i16s(rows, |row| row.at + 1),
        i16s(rows, |row| row.seat + 1),
        i16s(rows, |row| row.seat),
        text(rows, |row| format!("G{}", row.dice % 14)),
        i16s(rows, |_| 1),
        word(rows, |row| Some(types[(row.dice % 4) as usize])),
        i16s(rows, |row| (row.dice % 14) as i16),
        flags(rows, |row| row.seat == 0),
        i16s(rows, |_| 1),
        word(rows, |_| Some("bot")),
        i32s(rows, |row| (row.dice % 9000) as i32),
        times(rows, |row| Some(row.game.started_ms + row.round as u64 * 1000)),
    ]
}

fn redeals(rows: &[Moment<'_>]) -> Vec<ArrayRef> {
    vec![
        text(rows, |row| row.game.id.to_string()),
        i16s(rows, |row| row.round),
        i16s(rows, |_| 0),
        i16s(rows, |row| row.seat),
        flags(rows, |row| row.seat == 0),
        word(rows, |_| Some("bot")),
        i32s(rows, |row| (row.dice % 9000) as i32),
        times(rows, |row| Some(row.game.started_ms + 500)),
    ]
}

fn presence(rows: &[Moment<'_>]) -> Vec<ArrayRef> {
    vec![
        text(rows, |row| row.game.id.to_string()),
        times(rows, |row| Some(row.game.started_ms)),
        i16s(rows, |row| row.seat),
        word(rows, |_| Some("joined")),
        word(rows, |_| None),
        word(rows, |_| None),
    ]
}

fn events(rows: &[Moment<'_>]) -> Vec<ArrayRef> {
    let chains = rows.iter().map(|row| row.dice.to_le_bytes());
    vec![
        text(rows, |row| row.game.id.to_string()),
        i64s(rows, |row| i64::from(row.round * 8 + row.at * 4 + row.seat)),
        times(rows, |row| Some(row.game.started_ms)),
        word(rows, |_| Some("bot")),
        i16s(rows, |row| row.seat),
        word(rows, |_| Some("play")),
        word(rows, |_| Some("played")),
        i16s(rows, |_| 1),
        i16s(rows, |_| 1),
        Arc::new(BinaryArray::from_iter_values(chains)),
    ]
}
