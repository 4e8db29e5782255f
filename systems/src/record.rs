//! [`Record`](crate::TickSystems::Record): what was settled becomes commits.

use std::mem;

use bevy_ecs::prelude::*;
use components::{Durable, TickBatch};

use crate::Settled;

/// The steps leave in the order of their rooms; nothing is copied.
pub(crate) fn record_steps(mut settled: ResMut<Settled>, mut batch: ResMut<TickBatch>) {
    if !settled.commits.is_empty() {
        batch.durable.commits = mem::take(&mut settled.commits);
        batch.durable.events = mem::take(&mut settled.events);
    }
}

/// Takes the buffers of a batch back, for the next tick to fill: fresh ones cost page faults.
pub fn recycle(world: &mut World, mut durable: Durable) {
    let mut settled = world.resource_mut::<Settled>();
    if settled.commits.capacity() < durable.commits.capacity() {
        durable.commits.clear();
        settled.commits = durable.commits;
    }
    if settled.events.capacity() < durable.events.capacity() {
        durable.events.clear();
        settled.events = durable.events;
    }
}
