//! The command line.

mod admin;
mod archive;
mod exit;
#[cfg(feature = "faults")]
mod histories;
mod journal;
#[cfg(test)]
mod tests;
mod value;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use components::{BotLevel, Pace, PerSeat};

use crate::archiving::Archiving;
use crate::config::{ArchiveConfig, BotMix, Flag, Sources};
use crate::{Finished, Lineup, Logging};
pub(crate) use admin::{Admin, AdminCommand, Which};
pub(crate) use archive::{ArchiveCommand, Forget, Told};
pub(crate) use exit::Exit;
#[cfg(feature = "faults")]
use histories::Histories;
pub(crate) use journal::{Backup, DataDirectory, Export, Inspect, JournalCommand, Repair, Replay};
use value::{four_levels, hex, key_and_value, named};

#[derive(Debug, Parser)]
#[command(name = "liap", version, about, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server; also what happens without a command
    Serve(Serve),
    /// Play matches between bots as fast as possible, without a network
    Simulate(Simulate),
    /// Play in the terminal
    Play(Play),
    /// Check the configuration and say what is wrong with it
    CheckConfig(CheckConfig),
    /// Show a match, or any moment of it, as any seat saw it
    Replay(Replay),
    /// Look into, check, copy or mend the journal of a data directory
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Look into, check, tidy, fill or redact the archive of finished matches
    #[command(subcommand)]
    Archive(ArchiveCommand),
    /// See and do what operators may while the server runs
    Admin(Admin),
    /// Make a new key for tokens; those of the key before stay good until the next time
    RotateKeys(DataDirectory),
    /// Print the hands that a match's seed deals, and check the seed against its hash
    VerifyDeal(VerifyDeal),
}

/// Where the configuration comes from.
#[derive(Debug, Args)]
pub(crate) struct Configured {
    /// TOML file with settings; `LIAP_CONFIG` names one too
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set any key by its dotted name, such as `net.send_queue=128`; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    set: Vec<(String, String)>,
}

/// `liap serve`, `liap`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    configured: Configured,
    /// Address to listen on (`net.listen`)
    #[arg(long, value_name = "IP:PORT")]
    listen: Option<String>,
    /// Directory for what must outlive the process (`server.data`)
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Pace of rooms whose creator names none (`rooms.default_pace`)
    #[arg(long)]
    pace: Option<String>,
    /// Threads that run rooms (`server.shards`)
    #[arg(long, value_name = "N")]
    shards: Option<String>,
    /// Ticks per second; 0 is on demand (`server.tick_hz`)
    #[arg(long, value_name = "N")]
    tick_hz: Option<String>,
    /// Rooms in which bots play for ever (`server.bot_rooms`)
    #[arg(long, value_name = "N")]
    bot_rooms: Option<String>,
    /// Print the configuration and where each value came from, and exit
    #[arg(long)]
    pub(crate) print_config: bool,
    /// Plant a failure that tests must find; may be repeated
    #[cfg(feature = "faults")]
    #[arg(long, value_name = "FAULT", value_parser = value::fault)]
    pub(crate) plant: Vec<components::Fault>,
}

/// `liap check-config`.
#[derive(Debug, Args)]
pub(crate) struct CheckConfig {
    #[command(flatten)]
    configured: Configured,
}

/// `liap simulate`.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    #[command(flatten)]
    configured: Configured,
    /// How many matches to play
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    #[cfg_attr(feature = "faults", arg(required = false, required_unless_present = "faults"))]
    #[cfg_attr(feature = "faults", arg(default_value_if("faults", "true", "1")))]
    pub(crate) matches: u64,
    /// What everything random comes from
    #[arg(long)]
    pub(crate) seed: u64,
    /// How many rooms play at the same time
    #[arg(long, value_name = "N", default_value_t = 1000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) rooms: u32,
    /// How many shards share the rooms
    #[arg(long, value_name = "N", default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) shards: u16,
    /// Who plays
    #[arg(long, value_name = "LEVEL", default_value = "standard", value_parser = named::<BotMix>())]
    bots: BotMix,
    /// Who plays, seat by seat: four levels with commas between them
    #[arg(long, value_name = "LEVELS", conflicts_with = "bots", value_parser = four_levels)]
    seats: Option<PerSeat<BotLevel>>,
    /// Move the seats' levels on by one place from match to match
    #[arg(long, requires = "seats")]
    rotate: bool,
    /// How fast the rooms play, in logical time
    #[arg(long, default_value = "instant", value_parser = named::<Pace>())]
    pub(crate) pace: Pace,
    /// Rebuild every touched room from its last commit after every tick; results must stay the same
    #[arg(long)]
    pub(crate) amnesia: bool,
    /// Write a line of JSON for each match, in order, to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) matches_to: Option<PathBuf>,
    /// Write a journal in this directory, as the server does, and forget matches that are over
    #[arg(long, value_name = "DIR")]
    journal: Option<PathBuf>,
    /// With a journal: say what it takes after every so many matches
    #[arg(long, value_name = "N", requires = "journal", default_value_t = 0)]
    report_every: u64,
    /// With a journal: end after so many commits of a shard, in the middle of the matches
    #[arg(long, value_name = "N", requires = "journal", default_value_t = 0)]
    commits: u64,
    /// With a journal: leave finished matches in it
    #[arg(long, requires = "journal")]
    keep: bool,
    /// With a journal, and one shard: archive finished matches into this directory too, and go on
    /// with what an earlier simulation of the same seed left there
    #[arg(long, requires = "journal", conflicts_with = "keep")]
    archive: bool,
    /// The wall clock at the beginning, in ms since 1970; without it, it stands still at 0
    #[arg(long, value_name = "MS")]
    pub(crate) wall_ms: Option<u64>,
    #[cfg(feature = "faults")]
    #[command(flatten)]
    pub(crate) histories: Histories,
}

