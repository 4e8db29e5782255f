//! What every tick may read of time.

use bevy_ecs::prelude::Resource;

/// The only clock a system reads; the root sets it before each tick.
#[derive(Resource, Debug, Default, Clone, Copy)]
pub struct TickClock {
    /// The tick now running, from 1.
    pub tick: u64,
    /// The logical time at which it runs, in ms: never runs backwards, never jumps over a stall.
    pub now_ms: u64,
    /// The wall clock, in ms since 1970: for names and records, never for decisions.
    pub wall_ms: u64,
}
