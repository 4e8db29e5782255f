//! What an operator may set about the outside; every limit of `net` has its number here.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use components::{BotLevel, Faults, Pace};
use protocol::FRAME_BYTES_MAX;

use crate::limits::Limits;

/// Every number of the outside. The defaults are what docs/protocol.md promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetSettings {
    /// Where to listen. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// The `Origin`s a browser may come from, exactly: scheme, host and port. While this is empty
    /// and `listen` is a loopback address, any `http://localhost` or `http://127.0.0.1` may.
    pub origins: Vec<String>,
    /// Bytes of a client's message, 125..=4,096 (what the decoder takes): above it the connection
    /// closes with 1009.
    pub frame_bytes: usize,
    /// Bytes a connection reads at once, at least 1,024: allocated as long as it lives.
    pub read_buffer_bytes: usize,
    /// Requests of a connection that may be unanswered, from 1: then its socket is not read.
    pub unanswered_max: u32,
    /// Updates that may wait for one connection, from 1: then they are skipped for it.
    pub send_queue: usize,
    /// A ping goes out after so many seconds, from 1.
    pub ping_seconds: u64,
    /// A connection that was silent for so many seconds is dropped.
    pub silence_seconds: u64,
    /// The `hello`, and before it the HTTP request, must come within so many seconds.
    pub hello_seconds: u64,
    /// A connection that takes none of what was written to it for so long closes with 4001.
    pub behind_seconds_max: u64,
    /// WebSockets that may be open at once; a further one is answered 503.
    pub connections_max: usize,
    /// Sockets that may be open at once beside those, since they are no WebSockets yet; for a
    /// further one the oldest of them is closed.
    pub handshakes_max: usize,
    /// Sessions that may be remembered at once; for a further one the longest idle is forgotten, and
    /// without such a one its `hello` is answered `overloaded`.
    pub sessions_max: usize,
    /// A session without connection and seat is forgotten after so many seconds; its token makes it
    /// anew.
    pub session_idle_seconds: u64,
    /// A token is good for so many days, 1..=3,650.
    pub token_days: u64,
    /// Spectators of one room; a further one is answered `room_full`.
    pub spectators_max: usize,
    /// Rooms that may be live at once; a further one is answered `overloaded`.
    pub rooms_max: usize,
    /// Credits of a session outside rooms: what it may spend at once.
    pub lobby_credits_max: u32,
    /// How many of those come back per second.
    pub lobby_credits_per_second: u32,
    /// Undecodable messages in a row after which a connection closes with 4003, and requests over
    /// the rate in a row after which it closes with 4004.
    pub faults_max: u32,
    /// How long a shutdown waits for connections to take their leave, in seconds.
    pub shutdown_seconds: u64,
    /// The pace of rooms made without one.
    pub default_pace: Pace,
    /// The level of bots made without one.
    pub default_bot_level: BotLevel,
    /// What an address and a connection may do, to begin with.
    pub limits: Limits,
    /// Failures planted to see that they are found.
    pub faults: Faults,
}

impl Default for NetSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7070),
            origins: Vec::new(),
            frame_bytes: FRAME_BYTES_MAX,
            read_buffer_bytes: 4_096,
            unanswered_max: 8,
            send_queue: 64,
            ping_seconds: 15,
            silence_seconds: 30,
            hello_seconds: 5,
            behind_seconds_max: 10,
            connections_max: 50_000,
            handshakes_max: 1_024,
            sessions_max: 200_000,
            session_idle_seconds: 600,
            token_days: 30,
            spectators_max: 100,
            rooms_max: 400_000,
            lobby_credits_max: 30,
            lobby_credits_per_second: 5,
            faults_max: 100,
            shutdown_seconds: 5,
            default_pace: Pace::Standard,
            default_bot_level: BotLevel::Standard,
            limits: Limits::default(),
            faults: Faults::NONE,
        }
    }
}

impl NetSettings {
    /// Says which setting is out of its range, if one is.
    ///
    /// # Errors
    ///
    /// A sentence about the first such setting.
    pub fn check(&self) -> Result<(), String> {
        let within = |name: &str, value: u64, min: u64, max: u64| {
            if (min..=max).contains(&value) {
                Ok(())
            } else {
                Err(format!("{name} is {value}, but must be {min}..={max}"))
            }
        };
        within("frame_bytes", self.frame_bytes as u64, 125, FRAME_BYTES_MAX as u64)?;
        within("read_buffer_bytes", self.read_buffer_bytes as u64, 1_024, 1 << 20)?;
        within("unanswered_max", self.unanswered_max.into(), 1, 1_024)?;
        within("send_queue", self.send_queue as u64, 1, 65_536)?;
        within("ping_seconds", self.ping_seconds, 1, 3_600)?;
        within("silence_seconds", self.silence_seconds, 1, 3_600)?;
        within("hello_seconds", self.hello_seconds, 0, 3_600)?;
        within("behind_seconds_max", self.behind_seconds_max, 1, 3_600)?;
        within("token_days", self.token_days, 1, 3_650)?;
        within("connections_max", self.connections_max as u64, 1, 1 << 24)?;
        within("handshakes_max", self.handshakes_max as u64, 1, 1 << 20)?;
        self.limits.check()?;
        within("lobby_credits_per_second", self.lobby_credits_per_second.into(), 1, 1 << 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_ranges() {
        assert_eq!(NetSettings::default().check(), Ok(()));
    }

    #[test]
    fn a_setting_out_of_range_is_named() {
        let settings = NetSettings { ping_seconds: 0, ..NetSettings::default() };
        assert_eq!(settings.check(), Err("ping_seconds is 0, but must be 1..=3600".to_owned()));
    }
}
