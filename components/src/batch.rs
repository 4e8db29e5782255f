//! What leaves the tick: one batch, in tick order, its durable half first.

use std::ops::Range;

use bevy_ecs::prelude::Resource;

use crate::{
    Action, Ask, Cause, Event, MatchId, Refusal, RequestId, RoomCode, RoomId, RoomState,
    RoomSummary, RoomView, Seat, SessionId, Version, ViewEvent,
};

/// Everything one tick emits.
#[derive(Resource, Debug, Default)]
pub struct TickBatch {
    /// What must be written first: with secrets, for the journal alone.
    pub durable: Durable,
    /// What may be shown after that: all that `net` ever gets.
    pub release: Release,
    /// Actions that made the rules panic.
    pub dead_letters: Vec<DeadLetter>,
}

impl TickBatch {
    /// Whether the tick had nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.durable.commits.is_empty()
            && self.release.frames.is_empty()
            && self.dead_letters.is_empty()
    }
}

/// The durable half of a batch.
#[derive(Debug, Default)]
pub struct Durable {
    /// What was settled.
    pub commits: Vec<Commit>,
    /// The events of all commits, one after the other.
    pub events: Vec<Event>,
    /// Matches that are over: the archive reads them back from the journal.
    pub finished: Vec<(RoomId, MatchId)>,
}

/// One settled action of one room: the unit of the journal.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Which owner of the room's shard wrote it: 1 while there is one node.
    pub owner_epoch: u32,
    /// The room.
    pub room: RoomId,
    /// The logical time, in ms.
    pub at_ms: u64,
    /// The wall clock, in ms since 1970.
    pub wall_ms: u64,
    /// Who or what was behind it.
    pub cause: Cause,
    /// What was settled: the journal needs it to run the match again.
    pub action: Action,
    /// Where in [`Durable::events`] its events are.
    pub events: Range<u32>,
    /// The whole room after it, version and match included.
    pub state: RoomState,
}

/// The half of a batch that may be shown once the other half is durable.
#[derive(Debug, Default)]
pub struct Release {
    /// What to tell, in order.
    pub frames: Vec<Frame>,
    /// The events of all updates, one after the other.
    pub events: Vec<ViewEvent>,
}

/// Who in a room an update is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Every seat and spectator.
    Everyone,
    /// One seat.
    Seat(Seat),
    /// The spectators.
    Spectators,
}

/// What `net` is told.
#[derive(Debug)]
pub enum Frame {
    /// To a room: this is how it came to this version.
    Update {
        /// The room.
        room: RoomId,
        /// Its version after it.
        version: Version,
        /// Who is told.
        to: Audience,
        /// Where in [`Release::events`] its events are.
        events: Range<u32>,
    },
    /// To the asker: done.
    Accepted {
        /// Who asked.
        session: SessionId,
        /// In which request.
        request: RequestId,
        /// What came of it.
        answer: Answer,
    },
    /// To the asker: no.
    Refused {
        /// Who asked.
        session: SessionId,
        /// In which request.
        request: RequestId,
        /// Of which room.
        room: RoomId,
        /// Why.
        refusal: Refusal,
    },
    /// To one session: the whole room. Its updates begin after this.
    Snapshot {
        /// To whom.
        session: SessionId,
        /// What it may see.
        view: Box<RoomView>,
    },
    /// To the directory: who is where has changed.
    Room(Box<RoomSummary>),
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The room's version that holds it.
    pub version: Version,
    /// Whether it had been done before, so that nothing changed now.
    pub duplicate: bool,
    /// The seat the asker holds, after taking one.
    pub seated: Option<(RoomId, RoomCode, Seat)>,
}

/// An action that made the rules panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Of which room.
    pub room: RoomId,
    /// At which version.
    pub version: Version,
    /// The logical time, in ms.
    pub at_ms: u64,
    /// What was asked.
    pub ask: Ask,
    /// What the panic said, cut short.
    pub reason: String,
    /// Whether it was one too many: the room was stopped.
    pub quarantined: bool,
}
