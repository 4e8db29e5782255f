//! One hour of UTC: what a partition of the archive holds.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

const HOUR_MS: u64 = 3_600_000;

/// Hours since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hour(pub u32);

impl Hour {
    /// The hour that holds this moment, in ms since 1970.
    #[must_use]
    pub const fn of(ms: u64) -> Self {
        Self((ms / HOUR_MS) as u32)
    }

    /// Its first ms since 1970.
    #[must_use]
    pub const fn start_ms(self) -> u64 {
        self.0 as u64 * HOUR_MS
    }

    /// The first ms since 1970 that is not in it.
    #[must_use]
    pub const fn end_ms(self) -> u64 {
        self.start_ms() + HOUR_MS
    }

    /// `YYYY-MM-DD`.
    #[must_use]
    pub fn date(self) -> String {
        let moment = DateTime::<Utc>::from_timestamp_millis(self.start_ms() as i64);
        moment.unwrap_or_default().format("%Y-%m-%d").to_string()
    }

    /// `00` to `23`.
    #[must_use]
    pub fn of_day(self) -> String {
        format!("{:02}", self.0 % 24)
    }
}

impl fmt::Display for Hour {
    /// As in the paths: `date=YYYY-MM-DD/hour=HH`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "date={}/hour={}", self.date(), self.of_day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_named_by_its_day_and_its_place_in_it() {
        let hour = Hour::of(1_795_000_000_123);
        assert_eq!(hour.to_string(), "date=2026-11-18/hour=11");
        assert!(hour.start_ms() <= 1_795_000_000_123 && 1_795_000_000_123 < hour.end_ms());
        assert_eq!(Hour(0).to_string(), "date=1970-01-01/hour=00");
    }
}
