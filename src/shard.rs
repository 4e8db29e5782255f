//! A shard: a world, its tick and its two lanes, as a value that threads, tests and benchmarks
//! step.

#[cfg(feature = "faults")]
mod planted;
mod rebuild;

use std::collections::VecDeque;

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::ScheduleBuildSettings;
use components::{
    Durable, Fault, Faults, Inbound, RoomId, RoomState, Settings, TickBatch, TickClock,
};
use crossbeam_channel::{Receiver, Sender, bounded};
use systems::{InboundQueue, RoomIndex, TickStats, Timers};

/// How large a shard's lanes are: messages that may wait for the next tick.
#[derive(Debug, Clone, Copy)]
pub struct LaneSizes {
    /// Requests; when full, clients are told `busy`.
    pub requests: usize,
    /// Control messages; when full, `net` keeps them and tries again.
    pub control: usize,
}

impl Default for LaneSizes {
    fn default() -> Self {
        Self { requests: 8192, control: 8192 }
    }
}

/// The rooms of some virtual shards, and the tick that moves them.
pub struct Shard {
    world: World,
    schedule: Schedule,
    requests: Sender<Inbound>,
    control: Sender<Inbound>,
    outbox: VecDeque<TickBatch>,
    order: ScheduleBuildSettings,
    faults: Faults,
}

impl Shard {
    /// An empty shard. `order` is for tests, which shuffle what the schedule leaves open.
    #[must_use]
    pub fn new(settings: Settings, lanes: LaneSizes, order: ScheduleBuildSettings) -> Self {
        let (requests, requests_rx) = bounded(lanes.requests);
        let (control, control_rx) = bounded(lanes.control);
        let inbound = InboundQueue { control: control_rx, requests: requests_rx };
        let (world, schedule) = build(settings, inbound, order.clone());
        let (outbox, faults) = (VecDeque::new(), Faults::NONE);
        Self { world, schedule, requests, control, outbox, order, faults }
    }

    /// Where clients' requests go in.
    #[must_use]
    pub fn requests(&self) -> Sender<Inbound> {
        self.requests.clone()
    }

    /// Where control messages go in.
    #[must_use]
    pub fn control(&self) -> Sender<Inbound> {
        self.control.clone()
    }

    /// The tick's ends of both lanes, control first: to wait for, not to take from.
    #[must_use]
    pub fn receivers(&self) -> [Receiver<Inbound>; 2] {
        let inbound = self.world.resource::<InboundQueue>();
        [inbound.control.clone(), inbound.requests.clone()]
    }

    /// Queues a request.
    ///
    /// # Errors
    ///
    /// Gives it back when the lane is full.
    pub fn push(&self, request: Inbound) -> Result<(), Inbound> {
        self.requests.try_send(request).map_err(|full| full.into_inner())
    }

    /// Queues a control message.
    ///
    /// # Errors
    ///
    /// Gives it back when the lane is full.
    pub fn push_control(&self, message: Inbound) -> Result<(), Inbound> {
        self.control.try_send(message).map_err(|full| full.into_inner())
    }

    /// Runs one tick at a logical time, which never runs backwards, and a wall clock, both in ms.
    pub fn tick(&mut self, now_ms: u64, wall_ms: u64) {
        let mut clock = self.world.resource_mut::<TickClock>();
        clock.tick += 1;
        clock.now_ms = clock.now_ms.max(now_ms);
        clock.wall_ms = wall_ms;
        self.world.resource_mut::<TickStats>().ticks += 1;
        self.schedule.run(&mut self.world);
        // Else the world remembers every entity that was ever despawned.
        self.world.clear_trackers();
        let mut batch = self.world.resource_mut::<TickBatch>();
        if !batch.is_empty() {
            self.outbox.push_back(std::mem::take(&mut *batch));
        }
    }

