//! What came of it, as JSON.

use std::time::Duration;

use serde::Serialize;

use crate::args::Args;
use crate::judge::Judged;
use crate::run::Lives;
use crate::verdict::Verdict;

/// All of one run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    rooms: usize,
    seed: u64,
    plant: Option<String>,
    kills: u32,
    stops: u32,
    recoveries: Recoveries,
    rooms_unended: usize,
    #[serde(flatten)]
    judged: Judged,
    /// What the independent reader counted.
    referee: Option<serde_json::Value>,
    #[serde(flatten)]
    verdict: Verdict,
}

/// From the start of the server until it is ready, in ms.
#[derive(Debug, Serialize)]
struct Recoveries {
    count: usize,
    min_ms: f64,
    median_ms: f64,
    max_ms: f64,
}

impl Recoveries {
    fn of(times: &[Duration]) -> Self {
        let mut ms: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1_000.0).collect();
        ms.sort_by(f64::total_cmp);
        let at = |index: usize| ms.get(index).map_or(0.0, |ms| (ms * 10.0).round() / 10.0);
        let last = ms.len().saturating_sub(1);
        Self { count: ms.len(), min_ms: at(0), median_ms: at(ms.len() / 2), max_ms: at(last) }
    }
}

impl Report {
    /// Of everything that was counted.
    pub(crate) fn new(
        args: &Args,
        lives: &Lives,
        verdict: Verdict,
        judged: Judged,
        referee: Option<serde_json::Value>,
    ) -> Self {
        Self {
            rooms: args.rooms,
            seed: args.seed,
            plant: args.plant.clone(),
            kills: lives.kills,
            stops: lives.stops,
            recoveries: Recoveries::of(&lives.recoveries),
            rooms_unended: lives.unended,
            judged,
            referee,
            verdict,
        }
    }

    /// Whether nothing was wrong and every match ended.
    pub(crate) fn is_good(&self) -> bool {
        self.verdict.violations == 0 && self.rooms_unended == 0
    }

    /// Writes it to standard output.
    #[expect(clippy::print_stdout, reason = "the output of the program")]
    pub(crate) fn print(&self) {
        println!("{}", serde_json::to_string_pretty(self).unwrap_or_default());
    }
}
