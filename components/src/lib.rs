#![doc = include_str!("../README.md")]

mod action;
mod batch;
mod event;
mod fault;
mod id;
mod phase;
mod piece;
mod player;
mod queue;
mod refusal;
mod room;
mod seat;
mod settings;
mod tick;
mod view;

pub use action::{Act, Action, By, Cause, Decider, Decision, Guest, Opening, TurnMark};
pub use batch::{Answer, Audience, Commit, DeadLetter, Durable, Frame, Release, TickBatch};
pub use event::{CloseReason, EndReason, Event, Fact, LeaveReason, MatchEnd, MatchStart};
pub use fault::{Fault, Faults};
pub use id::{
    Epoch, IdHasher, MatchId, Name, PlayerId, RequestId, RoomCode, RoomId, SessionId, Version,
};
pub use phase::{Phase, StarterReason, Table};
pub use piece::{Piece, PieceSet, SetKind};
pub use player::{BotLevel, Control, Credits, Human, Player, Presence, Recent, Tally};
pub use queue::{Admission, Ask, Inbound, Outcome, QueuedAction};
pub use refusal::{DeclarationBar, Refusal, Rejection};
pub use room::{Charter, Clocks, Closed, Deadlines, Match, Moment, Pace, RoomState, Roster, Round};
pub use seat::{PerSeat, Seat, SeatSet};
pub use settings::{PaceSettings, RoomSettings, Settings};
pub use tick::TickClock;
pub use view::{MatchShown, RoomSummary, RoomView, SeatSummary, SeatView, Stage, ViewEvent};