/// `liap play`.
#[derive(Debug, Args)]
pub(crate) struct Play {
    /// The server
    #[arg(long, default_value = "ws://127.0.0.1:7070/v1/ws")]
    pub(crate) url: String,
    /// Your name
    #[arg(long, default_value = "Player")]
    pub(crate) name: String,
    /// Join this room instead of opening one
    #[arg(long, value_name = "CODE", conflicts_with_all = ["pace", "bots"])]
    pub(crate) room: Option<String>,
    /// Pace of the new room; the server's default otherwise
    #[arg(long, value_parser = named::<Pace>())]
    pub(crate) pace: Option<Pace>,
    /// Bots in the new room; the match starts by itself with 3
    #[arg(long, value_name = "N", default_value_t = 3,
        value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) bots: u8,
    /// Speak the JSON form of the protocol
    #[arg(long)]
    pub(crate) json: bool,
}

/// `liap verify-deal`.
#[derive(Debug, Args)]
pub(crate) struct VerifyDeal {
    /// The match's seed: 64 hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = hex)]
    pub(crate) seed: [u8; 32],
    /// What the seed's hash was said to be
    #[arg(long, value_name = "HEX", value_parser = hex)]
    pub(crate) hash: Option<[u8; 32]>,
    /// The round, from 1
    #[arg(long, value_name = "N", default_value_t = 1,
        value_parser = clap::value_parser!(u8).range(1..=99))]
    pub(crate) round: u8,
    /// How many redeals the round had before
    #[arg(long, value_name = "N", default_value_t = 0,
        value_parser = clap::value_parser!(u8).range(0..=9))]
    pub(crate) redeal: u8,
}

/// Reads the process's command line; ends the process where it asks for help or cannot be read.
pub(crate) fn parse() -> Command {
    read(env::args_os()).unwrap_or_else(|error| error.exit())
}

fn read(args: impl IntoIterator<Item = OsString>) -> Result<Command, clap::Error> {
    let line = CommandLine::try_parse_from(args)?;
    Ok(line.command.unwrap_or(Command::Serve(line.serve)))
}

impl Configured {
    fn flags(&self) -> Vec<Flag> {
        let flag = |(key, value): &(String, String)| Flag {
            flag: "--set",
            key: key.clone(),
            value: value.clone(),
        };
        self.set.iter().map(flag).collect()
    }
}

impl Serve {
    /// What its configuration is made of. A flag of its own wins over `--set`.
    pub(crate) fn sources(&self) -> Sources {
        Sources::gather(self.configured.config.as_deref(), env::vars_os(), self.flags())
    }

    fn flags(&self) -> Vec<Flag> {
        let own = [
            ("--listen", "net.listen", &self.listen),
            ("--data", "server.data", &self.data),
            ("--pace", "rooms.default_pace", &self.pace),
            ("--shards", "server.shards", &self.shards),
            ("--tick-hz", "server.tick_hz", &self.tick_hz),
            ("--bot-rooms", "server.bot_rooms", &self.bot_rooms),
        ];
        let flag = |(flag, key, value): (&'static str, &str, &Option<String>)| {
            value.clone().map(|value| Flag { flag, key: key.to_owned(), value })
        };
        let mut flags = self.configured.flags();
        flags.extend(own.into_iter().filter_map(flag));
        flags
    }
}

impl CheckConfig {
    /// What the configuration is made of.
    pub(crate) fn sources(&self) -> Sources {
        let configured = &self.configured;
        Sources::gather(configured.config.as_deref(), env::vars_os(), configured.flags())
    }
}

impl Simulate {
    /// Where its numbers of the rules come from.
    pub(crate) fn sources(&self) -> Sources {
        let configured = &self.configured;
        Sources::gather(configured.config.as_deref(), env::vars_os(), configured.flags())
    }

    /// The journal it writes, if it was asked for one.
    pub(crate) fn logging(&self, archive: &ArchiveConfig) -> Option<Logging> {
        let logging = Logging::new(self.journal.clone()?, self.report_every);
        let finished = match Archiving::of(archive) {
            Some(archiving) if self.archive => Finished::Archived(archiving),
            _ if self.keep => Finished::Kept,
            _ => Finished::Forgotten,
        };
        Some(Logging { commits_max: self.commits, finished, ..logging })
    }

    /// Who sits where.
    pub(crate) fn lineup(&self) -> Lineup {
        self.seats.map_or(self.bots.lineup(), |levels| Lineup::Seats(levels, self.rotate))
    }
}
