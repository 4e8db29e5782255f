//! Tables of whole matches: `matches` and `seats`.

use arrow_array::ArrayRef;
use arrow_schema::ArrowError;
use components::Seat;

use super::column::{
    bools, hex, int, int16, int32, int64, long, match_ids, moments, moments_or_none, short, text,
    text_or_none, words, words_or_none,
};
use crate::rows::{MatchRow, MatchRows, SeatRow};

pub(super) fn matches(matches: &[&MatchRows]) -> Result<Vec<ArrayRef>, ArrowError> {
    let games = || matches.iter().map(|rows| &rows.game);
    let short_of = |of: fn(&MatchRow) -> i16| int16(games().map(of));
    let int_of = |of: fn(&MatchRows) -> u64| int32(matches.iter().map(|rows| int(of(rows))));
    Ok(vec![
        match_ids(matches, |_| 1)?,
        text(games().map(|game| format!("{:016x}", game.room.0))),
        text(games().map(|game| game.charter.code.as_str().to_owned())),
        int_of(|rows| rows.game.number.into()),
        words(games().map(|game| game.charter.pace)),
        bools(games().map(|game| game.charter.private)),
        bools(games().map(|game| game.charter.endless)),
        moments(games().map(|game| game.started_ms)),
        moments(games().map(|game| game.ended_ms)),
        int64(games().map(|game| long(game.duration_ms))),
        words(games().map(|game| game.reason)),
        short_of(|game| short(game.rounds)),
        short_of(|game| short(game.turns)),
        int_of(|rows| rows.plays.len() as u64),
        int_of(|rows| rows.events.len() as u64),
        short_of(|game| short(game.redeals)),
        short_of(|game| short(game.humans)),
        short_of(|game| Seat::COUNT as i16 - short(game.humans)),
        short_of(|game| game.winning_score),
        short_of(|game| game.score_target),
        short_of(|game| short(game.rounds_max)),
        text(games().map(|game| hex(&game.settings_id))),
        short_of(|game| short(game.restarts)),
        int_of(|rows| rows.game.owner_epoch.into()),
        short_of(|_| rules::VERSION),
        text(games().map(|game| hex(&game.seed))),
    ])
}

pub(super) fn seats(matches: &[&MatchRows]) -> Result<Vec<ArrayRef>, ArrowError> {
    let seats = || matches.iter().flat_map(|rows| &rows.seats);
    let short_of = |of: fn(&SeatRow) -> i16| int16(seats().map(of));
    let ended = matches.iter().flat_map(|rows| [rows.game.ended_ms; Seat::COUNT]);
    let numbers = matches.iter().flat_map(|_| Seat::ALL);
    Ok(vec![
        match_ids(matches, |_| Seat::COUNT)?,
        int16(numbers.map(|seat| short(seat.number()))),
        moments(ended),
        text_or_none(seats().map(|seat| seat.key.map(|key| key.to_string()))),
        bools(seats().map(|seat| seat.bot.is_some())),
        words_or_none(seats().map(|seat| seat.bot)),
        short_of(|seat| seat.score),
        short_of(|seat| short(seat.rank)),
        bools(seats().map(|seat| seat.won)),
        short_of(|seat| short(seat.turns_won)),
        short_of(|seat| short(seat.perfect_rounds)),
        short_of(|seat| short(seat.rounds)),
        short_of(|seat| short(seat.declared_hits)),
        short_of(|seat| short(seat.declared_sum)),
        short_of(|seat| short(seat.captured_sum)),
        short_of(|seat| short(seat.zero_declarations)),
        int64(seats().map(|seat| long(seat.away_ms))),
        short_of(|seat| short(seat.away_count)),
        moments_or_none(seats().map(|seat| seat.left_ms)),
        int64(seats().map(|seat| long(seat.think_ms))),
        int32(seats().map(|seat| int(seat.decisions.into()))),
        int32(seats().map(|seat| int(seat.timeouts.into()))),
    ])
}
