//! Figures over all players: matches per hour, durations, win rates by seat and by bot level.

use std::collections::BTreeMap;
use std::sync::Arc;

use archive::{FileEntry, Hour, Table};
use datafusion::arrow::datatypes::DataType;
use datafusion::functions_aggregate::expr_fn::{approx_percentile_cont, count, sum};
use datafusion::prelude::{cast, col, lit};
use serde::{Deserialize, Serialize};

use super::window::Window;
use super::{moment, share};
use crate::ask::AskError;
use crate::engine::Engine;
use crate::rows;
use crate::snapshot::Snapshot;

/// Hours that are listed one by one: 31 days.
pub const HOURS_MAX: usize = 744;

/// Figures over all players.
#[derive(Debug, Clone, Serialize)]
pub struct Totals {
    /// Matches.
    pub matches: u64,
    /// Matches that ended in each hour that had any, the newest first, [`HOURS_MAX`] at most.
    pub matches_per_hour: Vec<InHour>,
    /// How long matches took; null without matches.
    pub duration_ms: Option<Percentiles>,
    /// By where one sat.
    pub by_seat: Vec<BySeat>,
    /// By who decided: `human`, or a bot's level.
    pub by_level: Vec<ByLevel>,
}

/// Matches of an hour.
#[derive(Debug, Clone, Serialize)]
pub struct InHour {
    /// When it began.
    pub hour: String,
    /// How many.
    pub matches: u64,
}

/// Percentiles, approximate, in ms.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is what it is named")]
pub struct Percentiles {
    pub p50: i64,
    pub p90: i64,
    pub p99: i64,
}

/// Of a seat.
#[derive(Debug, Clone, Serialize)]
pub struct BySeat {
    /// 0 to 3.
    pub seat: i16,
    /// Matches.
    pub games: u64,
    /// Won, of all.
    pub win_rate: f64,
}

/// Of a level.
#[derive(Debug, Clone, Serialize)]
pub struct ByLevel {
    /// `human`, or a bot's level.
    pub level: String,
    /// Seats.
    pub games: u64,
    /// Won, of all.
    pub win_rate: f64,
}

#[derive(Deserialize)]
struct Group {
    seat: i16,
    is_bot: bool,
    bot_level: Option<String>,
    games: i64,
    wins: i64,
}

/// The figures of a window that ends with the running hour.
///
/// # Errors
/// If the archive cannot be read.
pub async fn totals(
    engine: &Arc<Engine>,
    snapshot: &Snapshot,
    window: Window,
    running: Hour,
) -> Result<Totals, AskError> {
    let since = window.since(running);
    let of = |table| -> Vec<&FileEntry> {
        snapshot.files(table).iter().filter(|file| file.hour >= since).collect()
    };
    let (matches, seats) = (of(Table::Matches), of(Table::Seats));
    let mut hours: BTreeMap<Hour, u64> = BTreeMap::new();
    for file in &matches {
        *hours.entry(file.hour).or_default() += file.rows;
    }
    let (duration_ms, groups) =
        futures_util::try_join!(durations(engine, &matches), groups(engine, &seats))?;
    let hour = |(hour, matches): (&Hour, &u64)| InHour {
        hour: moment(hour.start_ms()),
        matches: *matches,
    };
    Ok(Totals {
        matches: hours.values().sum(),
        matches_per_hour: hours.iter().rev().take(HOURS_MAX).map(hour).collect(),
        duration_ms,
        by_seat: by_seat(&groups),
        by_level: by_level(&groups),
    })
}

async fn durations(
    engine: &Arc<Engine>,
    files: &[&FileEntry],
) -> Result<Option<Percentiles>, AskError> {
    if files.is_empty() {
        return Ok(None);
    }
    let at = |share: f64, name: &str| {
        let found = approx_percentile_cont(col("duration_ms").sort(true, false), lit(share), None);
        found.alias(name)
    };
    let frame = rows::from(engine, Table::Matches, files.iter().copied())?
        .aggregate(Vec::new(), vec![at(0.5, "p50"), at(0.9, "p90"), at(0.99, "p99")])
        .and_then(|frame| {
            let whole = |name: &str| cast(col(name), DataType::Int64).alias(name);
            frame.select(vec![whole("p50"), whole("p90"), whole("p99")])
        });
    Ok(rows::read(engine, rows::planned(frame)?).await?.into_iter().next())
}

async fn groups(engine: &Arc<Engine>, files: &[&FileEntry]) -> Result<Vec<Group>, AskError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let by = vec![col("seat"), col("is_bot"), col("bot_level")];
    let wins = sum(cast(col("won"), DataType::Int64)).alias("wins");
    let frame = rows::from(engine, Table::Seats, files.iter().copied())?
        .aggregate(by, vec![count(lit(1)).alias("games"), wins]);
    rows::read(engine, rows::planned(frame)?).await
}

fn summed<Key: Ord>(groups: &[Group], key: impl Fn(&Group) -> Key) -> BTreeMap<Key, (i64, i64)> {
    let mut sums = BTreeMap::new();
    for group in groups {
        let sum: &mut (i64, i64) = sums.entry(key(group)).or_default();
        *sum = (sum.0 + group.games, sum.1 + group.wins);
    }
    sums
}

fn by_seat(groups: &[Group]) -> Vec<BySeat> {
    let sums = summed(groups, |group| group.seat).into_iter();
    sums.map(|(seat, (games, wins))| BySeat {
        seat,
        games: games as u64,
        win_rate: share(wins as f64, games as f64),
    })
    .collect()
}

fn by_level(groups: &[Group]) -> Vec<ByLevel> {
    let level = |group: &Group| match (group.is_bot, &group.bot_level) {
        (false, _) => "human".to_owned(),
        (true, Some(level)) => level.clone(),
        (true, None) => "bot".to_owned(),
    };
    let sums = summed(groups, level).into_iter();
    sums.map(|(level, (games, wins))| ByLevel {
        level,
        games: games as u64,
        win_rate: share(wins as f64, games as f64),
    })
    .collect()
}
