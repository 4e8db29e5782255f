//! The tables of the archive.

use serde::{Deserialize, Serialize};

/// A table: what each of its columns says is in the crate's README.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Four rows a match: who sat there and what came of it.
    Seats,
    /// A row for each seat of each round.
    Rounds,
    /// A row for each play.
    Plays,
    /// A row for each decision about a redeal.
    Redeals,
    /// A row whenever somebody came, went, was away or was back.
    Presence,
    /// A row for each commit: everything, to run the match again.
    Events,
    /// One row a match. Published last, so that a visible match is whole.
    Matches,
}

impl Table {
    /// All of them, in the order in which a batch is published.
    pub const ALL: [Self; 7] = [
        Self::Seats,
        Self::Rounds,
        Self::Plays,
        Self::Redeals,
        Self::Presence,
        Self::Events,
        Self::Matches,
    ];

    /// Its name: of its folder, and in SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seats => "seats",
            Self::Rounds => "rounds",
            Self::Plays => "plays",
            Self::Redeals => "redeals",
            Self::Presence => "presence",
            Self::Events => "events",
            Self::Matches => "matches",
        }
    }

    /// The table of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }
}
