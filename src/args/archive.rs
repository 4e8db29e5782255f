//! The command line of `liap archive`.

use std::env;

use clap::{Args, Subcommand};

use super::Configured;
use crate::config::{Flag, Sources};

/// `liap archive`. All of it may be run beside a server.
#[derive(Debug, Subcommand)]
pub(crate) enum ArchiveCommand {
    /// List what is archived, by table and by hour, and what is dead
    Ls(Ls),
    /// Read every file and compare it with its manifest; exit code 1 if anything is wrong
    Verify(Told),
    /// Merge the files of hours that are over, and delete what was kept long enough; exit code 1 if
    /// something damaged was left alone
    Compact(Told),
    /// Archive all finished matches now
    Flush(Told),
    /// Archive again what was put aside in DATA/dead
    Retry(Told),
    /// Forget who a player is; the matches stay
    Forget(Forget),
}

/// Which archive: as the server is configured.
#[derive(Debug, Args)]
pub(crate) struct Archive {
    #[command(flatten)]
    configured: Configured,
    /// The server's data directory (`server.data`)
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
}

/// `liap archive verify`, `compact`, `flush`, `retry`.
#[derive(Debug, Args)]
pub(crate) struct Told {
    #[command(flatten)]
    pub(crate) archive: Archive,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `liap archive ls`.
#[derive(Debug, Args)]
pub(crate) struct Ls {
    #[command(flatten)]
    pub(crate) told: Told,
    /// A line for every hour
    #[arg(long)]
    pub(crate) hours: bool,
}

/// `liap archive forget`.
#[derive(Debug, Args)]
pub(crate) struct Forget {
    #[command(flatten)]
    pub(crate) told: Told,
    /// Who: a player's key (as in the table `seats`), id or name
    #[arg(long, value_name = "ID")]
    pub(crate) player: String,
    /// Also rewrite the files, so that the player's matches cannot be told to be the same person's
    #[arg(long)]
    pub(crate) hard: bool,
}

impl Archive {
    /// Where the configuration comes from.
    pub(crate) fn sources(&self) -> Sources {
        let mut flags = self.configured.flags();
        if let Some(data) = &self.data {
            let key = "server.data".to_owned();
            flags.push(Flag { flag: "--data", key, value: data.clone() });
        }
        Sources::gather(self.configured.config.as_deref(), env::vars_os(), flags)
    }
}
