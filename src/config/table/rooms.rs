//! Sections `rooms` and `bots`.

use components::{BotLevel, Pace};

use super::super::key::Key;
use super::super::kind::Kind::{Choice, Int};
use super::super::slot::{ABANDONED, Named};
use super::{CREDITS_MAX, DAY_MS};

pub(super) fn keys() -> Vec<Key> {
    let duration = Int(0, DAY_MS);
    vec![
        Key::new(
            "rooms.max",
            Int(1, 10_000_000),
            "Live rooms, the server's own bot rooms included.",
            |config, _| &mut config.rooms.max,
        ),
        Key::new(
            "rooms.default_pace",
            Choice(Pace::NAMES),
            "The pace of a room whose creator names none.",
            |config, _| &mut config.rooms.default_pace,
        ),
        Key::new(
            "rooms.grace_match_ms",
            duration,
            "In a match, a lost connection counts as away after this time.",
            |config, _| &mut config.game.rooms.grace_match_ms,
        ),
        Key::new(
            "rooms.grace_lobby_ms",
            duration,
            "Outside a match, the seat of a lost connection is freed after this time.",
            |config, _| &mut config.game.rooms.grace_lobby_ms,
        ),
        Key::new(
            "rooms.open_empty_ms",
            duration,
            "An open room without a connected person closes after this time.",
            |config, _| &mut config.game.rooms.open_empty_ms,
        ),
        Key::new(
            "rooms.match_empty_ms",
            duration,
            "A running match without a connected person is given up after this time.",
            |config, _| &mut config.game.rooms.match_empty_ms,
        ),
        Key::new(
            "rooms.abandoned",
            Choice(&ABANDONED),
            "Whether a match that is given up is closed, or finished by bots.",
            |config, _| &mut config.game.rooms.abandoned_finish,
        ),
        Key::new(
            "rooms.recovery_grace_ms",
            duration,
            "After a restart, nobody is away, and no awaited person's time is up, before this time.",
            |config, _| &mut config.game.rooms.recovery_grace_ms,
        ),
        Key::new(
            "rooms.finished_ms",
            duration,
            "A finished room stays for this time.",
            |config, _| &mut config.game.rooms.finished_ms,
        ),
        Key::new(
            "rooms.endless_rest_ms",
            duration,
            "The server's own bot rooms rest for this time between two matches.",
            |config, _| &mut config.game.rooms.endless_rest_ms,
        ),
        Key::new(
            "rooms.credits_max",
            Int(1, CREDITS_MAX),
            "Credits of a room, shared by all who hold no seat in it.",
            |config, _| &mut config.game.rooms.room_credits_max,
        ),
        Key::new(
            "rooms.credits_per_second",
            Int(1, CREDITS_MAX),
            "How many of those come back per second.",
            |config, _| &mut config.game.rooms.room_credits_per_second,
        ),
        Key::new(
            "rooms.queued_max",
            Int(1, 65_536),
            "Actions that may wait for one room; beyond that the answer is `busy`.",
            |config, _| &mut config.game.rooms.queued_max,
        ),
        Key::new(
            "bots.substitute",
            Choice(BotLevel::NAMES),
            "The bot that decides for a person who is away or out of time.",
            |config, _| &mut config.game.substitute,
        ),
    ]
}
