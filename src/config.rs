//! Configuration: one table of keys, from which reading, checking, printing and documentation
//! follow. Defaults, then a TOML file, then `LIAP_...` variables, then flags.

mod archive;
mod check;
mod error;
mod identity;
mod key;
mod kind;
mod layers;
mod limits;
mod nearest;
mod print;
mod slot;
mod source;
mod table;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};

use components::{Pace, RoomId, Settings};

pub(crate) use archive::{ArchiveConfig, ArchiveTarget, Compression};
pub(crate) use error::explain;
pub(crate) use identity::{IdentityConfig, IdentityMode};
pub(crate) use limits::LimitsConfig;
pub(crate) use slot::{BotMix, Durability, LogFormat, Named};
pub(crate) use source::{Flag, Origins, Sources};

/// Everything an operator may set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// Threads and queues.
    pub(crate) server: ServerConfig,
    /// What is kept.
    pub(crate) journal: JournalConfig,
    /// Where finished matches go.
    pub(crate) archive: ArchiveConfig,
    /// The outside.
    pub(crate) net: NetConfig,
    /// The operators' listener.
    pub(crate) admin: AdminConfig,
    /// What an address and a connection may do.
    pub(crate) limits: LimitsConfig,
    /// Players whom a provider knows.
    pub(crate) identity: IdentityConfig,
    /// What is written about what goes on.
    pub(crate) log: LogConfig,
    /// Rooms, as far as the game's rules do not care.
    pub(crate) rooms: RoomsConfig,
    /// Every number of the rules; its part `rooms` has its keys in section `rooms` too.
    pub(crate) game: Settings,
}

/// Section `server`. Queues count entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerConfig {
    /// Shard threads, 1..=256; 0 leaves one core to the rest.
    pub(crate) shards: usize,
    /// Ticks per second, at most 1000; 0 ticks when there is something to do.
    pub(crate) tick_hz: u32,
    /// Rooms in which four bots play for ever.
    pub(crate) bot_rooms: usize,
    /// Their pace.
    pub(crate) bot_rooms_pace: Pace,
    /// Their bots.
    pub(crate) bot_rooms_level: BotMix,
    /// The directory for all that must outlive the process; made when something is first kept.
    pub(crate) data: String,
    /// Requests that may wait for one shard.
    pub(crate) inbound_queue: usize,
    /// Connection reports that may wait for one shard.
    pub(crate) control_queue: usize,
    /// Batches that may wait for the network.
    pub(crate) outbound_queue: usize,
    /// Memory that the process may take, in MiB: new rooms are refused from four fifths of it on.
    pub(crate) memory_mb: Option<u32>,
    /// How long the process may take to end, in seconds.
    pub(crate) grace_seconds: u64,
}

/// Section `journal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JournalConfig {
    /// What is done before anything is shown.
    pub(crate) durability: Durability,
    /// Batches that may wait to be written.
    pub(crate) queue: usize,
    /// A state file ends at this size, in MiB.
    pub(crate) state_file_mb: u32,
    /// An events file ends at this size, in MiB.
    pub(crate) events_file_mb: u32,
    /// Events may take so many MiB before finished matches are forgotten.
    pub(crate) finished_mb: u32,
    /// So many MiB of the disk are set aside, for when it is full.
    pub(crate) reserve_mb: u32,
}

/// Section `admin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdminConfig {
    /// Where operators' tools are listened to: a loopback address; port 0 lets the system choose.
    pub(crate) listen: SocketAddr,
}

impl Default for AdminConfig {
    fn default() -> Self {
        Self { listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0) }
    }
}

/// Section `net`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NetConfig {
    /// Where to listen; port 0 lets the system choose.
    pub(crate) listen: SocketAddr,
    /// Origins of web pages that may connect, exactly as browsers send them.
    pub(crate) origins: Vec<String>,
    /// Bytes of a client's message.
    pub(crate) frame_bytes: usize,
    /// Unanswered requests of a connection.
    pub(crate) unanswered_max: usize,
    /// Updates that may wait for one connection.
    pub(crate) send_queue: usize,
    /// Between pings.
    pub(crate) ping_seconds: u64,
    /// A connection silent for this long is dropped.
    pub(crate) silence_seconds: u64,
    /// The first message must come within this.
    pub(crate) hello_seconds: u64,
    /// A connection behind for this long is closed.
    pub(crate) behind_seconds_max: u64,
    /// Open connections.
    pub(crate) connections_max: usize,
    /// Open sockets that are none yet.
    pub(crate) handshakes_max: usize,
    /// Sessions, connected or not.
    pub(crate) sessions_max: usize,
    /// A session without seat and connection is forgotten after this long.
    pub(crate) session_idle_seconds: u64,
    /// A token is good for this long.
    pub(crate) token_days: u64,
    /// Spectators of one room.
    pub(crate) spectators_max: usize,
}

/// Section `log`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogConfig {
    /// Directives of a `tracing` filter, which can be parsed.
    pub(crate) filter: String,
    /// How a line looks.
    pub(crate) format: LogFormat,
}

/// The part of section `rooms` that is not [`components::RoomSettings`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoomsConfig {
    /// Live rooms, the server's own included.
    pub(crate) max: usize,
    /// The pace of a room whose creator names none.
    pub(crate) default_pace: Pace,
}

impl ServerConfig {
    /// How many shard threads to run on a machine of this many cores: 1..=256.
    pub(crate) fn threads(&self, cores: usize) -> usize {
        let wanted = if self.shards == 0 { cores.saturating_sub(1) } else { self.shards };
        wanted.clamp(1, RoomId::SHARDS as usize)
    }
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            shards: 0,
            tick_hz: 0,
            bot_rooms: 0,
            bot_rooms_pace: Pace::Standard,
            bot_rooms_level: BotMix::Standard,
            data: "data".to_owned(),
            inbound_queue: 8192,
            control_queue: 8192,
            outbound_queue: 1024,
            memory_mb: None,
            grace_seconds: 30,
        }
    }
}

impl Default for JournalConfig {
    fn default() -> Self {
        Self {
            durability: Durability::Process,
            queue: 1024,
            state_file_mb: 16,
            events_file_mb: 64,
            finished_mb: 1024,
            reserve_mb: 16,
        }
    }
}

impl Default for NetConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7070)),
            origins: Vec::new(),
            frame_bytes: 4096,
            unanswered_max: 8,
            send_queue: 64,
            ping_seconds: 15,
            silence_seconds: 30,
            hello_seconds: 5,
            behind_seconds_max: 10,
            connections_max: 50_000,
            handshakes_max: 1024,
            sessions_max: 200_000,
            session_idle_seconds: 600,
            token_days: 30,
            spectators_max: 32,
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

impl Default for RoomsConfig {
    fn default() -> Self {
        Self { max: 100_000, default_pace: Pace::Standard }
    }
}
