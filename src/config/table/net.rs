//! Section `net`.

use super::super::key::Key;
use super::super::kind::Kind::{Address, Int, Origins};

pub(super) fn keys() -> Vec<Key> {
    vec![
        Key::new(
            "net.listen",
            Address,
            "Where to listen; port 0 lets the system choose one.",
            |config, _| &mut config.net.listen,
        ),
        Key::new(
            "net.origins",
            Origins,
            "Origins of the web pages that may connect. While there are none, pages of this machine \
             may if `net.listen` is a loopback address, and no page otherwise. Clients that send no \
             `Origin` always may.",
            |config, _| &mut config.net.origins,
        ),
        Key::new(
            "net.frame_bytes",
            Int(256, 4096),
            "Bytes of a client's message; a longer one closes the connection.",
            |config, _| &mut config.net.frame_bytes,
        ),
        Key::new(
            "net.unanswered_max",
            Int(1, 256),
            "Unanswered requests of a connection; with so many it is not read.",
            |config, _| &mut config.net.unanswered_max,
        ),
        Key::new(
            "net.send_queue",
            Int(1, 4096),
            "Updates that may wait for one connection; further ones are skipped and a snapshot \
             heals the gap.",
            |config, _| &mut config.net.send_queue,
        ),
        Key::new("net.ping_seconds", Int(1, 3600), "Time between pings.", |config, _| {
            &mut config.net.ping_seconds
        }),
        Key::new(
            "net.silence_seconds",
            Int(2, 3600),
            "A connection that is silent for this long is dropped.",
            |config, _| &mut config.net.silence_seconds,
        ),
        Key::new(
            "net.hello_seconds",
            Int(1, 60),
            "The first message must come within this time.",
            |config, _| &mut config.net.hello_seconds,
        ),
        Key::new(
            "net.behind_seconds_max",
            Int(1, 600),
            "A connection that stays behind for this long is closed.",
            |config, _| &mut config.net.behind_seconds_max,
        ),
        Key::new(
            "net.connections_max",
            Int(1, 1_000_000),
            "Open connections; a further one is answered 503.",
            |config, _| &mut config.net.connections_max,
        ),
        Key::new(
            "net.handshakes_max",
            Int(16, 100_000),
            "Sockets that are open beside those, since they have not become connections yet; for a \
             further one the oldest is closed.",
            |config, _| &mut config.net.handshakes_max,
        ),
        Key::new(
            "net.sessions_max",
            Int(1, 10_000_000),
            "Sessions, connected or not.",
            |config, _| &mut config.net.sessions_max,
        ),
        Key::new(
            "net.session_idle_seconds",
            Int(1, 604_800),
            "A session without seat and connection is forgotten after this time.",
            |config, _| &mut config.net.session_idle_seconds,
        ),
        Key::new(
            "net.token_days",
            Int(1, 3650),
            "A token is good for so many days.",
            |config, _| &mut config.net.token_days,
        ),
        Key::new("net.spectators_max", Int(0, 10_000), "Spectators of one room.", |config, _| {
            &mut config.net.spectators_max
        }),
    ]
}
