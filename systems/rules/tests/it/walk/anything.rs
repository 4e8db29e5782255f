//! Any action by anybody, of which few are lawful.

use components::{
    Act, Action, BotLevel, By, Decider, Decision, Epoch, PieceSet, RoomState, Seat, SessionId,
    TurnMark,
};
use rules::seat_of;

use crate::support::{WALL_MS, guest, session};

/// Any action by anybody, of which few are lawful.
pub(super) fn anything(state: &RoomState, a: u32, b: u32) -> Action {
    let seat = Seat::ALL[(a & 3) as usize];
    let by = match a >> 2 & 3 {
        0 | 1 => By::Session(session(seat)),
        2 => By::Seat(seat),
        _ => By::Nobody,
    };
    let other = Seat::ALL[(b & 3) as usize];
    let wanted = (b & 4 != 0).then_some(other);
    let held = seat_of(state, session(seat)).and_then(|seat| state.players[seat.index()].as_ref());
    let known = held.and_then(|own| own.control.human()).map_or(1, |human| human.epoch.0);
    let epoch = Epoch((known + (b >> 3 & 3)).saturating_sub(1));
    let wall_ms = WALL_MS;
    let act = match a >> 4 & 15 {
        0 => Act::Leave,
        1 => Act::AddBot(wanted, BotLevel::Standard),
        2 => Act::Remove(other),
        3 => Act::Start { wall_ms },
        4 => Act::Rematch { wall_ms },
        5 => Act::Connected(epoch),
        6 | 7 => Act::Disconnected(epoch),
        8 => Act::PhaseOver,
        9 => Act::GraceOver(other),
        10 => Act::EmptyOver,
        11 if b.is_multiple_of(50) => Act::Close,
        12 if b.is_multiple_of(7) => Act::Pause,
        13 if b.is_multiple_of(3) => Act::Resume,
        11 | 12 => Act::Join(guest(&format!("Guest {}", b % 5), join_session(by)), wanted),
        _ => any_decision(a >> 8, b),
    };
    Action { by, act }
}

fn join_session(by: By) -> SessionId {
    match by {
        By::Session(session) => session,
        By::Seat(seat) => session(seat),
        By::Nobody => SessionId(1),
    }
}

fn any_decision(a: u32, b: u32) -> Act {
    let decision = match a & 3 {
        0 => Decision::Redeal(b & 1 == 0),
        1 => Decision::Declare(b as u8 % 12),
        _ => Decision::Play(PieceSet(b & b.rotate_left(a & 31))),
    };
    let deciders = [Decider::Person, Decider::Bot, Decider::Absence, Decider::TimeOut];
    let decider = deciders[(a >> 2 & 3) as usize];
    let turn = (a >> 4 & 7 == 0).then_some(TurnMark { round: b as u8 & 3, turn: 1 });
    Act::Decide { decision, turn, decider }
}
