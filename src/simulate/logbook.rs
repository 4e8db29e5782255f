//! A simulation's journal: the same one the server writes, in a directory of the simulation's own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use components::{Durable, Settings};
use journal::{FileDisk, Journal, Options};
use serde::Serialize;

/// That and where a simulation writes a journal.
#[derive(Debug, Clone)]
pub struct Logging {
    /// Each shard's is in a directory in here.
    pub directory: PathBuf,
    /// How it is to behave. Finished matches are forgotten as soon as they are written.
    pub options: Options,
    /// After so many matches of a shard, a line on stderr says what it takes; 0 is never.
    pub report_every: u64,
    /// The simulation ends after so many commits of a shard, in the middle of its matches; 0 is
    /// never.
    pub commits_max: u64,
}

impl Logging {
    /// As the server writes it, into this directory.
    #[must_use]
    pub fn new(directory: PathBuf, report_every: u64) -> Self {
        let options = Options { keep_finished: true, ..Options::default() };
        Self { directory, options, report_every, commits_max: 0 }
    }
}

/// What a journal took, summed over the shards.
#[derive(Debug, Default, Clone, Serialize)]
pub struct LogReport {
    /// Commits written.
    pub commits: u64,
    /// Bytes written, those copied forward included, for each commit.
    pub bytes_per_commit: f64,
    /// Most bytes there were on disk at the end of a drain.
    pub disk_bytes_max: u64,
    /// Bytes on disk at the end.
    pub disk_bytes: u64,
    /// Bytes written.
    pub bytes: u64,
}

impl LogReport {
    /// With another shard's.
    pub(super) fn add(&mut self, other: &Self) {
        self.commits += other.commits;
        self.bytes += other.bytes;
        self.disk_bytes += other.disk_bytes;
        self.disk_bytes_max += other.disk_bytes_max;
        self.bytes_per_commit = self.bytes as f64 / self.commits.max(1) as f64;
    }
}

/// One shard's journal.
pub(super) struct Logbook {
    journal: Journal<FileDisk>,
    report_every: u64,
    commits_max: u64,
    matches: u64,
    disk_bytes_max: u64,
}

impl Logbook {
    /// Begins one; what was there before goes on.
    ///
    /// # Errors
    ///
    /// The directory cannot be made or used.
    pub(super) fn open(plan: &Logging, shard: usize, settings: &Settings) -> io::Result<Self> {
        let directory = plan.directory.join(format!("shard-{shard}"));
        fs::create_dir_all(&directory)?;
        let disk = FileDisk::open(Path::new(&directory))?;
        let (journal, _) = Journal::open(disk, settings, plan.options, 0)
            .map_err(|error| io::Error::other(error.to_string()))?;
        let &Logging { report_every, commits_max, .. } = plan;
        Ok(Self { journal, report_every, commits_max, matches: 0, disk_bytes_max: 0 })
    }

    /// Writes what a tick settled, and forgets the matches that are over.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn keep(&mut self, durable: &Durable) -> io::Result<()> {
        self.journal.record(durable);
        self.journal.flush(0).map_err(|error| io::Error::other(error.to_string()))?;
        for (_, game) in &durable.finished {
            self.journal.forget(*game);
            self.matches += 1;
            if self.report_every > 0 && self.matches.is_multiple_of(self.report_every) {
                self.tell();
            }
        }
        let stats = self.journal.stats();
        let on_disk = stats.event_bytes_on_disk + stats.state_bytes_on_disk;
        self.disk_bytes_max = self.disk_bytes_max.max(on_disk);
        Ok(())
    }

    /// Whether it has as many commits as there are to be.
    pub(super) fn is_enough(&self) -> bool {
        self.commits_max > 0 && self.journal.stats().commits >= self.commits_max
    }

    /// What it took.
    pub(super) fn report(&self) -> LogReport {
        let stats = self.journal.stats();
        let mut report = LogReport::default();
        report.add(&LogReport {
            commits: stats.commits,
            bytes: stats.event_bytes + stats.state_bytes,
            disk_bytes: stats.event_bytes_on_disk + stats.state_bytes_on_disk,
            disk_bytes_max: self.disk_bytes_max,
            bytes_per_commit: 0.0,
        });
        report
    }

    #[expect(clippy::print_stderr, reason = "the progress of a long simulation")]
    fn tell(&self) {
        let stats = self.journal.stats();
        eprintln!(
            "{} matches, {} commits: {:.1} MiB of events and {:.1} MiB of state on disk, {:.1} MiB resident",
            self.matches,
            stats.commits,
            mib(stats.event_bytes_on_disk),
            mib(stats.state_bytes_on_disk),
            mib(resident_bytes()),
        );
    }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// The memory of this process, by what Linux says; 0 where it does not.
fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = resident.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
