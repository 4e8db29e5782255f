#![doc = include_str!("../README.md")]

mod args;
mod clock;
mod command;
mod config;
mod log;
mod play;
mod serve;
mod shard;
mod simulate;
mod verify_deal;

pub use command::run;
pub use shard::{LaneSizes, Shard};
pub use simulate::{LevelReport, Lineup, Plan, Report, simulate, simulate_with};
