//! How much memory the process takes: above four fifths of what it may, no new rooms are taken on.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::health::Health;

/// How often it is looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// Above this part of the maximum, in percent, new rooms are refused,
const FULL_PERCENT: u64 = 80;

/// and below this one they are taken on again: or each room that ends would let one in.
const ENOUGH_PERCENT: u64 = 75;

const KIB: u64 = 1 << 10;

/// Looks as long as it is polled.
pub(super) async fn watch(max_mb: u32, health: Arc<Health>) {
    let max_bytes = u64::from(max_mb) << 20;
    let mut is_full = false;
    let mut ticks = tokio::time::interval(PERIOD);
    loop {
        ticks.tick().await;
        let resident = match resident_bytes() {
            Ok(resident) => resident,
            Err(error) => {
                tracing::error!(%error, "memory.max_mb cannot be watched here");
                return;
            }
        };
        is_full = is_too_much(resident, max_bytes, is_full);
        health
            .memory(is_full.then(|| {
                format!("the process takes {} of {max_mb} MiB of memory", resident >> 20)
            }));
    }
}

/// Whether so much is too much, if it was before or not.
const fn is_too_much(resident: u64, max: u64, was: bool) -> bool {
    let percent = if was { ENOUGH_PERCENT } else { FULL_PERCENT };
    resident.saturating_mul(100) >= max.saturating_mul(percent)
}

/// Resident memory of this process: `VmRSS` in `/proc/self/status`, see proc(5).
fn resident_bytes() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kib.map(|kib| kib * KIB).ok_or_else(|| io::Error::other("no VmRSS in /proc/self/status"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_too_much_has_to_fall_further_than_it_rose() {
        let seen = [799, 800, 760, 750, 749, 799].iter().scan(false, |was, resident| {
            *was = is_too_much(*resident, 1_000, *was);
            Some(*was)
        });
        assert_eq!(seen.collect::<Vec<_>>(), [false, true, true, true, false, false]);
    }

    #[test]
    fn this_process_takes_some_memory() {
        assert!((1 << 20..1 << 40).contains(&resident_bytes().unwrap()));
    }
}
