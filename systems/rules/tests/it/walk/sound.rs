//! What holds of every room after every step.

use components::{Clocks, Phase, PieceSet, Presence, RoomState, Seat};
use rules::{automatic_seat, rearm};

use crate::support::Room;

/// In a match every piece is in one hand or has been played; and hands are as large as each other,
/// but for those who have played in the turn.
pub(super) fn check_pieces(state: &RoomState, played: PieceSet) {
    if !state.phase.is_running() {
        return;
    }
    let hands = Seat::ALL.map(|seat| state.players[seat.index()].as_ref().unwrap().tally.hand);
    let mut all = played;
    for hand in hands {
        assert_eq!(all.intersection(hand), PieceSet::EMPTY);
        all = all.union(hand);
    }
    assert_eq!(all, PieceSet::ALL);
    let table = match state.phase {
        Phase::Playing { table, .. } => table.plays,
        _ => [PieceSet::EMPTY; 4],
    };
    let held = Seat::ALL.map(|seat| hands[seat.index()].len() + table[seat.index()].len());
    assert_eq!(held, [held[0]; 4]);
    let players = state.players.iter().flatten();
    let captured: u8 = players.map(|player| player.tally.captured).sum();
    let on_table = match state.phase {
        Phase::Staying { table } => table.count(),
        _ => 0,
    };
    assert_eq!(captured + on_table + held[0], 8);
}

/// The host is somebody who is not away, if there is anybody.
pub(super) fn check_people(state: &RoomState) {
    let presence = |seat: Seat| {
        let control = &state.players[seat.index()].as_ref()?.control;
        control.human().map(|human| human.presence)
    };
    let host = state.host.map(|seat| presence(seat).expect("the host is a person"));
    if Seat::ALL.iter().any(|seat| presence(*seat) == Some(Presence::Here)) {
        assert!(matches!(host, Some(Presence::Here | Presence::Lost)), "{host:?}");
    }
    if state.phase != Phase::Closed {
        let lost = Seat::ALL.map(|seat| presence(seat) == Some(Presence::Lost));
        assert_eq!(state.clocks.grace.map(|clock| clock.is_some()), lost);
    }
}

pub(super) fn check_clocks(room: &Room) {
    let state = &room.state;
    let charter = state.charter.as_ref().unwrap();
    assert_eq!(state.clocks.bot.is_some(), automatic_seat(state).is_some());
    let people = state.players.iter().flatten().filter_map(|player| player.control.human());
    let is_empty = people.clone().all(|human| human.presence != Presence::Here);
    if state.paused && !matches!(state.phase, Phase::Closed) {
        assert_eq!(state.clocks.empty.is_some(), is_empty);
        return;
    }
    let can_be_given_up = match state.phase {
        Phase::Open => true,
        phase => phase.is_running() && !room.settings.rooms.abandoned_finish,
    };
    if can_be_given_up {
        assert_eq!(state.clocks.empty.is_some(), is_empty && !charter.endless);
    }
    if !is_empty || matches!(state.phase, Phase::Finished { .. } | Phase::Closed) {
        assert_eq!(state.clocks.empty, None);
    }
}

/// What is shown for no time is never where a step ends.
pub(super) fn check_zero_passes(before: &RoomState, after: &RoomState) {
    let is_shown = matches!(
        after.phase,
        Phase::Dealt
            | Phase::Starting
            | Phase::Staying { .. }
            | Phase::TurnWon { .. }
            | Phase::Scored { .. }
    );
    if is_shown && after.clocks.phase == Some(0) {
        assert_eq!((before.phase, before.clocks.phase), (after.phase, Some(0)));
    }
}

/// A restart shortens no clock, starts none, and gives none more than its grace.
pub(super) fn check_rearm(state: &RoomState) {
    let grace_ms = 15_000;
    let mut rearmed = state.clone();
    rearm(&mut rearmed, grace_ms);
    let all = |clocks: &Clocks| {
        let Clocks { phase, bot, empty, grace } = *clocks;
        [phase, bot, empty].into_iter().chain(grace)
    };
    for (before, after) in all(&state.clocks).zip(all(&rearmed.clocks)) {
        match (before, after) {
            (Some(before), Some(after)) => {
                assert!(after == before || (before < grace_ms && after == grace_ms));
            }
            (before, after) => assert_eq!(before, after),
        }
    }
    rearmed.clocks = state.clocks;
    assert_eq!(&rearmed, state, "nothing but clocks is changed");
}
