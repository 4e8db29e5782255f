//! The command line of `liap admin`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `liap admin`: what an operator sees and does while the server runs.
#[derive(Debug, Args)]
pub(crate) struct Admin {
    /// The server's data directory: it says where the server listens, and holds the token
    #[arg(
        id = "admin_data",
        long = "data",
        value_name = "DIR",
        default_value = "data",
        global = true
    )]
    pub(crate) data: PathBuf,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: AdminCommand,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// How the server is
    Status,
    /// A live view of the server, until it is interrupted
    Top {
        /// Seconds between two looks
        #[arg(long, value_name = "S", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=60))]
        every: u64,
    },
    /// List live rooms
    Rooms {
        /// Those after this code
        #[arg(long, value_name = "CODE")]
        after: Option<String>,
        /// So many at most
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Show a room: its phase, seats and last actions
    Room {
        /// Its code
        code: String,
    },
    /// Stop the clocks of a room, or of all: nobody may act
    Pause(Which),
    /// Let a paused room go on, or all
    Resume(Which),
    /// Close a room; a match that runs ends there
    Close {
        /// Its code
        code: String,
    },
    /// Take a person out of a seat
    Kick {
        /// The room's code
        code: String,
        /// The seat, 0 to 3
        seat: u8,
    },
    /// Tell everybody something
    Announce {
        /// What
        message: String,
    },
    /// Take on no new rooms, until told otherwise
    Drain {
        /// Take on new rooms again
        #[arg(long)]
        off: bool,
    },
    /// List who may not connect
    Bans,
    /// Let nobody connect from an address or a network such as 10.0.0.0/8
    Ban {
        /// Which
        net: String,
        /// For how long
        #[arg(long, value_name = "N", default_value_t = 60)]
        minutes: u64,
    },
    /// Lift a ban
    Unban {
        /// Of which address or network
        net: String,
    },
    /// Read the configuration again (SIGHUP does too): limits are taken up, what needs a restart is named
    Reload,
    /// List actions that made the rules panic
    DeadLetters,
}

/// One room, or all.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// The room's code
    pub(crate) code: Option<String>,
    /// Every room
    #[arg(long)]
    pub(crate) all: bool,
}
