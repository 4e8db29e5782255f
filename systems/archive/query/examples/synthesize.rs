//! Writes a made-up archive: `synthesize FOLDER [MATCHES [DETAILED [PLAYERS [HOURS]]]]`.

#[path = "../tests/synthetic/synthetic.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "shared with the tests")]
mod synthetic;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut given = std::env::args().skip(1);
    let Some(folder) = given.next().map(PathBuf::from) else { return ExitCode::from(2) };
    let mut number =
        |default: u64| given.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let matches = number(10_000);
    let detailed = number(matches.min(50_000)).min(matches);
    let players = number(matches.div_ceil(20).max(1));
    let hours = number(720).clamp(1, 100_000) as u32;
    let archive = synthetic::Synthetic {
        matches,
        detailed,
        players,
        hours,
        last: synthetic::LAST,
        last_batches: 6,
    };
    archive.write(&folder);
    ExitCode::SUCCESS
}
