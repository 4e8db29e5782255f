//! What may happen to a room. The kind of act is a number of five bits, which the action keeps in
//! its first byte; what belongs to that kind alone follows.

use components::{Act, Decision, Epoch, Guest, Opening, PlayerId, SessionId};

use super::code::Coded;
use super::fixed::{charter, put_charter};
use super::read::{Malformed, Reader};
use super::write::{put_bytes, put_pieces, put_varint, seat_or_none};

const OPEN: u8 = 1;
const JOIN: u8 = 2;
const LEAVE: u8 = 3;
const ADD_BOT: u8 = 4;
const REMOVE: u8 = 5;
const START: u8 = 6;
const REMATCH: u8 = 7;
const DECIDE: u8 = 8;
const CONNECTED: u8 = 9;
const DISCONNECTED: u8 = 10;
const PHASE_OVER: u8 = 11;
const GRACE_OVER: u8 = 12;
const EMPTY_OVER: u8 = 13;
const CLOSE: u8 = 14;
const PAUSE: u8 = 15;
const RESUME: u8 = 16;

const REDEAL: u8 = 0;
const DECLARE: u8 = 1;
const PLAY: u8 = 2;

/// The number of the act's kind, 1..=16.
pub(super) const fn act_kind(act: &Act) -> u8 {
    match act {
        Act::Open(_) => OPEN,
        Act::Join(..) => JOIN,
        Act::Leave => LEAVE,
        Act::AddBot(..) => ADD_BOT,
        Act::Remove(_) => REMOVE,
        Act::Start { .. } => START,
        Act::Rematch { .. } => REMATCH,
        Act::Decide { .. } => DECIDE,
        Act::Connected(_) => CONNECTED,
        Act::Disconnected(_) => DISCONNECTED,
        Act::PhaseOver => PHASE_OVER,
        Act::GraceOver(_) => GRACE_OVER,
        Act::EmptyOver => EMPTY_OVER,
        Act::Close => CLOSE,
        Act::Pause => PAUSE,
        Act::Resume => RESUME,
    }
}

/// Writes what belongs to this kind alone.
pub(super) fn put_act(out: &mut Vec<u8>, act: &Act) {
    match act {
        Act::Leave | Act::PhaseOver | Act::EmptyOver | Act::Close | Act::Pause | Act::Resume => {}
        Act::Open(opening) => put_opening(out, opening),
        Act::Join(guest, seat) => {
            put_guest(out, guest);
            out.push(seat_or_none(*seat));
        }
        Act::AddBot(seat, level) => out.extend_from_slice(&[seat_or_none(*seat), level.code()]),
        Act::Remove(seat) | Act::GraceOver(seat) => out.push(seat.number()),
        Act::Start { wall_ms } | Act::Rematch { wall_ms } => put_varint(out, *wall_ms),
        Act::Decide { decision, turn: _, decider } => {
            out.push(decider.code());
            put_decision(out, *decision);
        }
        Act::Connected(epoch) | Act::Disconnected(epoch) => put_varint(out, epoch.0.into()),
    }
}

/// Reads it, the kind being known.
pub(super) fn act(kind: u8, reader: &mut Reader<'_>) -> Result<Act, Malformed> {
    Ok(match kind {
        OPEN => Act::Open(Box::new(opening(reader)?)),
        JOIN => Act::Join(guest(reader)?, reader.seat_or_none()?),
        LEAVE => Act::Leave,
        ADD_BOT => Act::AddBot(reader.seat_or_none()?, reader.code("bot level")?),
        REMOVE => Act::Remove(reader.seat()?),
        START => Act::Start { wall_ms: reader.varint("wall clock")? },
        REMATCH => Act::Rematch { wall_ms: reader.varint("wall clock")? },
        DECIDE => {
            let decider = reader.code("decider")?;
            Act::Decide { decision: decision(reader)?, turn: None, decider }
        }
        CONNECTED => Act::Connected(Epoch(reader.number("epoch")?)),
        DISCONNECTED => Act::Disconnected(Epoch(reader.number("epoch")?)),
        PHASE_OVER => Act::PhaseOver,
        GRACE_OVER => Act::GraceOver(reader.seat()?),
        EMPTY_OVER => Act::EmptyOver,
        CLOSE => Act::Close,
        PAUSE => Act::Pause,
        RESUME => Act::Resume,
        _ => return Err(reader.before("action")),
    })
}

fn put_decision(out: &mut Vec<u8>, decision: Decision) {
    match decision {
        Decision::Redeal(accept) => out.extend_from_slice(&[REDEAL, accept.into()]),
        Decision::Declare(piles) => out.extend_from_slice(&[DECLARE, piles]),
        Decision::Play(pieces) => {
            out.push(PLAY);
            put_pieces(out, pieces);
        }
    }
}

fn decision(reader: &mut Reader<'_>) -> Result<Decision, Malformed> {
    Ok(match reader.u8("decision")? {
        REDEAL => Decision::Redeal(reader.bool("redeal accepted")?),
        DECLARE => Decision::Declare(reader.u8("piles")?),
        PLAY => Decision::Play(reader.pieces()?),
        _ => return Err(reader.before("decision")),
    })
}

fn put_opening(out: &mut Vec<u8>, opening: &Opening) {
    let Opening { charter, guest, bots } = opening;
    put_charter(out, charter);
    out.push(guest.is_some().into());
    if let Some(guest) = guest {
        put_guest(out, guest);
    }
    put_varint(out, bots.len() as u64);
    out.extend(bots.iter().map(|level| level.code()));
}

fn opening(reader: &mut Reader<'_>) -> Result<Opening, Malformed> {
    let charter = charter(reader)?;
    let guest = if reader.bool("guest")? { Some(guest(reader)?) } else { None };
    // A byte each, so that no number makes this larger than what is read.
    let bots = reader.counted("bots")?.iter();
    let bots = bots.map(|code| reader.coded(*code, "bot level")).collect::<Result<_, _>>()?;
    Ok(Opening { charter, guest, bots })
}

fn put_guest(out: &mut Vec<u8>, guest: &Guest) {
    let Guest { name, player, session, epoch } = guest;
    put_bytes(out, name.as_bytes());
    out.extend_from_slice(&player.0.to_le_bytes());
    out.extend_from_slice(&session.0.to_le_bytes());
    put_varint(out, u64::from(epoch.0));
}

fn guest(reader: &mut Reader<'_>) -> Result<Guest, Malformed> {
    Ok(Guest {
        name: reader.name()?,
        player: PlayerId(reader.u64("player")?),
        session: SessionId(reader.u64("session")?),
        epoch: Epoch(reader.number("epoch")?),
    })
}
