//! A simulation's journal: the same one the server writes, in a directory of the simulation's own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use components::{Durable, RoomId, RoomState, Settings};
use journal::{AnyDisk, FileDisk, Journal, Options};
use serde::Serialize;

use crate::archiving::{Archiving, Handed, Means};

/// That and where a simulation writes a journal.
#[derive(Debug, Clone)]
pub struct Logging {
    /// Each shard's is in a directory in here.
    pub directory: PathBuf,
    /// How it is to behave.
    pub options: Options,
    /// What becomes of finished matches.
    pub finished: Finished,
    /// After so many matches of a shard, a line on stderr says what it takes; 0 is never.
    pub report_every: u64,
    /// The simulation ends after so many commits of a shard, in the middle of its matches; 0 is
    /// never.
    pub commits_max: u64,
}

/// What becomes of a simulation's finished matches.
#[derive(Debug, Clone, Default)]
pub enum Finished {
    /// They are forgotten as soon as they are written.
    #[default]
    Forgotten,
    /// They stay in the journal.
    Kept,
    /// They go into an archive in the directory of the journal, from one shard. What an earlier
    /// simulation of the same plan left in the journal goes on.
    Archived(Archiving),
}

impl Logging {
    /// As the server writes it, into this directory.
    #[must_use]
    pub fn new(directory: PathBuf, report_every: u64) -> Self {
        let options = Options { keep_finished: true, ..Options::default() };
        let finished = Finished::Forgotten;
        Self { directory, options, finished, report_every, commits_max: 0 }
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

/// Matches that wait for the archive before no more rooms are opened.
const WAITING_MAX: usize = 2_000;

/// One shard's journal.
pub(super) struct Logbook {
    journal: Journal<AnyDisk>,
    finished: Finished,
    handed: Option<Handed>,
    report_every: u64,
    commits_max: u64,
    matches: u64,
    disk_bytes_max: u64,
}

/// What a journal had kept.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) rooms: Vec<(RoomId, RoomState)>,
    /// The number of the first room that was never opened.
    pub(super) next_room: u64,
}

impl Logbook {
    /// Begins one; what was there before goes on.
    ///
    /// # Errors
    ///
    /// The directory cannot be made or used.
    pub(super) fn open(
        plan: &Logging,
        shard: usize,
        settings: &Settings,
    ) -> io::Result<(Self, Kept)> {
        let directory = plan.directory.join(format!("shard-{shard}"));
        fs::create_dir_all(&directory)?;
        let disk = AnyDisk::File(FileDisk::open(Path::new(&directory))?);
        let (journal, recovered) = Journal::open(disk, settings, plan.options, 0)
            .map_err(|error| io::Error::other(error.to_string()))?;
        let (finished, handed) = (plan.finished.clone(), None);
        let &Logging { report_every, commits_max, .. } = plan;
        let (matches, disk_bytes_max) = (0, 0);
        let mut logbook =
            Self { journal, finished, handed, report_every, commits_max, matches, disk_bytes_max };
        let mut kept = Kept::default();
        if let Finished::Archived(archiving) = &plan.finished {
            logbook.handed = Some(hand(archiving, &plan.directory, &directory)?);
            kept = Kept { rooms: recovered.rooms, next_room: recovered.next_room };
        }
        Ok((logbook, kept))
    }

    /// Whether no new room is to be opened for now: so many matches wait for the archive.
    pub(super) fn is_behind(&self) -> bool {
        self.handed.is_some() && self.journal.finished().len() > WAITING_MAX
    }

    /// Answers what the archive has asked; waits for a question if it is to.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn hand_over(&mut self, waits: bool) -> io::Result<()> {
        let Some(handed) = &self.handed else { return Ok(()) };
        handed.answer(&mut self.journal, waits)
    }

    /// Waits until everything is archived.
    ///
    /// # Errors
    ///
    /// It cannot be.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        let Some(handed) = self.handed.take() else { return Ok(()) };
        let told = handed.finish(&mut self.journal)?.unwrap_or_default();
        match self.journal.finished().len() {
            0 => Ok(()),
            left => Err(io::Error::other(format!("{left} matches were not archived: {told}"))),
        }
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
            if matches!(self.finished, Finished::Forgotten) {
                self.journal.forget(*game);
            }
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

/// Starts the archive of `data`, which reads matches out of `journal`.
fn hand(archiving: &Archiving, data: &Path, journal: &Path) -> io::Result<Handed> {
    let disk = AnyDisk::File(FileDisk::read_only(journal)?);
    Handed::start(archiving, |line, questions, stopped| Means {
        data,
        disk,
        journal: Some(journal),
        line,
        questions,
        stopped,
        insists: false,
        note: Arc::new(|_, _| {}),
    })
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
