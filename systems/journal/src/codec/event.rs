//! What has happened: a byte that says what, and to which seat, then what else there is to say.

mod read;

use components::{Event, Fact, MatchEnd, MatchId, MatchStart, PerSeat, Seat};

use super::code::Coded;
use super::write::{code_or_none, put_bytes, put_pieces, put_varint, put_zigzag, seat_or_none};

pub(super) use read::event;

/// Where the seat is in the first byte, above the five bits of the kind.
const SEAT_SHIFT: u8 = 5;
/// The first byte's bit for a redeal that was accepted.
const ACCEPTED: u8 = 0x80;

const MATCH_STARTED: u8 = 1;
const DEALT: u8 = 2;
const PLAYER_JOINED: u8 = 3;
const PLAYER_LEFT: u8 = 4;
const PLAYER_AWAY: u8 = 5;
const PLAYER_BACK: u8 = 6;
const HOST_CHANGED: u8 = 7;
const REDEAL_OFFERED: u8 = 8;
const REDEAL_WARNED: u8 = 9;
const REDEAL_DECIDED: u8 = 10;
const ROUND_STARTED: u8 = 11;
const DECLARE_STARTED: u8 = 12;
const DECLARED: u8 = 13;
const TURN_STARTED: u8 = 14;
const PLAYED: u8 = 15;
const TURN_WON: u8 = 16;
const ROUND_SCORED: u8 = 17;
const MATCH_OVER: u8 = 18;
const ROOM_PAUSED: u8 = 19;
const ROOM_RESUMED: u8 = 20;
const ROOM_CLOSED: u8 = 21;

pub(super) fn put_event(out: &mut Vec<u8>, event: &Event) {
    match event {
        Event::Public(fact) => put_fact(out, fact),
        Event::MatchStarted(start) => {
            let MatchStart { id: MatchId(id), number, seed } = &**start;
            out.push(MATCH_STARTED);
            out.extend_from_slice(id);
            put_varint(out, u64::from(*number));
            out.extend_from_slice(seed);
        }
        Event::Dealt { round, redeal, multiplier } => {
            out.extend_from_slice(&[DEALT, *round, *redeal, *multiplier]);
        }
    }
}

fn put_fact(out: &mut Vec<u8>, fact: &Fact) {
    match fact {
        Fact::PlayerJoined { seat, name, bot } => {
            let named = u8::from(name.is_some());
            out.extend_from_slice(&[at(PLAYER_JOINED, *seat), named | code_or_none(*bot) << 1]);
            if let Some(name) = name {
                put_bytes(out, name.as_bytes());
            }
        }
        Fact::PlayerLeft { seat, reason, bot } => {
            let bits = reason.code() | code_or_none(*bot) << 2;
            out.extend_from_slice(&[at(PLAYER_LEFT, *seat), bits]);
        }
        Fact::PlayerAway { seat } => out.push(at(PLAYER_AWAY, *seat)),
        Fact::PlayerBack { seat } => out.push(at(PLAYER_BACK, *seat)),
        Fact::HostChanged { seat } => out.push(at(HOST_CHANGED, *seat)),
        Fact::RedealOffered { seats } => out.extend_from_slice(&[REDEAL_OFFERED, seats.0]),
        Fact::RedealWarned { ms_left } => {
            out.push(REDEAL_WARNED);
            put_varint(out, u64::from(*ms_left));
        }
        Fact::RedealDecided { seat, accept, decider } => {
            let accepted = if *accept { ACCEPTED } else { 0 };
            out.extend_from_slice(&[at(REDEAL_DECIDED, *seat) | accepted, decider.code()]);
        }
        Fact::RoundStarted { round, starter, reason, multiplier } => {
            let first = at(ROUND_STARTED, *starter);
            out.extend_from_slice(&[first, *round, reason.code(), *multiplier]);
        }
        Fact::DeclareStarted { seat } => out.push(at(DECLARE_STARTED, *seat)),
        Fact::Declared { seat, piles, next, decider } => {
            let bits = seat_or_none(*next) | decider.code() << 3;
            out.extend_from_slice(&[at(DECLARED, *seat), *piles, bits]);
        }
        Fact::TurnStarted { turn, seat } => {
            out.extend_from_slice(&[at(TURN_STARTED, *seat), *turn]);
        }
        Fact::Played { seat, pieces, kind, points, next, decider } => {
            // Ten kinds, five next seats and four deciders: 200 together.
            let bits = (code_or_none(*kind) * 5 + seat_or_none(*next)) * 4 + decider.code();
            out.extend_from_slice(&[at(PLAYED, *seat), bits]);
            put_pieces(out, *pieces);
            put_varint(out, u64::from(*points));
        }
        Fact::TurnWon { turn, seat, piles } => {
            out.extend_from_slice(&[at(TURN_WON, *seat), *turn, *piles]);
        }
        Fact::RoundScored { round, multiplier, declared, captured, points, scores } => {
            out.extend_from_slice(&[ROUND_SCORED, *round, *multiplier]);
            out.extend_from_slice(declared);
            out.extend_from_slice(captured);
            put_scores(out, points);
            put_scores(out, scores);
        }
        Fact::MatchOver(end) => put_match_end(out, end),
        Fact::RoomPaused => out.push(ROOM_PAUSED),
        Fact::RoomResumed => out.push(ROOM_RESUMED),
        Fact::RoomClosed { reason } => out.extend_from_slice(&[ROOM_CLOSED, reason.code()]),
    }
}

const fn at(kind: u8, seat: Seat) -> u8 {
    kind | seat.number() << SEAT_SHIFT
}

fn put_scores(out: &mut Vec<u8>, scores: &PerSeat<i16>) {
    for score in scores {
        put_zigzag(out, i64::from(*score));
    }
}

fn put_match_end(out: &mut Vec<u8>, end: &MatchEnd) {
    let MatchEnd {
        id: MatchId(id),
        reason,
        rounds,
        winners,
        scores,
        ranks,
        turns_won,
        perfect_rounds,
        seed,
    } = end;
    out.push(MATCH_OVER);
    out.extend_from_slice(id);
    out.extend_from_slice(&[reason.code(), *rounds, winners.0]);
    put_scores(out, scores);
    out.extend_from_slice(ranks);
    for turns in turns_won {
        put_varint(out, u64::from(*turns));
    }
    out.extend_from_slice(perfect_rounds);
    out.extend_from_slice(seed);
}
