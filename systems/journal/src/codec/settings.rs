//! The numbers of the rules, so that what was played under them can be run again under them.

use components::{PaceSettings, RoomSettings, Settings};

use super::code::Coded;
use super::migrate;
use super::read::{Malformed, Reader};
use super::write::{put_option, put_varint, put_zigzag};

/// Writes all settings, in the order of their declaration.
pub(crate) fn write_settings(settings: &Settings, out: &mut Vec<u8>) {
    let Settings {
        red_points,
        black_points,
        weak_points_max,
        redeals_max,
        score_target,
        rounds_max,
        zero_bonus,
        exact_bonus,
        zero_streak_max,
        redeal_warning_ms,
        paces,
        substitute,
        rooms,
    } = settings;
    out.extend_from_slice(red_points);
    out.extend_from_slice(black_points);
    out.extend_from_slice(&[*weak_points_max, *redeals_max]);
    put_zigzag(out, i64::from(*score_target));
    out.push(*rounds_max);
    put_zigzag(out, i64::from(*zero_bonus));
    put_zigzag(out, i64::from(*exact_bonus));
    out.push(*zero_streak_max);
    put_varint(out, u64::from(*redeal_warning_ms));
    for pace in paces {
        put_pace(out, pace);
    }
    out.push(substitute.code());
    put_rooms(out, rooms);
}

/// Reads settings from all of `bytes`.
///
/// # Errors
/// When they are none.
pub(crate) fn read_settings(format: u16, bytes: &[u8]) -> Result<Settings, Malformed> {
    migrate::known(format)?;
    let mut reader = Reader::new(bytes);
    let settings = Settings {
        red_points: reader.array("red points")?,
        black_points: reader.array("black points")?,
        weak_points_max: reader.u8("weak points")?,
        redeals_max: reader.u8("redeals")?,
        score_target: reader.i16("score target")?,
        rounds_max: reader.u8("rounds")?,
        zero_bonus: reader.i16("bonus for zero")?,
        exact_bonus: reader.i16("bonus for an exact hit")?,
        zero_streak_max: reader.u8("zero streak")?,
        redeal_warning_ms: reader.number("redeal warning")?,
        paces: [pace(&mut reader)?, pace(&mut reader)?, pace(&mut reader)?, pace(&mut reader)?],
        substitute: reader.code("substitute")?,
        rooms: rooms(&mut reader)?,
    };
    reader.finish("end of the settings")?;
    Ok(settings)
}

fn put_pace(out: &mut Vec<u8>, pace: &PaceSettings) {
    let PaceSettings {
        deal_ms,
        redealt_ms,
        start_ms,
        redeal_ms,
        declare_ms,
        play_ms,
        stay_ms,
        turn_ms,
        score_ms,
        think_ms_min,
        think_ms_max,
        credits_max,
        credits_per_second,
    } = *pace;
    put_numbers(out, [deal_ms, redealt_ms, start_ms, redeal_ms]);
    put_option(out, declare_ms);
    put_option(out, play_ms);
    put_numbers(out, [stay_ms, turn_ms, score_ms, think_ms_min, think_ms_max]);
    put_numbers(out, [credits_max, credits_per_second]);
}

fn pace(reader: &mut Reader<'_>) -> Result<PaceSettings, Malformed> {
    Ok(PaceSettings {
        deal_ms: reader.number("duration")?,
        redealt_ms: reader.number("duration")?,
        start_ms: reader.number("duration")?,
        redeal_ms: reader.number("duration")?,
        declare_ms: reader.option("duration")?,
        play_ms: reader.option("duration")?,
        stay_ms: reader.number("duration")?,
        turn_ms: reader.number("duration")?,
        score_ms: reader.number("duration")?,
        think_ms_min: reader.number("duration")?,
        think_ms_max: reader.number("duration")?,
        credits_max: reader.number("credits")?,
        credits_per_second: reader.number("credits")?,
    })
}

fn put_rooms(out: &mut Vec<u8>, rooms: &RoomSettings) {
    let RoomSettings {
        grace_match_ms,
        grace_lobby_ms,
        open_empty_ms,
        match_empty_ms,
        abandoned_finish,
        recovery_grace_ms,
        finished_ms,
        endless_rest_ms,
        room_credits_max,
        room_credits_per_second,
        queued_max,
    } = *rooms;
    put_numbers(out, [grace_match_ms, grace_lobby_ms, open_empty_ms, match_empty_ms]);
    out.push(abandoned_finish.into());
    put_numbers(out, [recovery_grace_ms, finished_ms, endless_rest_ms]);
    put_numbers(out, [room_credits_max, room_credits_per_second, queued_max]);
}

fn rooms(reader: &mut Reader<'_>) -> Result<RoomSettings, Malformed> {
    Ok(RoomSettings {
        grace_match_ms: reader.number("duration")?,
        grace_lobby_ms: reader.number("duration")?,
        open_empty_ms: reader.number("duration")?,
        match_empty_ms: reader.number("duration")?,
        abandoned_finish: reader.bool("what becomes of an abandoned match")?,
        recovery_grace_ms: reader.number("duration")?,
        finished_ms: reader.number("duration")?,
        endless_rest_ms: reader.number("duration")?,
        room_credits_max: reader.number("credits")?,
        room_credits_per_second: reader.number("credits")?,
        queued_max: reader.number("queued actions")?,
    })
}

fn put_numbers<const N: usize>(out: &mut Vec<u8>, numbers: [u32; N]) {
    for number in numbers {
        put_varint(out, number.into());
    }
}
