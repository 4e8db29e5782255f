//! What a process costs, by what Linux says of it.

use std::fs;

/// Ticks per second that Linux counts processor time in.
const TICKS: f64 = 100.0;

/// A process at one moment.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Cost {
    /// Resident memory.
    pub(crate) kib: u64,
    /// Processor time so far, in seconds.
    pub(crate) cpu_seconds: f64,
}

/// What this process costs so far; nothing where that cannot be read.
pub(crate) fn cost(pid: u32) -> Cost {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = resident.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name, in brackets, may have spaces.
    let fields: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
    let cpu_seconds = (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / TICKS;
    Cost { kib: kib.unwrap_or(0), cpu_seconds }
}
