//! The journal on its thread: what the shards settled is written, and only then shown.

use std::sync::Arc;
use std::time::{Duration, Instant};

use components::{Durable, Fault, Faults, Release, RoomId, RoomState, TickBatch};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, never, select};
use journal::{AnyDisk, Journal, WriteError};
use tokio::sync::mpsc;

use super::End;
use super::health::Health;
use super::letters::Letters;
use crate::archiving::{Answer, HandOver};
use crate::clock::wall_ms;

/// Commits of one drain: one write of about this many times 200 bytes, so that the first of them
/// does not wait long for the last.
const DRAIN_COMMITS_MAX: usize = 4_096;

/// Batches of one drain, with or without commits.
const DRAIN_BATCHES_MAX: usize = 256;

/// Between two attempts to write to a full disk.
const FULL_PAUSE: Duration = Duration::from_millis(100);

/// Between two attempts to set space aside again.
const ROOM_PAUSE: Duration = Duration::from_secs(1);

/// How long a stopping server waits for space.
const FULL_STOP: Duration = Duration::from_secs(2);

/// What a shard thread hands over.
pub(super) enum ToJournal {
    /// What one tick emitted.
    Batch {
        /// The shard thread's number.
        shard: usize,
        /// All of it.
        batch: TickBatch,
    },
    /// A shard's world is lost: its rooms are wanted back.
    Rebuild(Rebuild),
    /// The archive has asked something.
    Asked,
}

/// A shard that starts anew.
pub(super) struct Rebuild {
    /// The shard thread's number.
    pub(super) shard: usize,
    /// Of how many.
    pub(super) threads: usize,
    /// The logical time at which its clocks start again, in ms.
    pub(super) now_ms: u64,
    /// Where its rooms go.
    pub(super) reply: Sender<Vec<(RoomId, RoomState)>>,
}

/// The journal and what its thread needs.
pub(super) struct JournalThread {
    pub(super) journal: Journal<AnyDisk>,
    pub(super) inbox: Receiver<ToJournal>,
    /// What the archive asks: beside the inbox, since it is answered also while nothing else is.
    pub(super) asked: Receiver<HandOver>,
    pub(super) outbound: mpsc::Sender<Release>,
    /// Each shard's buffers go back to it.
    pub(super) used: Vec<Sender<Durable>>,
    pub(super) letters: Letters,
    pub(super) health: Arc<Health>,
    /// Disconnects when the server stops.
    pub(super) stopped: Receiver<()>,
    pub(super) faults: Faults,
}

impl JournalThread {
    /// Writes and releases until all shards are gone.
    ///
    /// # Errors
    ///
    /// A write or a sync failed for good.
    pub(super) fn run(mut self) -> Result<(), End> {
        let mut drained: Vec<(usize, TickBatch)> = Vec::new();
        let mut answers = Vec::new();
        while let Some(first) = self.next()? {
            if self.faults.has(Fault::ReleaseBeforeWrite) {
                // What was shown is written when there is more to write.
                self.write().or_else(|error| self.fail(&error))?;
            }
            let rebuild = self.drain(first, &mut drained, &mut answers);
            if !self.faults.has(Fault::ReleaseBeforeWrite) {
                self.write().or_else(|error| self.fail(&error))?;
            }
            self.release(&mut drained);
            answers.drain(..).for_each(Answer::give);
            if let Some(rebuild) = rebuild {
                self.rebuild(&rebuild)?;
            }
        }
        let stats = self.journal.stats();
        let bytes = stats.event_bytes + stats.state_bytes;
        let (commits, syncs) = (stats.commits, stats.syncs);
        tracing::info!(commits, bytes, flushes = stats.flushes, syncs, "the journal ends");
        Ok(())
    }

    /// What comes next, once there is room for it; `None` when all shards are gone.
    fn next(&mut self) -> Result<Option<ToJournal>, End> {
        if self.journal.is_tight() {
            self.wait_for_room()?;
        }
        Ok(self.inbox.recv().ok())
    }

