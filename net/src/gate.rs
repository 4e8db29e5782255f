//! Who may come in, and with how much: limits by address, and bans.

mod bans;
mod forwarded;
mod lease;
mod refused;
mod table;

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use ipnet::IpNet;
use tokio::sync::watch;

use crate::limits::{Client, Limits};
use crate::outside::Now;
use crate::stats::Stats;
use bans::Bans;
pub use bans::{Ban, TooManyBans};
pub(crate) use lease::Lease;
pub(crate) use refused::{Limit, Refused};
use table::{Deed, Table, Thing};

/// When somebody may try again who holds too much: nobody knows when one of it is gone.
const HELD_RETRY_MS: u32 = 10_000;

/// Shared by all that let somebody in. Everything may be called at any time, from any thread.
#[derive(Debug)]
pub struct Gate {
    limits: watch::Sender<Arc<Limits>>,
    state: Mutex<State>,
    stats: Arc<Stats>,
    has_new_bans: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    table: Table,
    bans: Bans,
}

/// A socket that was let in. Its place is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// The other end of the socket.
    pub(crate) peer: Client,
    /// Whether it speaks for others.
    is_proxy: bool,
    /// Whether it made a request that could be read.
    has_asked: AtomicBool,
    _lease: Option<Lease>,
}

impl Gate {
    pub(crate) fn new(limits: Limits, stats: Arc<Stats>) -> Self {
        let limits = watch::Sender::new(Arc::new(limits));
        let has_new_bans = AtomicBool::new(false);
        Self { limits, state: Mutex::default(), stats, has_new_bans }
    }

    /// The limits of now.
    #[must_use]
    pub fn limits(&self) -> Arc<Limits> {
        Arc::clone(&self.limits.borrow())
    }

    /// Sets other limits. What is held already is kept, though it be too much; whether a connection
    /// is spared is decided when it comes.
    ///
    /// # Errors
    ///
    /// A sentence about a limit that is out of its range: nothing has changed.
    pub fn set_limits(&self, limits: Limits) -> Result<(), String> {
        limits.check()?;
        self.limits.send_replace(Arc::new(limits));
        Ok(())
    }

    /// Bans a network, or changes until when it is; its connections close with 1008. Also one that
    /// is exempt from limits.
    ///
    /// # Errors
    ///
    /// There are as many bans as there may be.
    pub fn ban(&self, ban: Ban, now_wall_ms: u64) -> Result<(), TooManyBans> {
        self.state().bans.add(ban, now_wall_ms)?;
        self.has_new_bans.store(true, Relaxed);
        Ok(())
    }

    /// Lifts the ban of exactly this network; false if there was none.
    pub fn unban(&self, net: IpNet) -> bool {
        self.state().bans.remove(net)
    }

    /// The bans that hold at a time, in ms since 1970.
    #[must_use]
    pub fn bans(&self, now_wall_ms: u64) -> Vec<Ban> {
        self.state().bans.list(now_wall_ms)
    }

    /// Whether networks were banned since this was last asked.
    pub(crate) fn take_new_bans(&self) -> bool {
        self.has_new_bans.swap(false, Relaxed)
    }

    /// Whether this address is banned now.
    pub(crate) fn is_banned(&self, ip: IpAddr, now: Now) -> bool {
        self.state().bans.until_ms(ip, now.wall_ms).is_some()
    }

    /// A socket opened: all that is known is its other end.
    pub(crate) fn arrive(self: &Arc<Self>, peer: IpAddr, now: Now) -> Result<Arrival, Refused> {
        let limits = self.limits();
        let peer = limits.client(peer.to_canonical());
        self.check_ban(peer.ip, now)?;
        let (is_proxy, has_asked) = (limits.trusts(peer.ip), AtomicBool::new(false));
        let mut lease = None;
        if !is_proxy {
            self.note_arrival(peer, &limits, now)?;
            lease = self.lease_connection(peer, &limits)?;
        }
        Ok(Arrival { peer, is_proxy, has_asked, _lease: lease })
    }

    /// An HTTP request came. Says who made it.
    pub(crate) fn ask(
        &self,
        arrival: &Arrival,
        headers: &HeaderMap,
        now: Now,
    ) -> Result<Client, Refused> {
        arrival.has_asked.store(true, Relaxed);
        let limits = self.limits();
        let client = if arrival.is_proxy {
            limits.client(forwarded::client(headers, arrival.peer.ip, &limits))
        } else {
            arrival.peer
        };
        self.check_ban(client.ip, now)?;
        self.note_arrival(client, &limits, now)?;
        Ok(client)
    }

