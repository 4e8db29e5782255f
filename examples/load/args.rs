//! What to do, from the command line.

use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use clap::{Parser, ValueEnum};
use protocol::{Encoding, Pace};

/// Plays many rooms at once and says how long the server took.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Args {
    /// Where the server is.
    #[arg(long, default_value = "ws://127.0.0.1:7070/v1/ws")]
    pub(crate) url: String,
    /// Rooms to open.
    #[arg(long, default_value_t = 100)]
    pub(crate) rooms: usize,
    /// Connected people in each; bots take the other seats.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=4))]
    pub(crate) humans: u8,
    /// The pace of the rooms: standard, classic, fast or instant.
    #[arg(long, default_value = "instant", value_parser = pace)]
    pub(crate) pace: Pace,
    /// Actions per second of all rooms together: each room's next one is due rooms/rate seconds
    /// after the one before.
    #[arg(long, conflicts_with = "think")]
    pub(crate) rate: Option<f64>,
    /// Instead, how long a person thinks on average, in ms: each time a half more or less.
    #[arg(long)]
    pub(crate) think: Option<u64>,
    /// How long to measure.
    #[arg(long, default_value_t = 15.0)]
    pub(crate) seconds: f64,
    /// How long to play before measuring.
    #[arg(long, default_value_t = 3.0)]
    pub(crate) warm_up: f64,
    /// How messages are written.
    #[arg(long, value_enum, default_value_t = Writing::Msgpack)]
    pub(crate) encoding: Writing,
    /// How far to go; before `play`, connections are held for `seconds`.
    #[arg(long, value_enum, default_value_t = Until::Play)]
    pub(crate) until: Until,
    /// Rooms that are being opened at a time.
    #[arg(long, default_value_t = 64)]
    pub(crate) ramp: usize,
    /// The server's process: how much memory it holds is read before, during and after.
    #[arg(long)]
    pub(crate) server_pid: Option<u32>,
    /// Prints one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Writing {
    /// `MessagePack`.
    Msgpack,
    /// JSON.
    Json,
}

/// How far connections go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Until {
    /// They said hello.
    Hello,
    /// They hold a seat.
    Join,
    /// They play.
    Play,
}

impl Args {
    /// Connections of all rooms.
    pub(crate) fn connections(&self) -> usize {
        self.rooms * usize::from(self.humans)
    }

    /// The time from one action of a room to its next, if a rate is asked for.
    pub(crate) fn gap(&self) -> Option<Duration> {
        self.rate.map(|rate| Duration::from_secs_f64(self.rooms as f64 / rate.max(0.001)))
    }

    /// How messages are written.
    pub(crate) fn encoding(&self) -> Encoding {
        match self.encoding {
            Writing::Msgpack => Encoding::MessagePack,
            Writing::Json => Encoding::Json,
        }
    }

    /// The server's address, and the path of its WebSocket.
    ///
    /// # Errors
    ///
    /// The URL is none, or its host is not known.
    pub(crate) fn target(&self) -> Result<(SocketAddr, String), String> {
        let rest = self.url.strip_prefix("ws://").ok_or("the URL must begin with ws://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let mut found = host.to_socket_addrs().map_err(|error| format!("{host}: {error}"))?;
        Ok((found.next().ok_or_else(|| format!("{host}: no address"))?, format!("/{path}")))
    }
}

fn pace(word: &str) -> Result<Pace, String> {
    match word {
        "standard" => Ok(Pace::Standard),
        "classic" => Ok(Pace::Classic),
        "fast" => Ok(Pace::Fast),
        "instant" => Ok(Pace::Instant),
        _ => Err("standard, classic, fast or instant".to_owned()),
    }
}
