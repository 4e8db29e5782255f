//! The ready-made answers: a match, a player's history and figures, leaderboards, totals.

pub mod board;
pub mod game;
pub mod history;
pub mod player;
pub mod totals;
pub mod window;

use chrono::{DateTime, SecondsFormat, Utc};

/// A moment as answers write it: RFC 3339, UTC, to the millisecond.
#[must_use]
pub fn moment(ms: u64) -> String {
    let moment = DateTime::<Utc>::from_timestamp_millis(ms as i64).unwrap_or_default();
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The share of a whole, rounded to four places; 0 of nothing.
#[must_use]
pub fn share(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { (part / whole * 10_000.0).round() / 10_000.0 }
}