    /// A client's connection is to become a WebSocket: one behind a proxy is counted from now on,
    /// any other was when its socket opened.
    pub(crate) fn enter(
        self: &Arc<Self>,
        arrival: &Arrival,
        client: Client,
    ) -> Result<Option<Lease>, Refused> {
        if arrival.is_proxy { self.lease_connection(client, &self.limits()) } else { Ok(None) }
    }

    /// A socket said nothing sensible before its time was over.
    pub(crate) fn note_unfinished(&self, arrival: &Arrival, now: Now) {
        if !arrival.is_proxy && !arrival.has_asked.load(Relaxed) {
            self.note_fault(arrival.peer, now);
        }
    }

    /// A hello failed, or a connection broke the protocol; false if that was once too often.
    pub(crate) fn note_fault(&self, client: Client, now: Now) -> bool {
        let Some(address) = client.address else { return true };
        let most = self.limits().address_faults_per_minute;
        let is_fine = self.state().table.note(address, Deed::Fault, most, now.ms).is_ok();
        if !is_fine {
            self.count(Limit::Faults);
        }
        is_fine
    }

    /// Somebody is about to make a room, which counts while this is kept. For nobody there is
    /// nothing to keep.
    pub(crate) fn make_room(
        self: &Arc<Self>,
        client: Option<Client>,
    ) -> Result<Option<Lease>, Refused> {
        let Some(client) = client else { return Ok(None) };
        self.lease(client, Thing::Room, self.limits().address_rooms, Limit::Rooms)
    }

    /// Refuses, and counts it.
    pub(crate) fn refuse(&self, limit: Limit, retry_after_ms: u32) -> Refused {
        self.count(limit);
        Refused { limit, retry_after_ms }
    }

    /// A limit was met.
    pub(crate) fn count(&self, limit: Limit) {
        self.stats.limited.count(limit.name());
    }

    /// Forgets what does not matter any more.
    pub(crate) fn keep_house(&self, now: Now) {
        let most = self.limits().addresses_max;
        let state = &mut *self.state();
        state.bans.expire(now.wall_ms);
        let early = state.table.tidy(most, now.ms);
        self.stats.addresses.set(state.table.len());
        self.stats.limited.add(Limit::Addresses.name(), early);
    }

    fn lease_connection(
        self: &Arc<Self>,
        client: Client,
        limits: &Limits,
    ) -> Result<Option<Lease>, Refused> {
        self.lease(client, Thing::Connection, limits.address_connections, Limit::Connections)
    }

    fn lease(
        self: &Arc<Self>,
        client: Client,
        thing: Thing,
        most: Option<u32>,
        limit: Limit,
    ) -> Result<Option<Lease>, Refused> {
        let Some(address) = client.address else { return Ok(None) };
        if !self.state().table.hold(address, thing, most) {
            return Err(self.refuse(limit, HELD_RETRY_MS));
        }
        Ok(Some(Lease::new(Arc::clone(self), address, thing)))
    }

    fn check_ban(&self, ip: IpAddr, now: Now) -> Result<(), Refused> {
        let until_ms = self.state().bans.until_ms(ip, now.wall_ms);
        until_ms.map_or(Ok(()), |until_ms| {
            let left_ms = u32::try_from(until_ms - now.wall_ms).unwrap_or(u32::MAX);
            Err(self.refuse(Limit::Ban, left_ms))
        })
    }

    fn note_arrival(&self, client: Client, limits: &Limits, now: Now) -> Result<(), Refused> {
        let Some(address) = client.address else { return Ok(()) };
        let state = &mut *self.state();
        let most = limits.address_arrivals_per_minute;
        let noted = state.table.note(address, Deed::Arrival, most, now.ms);
        // A flood of addresses must not have to wait to be forgotten.
        let early = state.table.tidy(limits.addresses_max, now.ms);
        self.stats.limited.add(Limit::Addresses.name(), early);
        noted.map_err(|wait_ms| self.refuse(Limit::Arrivals, wait_ms))?;
        let most = limits.address_faults_per_minute;
        let may = state.table.may(address, Deed::Fault, most, now.ms);
        may.map_err(|wait_ms| self.refuse(Limit::Faults, wait_ms))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while it was held leaves counts that are still counts.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
