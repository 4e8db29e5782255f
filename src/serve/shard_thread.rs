//! One shard on its thread: waits until there is something to do, ticks, hands over. A tick that
//! panics costs the shard its world, which is built anew from the journal.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use components::{Durable, Frame, Inbound, Refusal, Release, TickBatch};
use crossbeam_channel::{Receiver, Select, Sender, bounded};
use tokio::sync::mpsc;

use super::End;
use super::journal_thread::{Rebuild, ToJournal};
use crate::Shard;
use crate::clock::{LogicalClock, wall_ms};

/// So many rebuilds within [`REBUILDS_TIME`] end the process: what is broken stays broken.
const REBUILDS_MAX: usize = 3;

/// See [`REBUILDS_MAX`].
const REBUILDS_TIME: Duration = Duration::from_secs(60);

/// When the shards of this process were rebuilt.
#[derive(Debug, Default, Clone)]
pub(super) struct Rebuilds(Arc<Mutex<VecDeque<Instant>>>);

impl Rebuilds {
    /// Notes one more. `false` where there were too many lately.
    fn allow(&self) -> bool {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        times.retain(|at| now.duration_since(*at) < REBUILDS_TIME);
        times.push_back(now);
        times.len() < REBUILDS_MAX
    }
}

/// Where a shard's batches go.
pub(super) enum Outlet {
    /// Nothing is kept: to the network at once.
    Network(mpsc::Sender<Release>),
    /// To be written first.
    Journal {
        /// The journal thread's.
        inbox: Sender<ToJournal>,
        /// Buffers that come back.
        used: Receiver<Durable>,
    },
}

/// A shard and what its thread needs.
pub(super) struct ShardThread {
    pub(super) shard: Shard,
    /// Which one it is.
    pub(super) number: usize,
    /// Of how many.
    pub(super) threads: usize,
    /// Ticks per second; 0 ticks when there is something to do.
    pub(super) tick_hz: u32,
    pub(super) outlet: Outlet,
    /// Disconnects when the server stops.
    pub(super) stopped: Receiver<()>,
    /// The server's own rooms, to open first.
    pub(super) openings: Vec<Inbound>,
    pub(super) rebuilds: Rebuilds,
}

/// Why a shard thread ends.
enum Ended {
    /// Nobody takes what the shard emits: the server is stopping.
    Gone,
    /// Its world broke and cannot be built anew.
    Broken,
}

impl ShardThread {
    /// Ticks until the server stops.
    ///
    /// # Errors
    ///
    /// Its world broke too often.
    pub(super) fn run(mut self) -> Result<(), End> {
        let mut clock = LogicalClock::start();
        let ended = self.run_until_gone(&mut clock);
        let stats = self.shard.stats();
        let (shard, actions, matches) = (self.number, stats.settled, stats.finished);
        tracing::info!(shard, actions, matches, ticks = stats.ticks, "the shard ends");
        match ended {
            Ok(()) | Err(Ended::Gone) => Ok(()),
            Err(Ended::Broken) => Err(End::ShardDied),
        }
    }

    fn run_until_gone(&mut self, clock: &mut LogicalClock) -> Result<(), Ended> {
        for opening in std::mem::take(&mut self.openings) {
            let mut opening = Some(opening);
            while let Some(refused) = opening.and_then(|asked| self.shard.push_control(asked).err())
            {
                opening = Some(refused);
                self.tick(clock)?;
            }
        }
        let lanes = self.shard.receivers();
        let period = (self.tick_hz > 0).then(|| Duration::from_secs(1) / self.tick_hz);
        let mut next_tick = Instant::now();
        loop {
            let goes_on = match period {
                Some(period) => {
                    next_tick = (next_tick + period).max(Instant::now());
                    self.sleep_until(next_tick)
                }
                None => self.wait(&lanes, clock),
            };
            if !goes_on {
                return Ok(());
            }
            self.tick(clock)?;
        }
    }

    /// One tick, and what it emits.
    fn tick(&mut self, clock: &mut LogicalClock) -> Result<(), Ended> {
        let now_ms = clock.now_ms(self.shard.next_deadline_ms());
        let shard = &mut self.shard;
        // What a panic spoilt is thrown away whole.
        let ticked = catch_unwind(AssertUnwindSafe(|| shard.tick(now_ms, wall_ms())));
        if let Err(panic) = ticked {
            self.rebuild(&*panic)?;
        }
        let batches: Vec<_> = self.shard.drain().collect();
        for batch in batches {
            self.emit(batch)?;
        }
        Ok(())
    }

    fn emit(&mut self, batch: TickBatch) -> Result<(), Ended> {
        match &self.outlet {
            Outlet::Network(outbound) => {
                outbound.blocking_send(batch.release).map_err(|_| Ended::Gone)?;
                self.shard.recycle(batch.durable);
            }
            Outlet::Journal { inbox, used } => {
                let shard = self.number;
                inbox.send(ToJournal::Batch { shard, batch }).map_err(|_| Ended::Gone)?;
                for durable in used.try_iter() {
                    self.shard.recycle(durable);
                }
            }
        }
        Ok(())
    }

    /// Builds the world anew from what is journaled; connections stay. Those whose requests went
    /// with the old one are told.
    fn rebuild(&mut self, panic: &(dyn Any + Send)) -> Result<(), Ended> {
        let now_ms = self.shard.now_ms();
        let reason = reason_of(panic);
        tracing::error!(shard = self.number, reason, "a tick panicked: rebuilding the shard");
        let Outlet::Journal { inbox, .. } = &self.outlet else {
            tracing::error!("nothing is kept to rebuild it from: journal.durability is none");
            return Err(Ended::Broken);
        };
        if !self.rebuilds.allow() {
            tracing::error!("too many rebuilds within a minute");
            return Err(Ended::Broken);
        }
        let (reply, states) = bounded(1);
        let (shard, threads) = (self.number, self.threads);
        let wanted = Rebuild { shard, threads, now_ms, reply };
        inbox.send(ToJournal::Rebuild(wanted)).map_err(|_| Ended::Gone)?;
        let states = states.recv().map_err(|_| Ended::Gone)?;
        let lost = self.shard.rebuild(now_ms, &states);
        let mut release = Release::default();
        for (session, request, room) in lost {
            let refusal = Refusal::Internal(room);
            release.frames.push(Frame::Refused { session, request, room, refusal });
        }
        tracing::info!(shard, rooms = states.len(), "the shard is rebuilt");
        self.emit(TickBatch { release, ..TickBatch::default() })
    }

    /// Waits for a message or a deadline. `false` when the server stops.
    fn wait(&self, lanes: &[Receiver<Inbound>; 2], clock: &LogicalClock) -> bool {
        let mut select = Select::new();
        let stop = select.recv(&self.stopped);
        for lane in lanes {
            select.recv(lane);
        }
        let ready = match self.shard.next_due_ms() {
            Some(due_ms) => select.ready_timeout(clock.until(due_ms)).ok(),
            None => Some(select.ready()),
        };
        ready != Some(stop)
    }

    fn sleep_until(&self, at: Instant) -> bool {
        use crossbeam_channel::RecvTimeoutError;
        self.stopped.recv_deadline(at) == Err(RecvTimeoutError::Timeout)
    }
}

fn reason_of(panic: &(dyn Any + Send)) -> &str {
    let formatted = panic.downcast_ref::<String>().map(String::as_str);
    formatted.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given")
}
