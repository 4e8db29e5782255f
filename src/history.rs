//! Whole histories of a server under faults, in virtual time and from one seed: people play, leave
//! and come back, the disk fills, tears and loses, the process dies between any two steps and in
//! the middle of them. What was shown must never be lost, and every match must end.

mod book;
mod chance;
mod exhaust;
mod many;
mod person;
mod process;
mod world;

use std::fmt;

use components::Faults;
use journal::Durability;

pub use exhaust::{Exhausted, exhaust};
pub use many::{Report, run_many};

use world::World;

/// What was checked and found to hold; or what does not.
type Checked<T = ()> = Result<T, String>;

/// Steps of a history before its faults heal.
const STEPS: u64 = 300;

/// Which history.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// What everything in it comes from.
    pub seed: u64,
    /// What is planted.
    pub faults: Faults,
    /// How the journal writes; `None` lets the seed choose.
    pub durability: Option<Durability>,
    /// Whether what a start finds is also held against what was settled: what nobody outside could
    /// see yet.
    pub exactly: bool,
}

impl Plan {
    /// The history of a seed, with nothing planted and everything looked at.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, faults: Faults::NONE, durability: None, exactly: true }
    }
}

/// What a history had in it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Commits.
    pub commits: u64,
    /// Frames people took.
    pub frames: u64,
    /// Matches that came to their end.
    pub matches: u64,
    /// Times the process died.
    pub deaths: u64,
    /// Of these, times the machine died with it.
    pub crashes: u64,
    /// Flushes that found the disk full.
    pub full: u64,
    /// Segments and chains copied forward, and matches forgotten.
    pub carried: u64,
    /// Virtual time, in ms.
    pub ms: u64,
}

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Of which history.
    pub seed: u64,
    /// After which step; those after [`STEPS`] are of its end.
    pub step: u64,
    /// What.
    pub what: String,
    /// The last steps before it.
    pub trace: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "  {line}")?;
        }
        write!(f, "seed {}, step {}: {}", self.seed, self.step, self.what)
    }
}

/// Runs one history.
///
/// # Errors
///
/// The first violation.
pub fn run(plan: &Plan) -> Result<Tally, Box<Violation>> {
    let mut world = World::new(*plan);
    match world.live() {
        Ok(()) => Ok(world.tally()),
        Err(what) => Err(Box::new(world.violation(what))),
    }
}
