//! One life of the server: what its threads hold, stepped by hand.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use components::{Fault, Faults, Frame, Refusal, Release, RoomId, RoomState, Settings, TickBatch};
use journal::{Journal, OpenError, Options, SimDisk, WriteError};
use net::{Exchange, Key, Lanes, NetSettings, NotReady, TokenKeys};

use super::Checked;
use super::book::Book;
use super::chance::Chance;
use super::person::At;
use crate::serve::recovery;
use crate::{LaneSizes, Shard};

/// Batches between the shards and the journal: a full queue holds the ticks up.
const QUEUE_MAX: usize = 6;

/// A server that runs.
pub(super) struct Process {
    shards: Vec<Shard>,
    pub(super) journal: Journal<SimDisk>,
    pub(super) exchange: Exchange,
    /// From the shards to the journal.
    queue: VecDeque<(usize, TickBatch)>,
    /// What the journal has taken and could not write yet.
    drained: Vec<(usize, TickBatch)>,
    /// From the journal to the outside.
    released: VecDeque<Release>,
    is_full: Arc<AtomicBool>,
    faults: Faults,
    /// When it began, in ms of the world's time.
    born_ms: u64,
}

/// How a process begins.
pub(super) struct Birth<'a> {
    pub(super) disk: SimDisk,
    pub(super) settings: &'a Settings,
    pub(super) options: Options,
    pub(super) shards: usize,
    pub(super) faults: Faults,
    pub(super) now_ms: u64,
    pub(super) wall_ms: u64,
}

/// What a write came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrote {
    /// All that it took is written.
    Done,
    /// There is no room now.
    Full,
    /// The process must end.
    Failed,
}

impl Process {
    /// Starts from what the disk has.
    pub(super) fn start(
        birth: Birth<'_>,
        chance: &mut Chance,
    ) -> Result<(Self, journal::Recovered), OpenError> {
        let Birth { disk, settings, options, shards, faults, now_ms, wall_ms } = birth;
        let (journal, recovered) = Journal::open(disk, settings, options, wall_ms)?;
        let lanes = LaneSizes { requests: 32, control: 4 };
        let mut shards: Vec<Shard> = (0..shards)
            .map(|_| {
                let mut shard = Shard::new(settings.clone(), lanes, Default::default());
                shard.plant(faults);
                shard
            })
            .collect();
        let seats = recovery::recover(&recovered.rooms, &mut shards, settings);
        let lanes = Lanes {
            requests: shards.iter().map(Shard::requests).collect(),
            control: shards.iter().map(Shard::control).collect(),
        };
        let is_full = Arc::new(AtomicBool::new(false));
        let full = Arc::clone(&is_full);
        let ready = Arc::new(move || {
            let is_full = full.load(Ordering::Relaxed);
            if is_full { Err(NotReady::Storage("the disk is full".to_owned())) } else { Ok(()) }
        });
        let net = NetSettings { rooms_max: 6, send_queue: 12, faults, ..NetSettings::default() };
        let keys = TokenKeys { current: Key::new([7; 32]), previous: None };
        let mut random = chance.fork();
        let fill = move |bytes: &mut [u8]| bytes.fill_with(|| random.next() as u8);
        let exchange = Exchange::new(net, lanes, recovered.next_room, keys, seats, ready, fill)
            .map_err(|what| OpenError::Io(std::io::Error::other(what)))?;
        let process = Self {
            shards,
            journal,
            exchange,
            queue: VecDeque::new(),
            drained: Vec::new(),
            released: VecDeque::new(),
            is_full,
            faults,
            born_ms: now_ms,
        };
        Ok((process, recovered))
    }

    /// The moment as this process counts it.
    pub(super) const fn at(&self, now_ms: u64, wall_ms: u64) -> At {
        At { now_ms: now_ms - self.born_ms, wall_ms }
    }

    pub(super) const fn shards(&self) -> usize {
        self.shards.len()
    }

    /// Ticks a shard, if the queue takes what it says.
    pub(super) fn tick(&mut self, number: usize, at: At) -> Checked {
        if self.queue.len() >= QUEUE_MAX {
            return Ok(());
        }
        let shard = &mut self.shards[number];
        shard.tick(at.now_ms, at.wall_ms);
        for batch in shard.drain() {
            if let Some(letter) = batch.dead_letters.first() {
                return Err(format!("the rules panicked: {letter:?}"));
            }
            self.queue.push_back((number, batch));
        }
        Ok(())
    }

