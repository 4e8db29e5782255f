//! What a simulation found, as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use components::{BotLevel, Seat};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Plan;
use super::logbook::LogReport;
use super::worker::{Played, Share, room_of};

/// What `liap simulate` prints.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Matches played to their end.
    pub matches: u64,
    /// Rounds scored in them.
    pub rounds: u64,
    /// Actions settled in them.
    pub actions: u64,
    /// How long it took, on the wall.
    pub seconds: f64,
    /// Matches a second.
    pub matches_per_s: f64,
    /// Actions a second.
    pub actions_per_s: f64,
    /// SHA-256 over the hashes of all matches in order, as hex.
    pub sha256: String,
    /// How often each seat won; equal highest scores each count.
    pub wins_by_seat: [u64; 4],
    /// How bots of each level did.
    pub wins_by_level: BTreeMap<&'static str, LevelReport>,
    /// Matches by the number of rounds they took.
    pub matches_by_rounds: BTreeMap<u8, u64>,
    /// Matches that ended because a score was reached.
    pub ended_by_score: u64,
    /// Each match, in order.
    #[serde(skip)]
    pub played: Vec<MatchReport>,
    /// What the journal took, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<LogReport>,
}

/// How one match ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatchReport {
    /// Its number in the plan, from 0.
    pub index: u64,
    /// Its room: 16 hexadecimal digits.
    pub room: String,
    /// What its deals came from: 64 hexadecimal digits.
    pub seed: String,
    /// Rounds scored.
    pub rounds: u8,
    /// Scores by seat.
    pub scores: [i16; 4],
    /// Ranks by seat.
    pub ranks: [u8; 4],
    /// Turns won by seat.
    pub turns_won: [u16; 4],
    /// Whether each seat won.
    pub won: [bool; 4],
    /// Each seat's bot.
    pub levels: [&'static str; 4],
}

impl MatchReport {
    fn of(played: &Played) -> Self {
        let Played { index, levels, end, .. } = played;
        Self {
            index: *index,
            room: format!("{:016x}", room_of(*index).0),
            seed: hex(&end.seed),
            rounds: end.rounds,
            scores: end.scores,
            ranks: end.ranks,
            turns_won: end.turns_won,
            won: Seat::ALL.map(|seat| end.winners.contains(seat)),
            levels: levels.map(name),
        }
    }
}

/// How bots of one level did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LevelReport {
    /// Seats they held, over all matches.
    pub seats: u64,
    /// Seats that won.
    pub wins: u64,
    /// Wins per seat held.
    pub rate: f64,
    /// The Wilson interval that holds the true rate with 99 %.
    pub rate_99: (f64, f64),
}

pub(crate) fn report(plan: &Plan, shares: Vec<Share>, elapsed: Duration) -> Report {
    let (mut played, mut journal) = (Vec::new(), None::<LogReport>);
    for share in shares {
        played.extend(share.played);
        if let Some(log) = share.log {
            journal.get_or_insert_default().add(&log);
        }
    }
    played.sort_unstable_by_key(|played| played.index);
    let mut hash = Sha256::new();
    let mut report = Report {
        matches: played.len() as u64,
        rounds: 0,
        actions: 0,
        seconds: elapsed.as_secs_f64(),
        matches_per_s: 0.0,
        actions_per_s: 0.0,
        sha256: String::new(),
        wins_by_seat: [0; 4],
        wins_by_level: BTreeMap::new(),
        matches_by_rounds: BTreeMap::new(),
        ended_by_score: 0,
        played: played.iter().map(MatchReport::of).collect(),
        journal,
    };
    for played in &played {
        hash.update(played.hash);
        report.rounds += u64::from(played.end.rounds);
        report.actions += played.actions;
        *report.matches_by_rounds.entry(played.end.rounds).or_default() += 1;
        let reached = played.end.scores.iter().any(|score| *score >= plan.settings.score_target);
        report.ended_by_score += u64::from(reached);
        for seat in Seat::ALL {
            let won = u64::from(played.end.winners.contains(seat));
            report.wins_by_seat[seat.index()] += won;
            let level = report.wins_by_level.entry(name(played.levels[seat.index()])).or_default();
            level.seats += 1;
            level.wins += won;
        }
    }
    for level in report.wins_by_level.values_mut() {
        level.rate = level.wins as f64 / level.seats as f64;
        level.rate_99 = wilson_99(level.wins, level.seats);
    }
    report.matches_per_s = report.matches as f64 / report.seconds;
    report.actions_per_s = report.actions as f64 / report.seconds;
    report.sha256 = hex(&hash.finalize());
    report
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const fn name(level: BotLevel) -> &'static str {
    match level {
        BotLevel::Simple => "simple",
        BotLevel::Standard => "standard",
    }
}

/// The Wilson score interval at 99 %.
fn wilson_99(wins: u64, tries: u64) -> (f64, f64) {
    const Z: f64 = 2.575_829;
    let (n, p) = (tries as f64, wins as f64 / tries as f64);
    let centre = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    ((centre - spread) / scale, (centre + spread) / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_holds_the_rate_and_narrows_with_more_tries() {
        let (low, high) = wilson_99(45, 100);
        assert!((0.32..0.34).contains(&low) && (0.57..0.59).contains(&high), "{low} {high}");
        let (low, high) = wilson_99(4_500, 10_000);
        assert!((0.437..0.438).contains(&low) && (0.462..0.463).contains(&high), "{low} {high}");
    }
}
