//! Events.

use std::borrow::Cow;

use components::{CloseReason, Decider, EndReason, Fact, LeaveReason, MatchEnd, Name, ViewEvent};
use protocol::{Event, Hex, MatchId};

use super::{kind, level, pieces, seat, seats, starter_reason};

/// An event as one audience is told it.
pub(crate) fn event(event: &ViewEvent) -> Event<'_> {
    match event {
        ViewEvent::Public(happened) => fact(happened),
        ViewEvent::MatchStarted(game) => Event::MatchStarted {
            r#match: MatchId(game.id.as_u128()),
            number: game.number,
            seed_hash: Hex(game.seed_hash),
        },
        ViewEvent::Dealt { round, redeal, multiplier, hand } => Event::Dealt {
            round: *round,
            redeal: *redeal,
            multiplier: *multiplier,
            hand: hand.map(pieces),
        },
    }
}

fn fact(fact: &Fact) -> Event<'_> {
    match fact {
        Fact::PlayerJoined { seat: at, name, bot } => Event::PlayerJoined {
            seat: seat(*at),
            name: name_in(*at, name.as_ref()),
            bot: bot.map(level),
        },
        Fact::PlayerLeft { seat: at, reason, bot } => Event::PlayerLeft {
            seat: seat(*at),
            reason: leave_reason(*reason),
            bot: bot.map(level),
        },
        Fact::PlayerAway { seat: at } => Event::PlayerAway { seat: seat(*at) },
        Fact::PlayerBack { seat: at } => Event::PlayerBack { seat: seat(*at) },
        Fact::HostChanged { seat: at } => Event::HostChanged { seat: seat(*at) },
        Fact::MatchOver(end) => match_over(end),
        Fact::RoomPaused => Event::RoomPaused,
        Fact::RoomResumed => Event::RoomResumed,
        Fact::RoomClosed { reason } => Event::RoomClosed { reason: close_reason(*reason) },
        _ => game_fact(fact),
    }
}

/// What happens in a round.
fn game_fact(fact: &Fact) -> Event<'_> {
    match *fact {
        Fact::RedealOffered { seats: asked } => Event::RedealOffered { seats: seats(asked) },
        Fact::RedealWarned { ms_left } => Event::RedealWarned { ms_left },
        Fact::RedealDecided { seat: at, accept, decider: by } => {
            Event::RedealDecided { seat: seat(at), accept, decider: decider(by) }
        }
        Fact::RoundStarted { round, starter, reason, multiplier } => Event::RoundStarted {
            round,
            starter: seat(starter),
            reason: starter_reason(reason),
            multiplier,
        },
        Fact::DeclareStarted { seat: at } => Event::DeclareStarted { seat: seat(at) },
        Fact::Declared { seat: at, piles, next, decider: by } => {
            Event::Declared { seat: seat(at), piles, next: next.map(seat), decider: decider(by) }
        }
        Fact::TurnStarted { turn, seat: at } => Event::TurnStarted { turn, seat: seat(at) },
        Fact::Played { seat: at, pieces: played, kind: of, points, next, decider: by } => {
            Event::Played {
                seat: seat(at),
                pieces: pieces(played),
                kind: of.map(kind),
                points,
                next: next.map(seat),
                decider: decider(by),
            }
        }
        Fact::TurnWon { turn, seat: at, piles } => Event::TurnWon { turn, seat: seat(at), piles },
        Fact::RoundScored { round, multiplier, declared, captured, points, scores } => {
            Event::RoundScored { round, multiplier, declared, captured, points, scores }
        }
        // The others are `fact`'s; saying so here keeps this match complete.
        Fact::PlayerJoined { .. }
        | Fact::PlayerLeft { .. }
        | Fact::PlayerAway { .. }
        | Fact::PlayerBack { .. }
        | Fact::HostChanged { .. }
        | Fact::MatchOver(_)
        | Fact::RoomPaused
        | Fact::RoomResumed
        | Fact::RoomClosed { .. } => Event::Other,
    }
}

/// A person's name, or that of the bot in this seat.
pub(super) fn name_in(at: components::Seat, name: Option<&Name>) -> Cow<'_, str> {
    match name {
        Some(name) => Cow::Borrowed(name),
        None => Cow::Borrowed(protocol::bot_name(seat(at))),
    }
}

fn match_over(end: &MatchEnd) -> Event<'_> {
    Event::MatchOver {
        r#match: MatchId(end.id.as_u128()),
        reason: match end.reason {
            EndReason::ScoreReached => protocol::EndReason::ScoreReached,
            EndReason::RoundsPlayed => protocol::EndReason::RoundsPlayed,
            EndReason::Abandoned => protocol::EndReason::Abandoned,
            EndReason::Closed => protocol::EndReason::Closed,
        },
        rounds: end.rounds,
        winners: seats(end.winners),
        scores: end.scores,
        ranks: end.ranks,
        turns_won: end.turns_won,
        perfect_rounds: end.perfect_rounds,
        seed: Hex(end.seed),
    }
}

const fn leave_reason(reason: LeaveReason) -> protocol::LeaveReason {
    match reason {
        LeaveReason::Left => protocol::LeaveReason::Left,
        LeaveReason::Removed => protocol::LeaveReason::Removed,
        LeaveReason::Away => protocol::LeaveReason::Away,
    }
}

const fn close_reason(reason: CloseReason) -> protocol::CloseReason {
    match reason {
        CloseReason::Empty => protocol::CloseReason::Empty,
        CloseReason::Finished => protocol::CloseReason::Finished,
        CloseReason::Server => protocol::CloseReason::Server,
    }
}

const fn decider(decider: Decider) -> protocol::Decider {
    match decider {
        Decider::Person => protocol::Decider::Person,
        Decider::Bot => protocol::Decider::Bot,
        Decider::Absence => protocol::Decider::Absence,
        Decider::TimeOut => protocol::Decider::TimeOut,
    }
}
