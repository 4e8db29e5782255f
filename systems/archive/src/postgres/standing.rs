//! Which of some matches are in the database already, whatever batch they came with.

use std::collections::HashMap;
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, Utc};

use super::link::Link;
use super::read::ms;
use super::tables;
use crate::batch::match_text;
use crate::{Ended, Standing, Table, TargetError};

const HOUR_MS: u64 = 3_600_000;

/// What is known of each of these, by one statement. Days before the first of them began are not
/// looked at.
pub(super) async fn of(link: &Link, matches: &[Ended]) -> Result<Vec<Standing>, TargetError> {
    let ask = link.ask("asking for matches");
    let columns = tables::columns_of(&ask, Table::Matches).await?;
    if columns.is_empty() {
        return Ok(vec![Standing::Absent; matches.len()]);
    }
    let ids: Vec<String> = matches.iter().map(|of| match_text(of.match_id)).collect();
    let began_ms = matches.iter().map(|of| of.began_ms().unwrap_or(0)).min().unwrap_or(0);
    let sql = "select match_id, ended_at from liap.matches \
               where match_id = any($1) and date >= $2";
    let mut ends: HashMap<String, Vec<u64>> = HashMap::new();
    for row in ask.rows(sql, &[&ids, &first_day(began_ms)]).await? {
        let (id, ended): (String, SystemTime) = (ask.get(&row, 0)?, ask.get(&row, 1)?);
        ends.entry(id).or_default().push(u64::try_from(ms(ended)).unwrap_or(0));
    }
    let standing = |(of, id): (&Ended, &String)| {
        let there = ends.get(id).into_iter().flatten();
        there.fold(Standing::Absent, |so_far, ms| so_far.or(Standing::of(of.ended_ms, *ms)))
    };
    Ok(matches.iter().zip(&ids).map(standing).collect())
}

/// The day from which on a match that began then is filed. A clock that was set back in between may
/// have filed it an hour early.
fn first_day(began_ms: u64) -> NaiveDate {
    let ms = i64::try_from(began_ms.saturating_sub(HOUR_MS)).unwrap_or(0);
    DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default().date_naive()
}
