//! What `liap simulate --faults` is told: only in builds that can plant failures.

use clap::Args;
use components::Fault;
use journal::Durability;

use super::value;

/// Histories with faults, in place of matches.
#[derive(Debug, Args)]
pub(crate) struct Histories {
    /// Run histories in which disks fail and processes die, and check that nothing shown is lost
    #[arg(long, conflicts_with = "matches")]
    pub(crate) faults: bool,
    /// How many histories, from the seed on
    #[arg(long, value_name = "N", default_value_t = 1, requires = "faults")]
    pub(crate) histories: u64,
    /// Plant a failure that they must find; may be repeated
    #[arg(long, value_name = "FAULT", value_parser = value::fault, requires = "faults")]
    pub(crate) plant: Vec<Fault>,
    /// What the journal waits for: `process` or `disk`; from the seed otherwise
    #[arg(long, value_parser = durability, requires = "faults")]
    pub(crate) durability: Option<Durability>,
}

fn durability(text: &str) -> Result<Durability, String> {
    match text {
        "process" => Ok(Durability::Process),
        "disk" => Ok(Durability::Disk),
        _ => Err("it must be process or disk".to_owned()),
    }
}
