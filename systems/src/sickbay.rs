//! Rooms that made the rules panic: when they are tried again, and when no more.

use std::collections::BTreeMap;

use bevy_ecs::prelude::Resource;
use components::RoomId;

/// So many panics of a room without a commit in between, and it is stopped: what failed three
/// times, seconds apart, fails for a reason in the room, and each try costs the other rooms time.
const PANICS_MAX: u8 = 3;

/// A room's own action is tried again so long after its first panic, in ms; after each other one
/// it is twice as long as before.
const RETRY_MS: u64 = 1_000;

/// The rooms that panicked and have not settled anything since: normally none, so that asking for
/// a healthy room costs one look at an empty map.
#[derive(Resource, Debug, Default)]
pub(crate) struct Sickbay(BTreeMap<RoomId, u8>);

impl Sickbay {
    /// Counts a panic of a live room.
    pub(crate) fn admit(&mut self, room: RoomId) {
        let panics = self.0.entry(room).or_default();
        *panics = panics.saturating_add(1);
    }

    /// Forgets what was counted: the room moved on, or is gone.
    pub(crate) fn release(&mut self, room: RoomId) {
        if !self.0.is_empty() {
            self.0.remove(&room);
        }
    }

    /// Whether the room panicked too often to be tried again.
    pub(crate) fn is_quarantined(&self, room: RoomId) -> bool {
        !self.0.is_empty() && self.0.get(&room).is_some_and(|panics| *panics >= PANICS_MAX)
    }

    /// Whether the newest panic was the one too many: the room is to be stopped now, and only now.
    pub(crate) fn is_enough(&self, room: RoomId) -> bool {
        self.0.get(&room) == Some(&PANICS_MAX)
    }

    /// In how many ms the room's own action is tried again; `None` if it is not sick, or too sick.
    pub(crate) fn retry_ms(&self, room: RoomId) -> Option<u64> {
        let panics = *self.0.get(&room)?;
        (panics < PANICS_MAX).then(|| RETRY_MS << panics.saturating_sub(1))
    }
}

/// Panics that tests plant: the rules panic where it says so.
#[cfg(any(test, feature = "faults"))]
#[derive(Resource, Debug, Clone, Copy)]
pub struct PlantedPanics(pub fn(&components::QueuedAction) -> bool);

#[cfg(test)]
mod tests;
