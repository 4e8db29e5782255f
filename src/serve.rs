//! `liap serve`: the shard threads, the journal's thread, the network thread, and their end.

mod bot_rooms;
pub(crate) mod control;
mod ending;
pub(crate) mod health;
mod identity;
mod journal_thread;
pub(crate) mod keys;
pub(crate) mod letters;
mod memory;
pub(crate) mod recovery;
pub(crate) mod reload;
mod shard_thread;
pub(crate) mod storage;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle, available_parallelism};
use std::time::{Duration, Instant};

use components::{Faults, Inbound, Release};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use journal::AnyDisk;
use net::{Degraded, Lanes, NetSettings, Ready, Server, Start};
use tokio::sync::mpsc;

use crate::admin::{self, Desk};
use crate::archiving::{Archiving, HandOver, JournalLine, Means};
use crate::config::{ArchiveTarget, Config, Durability, Sources};
use crate::{LaneSizes, Shard};
use control::Question;
use health::Health;
use journal_thread::{JournalThread, ToJournal};
use letters::Letters;
use reload::Reload;
use shard_thread::{Outlet, Rebuilds, ShardThread};
use storage::Stored;

/// How long a stopping server waits for the archive's thread.
const ARCHIVE_STOP: Duration = Duration::from_secs(15);

/// Why the server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// A signal asked for it.
    Asked,
    /// A shard thread died; the log says of what.
    ShardDied,
    /// The journal could not be written any more.
    StorageFailed,
}

