//! Tables of what was recorded: `presence` and `events`.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_schema::ArrowError;

use super::column::{
    int16, int16_or_none, int64, long, match_ids, moments, short, words, words_or_none,
};
use crate::rows::{EventRow, MatchRows, PresenceRow};

pub(super) fn presence(matches: &[&MatchRows]) -> Result<Vec<ArrayRef>, ArrowError> {
    let rows = || matches.iter().flat_map(|rows| &rows.presence);
    let seat = |row: &PresenceRow| row.seat.map(|seat| short(seat.number()));
    Ok(vec![
        match_ids(matches, |rows| rows.presence.len())?,
        moments(rows().map(|row| row.at_ms)),
        int16_or_none(rows().map(seat)),
        words(rows().map(|row| row.what)),
        words_or_none(rows().map(|row| row.reason)),
        words_or_none(rows().map(|row| row.bot)),
    ])
}

pub(super) fn events(matches: &[&MatchRows]) -> Result<Vec<ArrayRef>, ArrowError> {
    let rows = || matches.iter().flat_map(|rows| &rows.events);
    let seat = |row: &EventRow| row.seat.map(|seat| short(seat.number()));
    let format = i16::try_from(journal::FORMAT).unwrap_or(i16::MAX);
    Ok(vec![
        match_ids(matches, |rows| rows.events.len())?,
        int64(rows().map(|row| long(row.version))),
        moments(rows().map(|row| row.at_ms)),
        words(rows().map(|row| row.cause)),
        int16_or_none(rows().map(seat)),
        words(rows().map(|row| row.action)),
        facts(matches),
        int16(rows().map(|_| format)),
        int16(rows().map(|_| rules::VERSION)),
        chains(matches),
    ])
}

fn facts(matches: &[&MatchRows]) -> ArrayRef {
    let mut column = StringBuilder::new();
    for rows in matches {
        let mut from = 0;
        for row in &rows.events {
            let end = row.facts_end as usize;
            column.append_value(rows.facts.get(from..end).unwrap_or_default());
            from = end;
        }
    }
    Arc::new(column.finish())
}

/// The whole match in its first row: a piece of it in each takes a twentieth more.
fn chains(matches: &[&MatchRows]) -> ArrayRef {
    let mut column = BinaryBuilder::new();
    for rows in matches {
        column.append_value(&rows.chain);
        column.append_nulls(rows.events.len().saturating_sub(1));
    }
    Arc::new(column.finish())
}
