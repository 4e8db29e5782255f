//! Where each room is: no system walks them all.

use std::hash::BuildHasherDefault;

use bevy_ecs::prelude::{Entity, Resource};
use components::{IdHasher, RoomId};

use crate::TimerId;

/// Room by id. It cannot be walked, so that no result depends on its order.
#[derive(Resource, Debug, Default)]
pub struct RoomIndex(Map);

#[expect(clippy::disallowed_types, reason = "never iterated: see the methods below")]
type Map = std::collections::HashMap<RoomId, RoomEntry, BuildHasherDefault<IdHasher>>;

/// What is kept of a room beside its components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomEntry {
    /// The room's entity.
    pub entity: Entity,
    /// The room's one timer.
    pub timer: TimerId,
}

impl RoomIndex {
    /// The entity of a live room.
    #[must_use]
    pub fn entity(&self, room: RoomId) -> Option<Entity> {
        self.0.get(&room).map(|entry| entry.entity)
    }

    /// Everything kept of a live room.
    #[must_use]
    pub fn entry(&self, room: RoomId) -> Option<RoomEntry> {
        self.0.get(&room).copied()
    }

    pub(crate) fn insert(&mut self, room: RoomId, entry: RoomEntry) {
        self.0.insert(room, entry);
    }

    pub(crate) fn remove(&mut self, room: RoomId) -> Option<RoomEntry> {
        self.0.remove(&room)
    }

    /// How many rooms live.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
