//! Leaderboards: out of the index of players, so without a look into any file.

use std::cmp::Ordering;

use archive::Hour;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::share;
use super::window::Window;
use crate::index::{Index, Sum};

/// Players that a leaderboard keeps.
pub const PLAYERS_MAX: usize = 100;

/// What a leaderboard is sorted by, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Matches won.
    Wins,
    /// Matches won, of those played.
    WinRate,
    /// Mean score of a match.
    Score,
    /// Rounds in which as much was captured as declared, of all.
    Accuracy,
}

impl Metric {
    /// All of them.
    pub const EVERY: [Self; 4] = [Self::Wins, Self::WinRate, Self::Score, Self::Accuracy];

    fn of(self, sum: &Sum) -> f64 {
        match self {
            Self::Wins => f64::from(sum.wins),
            Self::WinRate => share(f64::from(sum.wins), f64::from(sum.games)),
            Self::Score => share(f64::from(sum.score), f64::from(sum.games)),
            Self::Accuracy => share(f64::from(sum.hits), f64::from(sum.rounds)),
        }
    }
}

/// A place on a leaderboard.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    /// 1 is the best; equal values share one.
    pub rank: u32,
    /// Who.
    pub player_key: Uuid,
    /// Of the metric.
    pub value: f64,
    /// Matches.
    pub games: u32,
    /// Those that were won.
    pub wins: u32,
}

/// The leaderboards of all metrics over one window: they cost one pass together.
#[derive(Debug, Clone)]
pub struct Boards {
    places: [Vec<Place>; 4],
}

impl Boards {
    /// Of those who played at least so many matches since the start of the window.
    #[must_use]
    pub fn of(index: &Index, window: Window, running: Hour, games_min: u32) -> Self {
        let sums = index.sums(window.since(running));
        let players: Vec<_> = sums.iter().filter(|(_, sum)| sum.games >= games_min).collect();
        Self { places: Metric::EVERY.map(|metric| board(metric, &players)) }
    }

    /// That of one metric.
    #[must_use]
    pub const fn by(&self, metric: Metric) -> &Vec<Place> {
        let [wins, win_rate, score, accuracy] = &self.places;
        match metric {
            Metric::Wins => wins,
            Metric::WinRate => win_rate,
            Metric::Score => score,
            Metric::Accuracy => accuracy,
        }
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let places: usize = self.places.iter().map(Vec::capacity).sum();
        size_of::<Self>() + places * size_of::<Place>()
    }
}

fn board(metric: Metric, players: &[(&Uuid, &Sum)]) -> Vec<Place> {
    type Entry<'a> = (f64, &'a Uuid, &'a Sum);
    let order = |a: &Entry<'_>, b: &Entry<'_>| -> Ordering {
        b.0.total_cmp(&a.0).then(b.2.games.cmp(&a.2.games)).then(a.1.cmp(b.1))
    };
    let mut all: Vec<Entry<'_>> =
        players.iter().map(|(key, sum)| (metric.of(sum), *key, *sum)).collect();
    if all.len() > PLAYERS_MAX {
        all.select_nth_unstable_by(PLAYERS_MAX - 1, order);
        all.truncate(PLAYERS_MAX);
    }
    all.sort_unstable_by(order);
    let mut places: Vec<Place> = Vec::with_capacity(all.len());
    for (at, (value, key, sum)) in all.into_iter().enumerate() {
        let rank = match places.last() {
            Some(before) if before.value.total_cmp(&value).is_eq() => before.rank,
            _ => at as u32 + 1,
        };
        places.push(Place { rank, player_key: *key, value, games: sum.games, wins: sum.wins });
    }
    places
}
