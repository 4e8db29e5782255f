//! The table: every key has its place, every number its key.

use std::collections::BTreeSet;

use components::{PaceSettings, RoomSettings};

use super::super::table::{find, keys};
use super::*;

#[test]
fn every_key_has_a_place_of_its_own_that_holds_all_it_allows() {
    let default = Config::default();
    for key in keys() {
        let mut texts = vec![other_value(key)];
        if let Kind::Int(min, max) | Kind::OptionalInt(min, max) = key.kind {
            texts.extend([min.to_string(), max.to_string()]);
        }
        if let Kind::OptionalInt(..) = key.kind {
            texts.push("none".to_owned());
        }
        for text in texts {
            let value = key.kind.read_text(&text).unwrap();
            let mut config = default.clone();
            key.write(&mut config, value.clone());
            assert_eq!(key.read(&config), value, "{} = {text}", key.name);
            let others = keys().iter().filter(|other| other.name != key.name);
            for other in others {
                assert_eq!(other.read(&config), other.read(&default), "{}", other.name);
            }
        }
    }
}

#[test]
fn every_default_is_a_value_its_key_allows() {
    for key in keys() {
        let shown = key.show(&Config::default());
        let table: toml::Table = format!("x = {shown}").parse().unwrap();
        let read = key.kind.read_toml(&table["x"]);
        assert_eq!(read.as_ref(), Ok(&key.read(&Config::default())), "{}", key.name);
    }
}

#[test]
fn names_and_variables_are_unique_and_well_formed() {
    let names: BTreeSet<&str> = keys().iter().map(|key| key.name.as_str()).collect();
    let variables: BTreeSet<String> = keys().iter().map(Key::variable).collect();
    assert_eq!((names.len(), variables.len()), (keys().len(), keys().len()));
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.contains("__")
            && part.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))
    };
    for name in names {
        assert!(name.contains('.') && name.split('.').all(is_part), "{name}");
    }
    assert_eq!(find("net.send_queue").unwrap().variable(), "LIAP_NET__SEND_QUEUE");
}

#[test]
fn every_number_of_the_rules_has_a_key() {
    let mut config = Config::default();
    for key in keys() {
        let value = key.kind.read_text(&other_value(key)).unwrap();
        key.write(&mut config, value);
    }
    let (default, game) = (Settings::default(), config.game);
    // Naming every field: a new one does not compile before it is here.
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
    } = game;
    assert!(red_points.iter().zip(default.red_points).all(|(new, old)| *new != old));
    assert!(black_points.iter().zip(default.black_points).all(|(new, old)| *new != old));
    assert_ne!(weak_points_max, default.weak_points_max);
    assert_ne!(redeals_max, default.redeals_max);
    assert_ne!(score_target, default.score_target);
    assert_ne!(rounds_max, default.rounds_max);
    assert_ne!(zero_bonus, default.zero_bonus);
    assert_ne!(exact_bonus, default.exact_bonus);
    assert_ne!(zero_streak_max, default.zero_streak_max);
    assert_ne!(redeal_warning_ms, default.redeal_warning_ms);
    assert_ne!(substitute, default.substitute);
    for (new, old) in paces.iter().zip(&default.paces) {
        assert_all_differ(new, old);
    }
    assert_all_rooms_differ(&rooms, &default.rooms);
}

fn assert_all_differ(new: &PaceSettings, old: &PaceSettings) {
    let fields = |settings: &PaceSettings| {
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
        } = *settings;
        let shown = [deal_ms, redealt_ms, start_ms, stay_ms, turn_ms, score_ms].map(Some);
        let limits = [Some(redeal_ms), declare_ms, play_ms];
        let bot = [think_ms_min, think_ms_max, credits_max, credits_per_second].map(Some);
        [&shown[..], &limits[..], &bot[..]].concat()
    };
    assert!(fields(new).iter().zip(fields(old)).all(|(new, old)| *new != old), "{new:?}");
}

fn assert_all_rooms_differ(new: &RoomSettings, old: &RoomSettings) {
    let fields = |settings: &RoomSettings| {
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
        } = *settings;
        let grace = [grace_match_ms, grace_lobby_ms, recovery_grace_ms];
        let clocks = [open_empty_ms, match_empty_ms, finished_ms, endless_rest_ms];
        let rest =
            [room_credits_max, room_credits_per_second, queued_max, u32::from(abandoned_finish)];
        [&grace[..], &clocks[..], &rest[..]].concat()
    };
    assert!(fields(new).iter().zip(fields(old)).all(|(new, old)| *new != old), "{new:?}");
}
