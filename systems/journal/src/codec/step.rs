//! A step: who or what was behind it, what was to happen, and what did.

use components::{Action, Cause, Event};

use super::action::{action, cause, put_action, put_cause};
use super::event::{event, put_event};
use super::migrate;
use super::read::{Malformed, Reader};

/// The most events of one step that are read. The rules make at most 8; a record of 16 MiB could
/// otherwise become a gigabyte of them.
const EVENTS_MAX: usize = 255;

/// One settled action, as it can be run again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// Who or what was behind it.
    pub(crate) cause: Cause,
    /// What was settled. A decision does not say for which turn it was meant: for this one.
    pub(crate) action: Action,
    /// What happened.
    pub(crate) events: Vec<Event>,
}

/// Writes a step. It says nowhere how long it is: it ends with the bytes it is in.
pub(crate) fn write_step(cause: Cause, action: &Action, events: &[Event], out: &mut Vec<u8>) {
    debug_assert!(events.len() <= EVENTS_MAX, "a step that cannot be read again");
    put_cause(out, cause);
    put_action(out, cause, action, events);
    for event in events {
        put_event(out, event);
    }
}

/// Reads a step from all of `bytes`.
///
/// # Errors
/// When they are none.
pub(crate) fn read_step(format: u16, bytes: &[u8]) -> Result<Step, Malformed> {
    migrate::known(format)?;
    let mut reader = Reader::new(bytes);
    let cause = cause(&mut reader)?;
    let action = action(&mut reader, cause)?;
    let mut events = Vec::new();
    while !reader.is_finished() {
        if events.len() == EVENTS_MAX {
            return Err(reader.malformed("number of events"));
        }
        events.push(event(&mut reader)?);
    }
    let action = action.told_by(&events).ok_or(reader.malformed("decision that no event tells"))?;
    Ok(Step { cause, action, events })
}
