//! Rooms, matches and the like as operators read and write them.

use components::{BotLevel, MatchId, Phase, Presence, RoomId};
use uuid::Uuid;

/// A room: 16 hexadecimal digits.
pub(crate) fn room_name(room: RoomId) -> String {
    format!("{:016x}", room.0)
}

/// A match: a UUID.
pub(crate) fn match_name(id: MatchId) -> String {
    Uuid::from_bytes(id.0).to_string()
}

/// A batch on its way into the archive: a UUID, as in the archive's manifests.
pub(super) fn batch_name(id: [u8; 16]) -> String {
    Uuid::from_bytes(id).to_string()
}

/// A match of this name.
pub(crate) fn parse_match(text: &str) -> Option<MatchId> {
    Uuid::parse_str(text).ok().map(|id| MatchId(id.into_bytes()))
}

/// A phase, as `docs/protocol.md` calls it.
pub(crate) const fn phase_name(phase: &Phase) -> &'static str {
    match phase {
        Phase::Vacant => "vacant",
        Phase::Open => "open",
        Phase::Dealt => "dealt",
        Phase::Redealing { .. } => "redealing",
        Phase::Starting => "starting",
        Phase::Declaring { .. } => "declaring",
        Phase::Playing { .. } => "playing",
        Phase::Staying { .. } => "staying",
        Phase::TurnWon { .. } => "turn_won",
        Phase::Scored { .. } => "scored",
        Phase::Finished { .. } => "finished",
        Phase::Closed => "closed",
    }
}

/// A bot's level, as `docs/protocol.md` calls it.
pub(crate) const fn level_name(level: BotLevel) -> &'static str {
    match level {
        BotLevel::Simple => "simple",
        BotLevel::Standard => "standard",
    }
}

/// Whether somebody is there.
pub(crate) const fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Here => "here",
        Presence::Lost => "lost",
        Presence::Away => "away",
    }
}
