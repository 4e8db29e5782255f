//! Panics that a test can cause from outside, by the name somebody wants to sit down under.

use bevy_ecs::prelude::*;
use components::{Act, Action, Ask, Fault, QueuedAction};
use systems::{PlantedPanics, TickSystems};

use super::Shard;

/// Under this name nobody sits down: the rules panic.
const RULES: &str = "panic rules";

/// Under this name nobody sits down: the tick panics.
const TICK: &str = "panic tick";

impl Shard {
    /// Plants them, where they are wanted, in the world there is now.
    pub(super) fn plant_panics(&mut self) {
        if self.faults.has(Fault::NamesPanic) {
            self.world.insert_resource(PlantedPanics(|queued| is_join(queued, RULES)));
            self.schedule.add_systems(break_tick.after(TickSystems::Resolve));
        }
    }
}

fn break_tick(queued: Query<&QueuedAction>) {
    assert!(!queued.iter().any(|queued| is_join(queued, TICK)), "a planted panic of the tick");
}

fn is_join(queued: &QueuedAction, name: &str) -> bool {
    match &queued.ask {
        Ask::Act(Action { act: Act::Join(guest, _), .. }) => guest.name == name,
        _ => false,
    }
}