    /// Answers the archive and operators and nobody else, until it or somebody else has given room back: what the
    /// disk still takes is for that. A server that stops writes what it has.
    fn wait_for_room(&mut self) -> Result<(), End> {
        let mut try_at = Instant::now();
        loop {
            if try_at <= Instant::now() {
                if self.journal.reclaim() {
                    self.health.storage_works();
                    return Ok(());
                }
                try_at = Instant::now() + ROOM_PAUSE;
            }
            let asked = select! {
                recv(self.asked) -> asked => Some(asked),
                recv(self.stopped) -> _ => return Ok(()),
                default(ROOM_PAUSE) => None,
            };
            let answer = match asked {
                Some(Ok(asked)) => asked.perform(&mut self.journal),
                Some(Err(_)) => {
                    self.asked = never();
                    None
                }
                None => None,
            };
            self.write().or_else(|error| self.fail(&error))?;
            answer.into_iter().for_each(Answer::give);
        }
    }

    /// Takes in what waits, up to a limit; a rebuild ends it, since it is about all before it.
    fn drain(
        &mut self,
        first: ToJournal,
        drained: &mut Vec<(usize, TickBatch)>,
        answers: &mut Vec<Answer>,
    ) -> Option<Rebuild> {
        // With a full inbox there is no room for a word about it.
        self.perform_asked(answers);
        let (mut next, mut commits) = (Some(first), 0);
        while let Some(message) = next {
            match message {
                ToJournal::Rebuild(rebuild) => return Some(rebuild),
                ToJournal::Asked => self.perform_asked(answers),
                ToJournal::Batch { shard, batch } => {
                    commits += batch.durable.commits.len();
                    self.journal.record(&batch.durable);
                    drained.push((shard, batch));
                }
            }
            let is_full = commits >= DRAIN_COMMITS_MAX || drained.len() >= DRAIN_BATCHES_MAX;
            next = if is_full { None } else { self.inbox.try_recv().ok() };
        }
        None
    }

    /// Does what the archive and operators asked for.
    fn perform_asked(&mut self, answers: &mut Vec<Answer>) {
        let asked = self.asked.try_iter().filter_map(|asked| asked.perform(&mut self.journal));
        answers.extend(asked);
    }

    /// Writes what was recorded; waits for space where there is none.
    fn write(&mut self) -> Result<(), WriteError> {
        let mut stopping: Option<Instant> = None;
        loop {
            match self.journal.flush(wall_ms()) {
                Ok(()) => {
                    if self.journal.is_tight() {
                        self.health.storage_full(&"what is left is for giving space back");
                    } else {
                        self.health.storage_works();
                    }
                    return Ok(());
                }
                Err(WriteError::Full(error)) => {
                    self.health.storage_full(&error);
                    match self.stopped.recv_timeout(FULL_PAUSE) {
                        Err(RecvTimeoutError::Timeout) => {}
                        Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                            let since = *stopping.get_or_insert_with(Instant::now);
                            if since.elapsed() >= FULL_STOP {
                                return Err(WriteError::Full(error));
                            }
                            std::thread::sleep(FULL_PAUSE);
                        }
                    }
                }
                Err(error @ WriteError::Failed(_)) => return Err(error),
            }
        }
    }

    /// Shows what is written, in order.
    fn release(&mut self, drained: &mut Vec<(usize, TickBatch)>) {
        for (shard, batch) in drained.drain(..) {
            let TickBatch { durable, release, dead_letters } = batch;
            if !dead_letters.is_empty() {
                self.letters.keep(&dead_letters, wall_ms());
            }
            // Once the network is gone, what is left is only written.
            if !release.frames.is_empty() {
                _ = self.outbound.blocking_send(release);
            }
            // A shard that has buffers enough lets these go.
            _ = self.used[shard].try_send(durable);
        }
    }

    /// Gives a shard its rooms as of their last commit.
    fn rebuild(&mut self, rebuild: &Rebuild) -> Result<(), End> {
        let mine = |room: &RoomId| room.thread(rebuild.threads) == rebuild.shard;
        let rooms: Vec<RoomId> = self.journal.live().filter(mine).collect();
        let mut states = Vec::with_capacity(rooms.len());
        for room in rooms {
            match self.journal.read_room(room) {
                Ok(Some(state)) => states.push((room, state)),
                Ok(None) => {}
                Err(error) => return self.fail(&error),
            }
            self.journal.rearm(room, rebuild.now_ms);
        }
        // A shard that did not wait for it is gone.
        _ = rebuild.reply.send(states);
        Ok(())
    }

    fn fail(&self, error: &dyn std::error::Error) -> Result<(), End> {
        tracing::error!(%error, "the journal cannot be written: nothing is shown any more");
        self.health.storage_failed(error);
        Err(End::StorageFailed)
    }
}
