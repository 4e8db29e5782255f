//! [`Record`](crate::TickSystems::Record): what was settled becomes commits.

use std::mem;

use bevy_ecs::prelude::*;
use components::TickBatch;

use crate::Settled;

/// The steps leave in the order of their rooms; nothing is copied.
pub(crate) fn record_steps(mut settled: ResMut<Settled>, mut batch: ResMut<TickBatch>) {
    let settled = &mut *settled;
    if !settled.commits.is_empty() {
        let room_for = (settled.commits.len(), settled.events.len());
        batch.durable.commits =
            mem::replace(&mut settled.commits, Vec::with_capacity(room_for.0));
        batch.durable.events = mem::replace(&mut settled.events, Vec::with_capacity(room_for.1));
    }
}
