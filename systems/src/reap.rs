//! [`Reap`](crate::TickSystems::Reap): what is finished with is forgotten.

use bevy_ecs::prelude::*;
use components::{Admission, Closed, Outcome, QueuedAction, RoomId, Roster};

use crate::{RoomIndex, Timers};

pub(crate) fn despawn_answered(
    actions: Query<(Entity, &Admission, &Outcome), With<QueuedAction>>,
    mut commands: Commands,
) {
    let answered: Vec<Entity> = actions
        .iter()
        .filter(|(_, admission, outcome)| {
            matches!(admission, Admission::Refused(_)) || **outcome != Outcome::Waiting
        })
        .map(|(action, ..)| action)
        .collect();
    if !answered.is_empty() {
        // One command for all: queued one by one they cost as much as the despawning.
        commands.queue(move |world: &mut World| {
            for action in answered {
                world.despawn(action);
            }
        });
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
