//! Reads what the index keeps of a file.

use std::collections::BTreeMap;
use std::sync::Arc;

use archive::{FileEntry, Table};
use datafusion::prelude::col;
use serde::Deserialize;
use uuid::Uuid;

use super::{MatchesFile, SeatsFile, Sum};
use crate::ask::AskError;
use crate::engine::Engine;
use crate::rows;

/// Files that are read at once.
pub(super) const AT_ONCE: usize = 8;

pub(super) async fn seats(engine: Arc<Engine>, file: FileEntry) -> Result<SeatsFile, AskError> {
    let columns = ["player_key", "won", "score", "rounds", "declared_hits"];
    let frame = rows::from(&engine, Table::Seats, [&file])?;
    let frame = frame
        .filter(col("player_key").is_not_null())
        .and_then(|frame| frame.select_columns(&columns));
    let mut players: BTreeMap<Uuid, Sum> = BTreeMap::new();
    for batch in rows::collect(&engine, rows::planned(frame)?).await? {
        let keys = rows::text(&batch, 0)?;
        let won = rows::flags(&batch, 1)?;
        let [score, rounds, hits] =
            [rows::small(&batch, 2)?, rows::small(&batch, 3)?, rows::small(&batch, 4)?];
        for at in 0..batch.num_rows() {
            let key = Uuid::try_parse(keys.value(at))
                .map_err(|error| AskError::Unavailable(format!("{}: {error}", file.path)))?;
            players.entry(key).or_default().add(&Sum {
                games: 1,
                wins: u32::from(won.value(at)),
                score: i32::from(score.value(at)),
                rounds: rounds.value(at).max(0) as u32,
                hits: hits.value(at).max(0) as u32,
            });
        }
    }
    let mark = super::mark_of(&file);
    Ok(SeatsFile { file, players: players.into_iter().collect(), mark })
}

#[derive(Deserialize)]
struct Range {
    first: Option<Uuid>,
    last: Option<Uuid>,
}

pub(super) async fn matches(engine: Arc<Engine>, file: FileEntry) -> Result<MatchesFile, AskError> {
    use datafusion::functions_aggregate::expr_fn::{max, min};
    let ends = vec![min(col("match_id")).alias("first"), max(col("match_id")).alias("last")];
    let frame = rows::from(&engine, Table::Matches, [&file])?.aggregate(Vec::new(), ends);
    let found: Vec<Range> = rows::read(&engine, rows::planned(frame)?).await?;
    let range = found.into_iter().next().and_then(|one| one.first.zip(one.last));
    Ok(MatchesFile { file, range })
}
