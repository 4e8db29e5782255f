//! What comes into the tick, and what becomes of it.

use bevy_ecs::prelude::Component;

use crate::{Action, Cause, Refusal, RoomId};

/// From `net` or the root to the tick, through the request lane or the control lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// Of which room.
    pub room: RoomId,
    /// Who asks.
    pub cause: Cause,
    /// What.
    pub ask: Ask,
}

/// What may be asked of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// That something happens.
    Act(Action),
    /// Nothing: the room's own time has come, and the rules say what happens by itself.
    Wake,
    /// To see it whole: as the seat the asking session holds.
    Look,
    /// To see it whole as a spectator.
    Watch,
}

/// An entity: an ask that waits for its room, spawned by Ingest and despawned by Reap.
#[derive(Component, Debug)]
pub struct QueuedAction {
    /// Its place in the total order of arrival.
    pub sequence: u64,
    /// Of which room; an id, since entities come and go.
    pub room: RoomId,
    /// Who asks.
    pub cause: Cause,
    /// What.
    pub ask: Ask,
}

/// Whether a queued action may go to the rules: written in Admit alone.
#[derive(Component, Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It has just come.
    #[default]
    Pending,
    /// It may; it can still wait several ticks for its room.
    Granted,
    /// It may not.
    Refused(Refusal),
}

/// What became of a queued action: written in Resolve alone.
#[derive(Component, Debug, Default, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet.
    #[default]
    Waiting,
    /// The room moved on by one version.
    Settled,
    /// It only wanted to look, and may.
    Seen,
    /// The room is as it was.
    Rejected(Refusal),
}
