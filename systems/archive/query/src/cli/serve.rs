//! `liap-query serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{Common, Failed, LimitArgs};
use crate::desk::{Desk, DeskLimits};
use crate::serve::{ServeError, ServeOptions, Server};
use crate::snapshot::Archive;

/// Bytes of an entry of the index of players.
const ENTRY_BYTES: u64 = 36;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7080")]
    listen: SocketAddr,
    /// A file with the token; needed for other machines to ask, and for /v1/sql.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Milliseconds between looks for new matches.
    #[arg(long, value_name = "MS", default_value_t = 5_000,
          value_parser = clap::value_parser!(u64).range(50..=3_600_000))]
    poll_ms: u64,
    /// MiB of answers that are kept.
    #[arg(long, value_name = "MB", default_value_t = 128,
          value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    cache_mb: u64,
    /// MiB of the index of players; what does not fit is left out, the oldest hours first.
    #[arg(long, value_name = "MB", default_value_t = 512,
          value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    index_mb: u64,
    /// Connections.
    #[arg(long, value_name = "N", default_value_t = 256,
          value_parser = clap::value_parser!(u32).range(1..=65_536))]
    connections_max: u32,
    /// Answers that are made at once.
    #[arg(long, value_name = "N", default_value_t = 8,
          value_parser = clap::value_parser!(u32).range(1..=256))]
    at_once: u32,
    /// Questions in SQL that are answered at once.
    #[arg(long, value_name = "N", default_value_t = 2,
          value_parser = clap::value_parser!(u32).range(1..=64))]
    sql_at_once: u32,
    #[command(flatten)]
    limits: LimitArgs,
}

pub(super) async fn run(common: &Common, args: ServeArgs) -> Result<(), Failed> {
    let indexed_max = ((args.index_mb << 20) / ENTRY_BYTES) as usize;
    let archive = Arc::new(Archive::new(common.engine()?, Some(indexed_max)));
    let limits = DeskLimits {
        at_once: args.at_once as usize,
        kept_bytes: args.cache_mb << 20,
        ..DeskLimits::default()
    };
    let desk = Desk::new(archive, common.names()?, Arc::new(now_ms), limits);
    let options = ServeOptions {
        listen: args.listen,
        token_file: args.token_file,
        poll: Duration::from_millis(args.poll_ms),
        sql: args.limits.limits(),
        sql_at_once: args.sql_at_once as usize,
        connections_max: args.connections_max as usize,
    };
    let server = Server::start(desk, &options).await.map_err(failed)?;
    let address = server.address().map_err(|error| Failed::system(error.to_string()))?;
    let stop = stopped().map_err(|error| Failed::system(error.to_string()))?;
    super::say(&format!("listening on http://{address}"));
    server.run(stop).await;
    Ok(())
}

fn failed(error: ServeError) -> Failed {
    let what = error.to_string();
    match error {
        ServeError::Token(_) | ServeError::Open(_) => Failed::usage(what),
        ServeError::Listen(..) | ServeError::Archive(_) => Failed::system(what),
    }
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
