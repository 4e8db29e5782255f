//! What to do, from the command line.

use std::path::PathBuf;

use clap::Parser;

/// Kills a server again and again under people who play on it, and holds what they saw against
/// what the journal has.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Args {
    /// The server's program.
    #[arg(long, default_value = "target/release/liap")]
    pub(crate) server: PathBuf,
    /// Rooms of two people and two bots each.
    #[arg(long, default_value_t = 500)]
    pub(crate) rooms: usize,
    /// How often the server is killed.
    #[arg(long, default_value_t = 100)]
    pub(crate) kills: u32,
    /// Asks it to end (SIGTERM), instead of killing it: then it must end well each time.
    #[arg(long)]
    pub(crate) gently: bool,
    /// How many of its lives are also interrupted by a stop of 1.5 to 4 s.
    #[arg(long, default_value_t = 10)]
    pub(crate) stops: u32,
    /// How long a life lasts, from its start, in ms: anything between two numbers.
    #[arg(long, default_value = "300..3500", value_parser = span)]
    pub(crate) every: (u64, u64),
    /// What everything random comes from.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The server's data directory; must not hold data of another run.
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// Where the server is to listen; 0 finds a free port.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// The server's durability; without it, its default.
    #[arg(long)]
    pub(crate) durability: Option<String>,
    /// A failure to plant in the server, which must be built with the feature `faults`.
    #[arg(long)]
    pub(crate) plant: Option<String>,
    /// Any other setting of the server; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// How long a person thinks at most, in ms; at least a tenth of it.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=3_000))]
    pub(crate) think: u64,
    /// How long the last matches may take to end after the last kill, in seconds.
    #[arg(long, default_value_t = 300)]
    pub(crate) patience: u64,
    /// Ends the run at this many violations; 0 never does.
    #[arg(long, default_value_t = 0)]
    pub(crate) stop_at: u64,
    /// Holds only what came over the wire against itself: for servers without a journal.
    #[arg(long)]
    pub(crate) wire_only: bool,
    /// A Python program that reads the exported matches by rules of its own.
    #[arg(long)]
    pub(crate) referee: Option<PathBuf>,
    /// Writes every update that anybody saw into `DIR/seen.jsonl`.
    #[arg(long)]
    pub(crate) seen: bool,
}

fn span(text: &str) -> Result<(u64, u64), String> {
    let ends = text.split_once("..").and_then(|(low, high)| {
        let (low, high) = (low.parse().ok()?, high.parse().ok()?);
        (low <= high && high <= 600_000).then_some((low, high))
    });
    ends.ok_or_else(|| "LOW..HIGH, in ms, at most 600000".to_owned())
}
