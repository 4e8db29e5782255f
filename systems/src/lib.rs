#![doc = include_str!("../README.md")]
#![warn(clippy::unwrap_used)]

mod schedule;

mod admit;
mod advance;
mod broadcast;
mod ingest;
mod reap;
mod record;
mod resolve;
mod tag;

mod credits;
mod index;
mod rooms;
mod sickbay;
mod stats;
mod timers;
mod wheel;

pub use index::RoomIndex;
pub use ingest::{requeue, unanswered};
pub use record::recycle;
pub use rooms::{read_room, restore_room};
pub use schedule::{Tick, TickSystems, tick_schedule};
#[cfg(any(test, feature = "faults"))]
pub use sickbay::PlantedPanics;
pub use stats::TickStats;
pub use timers::Timers;
pub use wheel::{TimerId, Wheel};

use bevy_ecs::error::FallbackErrorHandler;
use bevy_ecs::prelude::*;
use components::{Commit, Event, Inbound, RoomId, Settings, TickBatch, TickClock};
use crossbeam_channel::Receiver;

/// Where the line enters the tick.
#[derive(Resource)]
pub struct InboundQueue {
    /// Connections, leavings, resyncs and the server's own: drained first, never refused.
    pub control: Receiver<Inbound>,
    /// What clients ask for.
    pub requests: Receiver<Inbound>,
}

/// The rooms whose timer must be set anew this tick: those that changed or were woken.
#[derive(Resource, Debug, Default)]
pub(crate) struct Touched {
    /// Rooms whose next deadline is in their components.
    pub(crate) rooms: Vec<RoomId>,
    /// Rooms whose own action made the rules panic: woken again later, if they may be.
    pub(crate) panicked: Vec<RoomId>,
}

/// What Resolve settled this tick, for Record to take.
#[derive(Resource, Debug, Default)]
pub(crate) struct Settled {
    pub(crate) commits: Vec<Commit>,
    pub(crate) events: Vec<Event>,
    /// What the step going on has told so far.
    pub(crate) step: rules::Events,
}

/// Puts into `world` everything the tick needs.
pub fn insert_resources(world: &mut World, settings: Settings, inbound: InboundQueue) {
    world.insert_resource(settings);
    world.insert_resource(inbound);
    world.init_resource::<TickClock>();
    world.init_resource::<TickBatch>();
    world.init_resource::<TickStats>();
    world.init_resource::<RoomIndex>();
    world.init_resource::<Timers>();
    world.init_resource::<Touched>();
    world.init_resource::<Settled>();
    world.init_resource::<sickbay::Sickbay>();
    world.init_resource::<ingest::Sequence>();
    // Whatever a system or a command reports as an error ends the tick as a panic does: the world
    // may be wrong by then, and the root builds another.
    world.insert_resource(FallbackErrorHandler(bevy_ecs::error::panic));
}
