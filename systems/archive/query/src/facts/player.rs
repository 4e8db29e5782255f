//! A player's figures over all matches.

use std::sync::Arc;

use archive::Table;
use datafusion::prelude::{col, lit};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::share;
use crate::ask::AskError;
use crate::engine::Engine;
use crate::rows;
use crate::snapshot::Snapshot;

/// A player's figures.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Whose.
    pub player_key: Uuid,
    /// Matches.
    pub games: u32,
    /// Those that were won.
    pub wins: u32,
    /// `wins / games`.
    pub win_rate: f64,
    /// Matches won in a row, up to the last one.
    pub current_streak: u32,
    /// The most matches won in a row.
    pub best_streak: u32,
    /// Rounds in which as much was captured as declared, of all that were scored.
    pub declaration_accuracy: f64,
    /// Matches in which the seat was given up.
    pub left: u32,
    /// Means over matches.
    pub averages: Averages,
    /// When the first match ended.
    pub first_at: String,
    /// When the last match ended.
    pub last_at: String,
}

/// Means.
#[derive(Debug, Clone, Serialize)]
pub struct Averages {
    /// Score of a match.
    pub score: f64,
    /// Rank in a match, 1 the best.
    pub rank: f64,
    /// Rounds of a match.
    pub rounds: f64,
    /// Turns won in a match.
    pub turns_won: f64,
    /// Declared in a round.
    pub declared: f64,
    /// Captured in a round.
    pub captured: f64,
    /// Time for a decision, in ms.
    pub think_ms: f64,
    /// Decisions of a match that came too late.
    pub timeouts: f64,
    /// Time away in a match, in ms.
    pub away_ms: f64,
}

#[derive(Deserialize)]
struct Row {
    ended_at: String,
    score: i16,
    rank: i16,
    won: bool,
    turns_won: i16,
    rounds: i16,
    declared_hits: i16,
    declared_sum: i16,
    captured_sum: i16,
    away_ms: i64,
    left_at: Option<String>,
    think_ms: i64,
    decisions: i32,
    timeouts: i32,
}

const COLUMNS: [&str; 14] = [
    "ended_at",
    "score",
    "rank",
    "won",
    "turns_won",
    "rounds",
    "declared_hits",
    "declared_sum",
    "captured_sum",
    "away_ms",
    "left_at",
    "think_ms",
    "decisions",
    "timeouts",
];

/// The figures of a player who has played; `None` for one who has not.
///
/// # Errors
/// If the archive cannot be read.
pub async fn figures(
    engine: &Arc<Engine>,
    snapshot: &Snapshot,
    player: Uuid,
) -> Result<Option<Figures>, AskError> {
    let files: Vec<_> = snapshot.index.of(&player).map(|(one, _)| &one.file).collect();
    if files.is_empty() {
        return Ok(None);
    }
    let frame = rows::from(engine, Table::Seats, files)?
        .filter(col("player_key").eq(lit(player.to_string())))
        .and_then(|frame| {
            frame.sort(vec![col("ended_at").sort(true, false), col("match_id").sort(true, false)])
        })
        .and_then(|frame| frame.select_columns(&COLUMNS));
    let played: Vec<Row> = rows::read(engine, rows::planned(frame)?).await?;
    Ok(of_rows(player, &played))
}

fn of_rows(player: Uuid, played: &[Row]) -> Option<Figures> {
    let (first, last) = (played.first()?, played.last()?);
    let games = played.len() as f64;
    let sum = |of: fn(&Row) -> f64| played.iter().map(of).sum::<f64>();
    let rounds = sum(|row| f64::from(row.rounds));
    let wins = played.iter().filter(|row| row.won).count();
    let (best_streak, current_streak) = streaks(played.iter().map(|row| row.won));
    Some(Figures {
        player_key: player,
        games: played.len() as u32,
        wins: wins as u32,
        win_rate: share(wins as f64, games),
        current_streak,
        best_streak,
        declaration_accuracy: share(sum(|row| f64::from(row.declared_hits)), rounds),
        left: played.iter().filter(|row| row.left_at.is_some()).count() as u32,
        averages: Averages {
            score: share(sum(|row| f64::from(row.score)), games),
            rank: share(sum(|row| f64::from(row.rank)), games),
            rounds: share(rounds, games),
            turns_won: share(sum(|row| f64::from(row.turns_won)), games),
            declared: share(sum(|row| f64::from(row.declared_sum)), rounds),
            captured: share(sum(|row| f64::from(row.captured_sum)), rounds),
            think_ms: share(sum(|row| row.think_ms as f64), sum(|row| f64::from(row.decisions))),
            timeouts: share(sum(|row| f64::from(row.timeouts)), games),
            away_ms: share(sum(|row| row.away_ms as f64), games),
        },
        first_at: first.ended_at.clone(),
        last_at: last.ended_at.clone(),
    })
}

/// The longest run of wins, and the one that is on.
fn streaks(won: impl Iterator<Item = bool>) -> (u32, u32) {
    won.fold((0, 0), |(best, run), won| {
        let run = if won { run + 1 } else { 0 };
        (best.max(run), run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_streak_ends_with_a_match_that_was_not_won() {
        assert_eq!(streaks([true, true, false, true].into_iter()), (2, 1));
        assert_eq!(streaks([true, false].into_iter()), (1, 0));
        assert_eq!(streaks([true; 3].into_iter()), (3, 3));
        assert_eq!(streaks([].into_iter()), (0, 0));
    }
}
