//! How far back an answer looks.

use archive::Hour;
use serde::{Deserialize, Serialize};

/// How far back, in whole hours of UTC: the running hour, and so many before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
    /// As far back as the archive goes.
    All,
}

impl Window {
    /// All of them.
    pub const EVERY: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::All];

    /// The first hour in it.
    #[must_use]
    pub const fn since(self, running: Hour) -> Hour {
        let hours = match self {
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
            Self::All => return Hour(0),
        };
        Hour(running.0.saturating_sub(hours))
    }
}
