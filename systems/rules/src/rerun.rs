//! A settled action once more, as it was recorded: replay and audit, without a bot or a timer.

use components::{Action, Cause, Rejection, RoomState, Settings};

use crate::{apply, clock::pass, rearm, remember, step::Events};

/// Does to a room what a recorded commit did: `state`, the room after the commit before, becomes
/// exactly the one that was recorded, clocks and remembered requests included, and its events are
/// added to `events`.
///
/// `elapsed_ms` is the logical time between the two commits. Where the server was restarted between
/// them, `recovered` is the grace that it gave ([`rearm`]), and `elapsed_ms` counts from then on:
/// while it was down, no time passed.
///
/// # Errors
///
/// The [`Rejection`] with which these rules refuse what those that were recorded accepted. `state`
/// and `events` are then to be thrown away, as with [`apply`].
pub fn rerun(
    state: &mut RoomState,
    elapsed_ms: u32,
    recovered: Option<u32>,
    action: &Action,
    cause: Cause,
    settings: &Settings,
    events: &mut Events,
) -> Result<(), Rejection> {
    if let Some(grace_ms) = recovered {
        rearm(state, grace_ms);
    }
    pass(state, elapsed_ms);
    apply(state, action, settings, events)?;
    if let Cause::Client(session, request) = cause {
        remember(state, session, request);
    }
    Ok(())
}
