//! What happens by itself: clocks that have run out, and bots that have thought enough.

use components::{
    Act, Action, By, Cause, Control, Decider, Decision, Phase, RoomState, Seat, Settings, TurnMark,
};

use crate::{
    asked::{automatic_seat, is_full},
    bot,
    random::{Purpose, random},
};

/// What happens by itself now, given clocks of which some have come to `Some(0)`; `None` when none
/// has, or when nothing follows from it. [`step`](crate::step) accepts it on this same state.
///
/// In a paused room only this happens: it closes when nobody has been there for too long. When several are due, the order is: graces by seat, empty room, bot, phase. `wall_ms` is the
/// wall clock in ms since 1970, for the name of a match that begins.
#[must_use]
pub fn due(state: &RoomState, wall_ms: u64, settings: &Settings) -> Option<(Cause, Action)> {
    let clocks = &state.clocks;
    if state.paused {
        return (clocks.empty == Some(0)).then(|| by_timer(Act::EmptyOver));
    }
    let lost = Seat::ALL.into_iter().find(|seat| clocks.grace[seat.index()] == Some(0));
    if let Some(seat) = lost {
        return Some(by_timer(Act::GraceOver(seat)));
    }
    if clocks.empty == Some(0) {
        return Some(by_timer(Act::EmptyOver));
    }
    if clocks.bot == Some(0)
        && let Some(seat) = automatic_seat(state)
    {
        return Some(bot_decision(state, seat, settings));
    }
    if clocks.phase == Some(0) { phase_over(state, wall_ms, settings) } else { None }
}

fn by_timer(act: Act) -> (Cause, Action) {
    (Cause::Timer, Action { by: By::Nobody, act })
}

/// The decision of the bot in a seat, or of the bot for a person who is away.
fn bot_decision(state: &RoomState, seat: Seat, settings: &Settings) -> (Cause, Action) {
    let control = state.players[seat.index()].as_ref().map(|player| &player.control);
    let decider = if let Some(Control::Bot(_)) = control { Decider::Bot } else { Decider::Absence };
    decision(state, seat, decider, settings)
}

/// The phase clock ran out. `None` where it stands at 0 for nothing.
fn phase_over(state: &RoomState, wall_ms: u64, settings: &Settings) -> Option<(Cause, Action)> {
    let is_endless = state.charter.as_ref().is_some_and(|charter| charter.endless);
    let begins = is_endless && is_full(state);
    Some(match &state.phase {
        Phase::Open if begins => by_timer(Act::Start { wall_ms }),
        Phase::Vacant | Phase::Open | Phase::Closed => return None,
        Phase::Finished { .. } if begins => by_timer(Act::Rematch { wall_ms }),
        Phase::Declaring { seat } | Phase::Playing { seat, .. } => {
            decision(state, *seat, Decider::TimeOut, settings)
        }
        _ => by_timer(Act::PhaseOver),
    })
}

/// A decision that no person makes: by the seat's own bot, or by the substitute. A person who is
/// away declines a redeal.
fn decision(
    state: &RoomState,
    seat: Seat,
    decider: Decider,
    settings: &Settings,
) -> (Cause, Action) {
    let level = match state.players[seat.index()].as_ref().map(|player| &player.control) {
        Some(Control::Bot(level)) => *level,
        _ => settings.substitute,
    };
    let is_asked_about_redeal = matches!(state.phase, Phase::Redealing { .. });
    let decision = if is_asked_about_redeal && decider != Decider::Bot {
        Decision::Redeal(false)
    } else {
        let random = || random(&state.game, Purpose::Choice, seat, state.version);
        bot::decide(&bot::sight(state, seat), level, random, settings)
    };
    let turn = Some(TurnMark { round: state.round.number, turn: state.round.turn });
    let act = Act::Decide { decision, turn, decider };
    (Cause::Bot(seat), Action { by: By::Seat(seat), act })
}
