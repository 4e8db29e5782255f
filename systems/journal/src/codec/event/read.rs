//! Events out of bytes.

use std::sync::Arc;

use components::{Event, Fact, MatchEnd, MatchId, MatchStart, PerSeat, Seat};

use super::{
    ACCEPTED, DEALT, DECLARE_STARTED, DECLARED, HOST_CHANGED, MATCH_OVER, MATCH_STARTED, PLAYED,
    PLAYER_AWAY, PLAYER_BACK, PLAYER_JOINED, PLAYER_LEFT, REDEAL_DECIDED, REDEAL_OFFERED,
    REDEAL_WARNED, ROOM_CLOSED, ROOM_PAUSED, ROOM_RESUMED, ROUND_SCORED, ROUND_STARTED, SEAT_SHIFT,
    TURN_STARTED, TURN_WON,
};
use crate::codec::phase::scores;
use crate::codec::read::{Malformed, Reader};

/// Reads one event.
pub(in crate::codec) fn event(reader: &mut Reader<'_>) -> Result<Event, Malformed> {
    let first = reader.u8("event")?;
    let kind = first & ((1 << SEAT_SHIFT) - 1);
    let seat = reader.seat_of(first >> SEAT_SHIFT & 3)?;
    let has_seat = matches!(kind, PLAYER_JOINED..=HOST_CHANGED | REDEAL_DECIDED..=TURN_WON);
    let accept = first & ACCEPTED != 0;
    if (accept && kind != REDEAL_DECIDED) || (!has_seat && seat.number() != 0) {
        return Err(reader.before("event"));
    }
    Ok(match kind {
        MATCH_STARTED => Event::MatchStarted(Arc::new(MatchStart {
            id: MatchId(reader.array("match id")?),
            number: reader.number("match number")?,
            seed: reader.array("match seed")?,
        })),
        DEALT => {
            let [round, redeal, multiplier] = reader.array("deal")?;
            Event::Dealt { round, redeal, multiplier }
        }
        _ => Event::Public(fact(kind, seat, accept, reader)?),
    })
}

fn fact(kind: u8, seat: Seat, accept: bool, reader: &mut Reader<'_>) -> Result<Fact, Malformed> {
    Ok(match kind {
        PLAYER_JOINED => {
            let bits = reader.u8("who joined")?;
            let bot = reader.coded_or_none(bits >> 1, "bot level")?;
            let name = if bits & 1 == 0 { None } else { Some(reader.name()?) };
            Fact::PlayerJoined { seat, name, bot }
        }
        PLAYER_LEFT => {
            let bits = reader.u8("who left")?;
            let reason = reader.coded(bits & 3, "reason to leave")?;
            Fact::PlayerLeft { seat, reason, bot: reader.coded_or_none(bits >> 2, "bot level")? }
        }
        PLAYER_AWAY => Fact::PlayerAway { seat },
        PLAYER_BACK => Fact::PlayerBack { seat },
        HOST_CHANGED => Fact::HostChanged { seat },
        REDEAL_OFFERED => Fact::RedealOffered { seats: reader.seats()? },
        REDEAL_WARNED => Fact::RedealWarned { ms_left: reader.number("time left")? },
        REDEAL_DECIDED => Fact::RedealDecided { seat, accept, decider: reader.code("decider")? },
        ROUND_STARTED => Fact::RoundStarted {
            starter: seat,
            round: reader.u8("round")?,
            reason: reader.code("starter's reason")?,
            multiplier: reader.u8("multiplier")?,
        },
        DECLARE_STARTED => Fact::DeclareStarted { seat },
        DECLARED => {
            let [piles, bits] = reader.array("declaration")?;
            let next = reader.seat_or_none_of(bits & 7)?;
            Fact::Declared { seat, piles, next, decider: reader.coded(bits >> 3, "decider")? }
        }
        TURN_STARTED => Fact::TurnStarted { seat, turn: reader.u8("turn")? },
        PLAYED => {
            let bits = reader.u8("play")?;
            Fact::Played {
                seat,
                kind: reader.coded_or_none(bits / 20, "set kind")?,
                next: reader.seat_or_none_of(bits / 4 % 5)?,
                decider: reader.coded(bits % 4, "decider")?,
                pieces: reader.pieces()?,
                points: reader.number("points")?,
            }
        }
        TURN_WON => {
            let [turn, piles] = reader.array("turn")?;
            Fact::TurnWon { turn, seat, piles }
        }
        ROUND_SCORED => Fact::RoundScored {
            round: reader.u8("round")?,
            multiplier: reader.u8("multiplier")?,
            declared: reader.array("declared piles")?,
            captured: reader.array("captured piles")?,
            points: scores(reader)?,
            scores: scores(reader)?,
        },
        MATCH_OVER => Fact::MatchOver(Arc::new(match_end(reader)?)),
        ROOM_PAUSED => Fact::RoomPaused,
        ROOM_RESUMED => Fact::RoomResumed,
        ROOM_CLOSED => Fact::RoomClosed { reason: reader.code("reason to close")? },
        _ => return Err(reader.before("event")),
    })
}

fn match_end(reader: &mut Reader<'_>) -> Result<MatchEnd, Malformed> {
    let id = MatchId(reader.array("match id")?);
    let reason = reader.code("reason to end")?;
    let rounds = reader.u8("rounds")?;
    let winners = reader.seats()?;
    let scores = scores(reader)?;
    let ranks = reader.array("ranks")?;
    let mut turns_won = PerSeat::default();
    for turns in &mut turns_won {
        *turns = reader.number("turns won")?;
    }
    let perfect_rounds = reader.array("perfect rounds")?;
    let seed = reader.array("match seed")?;
    let end =
        MatchEnd { id, reason, rounds, winners, scores, ranks, turns_won, perfect_rounds, seed };
    Ok(end)
}
