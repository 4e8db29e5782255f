//! [`Reap`](crate::TickSystems::Reap): what is finished with is forgotten.

use bevy_ecs::prelude::*;
use components::{Admission, Closed, Outcome, QueuedAction, RoomId, Roster};

use crate::{RoomIndex, Timers};

pub(crate) fn despawn_answered(
    actions: Query<(Entity, &Admission, &Outcome), With<QueuedAction>>,
    mut commands: Commands,
) {
    for (action, admission, outcome) in &actions {
        if matches!(admission, Admission::Refused(_)) || *outcome != Outcome::Waiting {
            commands.entity(action).despawn();
        }
    }
}

/// A closed room goes with its players, its timer and its place in the index.
pub(crate) fn despawn_closed(
    rooms: Query<(Entity, &RoomId, &Roster), With<Closed>>,
    mut index: ResMut<RoomIndex>,
    mut timers: ResMut<Timers>,
    mut commands: Commands,
) {
    for (entity, room, roster) in &rooms {
        if let Some(entry) = index.remove(*room) {
            timers.0.remove(entry.timer);
        }
        for player in roster.players.into_iter().flatten() {
            commands.entity(player).despawn();
        }
        commands.entity(entity).despawn();
    }
}
