//! The outer ring: listens, accepts, feeds the hub what the tick released, and ends in order.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::yield_now;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::gate::{Arrival, Gate};
use crate::http;
use crate::hub::{Hub, Means};
use crate::identity::Identity;
use crate::lanes::Lanes;
use crate::operator::Operator;
use crate::outside::Outside;
use crate::random::Random;
use crate::readiness::{Degraded, Ready};
use crate::recovered::Recovered;
use crate::settings::NetSettings;
use crate::stats::Stats;
use crate::token::TokenKeys;
use crate::turn_away::TurnAway;

/// What the journal released: one stream, each shard's own order kept.
pub type ReleaseReceiver = mpsc::Receiver<components::Release>;

/// How often what waits for a lane is tried again, and idle sessions are looked at.
const HOUSEKEEPING: Duration = Duration::from_millis(50);

/// A pause after the system could not give us a socket: too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a server begins with.
pub struct Start {
    /// Every number of the outside.
    pub settings: NetSettings,
    /// The ways into the shards.
    pub lanes: Lanes,
    /// What comes back.
    pub releases: ReleaseReceiver,
    /// Rooms made from here on are called [`RoomId::nth`](components::RoomId::nth) of this number
    /// and those after it: above all that ever were.
    pub first_room: u64,
    /// Says whether new rooms may be made.
    pub ready: Ready,
    /// What does not work though games go on.
    pub degraded: Degraded,
    /// What tokens are signed with.
    pub keys: TokenKeys,
    /// Whom to believe beside ourselves about who somebody is.
    pub identity: Option<Identity>,
    /// What a restart found.
    pub recovered: Recovered,
}

/// The outside, listening.
pub struct Server {
    listener: TcpListener,
    outside: Arc<Outside>,
    releases: ReleaseReceiver,
}

impl Server {
    /// Listens, with what a restart found.
    ///
    /// # Errors
    ///
    /// A setting is out of its range, `lanes` has no or unequal lanes, the system has no random
    /// bytes, or the address cannot be listened on.
    pub async fn bind(start: Start) -> io::Result<Self> {
        let Start { settings, lanes, releases, first_room, ready, degraded, .. } = start;
        let Start { keys, identity, recovered, .. } = start;
        let invalid = |what: String| io::Error::new(io::ErrorKind::InvalidInput, what);
        settings.check().map_err(invalid)?;
        lanes.check().map_err(invalid)?;
        let mut random = Random::system();
        random.bytes::<16>().ok_or_else(|| io::Error::other("no random bytes"))?;
        let listener = TcpListener::bind(settings.listen).await?;
        let (settings, stats) = (Arc::new(settings), Arc::new(Stats::default()));
        let gate = Arc::new(Gate::new(settings.limits.clone(), Arc::clone(&stats)));
        let means = Means {
            settings: Arc::clone(&settings),
            lanes,
            first_room,
            ready: Arc::clone(&ready),
            keys,
            identity,
            random,
            stats: Arc::clone(&stats),
            gate: Arc::clone(&gate),
        };
        let hub = Hub::new(means, recovered);
        let outside = Arc::new(Outside::new(hub, settings, stats, gate, ready, degraded));
        Ok(Self { listener, outside, releases })
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// The system does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What is counted while it runs.
    #[must_use]
    pub fn stats(&self) -> Arc<Stats> {
        Arc::clone(&self.outside.stats)
    }

    /// What an operator may see and do while it runs.
    #[must_use]
    pub fn operator(&self) -> Operator {
        Operator::new(Arc::clone(&self.outside))
    }

    /// Who may come in: its limits and bans may be changed while it runs.
    #[must_use]
    pub fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.outside.gate)
    }

    /// Serves until `shutdown` is ready; then refuses new connections, tells and closes the ones
    /// there are, and waits for them, but no longer than `shutdown_seconds`.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { listener, outside, releases } = self;
        let (stop, stopped) = watch::channel(false);
        let feeding = tokio::spawn(feed(releases, Arc::clone(&outside)));
        let housekeeping = tokio::spawn(keep_house(Arc::clone(&outside)));
        let router = http::router(Arc::clone(&outside));
        tokio::select! {
            () = shutdown => {}
            () = accept_all(listener, &outside, &router, &stopped) => {}
        }
        outside.act(Hub::shut_down);
        let _ = stop.send(true);
        let all = u32::try_from(outside.settings.connections_max).unwrap_or(u32::MAX);
        let patience = Duration::from_secs(outside.settings.shutdown_seconds);
        if timeout(patience, outside.places.acquire_many(all)).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        outside.act(Hub::flush_lanes);
        housekeeping.abort();
        feeding.abort();
        // Only when the receiver is gone do shards that wait for it give up.
        if feeding.await.is_err_and(|error| error.is_panic()) {
            tracing::error!("what feeds the connections had panicked");
        }
    }
}

async fn accept_all(
    listener: TcpListener,
    outside: &Arc<Outside>,
    router: &Router,
    stopped: &watch::Receiver<bool>,
) {
    let turn_away = TurnAway::default();
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                outside.stats.sockets.count();
                match outside.gate.arrive(peer.ip(), outside.now()) {
                    Ok(arrival) => accept(socket, arrival, outside, router, stopped.clone()),
                    Err(refused) => turn_away.tell(socket, refused),
                }
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn accept(
    socket: TcpStream,
    arrival: Arrival,
    outside: &Arc<Outside>,
    router: &Router,
    mut stopped: watch::Receiver<bool>,
) {
    // Updates are small and must not wait for one another.
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "a socket died at once");
        return;
    }
    let handshake = outside.handshakes.begin();
    let served = http::serve(socket, router.clone(), arrival, Arc::clone(outside));
    tokio::spawn(async move {
        tokio::select! {
            () = served => {}
            () = handshake.displaced() => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    });
}

/// Hands every released batch to the hub, and writes what comes of it. No socket is waited for, so
/// it always moves.
async fn feed(mut releases: ReleaseReceiver, outside: Arc<Outside>) {
    while let Some(release) = releases.recv().await {
        let now = outside.now();
        let mut next = outside.act(|hub| hub.release(&release, 0, now));
        while let Some(start) = next {
            // In a large one, reading has its turn too.
            yield_now().await;
            next = outside.act(|hub| hub.release(&release, start, now));
        }
    }
}

async fn keep_house(outside: Arc<Outside>) {
    let mut ticks = interval(HOUSEKEEPING);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = outside.now();
        outside.gate.keep_house(now);
        outside.act(|hub| hub.keep_house(now));
    }
}
