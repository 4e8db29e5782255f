//! Every action is written for ever: what it costs is held here.

use components::{
    Act, Action, BotLevel, By, Cause, Control, Decider, Decision, Event, Fact, PieceSet, RequestId,
    RoomState, Seat, SessionId, SetKind,
};

use super::{fixtures, step_written, written};
use crate::codec::action::{put_action, put_cause};
use crate::codec::{FORMAT, Step, read_step};

#[test]
fn a_room_of_four_people_in_the_middle_of_a_match_moves_in_130_bytes() {
    let (_, moving) = written(&people());
    assert!(moving.len() <= 130, "{}", moving.len());
}

#[test]
fn a_room_of_four_bots_in_the_middle_of_a_match_moves_in_70_bytes() {
    let (_, moving) = written(&bots());
    assert!(moving.len() <= 70, "{}", moving.len());
}

#[test]
fn a_play_of_a_bot_is_the_6_bytes_of_the_example_in_the_format() {
    assert_eq!(step_written(&play()), [0x02, 0xd1, 0x4f, 0x25, 0x14, 0x09]);
}

#[test]
fn a_decision_is_one_byte_where_its_event_tells_all_of_it_and_no_less() {
    let Step { cause, action: Action { by, act }, events } = play();
    let (session, other) = (SessionId(1), SessionId(2));
    let client = Cause::Client(session, RequestId(1));
    let decide = |pieces, decider| {
        let decision = Decision::Play(PieceSet(pieces));
        Act::Decide { decision, turn: None, decider }
    };
    let cases = [
        (cause, by, act.clone(), 1),
        (Cause::Timer, by, act.clone(), 1),
        (client, By::Session(session), act.clone(), 1),
        (client, By::Session(other), act.clone(), 1 + 8 + 3),
        (cause, By::Session(session), act.clone(), 1 + 8 + 3),
        (cause, By::Seat(Seat::ALL[1]), act.clone(), 1 + 3),
        (cause, By::Nobody, act, 1 + 3),
        (cause, by, decide(1 << 20, Decider::TimeOut), 1 + 3),
        (cause, by, decide(1 << 21, Decider::Bot), 1 + 3),
    ];
    for (cause, by, act, expected) in cases {
        let mut bytes = Vec::new();
        put_cause(&mut bytes, cause);
        let action = Action { by, act };
        let before = bytes.len();
        put_action(&mut bytes, cause, &action, &events);
        assert_eq!(bytes.len() - before, expected, "{cause:?} {action:?}");
        let step = Step { cause, action, events: events.clone() };
        assert_eq!(read_step(FORMAT, &step_written(&step)), Ok(step));
    }
}

/// Four people, each with all the requests it can have.
fn people() -> RoomState {
    let mut state = fixtures::room();
    let person = state.players[0].clone();
    state.players = [0; 4].map(|_| person.clone());
    state
}

fn bots() -> RoomState {
    let mut state = fixtures::room();
    for player in state.players.iter_mut().flatten() {
        player.control = Control::Bot(BotLevel::Standard);
    }
    state
}

/// A bot leads with a single piece.
fn play() -> Step {
    let seat = Seat::ALL[2];
    let (pieces, decider) = (PieceSet(1 << 20), Decider::Bot);
    let act = Act::Decide { decision: Decision::Play(pieces), turn: None, decider };
    let kind = Some(SetKind::Single);
    let next = Some(Seat::ALL[3]);
    let played = Fact::Played { seat, pieces, kind, points: 9, next, decider };
    Step {
        cause: Cause::Bot(seat),
        action: Action { by: By::Seat(seat), act },
        events: vec![Event::Public(played)],
    }
}
