//! One match: what it was, who sat there, what was dealt and declared.

use std::sync::Arc;

use archive::{FileEntry, Table};
use datafusion::prelude::{col, lit};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ask::AskError;
use crate::engine::Engine;
use crate::rows;
use crate::snapshot::Snapshot;

/// A match.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Match {
    /// Columns of the table `matches`, by their names.
    #[serde(flatten)]
    pub row: MatchRow,
    /// Its four seats.
    #[serde(default)]
    pub seats: Vec<SeatRow>,
    /// Its rounds, four rows each.
    #[serde(default)]
    pub rounds_played: Vec<RoundRow>,
}

macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "columns are described in the README of crate archive")]
        pub struct $name { $(pub $field: $kind),+ }

        impl $name {
            const COLUMNS: &[&str] = &[$(stringify!($field)),+];
        }
    };
}

row!(
    /// A row of `matches`.
    MatchRow {
        match_id: Uuid, room_id: String, number: i32, pace: String, private: bool, endless: bool,
        started_at: String, ended_at: String, duration_ms: i64, end_reason: String, rounds: i16,
        turns: i16, plays: i32, redeals: i16, humans: i16, bots: i16, winning_score: i16,
        score_target: i16, rounds_max: i16, rules_version: i16,
    }
);

row!(
    /// A row of `seats`.
    SeatRow {
        seat: i16, player_key: Option<Uuid>, is_bot: bool, bot_level: Option<String>, score: i16,
        rank: i16, won: bool, turns_won: i16, perfect_rounds: i16, rounds: i16, declared_hits: i16,
        away_ms: i64, left_at: Option<String>, think_ms: i64, decisions: i32, timeouts: i32,
    }
);

row!(
    /// A row of `rounds`.
    RoundRow {
        round: i16, seat: i16, hand: String, hand_points: i16, is_weak: bool, starter: bool,
        start_reason: String, redeals: i16, multiplier: i16, declared: Option<i16>,
        captured: Option<i16>, points: Option<i16>, score: Option<i16>,
    }
);

/// The match of this id, if the archive has it.
///
/// # Errors
/// If the archive cannot be read.
pub async fn find(
    engine: &Arc<Engine>,
    snapshot: &Snapshot,
    id: Uuid,
) -> Result<Option<Match>, AskError> {
    for candidate in snapshot.index.holding(id) {
        let found: Vec<MatchRow> =
            rows_of(engine, Table::Matches, vec![&candidate.file], id, MatchRow::COLUMNS, &[])
                .await?;
        let Some(row) = found.into_iter().next() else { continue };
        let same_hour = |table| {
            let files = snapshot.files(table).iter();
            files.filter(|file| file.hour == candidate.file.hour).collect::<Vec<_>>()
        };
        let (seats, rounds) = (same_hour(Table::Seats), same_hour(Table::Rounds));
        let seats = rows_of(engine, Table::Seats, seats, id, SeatRow::COLUMNS, &["seat"]);
        let rounds =
            rows_of(engine, Table::Rounds, rounds, id, RoundRow::COLUMNS, &["round", "seat"]);
        let (seats, rounds_played) = futures_util::try_join!(seats, rounds)?;
        return Ok(Some(Match { row, seats, rounds_played }));
    }
    Ok(None)
}

async fn rows_of<Row: serde::de::DeserializeOwned>(
    engine: &Arc<Engine>,
    table: Table,
    files: Vec<&FileEntry>,
    id: Uuid,
    columns: &[&str],
    order: &[&str],
) -> Result<Vec<Row>, AskError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let frame = rows::from(engine, table, files)?
        .filter(col("match_id").eq(lit(id.to_string())))
        .and_then(|frame| frame.select_columns(columns));
    let frame = match order.is_empty() {
        true => frame,
        false => frame.and_then(|frame| {
            frame.sort(order.iter().map(|name| col(*name).sort(true, false)).collect())
        }),
    };
    rows::read(engine, rows::planned(frame)?).await
}
