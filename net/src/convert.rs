//! From what the tick shows to what is written: borrowed, so that nothing is allocated.

mod event;
mod room;
mod snapshot;

pub(crate) use event::event;
pub(crate) use room::{counts, room_entry};
pub(crate) use snapshot::snapshot;

use components::{
    BotLevel, Decision, Pace, Piece, PieceSet, Seat, SeatSet, SetKind, StarterReason,
};

/// A seat, as the wire has it.
pub(crate) fn seat(seat: Seat) -> protocol::Seat {
    protocol::Seat::ALL[seat.index()]
}

/// A seat, as the tick has it.
pub(crate) fn seat_from(seat: protocol::Seat) -> Seat {
    Seat::ALL[seat.index()]
}

/// A moment of a match, as the tick has it.
pub(crate) fn turn_from(turn: protocol::Turn) -> components::TurnMark {
    components::TurnMark { round: turn.round, turn: turn.turn }
}

/// A play, as the tick has it.
pub(crate) fn play_from(pieces: protocol::Pieces) -> Decision {
    Decision::Play(pieces.iter().filter_map(Piece::new).collect())
}

/// A pace, as the tick has it.
pub(crate) const fn pace_from(pace: protocol::Pace) -> Pace {
    match pace {
        protocol::Pace::Standard => Pace::Standard,
        protocol::Pace::Classic => Pace::Classic,
        protocol::Pace::Fast => Pace::Fast,
        protocol::Pace::Instant => Pace::Instant,
    }
}

/// A bot's level, as the tick has it.
pub(crate) const fn level_from(level: protocol::BotLevel) -> BotLevel {
    match level {
        protocol::BotLevel::Simple => BotLevel::Simple,
        protocol::BotLevel::Standard => BotLevel::Standard,
    }
}

const fn pace(pace: Pace) -> protocol::Pace {
    match pace {
        Pace::Standard => protocol::Pace::Standard,
        Pace::Classic => protocol::Pace::Classic,
        Pace::Fast => protocol::Pace::Fast,
        Pace::Instant => protocol::Pace::Instant,
    }
}

const fn level(level: BotLevel) -> protocol::BotLevel {
    match level {
        BotLevel::Simple => protocol::BotLevel::Simple,
        BotLevel::Standard => protocol::BotLevel::Standard,
    }
}

const fn pieces(pieces: PieceSet) -> protocol::Pieces {
    protocol::Pieces(pieces.0)
}

const fn seats(seats: SeatSet) -> protocol::Seats {
    protocol::Seats(seats.0)
}

const fn kind(kind: SetKind) -> protocol::SetKind {
    match kind {
        SetKind::Single => protocol::SetKind::Single,
        SetKind::Pair => protocol::SetKind::Pair,
        SetKind::ThreeOfAKind => protocol::SetKind::ThreeOfAKind,
        SetKind::Straight => protocol::SetKind::Straight,
        SetKind::FourOfAKind => protocol::SetKind::FourOfAKind,
        SetKind::ExtendedStraight => protocol::SetKind::ExtendedStraight,
        SetKind::FiveOfAKind => protocol::SetKind::FiveOfAKind,
        SetKind::ExtendedStraightOfFive => protocol::SetKind::ExtendedStraightOfFive,
        SetKind::DoubleStraight => protocol::SetKind::DoubleStraight,
    }
}

const fn starter_reason(reason: StarterReason) -> protocol::StarterReason {
    match reason {
        StarterReason::RedealAccepted => protocol::StarterReason::RedealAccepted,
        StarterReason::RedGeneral => protocol::StarterReason::RedGeneral,
        StarterReason::WonLastTurn => protocol::StarterReason::WonLastTurn,
        StarterReason::FirstSeat => protocol::StarterReason::FirstSeat,
    }
}
