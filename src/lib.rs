#![doc = include_str!("../README.md")]

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

pub use command::run;
pub use shard::{LaneSizes, Shard};
pub use simulate::{
    LevelReport, Lineup, LogReport, Logging, Plan, Report, simulate, simulate_with,
};
