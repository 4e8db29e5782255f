//! A player's matches, the newest first.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use archive::{Hour, Table};
use chrono::DateTime;
use datafusion::prelude::{Expr, col, lit};
use datafusion::scalar::ScalarValue;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ask::AskError;
use crate::engine::Engine;
use crate::rows;
use crate::snapshot::Snapshot;

/// A page of a player's matches.
#[derive(Debug, Clone, Serialize)]
pub struct History {
    /// Whose.
    pub player_key: Uuid,
    /// The newest first.
    pub matches: Vec<Played>,
    /// What `before` is for the page after this one, in ms since 1970; null if this is the last.
    pub next_before: Option<u64>,
}

/// A match, as one player's.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "columns are described in the README of crate archive")]
pub struct Played {
    pub match_id: Uuid,
    pub ended_at: String,
    pub seat: i16,
    pub score: i16,
    pub rank: i16,
    pub won: bool,
    pub rounds: i16,
    pub turns_won: i16,
    pub declared_hits: i16,
    pub left_at: Option<String>,
    #[serde(flatten, default)]
    pub game: Option<Game>,
}

/// What the match was, beside the seat.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "columns are described in the README of crate archive")]
pub struct Game {
    pub room_id: String,
    pub pace: String,
    pub started_at: String,
    pub duration_ms: i64,
    pub end_reason: String,
    pub humans: i16,
    pub winning_score: i16,
}

const OF_SEAT: [&str; 10] = [
    "match_id",
    "ended_at",
    "seat",
    "score",
    "rank",
    "won",
    "rounds",
    "turns_won",
    "declared_hits",
    "left_at",
];

const OF_GAME: [&str; 8] = [
    "match_id",
    "room_id",
    "pace",
    "started_at",
    "duration_ms",
    "end_reason",
    "humans",
    "winning_score",
];

/// The page of matches that ended before this moment (ms since 1970).
///
/// # Errors
/// If the archive cannot be read.
pub async fn page(
    engine: &Arc<Engine>,
    snapshot: &Snapshot,
    player: Uuid,
    before_ms: u64,
    limit: usize,
) -> Result<History, AskError> {
    let mut matches = seats(engine, snapshot, player, before_ms, limit + 1).await?;
    let more = matches.len() > limit;
    matches.truncate(limit);
    add_games(engine, snapshot, &mut matches).await?;
    let last = matches.last().filter(|_| more).map(|one| ms_of(&one.ended_at)).transpose()?;
    Ok(History { player_key: player, matches, next_before: last })
}

/// The newest files that must hold so many matches of the player before that moment: whole hours,
/// and the running one is not counted on.
async fn seats(
    engine: &Arc<Engine>,
    snapshot: &Snapshot,
    player: Uuid,
    before_ms: u64,
    limit: usize,
) -> Result<Vec<Played>, AskError> {
    let newest = Hour::of(before_ms.saturating_sub(1));
    let (mut files, mut sure, mut oldest) = (Vec::new(), 0, newest);
    for (one, sum) in snapshot.index.of(&player) {
        if one.file.hour > newest {
            continue;
        }
        if sure >= limit && one.file.hour < oldest {
            break;
        }
        if one.file.hour < newest {
            sure += sum.games as usize;
        }
        oldest = one.file.hour;
        files.push(&one.file);
    }
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let before = ScalarValue::TimestampMillisecond(Some(before_ms as i64), Some("UTC".into()));
    let wanted = col("player_key")
        .eq(lit(player.to_string()))
        .and(col("ended_at").lt(Expr::Literal(before, None)));
    let order = vec![col("ended_at").sort(false, false), col("match_id").sort(false, false)];
    let frame = rows::from(engine, Table::Seats, files)?
        .filter(wanted)
        .and_then(|frame| frame.select_columns(&OF_SEAT))
        .and_then(|frame| frame.sort(order))
        .and_then(|frame| frame.limit(0, Some(limit)));
    rows::read(engine, rows::planned(frame)?).await
}

#[derive(Deserialize)]
struct GameRow {
    match_id: Uuid,
    #[serde(flatten)]
    game: Game,
}

/// A file of `seats` has the same matches as those of `matches` of the same hour.
async fn add_games(
    engine: &Arc<Engine>,
    snapshot: &Snapshot,
    matches: &mut [Played],
) -> Result<(), AskError> {
    let ids: Vec<Uuid> = matches.iter().map(|one| one.match_id).collect();
    let hours = matches.iter().map(|one| Ok(Hour::of(ms_of(&one.ended_at)?)));
    let hours: BTreeSet<Hour> = hours.collect::<Result<_, AskError>>()?;
    let holds = |range: Option<(Uuid, Uuid)>| {
        range.is_some_and(|(first, last)| ids.iter().any(|id| first <= *id && *id <= last))
    };
    let files = snapshot.index.matches.iter();
    let files: Vec<_> = files
        .filter(|one| hours.contains(&one.file.hour) && holds(one.range))
        .map(|one| &one.file)
        .collect();
    if files.is_empty() {
        return Ok(());
    }
    let list = ids.iter().map(|id| lit(id.to_string())).collect();
    let frame = rows::from(engine, Table::Matches, files)?
        .filter(col("match_id").in_list(list, false))
        .and_then(|frame| frame.select_columns(&OF_GAME));
    let found: Vec<GameRow> = rows::read(engine, rows::planned(frame)?).await?;
    let mut games: HashMap<Uuid, Game> =
        found.into_iter().map(|one| (one.match_id, one.game)).collect();
    for one in matches {
        one.game = games.remove(&one.match_id);
    }
    Ok(())
}

fn ms_of(moment: &str) -> Result<u64, AskError> {
    DateTime::parse_from_rfc3339(moment)
        .map(|moment| moment.timestamp_millis().max(0) as u64)
        .map_err(|error| AskError::Internal(format!("{moment}: {error}")))
}
