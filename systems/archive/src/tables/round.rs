//! Tables of what was decided: `rounds`, `plays` and `redeals`.

use arrow_array::ArrayRef;
use arrow_schema::ArrowError;

use super::column::{
    bools, bools_or_none, int, int16, int16_or_none, int32, int32_or_none, match_ids, moments,
    pieces, short, words, words_or_none,
};
use crate::rows::{MatchRows, PlayRow, RedealRow, RoundRow};

pub(super) fn rounds(matches: &[&MatchRows]) -> Result<Vec<ArrayRef>, ArrowError> {
    let rounds = || matches.iter().flat_map(|rows| &rows.rounds);
    let short_of = |of: fn(&RoundRow) -> i16| int16(rounds().map(of));
    let maybe = |of: fn(&RoundRow) -> Option<i16>| int16_or_none(rounds().map(of));
    Ok(vec![
        match_ids(matches, |rows| rows.rounds.len())?,
        short_of(|row| short(row.round)),
        short_of(|row| short(row.seat.number())),
        pieces(rounds().map(|row| row.hand)),
        short_of(|row| short(row.hand_points)),
        bools(rounds().map(|row| row.is_weak)),
        bools(rounds().map(|row| row.starter)),
        words_or_none(rounds().map(|row| row.reason)),
        short_of(|row| short(row.redeals)),
        short_of(|row| short(row.multiplier)),
        maybe(|row| row.declared.map(|it| short(it.piles))),
        maybe(|row| row.declared.map(|it| short(it.order))),
        words_or_none(rounds().map(|row| row.declared.map(|it| it.by))),
        int32_or_none(rounds().map(|row| row.declared.map(|it| int(it.think_ms)))),
        maybe(|row| row.scored.map(|it| short(it.captured))),
        maybe(|row| row.scored.map(|it| it.points)),
        maybe(|row| row.scored.map(|it| it.score)),
        moments(rounds().map(|row| row.started_ms)),
    ])
}

pub(super) fn plays(matches: &[&MatchRows]) -> Result<Vec<ArrayRef>, ArrowError> {
    let plays = || matches.iter().flat_map(|rows| &rows.plays);
    let short_of = |of: fn(&PlayRow) -> i16| int16(plays().map(of));
    Ok(vec![
        match_ids(matches, |rows| rows.plays.len())?,
        short_of(|row| short(row.round)),
        short_of(|row| short(row.turn)),
        short_of(|row| short(row.position)),
        short_of(|row| short(row.seat.number())),
        pieces(plays().map(|row| row.pieces)),
        short_of(|row| short(row.pieces.len())),
        words_or_none(plays().map(|row| row.kind)),
        short_of(|row| short(row.strength)),
        bools_or_none(plays().map(|row| row.won)),
        int16_or_none(plays().map(|row| row.piles.map(short))),
        words(plays().map(|row| row.decider)),
        int32(plays().map(|row| int(row.think_ms))),
        moments(plays().map(|row| row.at_ms)),
    ])
}

pub(super) fn redeals(matches: &[&MatchRows]) -> Result<Vec<ArrayRef>, ArrowError> {
    let redeals = || matches.iter().flat_map(|rows| &rows.redeals);
    let short_of = |of: fn(&RedealRow) -> i16| int16(redeals().map(of));
    Ok(vec![
        match_ids(matches, |rows| rows.redeals.len())?,
        short_of(|row| short(row.round)),
        short_of(|row| short(row.redeal)),
        short_of(|row| short(row.seat.number())),
        bools(redeals().map(|row| row.accepted)),
        words(redeals().map(|row| row.decider)),
        int32(redeals().map(|row| int(row.think_ms))),
        moments(redeals().map(|row| row.at_ms)),
    ])
}
