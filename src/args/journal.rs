//! The command line of `liap journal` and `liap replay`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use components::Seat;

use super::value::seat;

/// Where a server keeps what must outlive it.
#[derive(Debug, Args)]
pub(crate) struct DataDirectory {
    /// The server's data directory (`server.data`)
    #[arg(long = "data", value_name = "DIR", default_value = "data")]
    pub(crate) path: PathBuf,
}

/// `liap journal`. All but `repair` may be run beside a server, and change nothing.
#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Run every match again by the rules and compare; exit code 1 if anything differs
    Verify(Inspect),
    /// List rooms and finished matches: versions, sizes, ages
    Inspect(Inspect),
    /// Write a match, or all, as replay files
    Export(Export),
    /// Copy the journal and the token keys while the server runs
    Backup(Backup),
    /// Cut damaged rooms back to their last state that verifies; the server must not run
    Repair(Repair),
}

/// `liap journal verify`, `liap journal inspect`.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    #[command(flatten)]
    pub(crate) data: DataDirectory,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `liap journal export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The match's id; see `liap journal inspect`
    #[arg(value_name = "MATCH", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) id: Option<String>,
    /// Every match there is, live ones included
    #[arg(long)]
    pub(crate) all: bool,
    /// Where to: a directory
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    /// As JSON, one file for each seat's view, in place of a replay file
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) data: DataDirectory,
}

/// `liap journal backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// Where to: a directory that does not exist yet
    #[arg(value_name = "DIR")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) data: DataDirectory,
}

/// `liap journal repair`.
#[derive(Debug, Args)]
pub(crate) struct Repair {
    #[command(flatten)]
    pub(crate) data: DataDirectory,
    /// Where the mended journal goes: a directory that does not exist yet. The damaged one stays
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
}

/// `liap replay`.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// A replay file, or the id of a match in the data directory
    #[arg(value_name = "FILE|MATCH", required_unless_present = "against")]
    pub(crate) what: Option<String>,
    /// The room as it was at this version, in place of how it came there
    #[arg(long, value_name = "VERSION")]
    pub(crate) at: Option<u64>,
    /// As this seat saw it, 0 to 3; otherwise as spectators did
    #[arg(long, value_name = "SEAT", value_parser = seat)]
    pub(crate) seat: Option<Seat>,
    /// In JSON: what clients of the JSON encoding were sent
    #[arg(long)]
    pub(crate) json: bool,
    /// Run all replay files of this directory by today's rules, and say where they differ first
    #[arg(long, value_name = "DIR", conflicts_with_all = ["what", "at", "seat"])]
    pub(crate) against: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) data: DataDirectory,
}
