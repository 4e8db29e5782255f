//! A name for a set of rules' numbers, so that matches under the same ones can be found.

use components::{BotLevel, PaceSettings, RoomSettings, Settings};
use sha2::{Digest, Sha256};

/// The first 8 bytes of a SHA-256 over every number of the settings, in the order of their
/// declaration: numbers as 8 bytes, little-endian; `None` as -1.
pub(super) fn settings_id(settings: &Settings) -> [u8; 8] {
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
    let mut hash = Numbers(Sha256::new());
    red_points.iter().chain(black_points).for_each(|points| hash.add(*points));
    hash.add(*weak_points_max);
    hash.add(*redeals_max);
    hash.add(*score_target);
    hash.add(*rounds_max);
    hash.add(*zero_bonus);
    hash.add(*exact_bonus);
    hash.add(*zero_streak_max);
    hash.add(*redeal_warning_ms);
    paces.iter().for_each(|pace| add_pace(&mut hash, pace));
    hash.add(match substitute {
        BotLevel::Simple => 0,
        BotLevel::Standard => 1,
    });
    add_rooms(&mut hash, rooms);
    let mut id = [0; 8];
    id.copy_from_slice(&hash.0.finalize()[..8]);
    id
}

struct Numbers(Sha256);

impl Numbers {
    fn add(&mut self, number: impl Into<i64>) {
        self.0.update(number.into().to_le_bytes());
    }
}

fn add_pace(hash: &mut Numbers, pace: &PaceSettings) {
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
    for ms in [deal_ms, redealt_ms, start_ms, redeal_ms] {
        hash.add(ms);
    }
    for limit in [declare_ms, play_ms] {
        hash.add(limit.map_or(-1, i64::from));
    }
    for number in [stay_ms, turn_ms, score_ms, think_ms_min, think_ms_max] {
        hash.add(number);
    }
    hash.add(credits_max);
    hash.add(credits_per_second);
}

fn add_rooms(hash: &mut Numbers, rooms: &RoomSettings) {
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
    for ms in [grace_match_ms, grace_lobby_ms, open_empty_ms, match_empty_ms] {
        hash.add(ms);
    }
    hash.add(i64::from(abandoned_finish));
    for ms in [recovery_grace_ms, finished_ms, endless_rest_ms] {
        hash.add(ms);
    }
    for number in [room_credits_max, room_credits_per_second, queued_max] {
        hash.add(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(id: [u8; 8]) -> String {
        id.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_default_settings_have_the_name_that_is_in_archives_already() {
        assert_eq!(hex(settings_id(&Settings::default())), "d4d321a84e707acb");
    }

    #[test]
    fn any_number_makes_another_name() {
        let base = Settings::default();
        let mut others = vec![base.clone(); 6];
        others[0].score_target += 1;
        others[1].paces[3].play_ms = None;
        others[2].rooms.abandoned_finish = true;
        others[3].substitute = BotLevel::Simple;
        others[4].red_points[6] += 1;
        others[5].rooms.queued_max += 1;
        let mut ids: Vec<_> = others.iter().chain([&base]).map(settings_id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 7);
    }
}
