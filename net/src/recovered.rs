//! What a restart finds: the rooms there are, and who holds their seats.

use components::{Epoch, Name, PlayerId, RoomId, RoomSummary, Seat, SessionId};

/// What a restart finds. Empty in a server that begins with nothing.
#[derive(Debug, Default)]
pub struct Recovered {
    /// All live rooms.
    pub rooms: Vec<RoomSummary>,
    /// Every person's seat in them.
    pub seats: Vec<RecoveredSeat>,
    /// People who were there before and have not come back so many ms after the start are reported
    /// to their rooms as disconnected; not before.
    pub grace_ms: u64,
}

/// A person's seat, as its room remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveredSeat {
    /// Under which session.
    pub session: SessionId,
    /// Who it is.
    pub player: PlayerId,
    /// The newest connection the room knew of.
    pub epoch: Epoch,
    /// What the others read.
    pub name: Name,
    /// The room.
    pub room: RoomId,
    /// Which seat.
    pub seat: Seat,
    /// Whether the room does not count them as away.
    pub present: bool,
}
