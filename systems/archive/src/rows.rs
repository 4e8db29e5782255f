//! One match as rows, before they are columns: small plain values, no text of their own.

mod notation;
mod word;

use components::{
    BotLevel, Charter, Decider, EndReason, MatchId, PerSeat, PieceSet, RoomId, Seat, SetKind,
    StarterReason,
};

use crate::PlayerKey;

pub(crate) use notation::write_pieces;
pub(crate) use word::{ActionWord, CauseWord, PresenceWord, Reason, Word, fact_word};

/// All rows of one match.
#[derive(Debug, Clone)]
pub(crate) struct MatchRows {
    pub(crate) game: MatchRow,
    pub(crate) seats: PerSeat<SeatRow>,
    pub(crate) rounds: Vec<RoundRow>,
    pub(crate) plays: Vec<PlayRow>,
    pub(crate) redeals: Vec<RedealRow>,
    pub(crate) presence: Vec<PresenceRow>,
    pub(crate) events: Vec<EventRow>,
    /// The facts of all events, one after the other.
    pub(crate) facts: String,
    /// The whole match as it is run again, without who took part.
    pub(crate) chain: Vec<u8>,
}

impl MatchRows {
    /// How many bytes of memory they take, about.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + size_of_val(&*self.rounds)
            + size_of_val(&*self.plays)
            + size_of_val(&*self.redeals)
            + size_of_val(&*self.presence)
            + size_of_val(&*self.events)
            + self.facts.len()
            + self.chain.len()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct MatchRow {
    pub(crate) id: MatchId,
    pub(crate) room: RoomId,
    pub(crate) charter: Charter,
    pub(crate) number: u32,
    pub(crate) started_ms: u64,
    pub(crate) ended_ms: u64,
    pub(crate) duration_ms: u64,
    pub(crate) reason: EndReason,
    pub(crate) rounds: u8,
    pub(crate) turns: u32,
    pub(crate) redeals: u32,
    pub(crate) humans: u8,
    pub(crate) winning_score: i16,
    pub(crate) score_target: i16,
    pub(crate) rounds_max: u8,
    pub(crate) settings_id: [u8; 8],
    pub(crate) restarts: u32,
    pub(crate) owner_epoch: u32,
    pub(crate) seed: [u8; 32],
}

#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct SeatRow {
    pub(crate) key: Option<PlayerKey>,
    pub(crate) bot: Option<BotLevel>,
    pub(crate) score: i16,
    pub(crate) rank: u8,
    pub(crate) won: bool,
    pub(crate) turns_won: u16,
    pub(crate) perfect_rounds: u8,
    pub(crate) rounds: u8,
    pub(crate) declared_hits: u8,
    pub(crate) declared_sum: u16,
    pub(crate) captured_sum: u16,
    pub(crate) zero_declarations: u8,
    pub(crate) away_ms: u64,
    pub(crate) away_count: u32,
    pub(crate) left_ms: Option<u64>,
    pub(crate) think_ms: u64,
    pub(crate) decisions: u32,
    pub(crate) timeouts: u32,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct RoundRow {
    pub(crate) round: u8,
    pub(crate) seat: Seat,
    pub(crate) hand: PieceSet,
    pub(crate) hand_points: u16,
    pub(crate) is_weak: bool,
    pub(crate) starter: bool,
    pub(crate) reason: Option<StarterReason>,
    pub(crate) redeals: u8,
    pub(crate) multiplier: u8,
    pub(crate) declared: Option<Declared>,
    pub(crate) scored: Option<Scored>,
    pub(crate) started_ms: u64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Declared {
    pub(crate) piles: u8,
    pub(crate) order: u8,
    pub(crate) by: Decider,
    pub(crate) think_ms: u64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Scored {
    pub(crate) captured: u8,
    pub(crate) points: i16,
    pub(crate) score: i16,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct PlayRow {
    pub(crate) at_ms: u64,
    pub(crate) think_ms: u64,
    pub(crate) pieces: PieceSet,
    pub(crate) strength: u16,
    pub(crate) round: u8,
    pub(crate) turn: u8,
    pub(crate) position: u8,
    pub(crate) seat: Seat,
    pub(crate) kind: Option<SetKind>,
    pub(crate) won: Option<bool>,
    pub(crate) piles: Option<u8>,
    pub(crate) decider: Decider,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct RedealRow {
    pub(crate) at_ms: u64,
    pub(crate) think_ms: u64,
    pub(crate) round: u8,
    pub(crate) redeal: u8,
    pub(crate) seat: Seat,
    pub(crate) accepted: bool,
    pub(crate) decider: Decider,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct PresenceRow {
    pub(crate) at_ms: u64,
    pub(crate) seat: Option<Seat>,
    pub(crate) what: PresenceWord,
    pub(crate) reason: Option<Reason>,
    pub(crate) bot: Option<BotLevel>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct EventRow {
    pub(crate) version: u64,
    pub(crate) at_ms: u64,
    pub(crate) cause: CauseWord,
    pub(crate) seat: Option<Seat>,
    pub(crate) action: ActionWord,
    /// Where in [`MatchRows::facts`] its facts end.
    pub(crate) facts_end: u32,
}