    /// What the ticks so far emitted, in order.
    pub fn drain(&mut self) -> impl Iterator<Item = TickBatch> + use<'_> {
        self.outbox.drain(..)
    }

    /// Takes back the durable half of a batch whose work is done, for its buffers.
    pub fn recycle(&mut self, durable: Durable) {
        systems::recycle(&mut self.world, durable);
    }

    /// The time of the world, in ms: of its newest tick, also of one that broke, and of a world
    /// built anew after it.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.world.resource::<TickClock>().now_ms
    }

    /// When to tick again if nobody asks for anything: at once while actions wait. At times it is
    /// up to 63 ms early, or more for a time far away; such a tick does nothing.
    #[must_use]
    pub fn next_due_ms(&self) -> Option<u64> {
        if self.world.resource::<TickStats>().waiting > 0 || self.has_mail() {
            return Some(self.now_ms());
        }
        self.next_deadline_ms()
    }

    /// When the first room's deadline is; early as [`Self::next_due_ms`] may be.
    #[must_use]
    pub fn next_deadline_ms(&self) -> Option<u64> {
        self.world.resource::<Timers>().0.next_due()
    }

    /// Whether a message waits in a lane.
    #[must_use]
    pub fn has_mail(&self) -> bool {
        let inbound = self.world.resource::<InboundQueue>();
        !inbound.control.is_empty() || !inbound.requests.is_empty()
    }

    /// Puts a room to where `state` says, in place of whatever is there.
    pub fn restore(&mut self, room: RoomId, state: &RoomState) {
        systems::restore_room(&mut self.world, room, state);
    }

    /// Brings a room back after a restart: as [`Self::restore`], but nobody who was cut off by it
    /// pays for it ([`rules::rearm`]). Its clocks run from the newest tick's time on.
    pub fn recover(&mut self, room: RoomId, state: &RoomState) {
        let mut state = state.clone();
        let grace_ms = self.world.resource::<Settings>().rooms.recovery_grace_ms;
        if !self.faults.has(Fault::GraceForgotten) {
            rules::rearm(&mut state, grace_ms);
        }
        self.restore(room, &state);
    }

    /// Plants failures, in builds that can have any.
    pub fn plant(&mut self, faults: Faults) {
        self.faults = faults;
        #[cfg(feature = "faults")]
        self.plant_panics();
    }

    /// A live room as a value, with the time left as of the last tick.
    #[must_use]
    pub fn room(&mut self, room: RoomId) -> Option<RoomState> {
        systems::read_room(&mut self.world, room)
    }

    /// How many rooms live here.
    #[must_use]
    pub fn rooms(&self) -> usize {
        self.world.resource::<RoomIndex>().len()
    }

    /// What the ticks did so far.
    #[must_use]
    pub fn stats(&self) -> TickStats {
        *self.world.resource::<TickStats>()
    }

    /// Adds systems of a test's own to the tick.
    pub fn extend(&mut self, add: impl FnOnce(&mut Schedule)) {
        add(&mut self.schedule);
    }
}

/// An empty world, and its tick.
fn build(
    settings: Settings,
    inbound: InboundQueue,
    order: ScheduleBuildSettings,
) -> (World, Schedule) {
    let mut world = World::new();
    systems::insert_resources(&mut world, settings, inbound);
    (world, systems::tick_schedule(order))
}

#[cfg(test)]
mod tests {
    use components::{Ask, Cause, QueuedAction, SessionId};

    use super::*;

    #[test]
    fn actions_of_ticks_gone_by_leave_nothing_behind() {
        let mut shard = Shard::new(Settings::default(), Default::default(), Default::default());
        for now_ms in 0..10 {
            let (room, cause) = (RoomId(1), Cause::Connection(SessionId(1)));
            shard.push(Inbound { room, cause, ask: Ask::Look }).expect("space in the lane");
            shard.tick(now_ms, 0);
            assert_eq!(shard.world.removed::<QueuedAction>().count(), 0);
            assert_eq!(shard.world.query::<&QueuedAction>().iter(&shard.world).count(), 0);
        }
    }
}
