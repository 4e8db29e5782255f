//! `liap admin top`: the server at a glance, again and again.

use std::io::{IsTerminal, Write, stdout};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::ask::Line;
use super::show::status;
use crate::args::Exit;
use crate::journal_tools::Failure;

/// The terminal's cursor home, and everything below it cleared: ECMA-48, CUP and ED.
const CLEAR: &str = "\x1b[H\x1b[J";

/// Looks until the server is gone or the process is interrupted.
pub(super) fn run(line: &Line, every: u64, out: &mut impl Write) -> Result<Exit, Failure> {
    let is_terminal = stdout().is_terminal();
    let mut before: Option<(Instant, Value)> = None;
    loop {
        let now = (Instant::now(), line.get("/v1/status")?);
        if is_terminal {
            write!(out, "{CLEAR}")?;
        }
        status(&now.1, out)?;
        if let Some((then, old)) = &before {
            let seconds = (now.0 - *then).as_secs_f64();
            let rate = |name: &str| {
                let of = |value: &Value| value[name].as_u64().unwrap_or(0);
                of(&now.1).saturating_sub(of(old)) as f64 / seconds
            };
            writeln!(
                out,
                "per second: {:.0} frames in, {:.0} out, {:.1} KiB out, {:.1} new sockets",
                rate("frames_in"),
                rate("frames_out"),
                rate("bytes_out") / 1_024.0,
                rate("sockets")
            )?;
        }
        out.flush()?;
        before = Some(now);
        sleep(Duration::from_secs(every));
    }
}