/// Why the server did not begin, or could not go on.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the operating system says.
    Io(io::Error),
    /// What is on disk cannot be used; nothing was changed.
    Data(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What tells the network thread that another one ended; its join says how.
type Died = mpsc::Sender<()>;

/// A thread that should run as long as the server.
type Join = JoinHandle<Result<(), End>>;

/// Runs the server until a signal, or until it fails.
///
/// # Errors
///
/// A port that cannot be bound, a thread that cannot be started, a data directory that cannot be
/// used.
pub(crate) fn serve(config: &Config, sources: Sources, faults: Faults) -> Result<End, Failure> {
    let begun = Instant::now();
    let threads = config.server.threads(available_parallelism()?.get());
    let provider = identity::open(&config.identity)?;
    let stored = storage::open(config, faults)?;
    let data = Path::new(&config.server.data);
    let keys = match config.journal.durability {
        Durability::None => keys::ephemeral()?,
        Durability::Process | Durability::Disk => keys::load(data)?,
    };
    let mut shards = shards(config, threads, faults);
    let lanes = Lanes {
        requests: shards.iter().map(Shard::requests).collect(),
        control: shards.iter().map(Shard::control).collect(),
    };
    let recovered = recovery::recover(&stored.rooms, &mut shards, &config.game);
    tracing::info!(
        rooms = stored.rooms.len(),
        seats = recovered.seats.len(),
        ms = begun.elapsed().as_millis() as u64,
        "recovered"
    );
    let own = bot_rooms::plan(config, threads, &stored.rooms, stored.next_room)?;
    let health = Arc::new(Health::new());
    let mut asked_to_end = ending::watch(Duration::from_secs(config.server.grace_seconds))?;
    let (outbound, releases) = mpsc::channel(config.server.outbound_queue);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (died, joins, archive) = runtime.block_on(async {
        let start = Start {
            settings: net_settings(config, faults),
            lanes,
            releases,
            first_room: own.next_room,
            ready: ready(&health),
            degraded: degraded(&health),
            keys,
            identity: provider.identity,
            recovered,
        };
        let server = Server::bind(start).await?;
        let address = server.local_addr()?;
        let (died, mut death) = mpsc::channel(1);
        let (stop, stopped) = bounded::<()>(0);
        if let Some(watcher) = provider.watcher {
            watcher.start(stopped.clone())?;
        }
        let line = Line { config, health: &health, died, stopped, faults };
        let (questions, asked) = bounded(1);
        let Started { joins, archive, journal } =
            line.start(shards, stored, outbound, own.openings, asked)?;
        if let Some(max_mb) = config.server.memory_mb {
            tokio::spawn(memory::watch(max_mb, Arc::clone(&health)));
        }
        let reload = Arc::new(Reload::new(sources, config.clone(), server.gate()));
        tokio::spawn(reload::on_signal(Arc::clone(&reload)));
        if let Some(journal) = journal {
            let outside = (server.operator(), server.gate());
            let desk = Desk::new(outside, reload, Arc::clone(&health), journal, data)?;
            let listener = admin::listen(config.admin.listen, data).await?;
            tracing::info!(address = %listener.local_addr()?, "listening for operators");
            tokio::spawn(admin::serve(listener, desk));
        }
        if config.archive.target != ArchiveTarget::None {
            match control::listen(data) {
                Ok(listener) => _ = tokio::spawn(control::answer(listener, questions)),
                Err(error) => {
                    tracing::warn!(%error, "no control socket: `liap archive flush` cannot ask");
                }
            }
        }
        tracing::info!(%address, shards = threads, "listening: ws://{address}/v1/ws");
        let mut died = false;
        let ended = async {
            tokio::select! {
                _ = &mut asked_to_end => tracing::info!("stopping on a signal"),
                _ = death.recv() => died = true,
            }
        };
        server.run(ended).await;
        drop(stop);
        Ok::<_, io::Error>((died, joins, archive))
    })?;
    // With the runtime goes whatever still holds the receiving end, and only then does a thread
    // that waits for room in a full queue give up.
    drop(runtime);
    let end = end_of(joins, died);
    if let Some(archive) = archive {
        wait_for(&archive);
    }
    Ok(end)
}

/// Waits for the archive's thread, but not for ever: it may hang on a folder that does not answer,
/// and whatever it was doing is done by the next process.
fn wait_for(archive: &JoinHandle<()>) {
    let since = Instant::now();
    while !archive.is_finished() {
        if since.elapsed() > ARCHIVE_STOP {
            tracing::warn!("the archive does not answer: stopping without it");
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// How the server ended: a journal that failed takes the shards with it, so it is named first.
fn end_of(joins: Vec<Join>, died: bool) -> End {
    let ends: Vec<End> = joins
        .into_iter()
        .filter_map(|join| join.join().unwrap_or(Err(End::ShardDied)).err())
        .collect();
    match ends.first() {
        _ if ends.contains(&End::StorageFailed) => End::StorageFailed,
        Some(end) => *end,
        None if died => End::ShardDied,
        None => End::Asked,
    }
}

fn shards(config: &Config, threads: usize, faults: Faults) -> Vec<Shard> {
    let lanes =
        LaneSizes { requests: config.server.inbound_queue, control: config.server.control_queue };
    (0..threads)
        .map(|_| {
            let mut shard = Shard::new(config.game.clone(), lanes, Default::default());
            shard.plant(faults);
            shard
        })
        .collect()
}

/// Threads that were started.
struct Started {
    joins: Vec<Join>,
    archive: Option<JoinHandle<()>>,
    /// To the journal's, where there is one.
    journal: Option<JournalLine>,
}

/// What the threads between the lanes and the network are started with.
struct Line<'a> {
    config: &'a Config,
    health: &'a Arc<Health>,
    died: Died,
    /// Disconnects when the server stops.
    stopped: Receiver<()>,
    faults: Faults,
}

impl Line<'_> {
    /// Starts the journal's thread, where there is a journal, and the shards'.
    fn start(
        &self,
        shards: Vec<Shard>,
        stored: Stored,
        outbound: mpsc::Sender<Release>,
        openings: Vec<Vec<Inbound>>,
        questions: Receiver<Question>,
    ) -> io::Result<Started> {
        let (used, returns): (Vec<_>, Vec<_>) = shards.iter().map(|_| bounded(4)).unzip();
        let (mut joins, mut archive, mut line) = (Vec::new(), None, None);
        let to_journal = match stored.journal {
            None => None,
            Some(journal) => {
                let (inbox, batches) = bounded(self.config.journal.queue);
                let (ask, asked) = bounded(1);
                let thread = JournalThread {
                    journal,
                    inbox: batches,
                    asked,
                    outbound: outbound.clone(),
                    used,
                    letters: Letters::new(Path::new(&self.config.server.data)),
                    health: Arc::clone(self.health),
                    stopped: self.stopped.clone(),
                    faults: self.faults,
                };
                joins.push(self.spawn("journal".to_owned(), move || thread.run())?);
                line = Some(line_to(inbox.clone(), ask.clone()));
                if let Some((reading, archiving)) =
                    stored.reading.zip(Archiving::of(&self.config.archive))
                {
                    let line = line_to(inbox.clone(), ask);
                    archive = Some(self.start_archive(reading, line, &archiving, questions)?);
                }
                Some(inbox)
            }
        };
        let (threads, rebuilds) = (shards.len(), Rebuilds::default());
        for (number, ((shard, openings), used)) in
            shards.into_iter().zip(openings).zip(returns).enumerate()
        {
            let outlet = match &to_journal {
                Some(inbox) => Outlet::Journal { inbox: inbox.clone(), used },
                None => Outlet::Network(outbound.clone()),
            };
            let thread = ShardThread {
                shard,
                number,
                threads,
                tick_hz: self.config.server.tick_hz,
                outlet,
                stopped: self.stopped.clone(),
                openings,
                rebuilds: rebuilds.clone(),
            };
            joins.push(self.spawn(format!("shard-{number}"), move || thread.run())?);
        }
        Ok(Started { joins, archive, journal: line })
    }

    /// Starts the archive's thread. If it ends, games go on.
    fn start_archive(
        &self,
        disk: AnyDisk,
        line: JournalLine,
        archiving: &Archiving,
        questions: Receiver<Question>,
    ) -> io::Result<JoinHandle<()>> {
        let data = Path::new(&self.config.server.data);
        let directory = data.join(storage::JOURNAL);
        let health = Arc::clone(self.health);
        let means = Means {
            data,
            journal: matches!(disk, AnyDisk::File(_)).then_some(&*directory),
            disk,
            line,
            questions,
            stopped: self.stopped.clone(),
            insists: true,
            note: Arc::new(move |place, wrong| health.note_archive(place, wrong)),
        };
        archiving.start(means)
    }

    /// A thread that says so when it ends, by whatever way.
    fn spawn(
        &self,
        name: String,
        run: impl FnOnce() -> Result<(), End> + Send + 'static,
    ) -> io::Result<Join> {
        struct Alive(Arc<Health>, Died);

        impl Drop for Alive {
            fn drop(&mut self) {
                self.0.thread_ended();
                // Full means that another has said so already.
                _ = self.1.try_send(());
            }
        }

        let alive = Alive(Arc::clone(self.health), self.died.clone());
        thread::Builder::new().name(name).spawn(move || {
            let _alive = alive;
            run()
        })
    }
}

/// How the archive asks the journal: beside the inbox, which may be full for as long as the disk is.
fn line_to(inbox: Sender<ToJournal>, ask: Sender<HandOver>) -> JournalLine {
    Box::new(move |question| {
        let is_sent = ask.send(question).is_ok();
        // Full: then the journal is awake anyway, and looks at what is asked with every drain.
        is_sent && !matches!(inbox.try_send(ToJournal::Asked), Err(TrySendError::Disconnected(_)))
    })
}

fn ready(health: &Arc<Health>) -> Ready {
    let health = Arc::clone(health);
    Arc::new(move || health.ready())
}

fn degraded(health: &Arc<Health>) -> Degraded {
    let health = Arc::clone(health);
    Arc::new(move || health.degraded())
}

/// The part of the configuration that is `net`'s.
fn net_settings(config: &Config, faults: Faults) -> NetSettings {
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
        handshakes_max: net.handshakes_max,
        limits: config.limits.limits(net.listen),
        sessions_max: net.sessions_max,
        session_idle_seconds: net.session_idle_seconds,
        token_days: net.token_days,
        spectators_max: net.spectators_max,
        rooms_max: config.rooms.max,
        default_pace: config.rooms.default_pace,
        keeps_seats: config.journal.durability != Durability::None,
        faults,
        ..NetSettings::default()
    }
}
