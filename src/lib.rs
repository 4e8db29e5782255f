#![doc = include_str!("../README.md")]

mod admin;
mod admin_tools;
mod archive_tools;
mod archiving;
mod args;
mod clock;
mod command;
mod config;
#[cfg(feature = "faults")]
pub mod history;
mod journal_tools;
mod log;
mod play;
mod replay;
mod serve;
mod shard;
mod simulate;
mod verify_deal;

pub use archiving::Archiving;
pub use command::run;
pub use shard::{LaneSizes, Shard};
pub use simulate::{
    Finished, LevelReport, Lineup, LogReport, Logging, MatchReport, Plan, Report, simulate,
    simulate_with,
};
