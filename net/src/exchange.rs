//! The outside without sockets, tasks and clocks: for simulations, which hold all its ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use components::Release;
use protocol::Encoding;

use crate::gate::Gate;
use crate::hub::{Hub, Incoming, Means};
use crate::lanes::Lanes;
use crate::outbox::Outbox;
use crate::outside::Now;
use crate::random::Random;
use crate::readiness::Ready;
use crate::recovered::Recovered;
use crate::session::ConnectionId;
use crate::settings::NetSettings;
use crate::stats::{Stats, StatsSnapshot};
use crate::token::TokenKeys;

/// The very same hub a [`Server`](crate::Server) runs. What it does is a function of what it is
/// told and of its source of chance: the same calls give the same frames.
///
/// The times it is told are those of the simulation, in ms; they must not run backwards.
pub struct Exchange {
    hub: Hub,
    stats: Arc<Stats>,
    lines: BTreeMap<u64, Line>,
}

struct Line {
    id: ConnectionId,
    outbox: Arc<Outbox>,
    is_text: bool,
}

impl Exchange {
    /// With nobody connected. `random` fills what it is given with bytes.
    ///
    /// # Errors
    ///
    /// A setting is out of its range, or there are no or unequal lanes.
    pub fn new(
        settings: NetSettings,
        lanes: Lanes,
        first_room: u64,
        keys: TokenKeys,
        recovered: Recovered,
        ready: Ready,
        mut random: impl FnMut(&mut [u8]) + Send + 'static,
    ) -> Result<Self, String> {
        settings.check()?;
        lanes.check()?;
        let stats = Arc::new(Stats::default());
        let random = Random::new(move |bytes| {
            random(bytes);
            true
        });
        let (settings, shared) = (Arc::new(settings), Arc::clone(&stats));
        let gate = Arc::new(Gate::new(settings.limits.clone(), Arc::clone(&stats)));
        let means = Means {
            settings,
            lanes,
            first_room,
            ready,
            keys,
            identity: None,
            random,
            stats: shared,
            gate,
        };
        Ok(Self { hub: Hub::new(means, recovered), stats, lines: BTreeMap::new() })
    }

    /// A socket opens: with frames of JSON, or of MessagePack. Gives it a number, never used again.
    pub fn connect(&mut self, json: bool) -> u64 {
        let encoding = if json { Encoding::Json } else { Encoding::MessagePack };
        let (id, outbox) = self.hub.connect(encoding, None);
        self.lines.insert(id.0, Line { id, outbox, is_text: json });
        id.0
    }

    /// Whether another message of this connection would be read now: not with too many
    /// unanswered, nor once it is to close.
    #[must_use]
    pub fn may_send(&self, connection: u64) -> bool {
        self.lines.get(&connection).is_some_and(|line| line.outbox.may_read())
    }

    /// A message comes, whole. One of a connection that is to close is not read any more.
    pub fn receive(&mut self, connection: u64, message: &[u8], now_ms: u64, wall_ms: u64) {
        let Some(line) = self.lines.get(&connection) else { return };
        if line.outbox.closing().is_some() {
            return;
        }
        let incoming = Incoming { text: line.is_text, bytes: message };
        self.hub.receive(line.id, incoming, Now { ms: now_ms, wall_ms });
        self.settle();
    }

    /// A socket closes, by whichever side: also to be called for one that is [`closed`](Self::closed).
    /// What was not taken of it is lost.
    pub fn disconnect(&mut self, connection: u64, now_ms: u64) {
        let Some(line) = self.lines.remove(&connection) else { return };
        self.hub.disconnect(line.id, at(now_ms));
        self.settle();
    }

    /// What is written may be shown: all of it.
    pub fn release(&mut self, release: &Release, now_ms: u64) {
        let mut next = Some(0);
        while let Some(start) = next {
            next = self.hub.release(release, start, at(now_ms));
        }
        self.settle();
    }

    /// What a server does every 50 ms: full lanes are tried again, who is missing after a restart
    /// is reported, idle sessions are forgotten. The grace of a restart begins with the first call.
    pub fn keep_house(&mut self, now_ms: u64) {
        self.hub.keep_house(at(now_ms));
        self.settle();
    }

    /// Takes the messages that wait for a connection, in order, as if its socket took them all.
    pub fn take(&mut self, connection: u64) -> Vec<Vec<u8>> {
        let Some(line) = self.lines.get(&connection) else { return Vec::new() };
        let mut frames = Vec::new();
        line.outbox.take(&mut frames);
        if line.outbox.has_caught_up() {
            self.hub.caught_up(line.id);
        }
        self.settle();
        frames.into_iter().map(|frame| frame.to_vec()).collect()
    }

    /// The code with which the server closes a connection, once what waits is taken.
    #[must_use]
    pub fn closed(&self, connection: u64) -> Option<u16> {
        self.lines.get(&connection)?.outbox.closing().map(|closing| closing.code.0)
    }

    /// The server begins to shut down: everybody is told and closed, and no room is made any more.
    pub fn shut_down(&mut self) {
        self.hub.shut_down();
        self.settle();
    }

    /// What is counted.
    #[must_use]
    pub fn stats(&self) -> StatsSnapshot {
        self.stats.snapshot()
    }

    /// Nothing is written here: the list of those for whom something waits is not needed.
    fn settle(&self) {
        self.hub.touched().swap(&mut Vec::new());
    }
}

/// A moment at which no name is made and no token judged.
const fn at(ms: u64) -> Now {
    Now { ms, wall_ms: 0 }
}
