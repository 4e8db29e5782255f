//! Who is asked: which seat a bot decides for now, and which seat a session holds.

use components::{Control, Phase, RoomState, Seat, SeatSet, SessionId};

/// The seat this session holds.
#[must_use]
pub fn seat_of(state: &RoomState, session: SessionId) -> Option<Seat> {
    Seat::ALL.into_iter().find(|seat| {
        let player = state.players[seat.index()].as_ref();
        player.and_then(|own| own.control.human()).is_some_and(|own| own.session == session)
    })
}

/// The seat for which a bot decides next: the one that is asked, if it is a bot's or its person is
/// away; about a redeal, the first such in play order that has not answered.
#[must_use]
pub fn automatic_seat(state: &RoomState) -> Option<Seat> {
    match &state.phase {
        Phase::Declaring { seat } | Phase::Playing { seat, .. } => {
            is_automatic(state, *seat).then_some(*seat)
        }
        Phase::Redealing { asked, accepted, declined, .. } => {
            let open = asked.minus(*accepted).minus(*declined);
            first_in_play_order(state, open, |seat| is_automatic(state, seat))
        }
        _ => None,
    }
}

/// The first of these seats that `is_meant`, in play order from the current starter; from seat 0
/// when there is none yet.
pub(crate) fn first_in_play_order(
    state: &RoomState,
    seats: SeatSet,
    is_meant: impl Fn(Seat) -> bool,
) -> Option<Seat> {
    let from = state.round.starter.unwrap_or(Seat::ALL[0]);
    from.play_order().into_iter().find(|seat| seats.contains(*seat) && is_meant(*seat))
}

fn is_automatic(state: &RoomState, seat: Seat) -> bool {
    state.players[seat.index()].as_ref().map(|own| &own.control).is_some_and(Control::is_automatic)
}

/// Whether all four seats are taken.
pub(crate) fn is_full(state: &RoomState) -> bool {
    state.players.iter().all(Option::is_some)
}
