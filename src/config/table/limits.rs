//! Section `limits`.

use net::ProxyHeader;

use super::super::key::Key;
use super::super::kind::Kind::{Choice, Int, Networks, OptionalInt};
use super::super::limits::LOOPBACK;
use super::super::slot::Named;

pub(super) fn keys() -> Vec<Key> {
    let mut keys = by_address();
    keys.extend(by_connection());
    keys.extend(who());
    keys
}

fn by_address() -> Vec<Key> {
    vec![
        Key::new(
            "limits.address_connections",
            OptionalInt(1, 1_000_000),
            "Open connections of an address: an IPv4 address, or the /64 of an IPv6 one.",
            |config, _| &mut config.limits.address_connections,
        ),
        Key::new(
            "limits.address_arrivals_per_minute",
            OptionalInt(1, 1_000_000),
            "Connections opened and HTTP requests made by an address per minute; a minute's worth \
             may come at once.",
            |config, _| &mut config.limits.address_arrivals_per_minute,
        ),
        Key::new(
            "limits.address_faults_per_minute",
            OptionalInt(1, 1_000_000),
            "Handshakes and hellos of an address that come to nothing, per minute; a minute's worth \
             may come at once, and with more nobody is let in from there for a while.",
            |config, _| &mut config.limits.address_faults_per_minute,
        ),
        Key::new(
            "limits.address_rooms",
            OptionalInt(1, 1_000_000),
            "Live rooms that were made from an address since the server was started.",
            |config, _| &mut config.limits.address_rooms,
        ),
        Key::new(
            "limits.address_spectators",
            OptionalInt(1, 10_000),
            "Spectators of one room from an address.",
            |config, _| &mut config.limits.address_spectators,
        ),
        Key::new(
            "limits.addresses_max",
            Int(1_024, 10_000_000),
            "Addresses remembered that have neither a connection nor a room; \
             beyond that those unused for longest are forgotten.",
            |config, _| &mut config.limits.addresses_max,
        ),
    ]
}

fn by_connection() -> Vec<Key> {
    vec![
        Key::new(
            "limits.connection_bytes_per_second",
            OptionalInt(1_024, 1_000_000_000),
            "Bytes a connection may send per second, twice as many at once; beyond that it is not \
             read for a moment.",
            |config, _| &mut config.limits.connection_bytes_per_second,
        ),
        Key::new(
            "limits.connection_frames_per_second",
            OptionalInt(1, 1_000_000),
            "Messages, likewise.",
            |config, _| &mut config.limits.connection_frames_per_second,
        ),
        Key::new(
            "limits.connection_pings_per_second",
            OptionalInt(1, 1_000_000),
            "WebSocket pings and pongs, likewise.",
            |config, _| &mut config.limits.connection_pings_per_second,
        ),
        Key::new(
            "limits.connection_over_seconds",
            Int(1, 3_600),
            "A connection that is beyond one of these for so long without recovering is closed.",
            |config, _| &mut config.limits.connection_over_seconds,
        ),
    ]
}

fn who() -> Vec<Key> {
    vec![
        Key::new(
            "limits.exempt_cidrs",
            Networks(&[LOOPBACK]),
            "Who is spared the limits of this section. `loopback` is this machine, while \
             `net.listen` is a loopback address.",
            |config, _| &mut config.limits.exempt_cidrs,
        ),
        Key::new(
            "limits.trusted_proxies",
            Networks(&[]),
            "Proxies that are believed when they say for whom they speak.",
            |config, _| &mut config.limits.trusted_proxies,
        ),
        Key::new(
            "limits.proxy_header",
            Choice(ProxyHeader::NAMES),
            "Where they say it; the other header is never read, since a client may have written it.",
            |config, _| &mut config.limits.proxy_header,
        ),
    ]
}