    /// Whether a shard has something to do now.
    pub(super) fn is_due(&self, number: usize, at: At) -> bool {
        self.shards[number].next_due_ms().is_some_and(|due_ms| due_ms <= at.now_ms)
    }

    /// When the next shard has something to do, in ms of the world's time.
    pub(super) fn next_due_ms(&self) -> Option<u64> {
        self.shards.iter().filter_map(Shard::next_due_ms).min().map(|due_ms| due_ms + self.born_ms)
    }

    /// The journal takes up to `count` batches and writes them, as its thread does.
    pub(super) fn write(&mut self, count: usize, at: At, book: &mut Book) -> Checked<Wrote> {
        if self.drained.is_empty() {
            let count = count.min(self.queue.len());
            for (shard, batch) in self.queue.drain(..count) {
                self.journal.record(&batch.durable);
                book.settled(&batch.durable)?;
                self.drained.push((shard, batch));
            }
            if self.drained.is_empty() {
                return Ok(Wrote::Done);
            }
            if self.faults.has(Fault::ReleaseBeforeWrite) {
                self.hand_over();
                // The network is as fast as the disk.
                while self.release(at, book)? {}
            }
        }
        match self.journal.flush(at.wall_ms) {
            Ok(()) => {
                // What was set aside is set aside again once there is room.
                self.journal.reclaim();
                self.is_full.store(self.journal.is_tight(), Ordering::Relaxed);
                book.written();
                self.hand_over();
                Ok(Wrote::Done)
            }
            Err(WriteError::Full(_)) => {
                self.is_full.store(true, Ordering::Relaxed);
                Ok(Wrote::Full)
            }
            Err(WriteError::Failed(_)) => Ok(Wrote::Failed),
        }
    }

    fn hand_over(&mut self) {
        for (shard, batch) in self.drained.drain(..) {
            if !batch.release.frames.is_empty() {
                self.released.push_back(batch.release);
            }
            self.shards[shard].recycle(batch.durable);
        }
    }

    /// The outside is told of one batch; false if there is none.
    pub(super) fn release(&mut self, at: At, book: &mut Book) -> Checked<bool> {
        let Some(release) = self.released.pop_front() else { return Ok(false) };
        book.told(&release)?;
        self.exchange.release(&release, at.now_ms);
        Ok(true)
    }

    /// Whether nothing is under way from lanes to the outside.
    pub(super) fn is_quiet(&self, at: At) -> bool {
        self.queue.is_empty()
            && self.drained.is_empty()
            && self.released.is_empty()
            && (0..self.shards.len()).all(|number| !self.is_due(number, at))
    }

    /// Whether the disk has no room for what waits.
    pub(super) fn is_stuck(&self) -> bool {
        !self.drained.is_empty()
    }

    /// A shard breaks and is built anew from what is written, which is everything.
    pub(super) fn rebuild(&mut self, number: usize, at: At) -> Checked {
        let threads = self.shards.len();
        let mine = |room: &RoomId| room.thread(threads) == number;
        let mut rooms: Vec<RoomId> = self.journal.live().filter(mine).collect();
        rooms.sort_unstable();
        let mut states: Vec<(RoomId, RoomState)> = Vec::new();
        for room in rooms {
            let state = self.journal.read_room(room).map_err(|error| error.to_string())?;
            states.extend(state.map(|state| (room, state)));
            self.journal.rearm(room, at.now_ms);
        }
        let lost = self.shards[number].rebuild(at.now_ms, &states);
        let mut release = Release::default();
        for (session, request, room) in lost {
            let refusal = Refusal::Internal(room);
            release.frames.push(Frame::Refused { session, request, room, refusal });
        }
        if !release.frames.is_empty() {
            self.queue.push_back((number, TickBatch { release, ..TickBatch::default() }));
        }
        Ok(())
    }

    /// The room as it is in its shard now.
    pub(super) fn room(&mut self, room: RoomId) -> Option<RoomState> {
        let threads = self.shards.len();
        self.shards[room.thread(threads)].room(room)
    }
}
