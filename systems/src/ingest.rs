//! [`Ingest`](crate::TickSystems::Ingest): due rooms and clients' messages become queued actions.

use std::iter;

use bevy_ecs::prelude::*;
use components::{Admission, Ask, Cause, Inbound, Outcome, QueuedAction, TickClock};

use crate::{InboundQueue, TickStats, Timers, Touched};

/// At most this many of each kind enter the world in one tick, so that a tick stays short; the
/// others wait where they are.
const QUEUED_PER_TICK_MAX: usize = 4096;

/// While this many actions wait for their rooms, no more requests are taken in: the lane fills,
/// and `net` answers `busy`.
const WAITING_MAX: u64 = 65_536;

/// The order of arrival, for the total order of actions.
#[derive(Resource, Debug, Default, Clone, Copy)]
pub(crate) struct Sequence {
    newest: u64,
    /// The newest before this tick.
    before: u64,
}

type Queued = (QueuedAction, Admission, Outcome);

impl Sequence {
    fn queue(&mut self, Inbound { room, cause, ask }: Inbound) -> Queued {
        self.newest += 1;
        let queued = QueuedAction { sequence: self.newest, room, cause, ask };
        (queued, Admission::default(), Outcome::default())
    }

    /// Whether it came in a tick before this one.
    pub(crate) const fn is_old(&self, sequence: u64) -> bool {
        sequence <= self.before
    }
}

/// What the world still holds of those who asked, in order of arrival, when a tick broke: also what
/// that tick settled, since nobody was told.
#[must_use]
pub fn unanswered(world: &mut World) -> Vec<Inbound> {
    let mut queued: Vec<&QueuedAction> = world.query::<&QueuedAction>().iter(world).collect();
    queued.sort_unstable_by_key(|queued| queued.sequence);
    queued.retain(|queued| queued.ask != Ask::Wake);
    let inbound = |queued: &QueuedAction| {
        let QueuedAction { room, cause, ask, .. } = queued;
        Inbound { room: *room, cause: *cause, ask: ask.clone() }
    };
    queued.into_iter().map(inbound).collect()
}

/// Queues what was asked of a world that is gone, before what waits in the lanes.
pub fn requeue(world: &mut World, asked: Vec<Inbound>) {
    for inbound in asked {
        let queued = world.resource_mut::<Sequence>().queue(inbound);
        world.spawn(queued);
    }
}

/// Rooms whose time has come are woken: Resolve asks the rules what happens by itself.
pub(crate) fn wake_rooms(
    clock: Res<TickClock>,
    mut timers: ResMut<Timers>,
    mut touched: ResMut<Touched>,
    mut sequence: ResMut<Sequence>,
    mut commands: Commands,
) {
    touched.rooms.clear();
    touched.panicked.clear();
    sequence.before = sequence.newest;
    let woken: Vec<_> = iter::from_fn(|| timers.0.pop_due(clock.now_ms))
        .take(QUEUED_PER_TICK_MAX)
        .map(|room| sequence.queue(Inbound { room, cause: Cause::Timer, ask: Ask::Wake }))
        .collect();
    if !woken.is_empty() {
        commands.spawn_batch(woken);
    }
}

/// The control lane is emptied first: what it says is already true. What is taken from a lane is in
/// the world at once, and not in a command that a panic elsewhere could still drop.
pub(crate) fn receive_asks(world: &mut World) {
    let waiting = world.resource::<TickStats>().waiting;
    let requests_max = if waiting < WAITING_MAX { QUEUED_PER_TICK_MAX } else { 0 };
    let mut sequence = *world.resource::<Sequence>();
    let inbound = world.resource::<InboundQueue>();
    let control = inbound.control.try_iter().take(QUEUED_PER_TICK_MAX);
    let requests = inbound.requests.try_iter().take(requests_max);
    let arrived: Vec<_> = control.chain(requests).map(|asked| sequence.queue(asked)).collect();
    if !arrived.is_empty() {
        *world.resource_mut::<Sequence>() = sequence;
        world.spawn_batch(arrived);
    }
}
