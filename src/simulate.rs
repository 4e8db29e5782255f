//! Bots play whole matches in virtual time, on the very schedule of the server.

mod fingerprint;
mod logbook;
mod report;
mod worker;

pub use logbook::{Finished, LogReport, Logging};
pub use report::{LevelReport, MatchReport, Report};

use std::io;
use std::thread;
use std::time::Instant;

use bevy_ecs::schedule::ScheduleBuildSettings;
use components::{BotLevel, Pace, PerSeat, RoomState, Settings};
use sha2::{Digest, Sha256};

use crate::Shard;

/// What to simulate.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many matches.
    pub matches: u64,
    /// What every match's randomness is derived from, with its number.
    pub seed: u64,
    /// How many rooms play at the same time, over all threads.
    pub rooms: usize,
    /// How many shards, each on a thread of its own, 1..=256.
    pub shards: usize,
    /// Who plays.
    pub lineup: Lineup,
    /// How fast, in virtual time.
    pub pace: Pace,
    /// The numbers of the rules.
    pub settings: Settings,
    /// For tests, which shuffle what the schedule leaves open.
    pub order: ScheduleBuildSettings,
    /// Whether every touched room is despawned and rebuilt from its last commit after every tick.
    pub amnesia: bool,
    /// The wall clock at the beginning, in ms since 1970; `None`: it stands still at 0, so that
    /// ids of matches do not depend on who else was playing.
    pub wall_ms: Option<u64>,
    /// The journal it writes, if any.
    pub logging: Option<Logging>,
}

/// Who sits where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lineup {
    /// The same level in every seat.
    All(BotLevel),
    /// Standard and simple, turn about, beginning with another in each match.
    Mixed,
    /// These levels by seat, moved on by one seat with each match if so asked.
    Seats(PerSeat<BotLevel>, bool),
}

impl Lineup {
    /// The levels in match `index`, by seat.
    #[must_use]
    pub fn levels(self, index: u64) -> PerSeat<BotLevel> {
        match self {
            Self::All(level) => [level; 4],
            Self::Mixed if index.is_multiple_of(2) => {
                [BotLevel::Standard, BotLevel::Simple, BotLevel::Standard, BotLevel::Simple]
            }
            Self::Mixed => {
                [BotLevel::Simple, BotLevel::Standard, BotLevel::Simple, BotLevel::Standard]
            }
            Self::Seats(mut levels, rotate) => {
                levels.rotate_right(if rotate { (index % 4) as usize } else { 0 });
                levels
            }
        }
    }
}

impl Plan {
    /// `matches` of bots of one level from one seed, one shard, a thousand rooms at pace instant.
    #[must_use]
    pub fn new(matches: u64, seed: u64, level: BotLevel) -> Self {
        Self {
            matches,
            seed,
            rooms: 1_000,
            shards: 1,
            lineup: Lineup::All(level),
            pace: Pace::Instant,
            settings: Settings::default(),
            order: ScheduleBuildSettings::default(),
            amnesia: false,
            wall_ms: None,
            logging: None,
        }
    }

    /// What match `index` derives everything from.
    pub(crate) fn secret(&self, index: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"liap simulate v1");
        hash.update(self.seed.to_be_bytes());
        hash.update(index.to_be_bytes());
        hash.finalize().into()
    }

    fn shard(&self) -> Shard {
        Shard::new(self.settings.clone(), Default::default(), self.order.clone())
    }
}

/// Runs a plan.
///
/// # Errors
///
/// Its journal cannot be written.
pub fn simulate(plan: &Plan) -> io::Result<Report> {
    simulate_with(plan, |_| {})
}

/// Runs a plan on shards that `prepare` has changed first: for tests that plant a fault.
///
/// # Errors
///
/// Its journal cannot be written.
pub fn simulate_with(plan: &Plan, prepare: impl Fn(&mut Shard) + Sync) -> io::Result<Report> {
    let start = Instant::now();
    let shares: io::Result<Vec<worker::Share>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..plan.shards)
            .map(|thread| {
                let prepare = &prepare;
                scope.spawn(move || {
                    let mut shard = plan.shard();
                    prepare(&mut shard);
                    worker::play(plan, thread, shard)
                })
            })
            .collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined.map(|share| share.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    Ok(report::report(plan, shares?, start.elapsed()))
}

/// What `liap simulate` says of a room that never moves again: a fault of ours.
fn stuck(state: Option<RoomState>) -> String {
    format!("a room waits for nothing: {state:?}")
}
