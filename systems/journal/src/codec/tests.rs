//! What is written is read again, and nothing else is.

mod any;
mod fixtures;
mod hostile;
mod sizes;

use components::{Act, Action, Faults, RoomId, RoomState, Settings};
use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_room_is_read_as_it_was_written(state in any::room_state()) {
        let (fixed, moving) = written(&state);
        prop_assert_eq!(read_state(FORMAT, &fixed, &moving), Ok(state));
    }

    #[test]
    fn any_step_is_read_as_it_was_written_but_for_the_turn_it_was_meant_for(step in any::step()) {
        let bytes = step_written(&step);
        prop_assert_eq!(read_step(FORMAT, &bytes), Ok(without_turn(step)));
    }

    #[test]
    fn any_settings_are_read_as_they_were_written(settings in any::settings()) {
        let bytes = settings_written(&settings);
        prop_assert_eq!(read_settings(FORMAT, &bytes), Ok(settings));
    }

    #[test]
    fn any_number_is_read_as_it_was_written(
        varint in any::number(),
        zigzag in any::number(),
        room: u64,
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        low: u16,
        high: u16,
    ) {
        let mut out = Vec::new();
        put_varint(&mut out, varint);
        put_zigzag(&mut out, zigzag as i64);
        put_room(&mut out, RoomId(room));
        put_bytes(&mut out, &bytes);
        write::put_nibbles(&mut out, low, high);
        let mut reader = Reader::new(&out);
        prop_assert_eq!(reader.varint("varint"), Ok(varint));
        prop_assert_eq!(reader.zigzag("zigzag"), Ok(zigzag as i64));
        prop_assert_eq!(reader.room(), Ok(RoomId(room)));
        prop_assert_eq!(reader.counted("bytes"), Ok(&bytes[..]));
        prop_assert_eq!(reader.nibbles("nibbles"), Ok((low, high)));
        prop_assert_eq!(reader.finish("end"), Ok(()));
    }
}

#[test]
fn the_default_settings_and_the_vacant_room_are_read_as_they_were_written() {
    let settings = Settings::default();
    assert_eq!(read_settings(FORMAT, &settings_written(&settings)), Ok(settings));
    let (fixed, moving) = written(&RoomState::VACANT);
    assert_eq!(read_state(FORMAT, &fixed, &moving), Ok(RoomState::VACANT));
}

#[cfg(feature = "faults")]
#[test]
fn planted_failures_lose_the_clocks_and_the_accepted_requests() {
    use components::{Clocks, Fault, Recent};

    let state = fixtures::room();
    let mut expected = state.clone();
    expected.clocks = Clocks::default();
    for player in expected.players.iter_mut().flatten() {
        if let Some(human) = player.control.human_mut() {
            human.recent = Recent::default();
        }
    }
    assert_ne!(state, expected);
    let (fixed, mut moving) = (written(&state).0, Vec::new());
    let faults = Faults::planted(&[Fault::DeadlineNotPersisted, Fault::DedupeForgotten]);
    write_moving(&state, faults, &mut moving);
    assert_eq!(read_state(FORMAT, &fixed, &moving), Ok(expected));
}

/// The two parts of a room.
fn written(state: &RoomState) -> (Vec<u8>, Vec<u8>) {
    let (mut fixed, mut moving) = (Vec::new(), Vec::new());
    write_fixed(state, &mut fixed);
    write_moving(state, Faults::NONE, &mut moving);
    (fixed, moving)
}

fn step_written(Step { cause, action, events }: &Step) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_step(*cause, action, events, &mut bytes);
    bytes
}

fn settings_written(settings: &Settings) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_settings(settings, &mut bytes);
    bytes
}

fn without_turn(mut step: Step) -> Step {
    if let Action { by: _, act: Act::Decide { turn, .. } } = &mut step.action {
        *turn = None;
    }
    step
}
