//! Bytes that are anything: refused or read, never believed.

use components::{Faults, Phase, SeatSet, Settings};
use proptest::{collection::vec, prelude::*, sample::Index};

use super::{any, fixtures, settings_written, step_written, without_turn, written};
use crate::codec::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_refused_or_are_a_value(
        format in 0..5_u16,
        one in vec(any::<u8>(), 0..200),
        other in vec(any::<u8>(), 0..200),
    ) {
        check(format, &one, &other);
        // The least there is of a fixed part, so that the moving part is really read.
        let mut vacant = vec![0; 1 + 1 + 16 + 32];
        vacant.extend([0, 1, 2, 3].map(|seat| one.first().map_or(0, |bits| 2 * (bits >> seat & 1))));
        check(format, &vacant, &other);
    }

    #[test]
    fn a_room_with_a_wrong_bit_is_refused_or_is_another_room(
        state in any::room_state(),
        at: Index,
        bit in 0..8_u8,
    ) {
        let (mut fixed, mut moving) = written(&state);
        let at = at.index(fixed.len() + moving.len());
        let byte = if at < fixed.len() { &mut fixed[at] } else { &mut moving[at - fixed.len()] };
        *byte ^= 1 << bit;
        check(FORMAT, &fixed, &moving);
    }

    #[test]
    fn a_step_with_a_wrong_bit_is_refused_or_is_another_step(
        step in any::step(),
        at: Index,
        bit in 0..8_u8,
    ) {
        let mut bytes = step_written(&step);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        check(FORMAT, &bytes, &[]);
    }

    #[test]
    fn a_part_that_is_cut_short_or_too_long_is_refused(state in any::room_state(), at: Index) {
        let (mut fixed, mut moving) = written(&state);
        prop_assert!(read_state(FORMAT, &fixed[..at.index(fixed.len())], &moving).is_err());
        prop_assert!(read_state(FORMAT, &fixed, &moving[..at.index(moving.len())]).is_err());
        moving.push(0);
        prop_assert!(read_state(FORMAT, &fixed, &moving).is_err());
        moving.pop();
        fixed.push(0);
        prop_assert!(read_state(FORMAT, &fixed, &moving).is_err());
    }

    #[test]
    fn settings_that_are_cut_short_or_too_long_are_refused(at: Index) {
        let mut bytes = settings_written(&Settings::default());
        prop_assert!(read_settings(FORMAT, &bytes[..at.index(bytes.len())]).is_err());
        bytes.push(0);
        prop_assert!(read_settings(FORMAT, &bytes).is_err());
    }
}

/// What can be read can be written, and is then read the same. (Nothing panics, above all.)
fn check(format: u16, one: &[u8], other: &[u8]) {
    if let Ok(step) = read_step(format, one) {
        assert_eq!(read_step(FORMAT, &step_written(&step)), Ok(without_turn(step)));
    }
    if let Ok(settings) = read_settings(format, one) {
        assert_eq!(read_settings(FORMAT, &settings_written(&settings)), Ok(settings));
    }
    if let Ok(state) = read_state(format, one, other) {
        let (fixed, moving) = written(&state);
        assert_eq!(read_state(FORMAT, &fixed, &moving), Ok(state));
    }
}

#[test]
fn a_number_of_bytes_is_not_believed() {
    for count in [5, u64::from(u32::MAX), u64::MAX] {
        let mut bytes = Vec::new();
        put_varint(&mut bytes, count);
        bytes.extend_from_slice(b"four");
        let mut reader = Reader::new(&bytes);
        let at = bytes.len() - 4;
        assert_eq!(reader.counted("text"), Err(Malformed { what: "text", at }));
    }
}

#[test]
fn a_varint_of_more_than_64_bits_is_refused() {
    let too_large = [&[0xff; 9][..], &[0x02]].concat();
    let too_long = [0x80; 11];
    for bytes in [&too_large[..], &too_long] {
        let refused = Malformed { what: "number", at: 0 };
        assert_eq!(Reader::new(bytes).varint("number"), Err(refused));
    }
}

#[test]
fn no_record_becomes_a_flood_of_events() {
    let (cause_timer, by_nobody_phase_over, room_paused) = (4, 11, 19);
    let mut bytes = vec![cause_timer, by_nobody_phase_over];
    bytes.resize(2 + 255, room_paused);
    assert_eq!(read_step(FORMAT, &bytes).map(|step| step.events.len()), Ok(255));
    bytes.push(room_paused);
    assert_eq!(read_step(FORMAT, &bytes), Err(Malformed { what: "number of events", at: 257 }));
}

#[test]
fn a_moving_part_is_not_read_with_the_fixed_part_of_other_players() {
    let state = fixtures::room();
    let mut other = state.clone();
    other.players.rotate_left(1);
    let (_, moving) = written(&state);
    let (fixed, _) = written(&other);
    let refused = read_state(FORMAT, &fixed, &moving).map_err(|malformed| malformed.to_string());
    let players = "malformed players: not those of the fixed part at byte 28";
    assert_eq!(refused, Err(players.to_owned()));
}

#[test]
fn a_version_older_than_the_first_is_refused() {
    let mut state = fixtures::room();
    let mut moving = Vec::new();
    state.version.0 = 1 << 40;
    write_moving(&state, Faults::NONE, &mut moving);
    // Its version, of six bytes, becomes 0: older than what was accepted in it.
    let (fixed, _) = written(&state);
    moving.splice(1..7, [0]);
    let refused = read_state(FORMAT, &fixed, &moving).map_err(|malformed| malformed.what);
    assert_eq!(refused, Err("accepted request's version"));
}

#[test]
fn what_no_room_of_format_1_had_is_not_taken_for_a_pause() {
    let (fixed, moving) = written(&RoomState::VACANT);
    let old = |phase, host| [&[phase, host], &moving[1..]].concat();
    assert_eq!(read_state(1, &fixed, &old(0, 0)), Ok(RoomState::VACANT));
    for (phase, host) in [(0x80, 0), (0x10, 0), (0, 8), (0, 5)] {
        assert!(read_state(1, &fixed, &old(phase, host)).is_err(), "{phase} {host}");
    }
}

#[test]
fn a_fifth_seat_is_refused() {
    let finished = |winners| {
        let state = RoomState { phase: Phase::Finished { winners }, ..RoomState::VACANT };
        written(&state)
    };
    for (winners, is_good) in [(0b1111, true), (0b1_0000, false)] {
        let (fixed, moving) = finished(SeatSet(winners));
        assert_eq!(read_state(FORMAT, &fixed, &moving).is_ok(), is_good);
    }
}
