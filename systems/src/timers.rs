//! When which room must be woken: one timer a room.

use bevy_ecs::prelude::Resource;
use components::RoomId;

use crate::Wheel;

/// The rooms' timers. Times are logical, in ms.
#[derive(Resource, Debug, Default)]
pub struct Timers(pub Wheel<RoomId>);
