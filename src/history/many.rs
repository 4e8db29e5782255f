//! Many histories, on all cores.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use serde::Serialize;

use super::{Plan, Tally, Violation, run};

/// What many histories had in them.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Report {
    /// Histories that were run.
    pub histories: u64,
    /// Commits in them.
    pub commits: u64,
    /// Frames that people took.
    pub frames: u64,
    /// Matches that came to their end.
    pub matches: u64,
    /// Times a process died.
    pub deaths: u64,
    /// Of these, times the machine died with it.
    pub crashes: u64,
    /// Flushes that found the disk full.
    pub full: u64,
    /// Rooms and chains copied forward, and matches forgotten.
    pub carried: u64,
    /// Virtual time, in seconds.
    pub virtual_s: f64,
    /// Time on the wall, in seconds.
    pub seconds: f64,
    /// Of the lowest seed that was seen to have one.
    #[serde(skip)]
    pub violation: Option<Box<Violation>>,
}

/// Runs the histories of `count` seeds from `plan`'s on, until one is violated.
#[must_use]
pub fn run_many(plan: &Plan, count: u64) -> Report {
    let begun = Instant::now();
    let (next, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let report = Mutex::new(Report::default());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count {
                        return;
                    }
                    let ran = run(&Plan { seed: plan.seed.wrapping_add(at), ..*plan });
                    is_over.fetch_or(ran.is_err(), Ordering::Relaxed);
                    report.lock().unwrap_or_else(PoisonError::into_inner).add(ran);
                }
            });
        }
    });
    let mut report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
    report.seconds = begun.elapsed().as_secs_f64();
    report
}

impl Report {
    fn add(&mut self, ran: Result<Tally, Box<Violation>>) {
        self.histories += 1;
        let tally = match ran {
            Ok(tally) => tally,
            Err(violation) => {
                let is_first = self.violation.as_ref().is_none_or(|it| violation.seed < it.seed);
                if is_first {
                    self.violation = Some(violation);
                }
                return;
            }
        };
        self.commits += tally.commits;
        self.frames += tally.frames;
        self.matches += tally.matches;
        self.deaths += tally.deaths;
        self.crashes += tally.crashes;
        self.full += tally.full;
        self.carried += tally.carried;
        self.virtual_s += tally.ms as f64 / 1_000.0;
    }
}
