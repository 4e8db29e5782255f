//! Sections `server`, `shutdown`, `memory` and `log`.

use components::Pace;

use super::super::key::Key;
use super::super::kind::Kind::{Choice, Filter, Int, OptionalInt, Path};
use super::super::slot::{BotMix, LogFormat, Named};

/// Entries of a queue between threads: some room to batch, and no more memory than a machine has.
const QUEUE: (i64, i64) = (16, 1 << 20);

pub(super) fn keys() -> Vec<Key> {
    let queue = Int(QUEUE.0, QUEUE.1);
    vec![
        Key::new(
            "server.shards",
            Int(0, 256),
            "Threads that run rooms; 0 is one less than the cores, at least 1.",
            |config, _| &mut config.server.shards,
        ),
        Key::new(
            "server.tick_hz",
            Int(0, 1000),
            "Ticks per second; 0 runs one whenever there is something to do.",
            |config, _| &mut config.server.tick_hz,
        ),
        Key::new(
            "server.bot_rooms",
            Int(0, 1_000_000),
            "Rooms in which four bots play match after match.",
            |config, _| &mut config.server.bot_rooms,
        ),
        Key::new("server.bot_rooms_pace", Choice(Pace::NAMES), "Their pace.", |config, _| {
            &mut config.server.bot_rooms_pace
        }),
        Key::new(
            "server.bot_rooms_level",
            Choice(BotMix::NAMES),
            "Their bots; `mixed` seats both levels.",
            |config, _| &mut config.server.bot_rooms_level,
        ),
        Key::new(
            "server.data",
            Path,
            "Directory for what must outlive the process; made only when needed.",
            |config, _| &mut config.server.data,
        ),
        Key::new(
            "server.inbound_queue",
            queue,
            "Requests that may wait for one shard; beyond that the answer is `busy`.",
            |config, _| &mut config.server.inbound_queue,
        ),
        Key::new(
            "server.control_queue",
            queue,
            "Reports of opened and closed connections that may wait for one shard.",
            |config, _| &mut config.server.control_queue,
        ),
        Key::new(
            "server.outbound_queue",
            queue,
            "Batches that may wait for the network; beyond that the ticks wait.",
            |config, _| &mut config.server.outbound_queue,
        ),
        Key::new(
            "shutdown.grace_seconds",
            Int(1, 3600),
            "After SIGTERM the process ends within this time, with exit code 0 if it gets done, else \
             75. A second signal ends it at once.",
            |config, _| &mut config.server.grace_seconds,
        ),
        Key::new(
            "memory.max_mb",
            OptionalInt(64, 1 << 24),
            "Memory the process may take, in MiB: from 80 % of it on new rooms are refused as \
             `overloaded`, until it takes less than 75 %; rooms that are there play on.",
            |config, _| &mut config.server.memory_mb,
        ),
        Key::new(
            "log.filter",
            Filter,
            "What is logged: directives of a tracing filter. `LIAP_LOG` sets it too.",
            |config, _| &mut config.log.filter,
        ),
        Key::new(
            "log.format",
            Choice(LogFormat::NAMES),
            "Lines for people, or JSON for programs.",
            |config, _| &mut config.log.format,
        ),
    ]
}
