//! `liap serve`: the shard threads, the network thread, and their end.

mod bot_rooms;
mod shard_thread;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, available_parallelism};

use components::Release;
use crossbeam_channel::bounded;
use net::{Lanes, NetSettings, Server};
use tokio::sync::mpsc;

use crate::config::Config;
use crate::{LaneSizes, Shard};
use shard_thread::ShardThread;

/// Why the server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// A signal asked for it.
    Asked,
    /// A shard thread died; the log says of what.
    ShardDied,
}

/// Runs the server until a signal, or until it fails.
///
/// # Errors
///
/// What the operating system says when the port cannot be bound or a thread not started.
pub(crate) fn serve(config: &Config) -> io::Result<End> {
    let threads = config.server.threads(available_parallelism()?.get());
    let lanes =
        LaneSizes { requests: config.server.inbound_queue, control: config.server.control_queue };
    let shards: Vec<Shard> =
        (0..threads).map(|_| Shard::new(config.game.clone(), lanes, Default::default())).collect();
    let lanes = Lanes {
        requests: shards.iter().map(Shard::requests).collect(),
        control: shards.iter().map(Shard::control).collect(),
    };
    let (outbound, releases) = mpsc::channel(config.server.outbound_queue);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (joins, mut failed) = runtime.block_on(async {
        let alive = Arc::new(AtomicUsize::new(threads));
        let server = Server::bind(
            net_settings(config),
            lanes,
            releases,
            config.server.bot_rooms as u64 + 1,
            readiness(Arc::clone(&alive), threads),
        )
        .await?;
        let address = server.local_addr()?;
        let (stop, stopped) = bounded::<()>(0);
        let (died, mut death) = mpsc::channel(1);
        let mut bot_rooms = bot_rooms::plan(config, threads)?;
        let mut joins = Vec::new();
        for (index, shard) in shards.into_iter().enumerate() {
            let thread = ShardThread {
                shard,
                tick_hz: config.server.tick_hz,
                outbound: outbound.clone(),
                stopped: stopped.clone(),
                openings: std::mem::take(&mut bot_rooms[index]),
            };
            joins.push(spawn(index, thread, Arc::clone(&alive), died.clone())?);
        }
        drop(outbound);
        tracing::info!(%address, shards = threads, "listening: ws://{address}/v1/ws");
        let died = async {
            death.recv().await;
        };
        let mut failed = false;
        server
            .run(async {
                tokio::select! {
                    () = signal() => tracing::info!("stopping on a signal"),
                    () = died => failed = true,
                }
            })
            .await;
        drop(stop);
        Ok::<_, io::Error>((joins, failed))
    })?;
    // With the runtime goes whatever still holds the receiving end, and only then does a shard that
    // waits for room in a full queue give up.
    drop(runtime);
    for join in joins {
        failed |= join.join().is_err();
    }
    Ok(if failed { End::ShardDied } else { End::Asked })
}

fn spawn(
    index: usize,
    thread: ShardThread,
    alive: Arc<AtomicUsize>,
    died: mpsc::Sender<()>,
) -> io::Result<thread::JoinHandle<()>> {
    /// Says so when its thread ends, by whatever way.
    struct Alive(Arc<AtomicUsize>, mpsc::Sender<()>);

    impl Drop for Alive {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
            // Full means that another has said so already.
            _ = self.1.try_send(());
        }
    }

    thread::Builder::new().name(format!("shard-{index}")).spawn(move || {
        let _alive = Alive(alive, died);
        thread.run();
    })
}

/// Ready while every shard thread lives.
fn readiness(
    alive: Arc<AtomicUsize>,
    threads: usize,
) -> Arc<dyn Fn() -> Result<(), String> + Send + Sync> {
    Arc::new(move || match alive.load(Ordering::Relaxed) {
        all if all == threads => Ok(()),
        some => Err(format!("{some} of {threads} shard threads are alive")),
    })
}

/// SIGINT or SIGTERM.
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => _ = terminated.recv().await,
            Err(error) => {
                tracing::warn!(%error, "cannot listen for SIGTERM");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}

/// The part of the configuration that is `net`'s.
fn net_settings(config: &Config) -> NetSettings {
    let net = &config.net;
    NetSettings {
        listen: net.listen,
        origins: net.origins.clone(),
        frame_bytes: net.frame_bytes,
        unanswered_max: net.unanswered_max as u32,
        send_queue: net.send_queue,
        ping_seconds: net.ping_seconds,
        silence_seconds: net.silence_seconds,
        hello_seconds: net.hello_seconds,
        behind_seconds_max: net.behind_seconds_max,
        connections_max: net.connections_max,
        sessions_max: net.sessions_max,
        session_idle_seconds: net.session_idle_seconds,
        spectators_max: net.spectators_max,
        rooms_max: config.rooms.max,
        default_pace: config.rooms.default_pace,
        ..NetSettings::default()
    }
}

/// What a shard thread sends to the network.
type Outbound = mpsc::Sender<Release>;
