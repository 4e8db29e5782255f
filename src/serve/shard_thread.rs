//! One shard on its thread: waits until there is something to do, ticks, releases.

use std::time::{Duration, Instant};

use components::Inbound;
use crossbeam_channel::{Receiver, Select};

use super::Outbound;
use crate::Shard;
use crate::clock::{LogicalClock, wall_ms};

/// A shard and what its thread needs.
pub(super) struct ShardThread {
    pub(super) shard: Shard,
    /// Ticks per second; 0 ticks when there is something to do.
    pub(super) tick_hz: u32,
    pub(super) outbound: Outbound,
    /// Disconnects when the server stops.
    pub(super) stopped: Receiver<()>,
    /// The server's own rooms, to open first.
    pub(super) openings: Vec<Inbound>,
}

impl ShardThread {
    /// Ticks until the server stops.
    pub(super) fn run(mut self) {
        let mut clock = LogicalClock::start();
        for opening in std::mem::take(&mut self.openings) {
            let mut opening = Some(opening);
            while let Some(refused) = opening.and_then(|asked| self.shard.push_control(asked).err())
            {
                opening = Some(refused);
                if !self.tick(&mut clock) {
                    return;
                }
            }
        }
        let lanes = self.shard.receivers();
        let period = (self.tick_hz > 0).then(|| Duration::from_secs(1) / self.tick_hz);
        let mut next_tick = Instant::now();
        loop {
            match period {
                Some(period) => {
                    next_tick = (next_tick + period).max(Instant::now());
                    if !self.sleep_until(next_tick) {
                        return;
                    }
                }
                None if !self.wait(&lanes, &clock) => return,
                None => {}
            }
            if !self.tick(&mut clock) {
                return;
            }
        }
    }

    /// One tick. `false` once nobody takes what it emits.
    fn tick(&mut self, clock: &mut LogicalClock) -> bool {
        let now_ms = clock.now_ms(self.shard.next_deadline_ms());
        self.shard.tick(now_ms, wall_ms());
        let batches: Vec<_> = self.shard.drain().collect();
        for batch in batches {
            if self.outbound.blocking_send(batch.release).is_err() {
                return false;
            }
            self.shard.recycle(batch.durable);
        }
        true
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
