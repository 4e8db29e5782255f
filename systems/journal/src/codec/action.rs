//! Who was behind a step, and what was to happen.
//!
//! Most actions are a seat's decision, and the events say already whose and which: then the action
//! is one byte. The turn a decision was meant for is never written: once accepted, it was this one.

use components::{
    Act, Action, By, Cause, Decider, Decision, Event, Fact, RequestId, Seat, SessionId,
};

use super::act::{act, act_kind, put_act};
use super::read::{Malformed, Reader};
use super::write::put_varint;

const CAUSE_BOT: u8 = 0;
const CAUSE_TIMER: u8 = 4;
const CAUSE_SERVER: u8 = 5;
const CAUSE_CLIENT: u8 = 6;
const CAUSE_CONNECTION: u8 = 7;

/// On whose behalf, in the action's first byte above the five bits of the act.
const BY_SHIFT: u8 = 5;
const BY_NOBODY: u8 = 0;
const BY_ASKER: u8 = 1;
const BY_SESSION: u8 = 2;
const BY_SEAT: u8 = 4;

/// A decision that the events tell: one number above the kinds of acts.
const DECIDE_AS_TOLD: u8 = 17;

/// A cause is one byte, and for those from outside the session (and request) after it.
pub(super) fn put_cause(out: &mut Vec<u8>, cause: Cause) {
    match cause {
        Cause::Bot(seat) => out.push(CAUSE_BOT + seat.number()),
        Cause::Timer => out.push(CAUSE_TIMER),
        Cause::Server => out.push(CAUSE_SERVER),
        Cause::Client(SessionId(session), RequestId(request)) => {
            out.push(CAUSE_CLIENT);
            out.extend_from_slice(&session.to_le_bytes());
            put_varint(out, request.into());
        }
        Cause::Connection(SessionId(session)) => {
            out.push(CAUSE_CONNECTION);
            out.extend_from_slice(&session.to_le_bytes());
        }
    }
}

pub(super) fn cause(reader: &mut Reader<'_>) -> Result<Cause, Malformed> {
    Ok(match reader.u8("cause")? {
        CAUSE_TIMER => Cause::Timer,
        CAUSE_SERVER => Cause::Server,
        CAUSE_CLIENT => {
            let session = SessionId(reader.u64("session")?);
            Cause::Client(session, RequestId(reader.number("request")?))
        }
        CAUSE_CONNECTION => Cause::Connection(SessionId(reader.u64("session")?)),
        seat => Cause::Bot(reader.seat_of(seat - CAUSE_BOT)?),
    })
}

/// Writes the action of a step with this cause and these events.
pub(super) fn put_action(out: &mut Vec<u8>, cause: Cause, action: &Action, events: &[Event]) {
    let Action { by, act } = action;
    let told = is_told(cause, action, events);
    let kind = if told { DECIDE_AS_TOLD } else { act_kind(act) };
    let by_bits = match *by {
        By::Nobody => BY_NOBODY,
        By::Seat(seat) => BY_SEAT + seat.number(),
        by if Some(by) == asker(cause) => BY_ASKER,
        By::Session(_) => BY_SESSION,
    };
    out.push(kind | by_bits << BY_SHIFT);
    if let (BY_SESSION, By::Session(SessionId(session))) = (by_bits, *by) {
        out.extend_from_slice(&session.to_le_bytes());
    }
    if !told {
        put_act(out, act);
    }
}

/// Whether the cause and the events tell the whole action, but for its first byte.
fn is_told(cause: Cause, Action { by, act }: &Action, events: &[Event]) -> bool {
    let Act::Decide { decision, turn: _, decider } = act else { return false };
    told(events).is_some_and(|(seat, told, who)| {
        let is_theirs = *by == By::Seat(seat) || asker(cause) == Some(*by);
        told == *decision && who == *decider && is_theirs
    })
}

/// An action up to what only the events can tell.
pub(super) enum Untold {
    /// All of it.
    Action(Action),
    /// A decision on this behalf: which one, the events tell.
    Decide(By),
}

impl Untold {
    /// The whole action; `None` if the events do not tell it.
    pub(super) fn told_by(self, events: &[Event]) -> Option<Action> {
        match self {
            Self::Action(action) => Some(action),
            Self::Decide(by) => {
                let (_, decision, decider) = told(events)?;
                Some(Action { by, act: Act::Decide { decision, turn: None, decider } })
            }
        }
    }
}

pub(super) fn action(reader: &mut Reader<'_>, cause: Cause) -> Result<Untold, Malformed> {
    let bits = reader.u8("action")?;
    let by = match bits >> BY_SHIFT {
        BY_NOBODY => By::Nobody,
        BY_ASKER => asker(cause).ok_or(reader.before("asker of an action that has none"))?,
        BY_SESSION => By::Session(SessionId(reader.u64("session")?)),
        3 => return Err(reader.before("on whose behalf an action is")),
        seat => By::Seat(reader.seat_of(seat - BY_SEAT)?),
    };
    match bits & ((1 << BY_SHIFT) - 1) {
        DECIDE_AS_TOLD => Ok(Untold::Decide(by)),
        kind => Ok(Untold::Action(Action { by, act: act(kind, reader)? })),
    }
}

/// The session that asked, as the one an action is on behalf of.
const fn asker(cause: Cause) -> Option<By> {
    match cause {
        Cause::Client(session, _) | Cause::Connection(session) => Some(By::Session(session)),
        Cause::Bot(_) | Cause::Timer | Cause::Server => None,
    }
}

/// The decision that the first event of a decision tells: whose, which, and who really made it.
fn told(events: &[Event]) -> Option<(Seat, Decision, Decider)> {
    events.iter().find_map(|event| match event {
        Event::Public(Fact::RedealDecided { seat, accept, decider }) => {
            Some((*seat, Decision::Redeal(*accept), *decider))
        }
        Event::Public(Fact::Declared { seat, piles, next: _, decider }) => {
            Some((*seat, Decision::Declare(*piles), *decider))
        }
        Event::Public(Fact::Played { seat, pieces, kind: _, points: _, next: _, decider }) => {
            Some((*seat, Decision::Play(*pieces), *decider))
        }
        _ => None,
    })
}
