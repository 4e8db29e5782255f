//! What an operator may set about the game. Defaults are the rules'.

use bevy_ecs::prelude::Resource;

use crate::{BotLevel, Pace};

/// Every number of the rules.
#[derive(Resource, Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Points of red General, Advisor, Elephant, Chariot, Horse, Cannon, Soldier; 1..=99 each.
    pub red_points: [u8; 7],
    /// The same of black.
    pub black_points: [u8; 7],
    /// A hand is weak when no piece is worth more than this.
    pub weak_points_max: u8,
    /// Redeals a round may have, 0..=9.
    pub redeals_max: u8,
    /// A match ends when a score reaches this, 1..=10,000.
    pub score_target: i16,
    /// A match ends after this round, 1..=99.
    pub rounds_max: u8,
    /// Points for declaring and capturing nothing.
    pub zero_bonus: i16,
    /// Points beside the declaration for capturing exactly what was declared.
    pub exact_bonus: i16,
    /// Rounds in a row in which a seat may declare 0, 1..=20.
    pub zero_streak_max: u8,
    /// With this much time left, those who are asked about a redeal are warned.
    pub redeal_warning_ms: u32,
    /// Durations, in the order of [`Pace::ALL`].
    pub paces: [PaceSettings; 4],
    /// The level of the bot that decides for a person who is away or out of time.
    pub substitute: BotLevel,
    /// What concerns rooms rather than the game.
    pub rooms: RoomSettings,
}

/// How long things take, in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceSettings {
    /// A deal is shown.
    pub deal_ms: u32,
    /// A deal after a redeal is shown.
    pub redealt_ms: u32,
    /// A round's start is shown.
    pub start_ms: u32,
    /// The weak seats may think.
    pub redeal_ms: u32,
    /// A seat may think about its declaration; `None` is no limit.
    pub declare_ms: Option<u32>,
    /// A seat may think about its play; `None` is no limit.
    pub play_ms: Option<u32>,
    /// The last play of a turn stays before the result is shown.
    pub stay_ms: u32,
    /// A turn's result is shown.
    pub turn_ms: u32,
    /// A round's score is shown.
    pub score_ms: u32,
    /// A bot thinks at least this long.
    pub think_ms_min: u32,
    /// A bot thinks at most this long.
    pub think_ms_max: u32,
    /// Credits a session may spend at once; 0 is no limit.
    pub credits_max: u32,
    /// Credits that come back per second.
    pub credits_per_second: u32,
}

/// What concerns rooms rather than the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomSettings {
    /// A lost connection counts as away after this long in a match.
    pub grace_match_ms: u32,
    /// The same before and after a match; then the seat is freed.
    pub grace_lobby_ms: u32,
    /// An open room without a connected person closes after this long.
    pub open_empty_ms: u32,
    /// A running match without a connected person is given up after this long.
    pub match_empty_ms: u32,
    /// Whether a match that is given up is played to its end by bots rather than closed.
    pub abandoned_finish: bool,
    /// After a restart, nobody is away, and no awaited person's time is up, before this long.
    pub recovery_grace_ms: u32,
    /// A finished room stays this long.
    pub finished_ms: u32,
    /// The server's own rooms rest this long between two matches.
    pub endless_rest_ms: u32,
    /// Credits of a room for those who hold no seat in it.
    pub room_credits_max: u32,
    /// How many of those come back per second.
    pub room_credits_per_second: u32,
    /// Actions that may wait for one room.
    pub queued_max: u32,
}

impl Settings {
    /// The durations of a pace.
    #[must_use]
    pub const fn pace(&self, pace: Pace) -> &PaceSettings {
        &self.paces[pace as usize]
    }
}

impl Default for Settings {
    fn default() -> Self {
        let standard = PaceSettings {
            deal_ms: 2_000,
            redealt_ms: 4_000,
            start_ms: 5_000,
            redeal_ms: 30_000,
            declare_ms: Some(30_000),
            play_ms: Some(45_000),
            stay_ms: 0,
            turn_ms: 7_000,
            score_ms: 7_000,
            think_ms_min: 500,
            think_ms_max: 1_500,
            credits_max: 30,
            credits_per_second: 5,
        };
        let classic = PaceSettings {
            declare_ms: None,
            play_ms: None,
            stay_ms: 5_000,
            turn_ms: 12_000,
            ..standard
        };
        let fast = PaceSettings {
            deal_ms: 200,
            redealt_ms: 200,
            start_ms: 200,
            redeal_ms: 5_000,
            declare_ms: Some(5_000),
            play_ms: Some(5_000),
            turn_ms: 200,
            score_ms: 200,
            think_ms_min: 20,
            think_ms_max: 60,
            credits_max: 200,
            credits_per_second: 100,
            ..standard
        };
        let instant = PaceSettings {
            deal_ms: 0,
            redealt_ms: 0,
            start_ms: 0,
            turn_ms: 0,
            score_ms: 0,
            think_ms_min: 0,
            think_ms_max: 0,
            credits_max: 0,
            credits_per_second: 0,
            ..fast
        };
        Self {
            red_points: [14, 12, 10, 8, 6, 4, 2],
            black_points: [13, 11, 9, 7, 5, 3, 1],
            weak_points_max: 9,
            redeals_max: 9,
            score_target: 50,
            rounds_max: 20,
            zero_bonus: 3,
            exact_bonus: 5,
            zero_streak_max: 2,
            redeal_warning_ms: 10_000,
            paces: [standard, classic, fast, instant],
            substitute: BotLevel::Standard,
            rooms: RoomSettings::default(),
        }
    }
}

impl Default for RoomSettings {
    fn default() -> Self {
        Self {
            grace_match_ms: 1_500,
            grace_lobby_ms: 5_000,
            open_empty_ms: 30_000,
            match_empty_ms: 30_000,
            abandoned_finish: false,
            recovery_grace_ms: 15_000,
            finished_ms: 300_000,
            endless_rest_ms: 3_000,
            room_credits_max: 200,
            room_credits_per_second: 50,
            queued_max: 256,
        }
    }
}
