//! Requests that are sent again: answered as before, and nothing happens twice.

use components::{Refusal, RequestId, RoomState, SessionId};

use crate::asked::seat_of;

/// Whether a request of this session is new to the room, as far as its seat remembers. A session
/// without a seat has sent nothing before.
///
/// # Errors
///
/// [`Refusal::Repeated`] with the version it made, for one of the last
/// [`Recent::MAX`](components::Recent::MAX) accepted;
/// [`Refusal::StaleRequest`] with the oldest of those, for one that is older than all of them.
pub fn check_repeat(
    state: &RoomState,
    session: SessionId,
    request: RequestId,
) -> Result<(), Refusal> {
    let Some(seat) = seat_of(state, session) else { return Ok(()) };
    let player = state.players[seat.index()].as_ref();
    let Some(human) = player.and_then(|player| player.control.human()) else { return Ok(()) };
    let known = human.recent.accepted(state.version);
    if let Some((_, version)) = known.clone().find(|(id, _)| *id == request) {
        return Err(Refusal::Repeated(version));
    }
    match known.map(|(id, _)| id).min() {
        Some(oldest) if human.recent.is_full() && request < oldest => {
            Err(Refusal::StaleRequest(oldest))
        }
        _ => Ok(()),
    }
}

/// Remembers an accepted request with the version it made, the room's current one; the oldest is
/// forgotten for it. A session that gave its seat up is not remembered.
pub fn remember(state: &mut RoomState, session: SessionId, request: RequestId) {
    let version = state.version;
    let Some(seat) = seat_of(state, session) else { return };
    let player = state.players[seat.index()].as_mut();
    let Some(human) = player.and_then(|player| player.control.human_mut()) else { return };
    human.recent.push(request, version);
}

#[cfg(test)]
mod tests {
    use components::{
        Control, Epoch, Human, Player, PlayerId, Presence, Recent, Refusal, RequestId, RoomState,
        SessionId, Tally, Version,
    };

    use super::{check_repeat, remember};

    const SESSION: SessionId = SessionId(5);

    fn seated() -> RoomState {
        let mut state = RoomState::VACANT;
        let control = Control::Human(Human {
            name: "Ann".into(),
            player: PlayerId(1),
            session: SESSION,
            epoch: Epoch(1),
            presence: Presence::Here,
            recent: Recent::default(),
        });
        state.players[2] = Some(Player { control, tally: Tally::default() });
        state
    }

    fn accept(state: &mut RoomState, request: u32, version: u64) {
        state.version = Version(version);
        remember(state, SESSION, RequestId(request));
    }

    fn check(state: &RoomState, request: u32) -> Result<(), Refusal> {
        check_repeat(state, SESSION, RequestId(request))
    }

    #[test]
    fn a_repeat_is_answered_with_the_version_it_made() {
        let mut state = seated();
        accept(&mut state, 7, 3);
        accept(&mut state, 9, 4);
        assert_eq!(check(&state, 7), Err(Refusal::Repeated(Version(3))));
        assert_eq!(check(&state, 9), Err(Refusal::Repeated(Version(4))));
        assert_eq!(check(&state, 8), Ok(()), "refused before, so it may be sent again");
    }

    #[test]
    fn only_with_four_remembered_is_an_older_request_stale() {
        let mut state = seated();
        for (request, version) in [(10, 1), (11, 2), (12, 5)] {
            accept(&mut state, request, version);
        }
        assert_eq!(check(&state, 1), Ok(()));
        accept(&mut state, 14, 6);
        assert_eq!(check(&state, 1), Err(Refusal::StaleRequest(RequestId(10))));
        assert_eq!(check(&state, 13), Ok(()));
    }

    #[test]
    fn the_fifth_request_makes_it_forget_the_first() {
        let mut state = seated();
        for request in 10..15 {
            accept(&mut state, request, u64::from(request));
        }
        assert_eq!(check(&state, 10), Err(Refusal::StaleRequest(RequestId(11))));
        assert_eq!(check(&state, 11), Err(Refusal::Repeated(Version(11))));
        assert_eq!(check(&state, 14), Err(Refusal::Repeated(Version(14))));
        assert_eq!(check(&state, 15), Ok(()));
    }

    #[test]
    fn a_session_without_a_seat_is_new_and_not_remembered() {
        let mut state = seated();
        let before = state.clone();
        remember(&mut state, SessionId(6), RequestId(1));
        assert_eq!(state, before);
        assert_eq!(check_repeat(&state, SessionId(6), RequestId(1)), Ok(()));
    }
}
