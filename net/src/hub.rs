//! The hub: everything the outside knows, and no I/O. Messages, releases and the time go in; what
//! comes out waits in the connections' outboxes and the shards' lanes.

mod actions;
mod address;
mod hello;
mod identify;
mod listing;
mod membership;
mod operator;
mod release;
mod restore;
mod rooms;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use components::{RequestId, RoomCode, SessionId};
use protocol::{
    CloseCode, Encoding, ErrorCode, ErrorData, NoticeKind, decode_request, encode_error, encode_ok,
};
use serde::Serialize;

use crate::directory::Directory;
use crate::fanout::Fanout;
use crate::gate::Gate;
use crate::identity::Identity;
use crate::lanes::{Lanes, Outlet};
use crate::limits::Client;
use crate::outbox::Outbox;
use crate::outside::Now;
use crate::random::Random;
use crate::readiness::Ready;
use crate::recovered::Recovered;
use crate::refusal::No;
use crate::session::{ConnectionId, Session, Sessions};
use crate::settings::NetSettings;
use crate::stats::Stats;
use crate::token::TokenKeys;
use crate::touched::Touched;
use crate::wire::Wire;
use restore::Expected;

/// Refused tokens after which a connection closes with 4002: nobody is to guess.
const UNAUTHORIZED_MAX: u32 = 3;

/// See the module.
pub(crate) struct Hub {
    settings: Arc<NetSettings>,
    outlet: Outlet,
    connections: HashMap<ConnectionId, Connection>,
    sessions: Sessions,
    directory: Directory,
    fanout: Fanout,
    /// Who watches the lobby, and of which rooms it was not told, since too much waited for it.
    lobby: BTreeMap<ConnectionId, Vec<RoomCode>>,
    next_connection: u64,
    ready: Ready,
    keys: TokenKeys,
    identity: Option<Identity>,
    random: Random,
    expected: Expected,
    stats: Arc<Stats>,
    gate: Arc<Gate>,
    wire: Wire,
    touched: Touched,
    is_draining: bool,
}

/// What a hub works with.
pub(crate) struct Means {
    pub(crate) settings: Arc<NetSettings>,
    pub(crate) lanes: Lanes,
    /// The next room is so many-th of the server.
    pub(crate) first_room: u64,
    pub(crate) ready: Ready,
    pub(crate) keys: TokenKeys,
    /// Whom to believe beside ourselves about who somebody is.
    pub(crate) identity: Option<Identity>,
    pub(crate) random: Random,
    pub(crate) stats: Arc<Stats>,
    pub(crate) gate: Arc<Gate>,
}

/// What the hub knows of a socket.
struct Connection {
    encoding: Encoding,
    outbox: Arc<Outbox>,
    /// Where it comes from; `None` is from nowhere.
    client: Option<Client>,
    /// Whose it is; `None` until its `hello`.
    session: Option<SessionId>,
    last_id: Option<u32>,
    faults: u32,
    floods: u32,
    unauthorized: u32,
}

/// A client's message, as it came off the socket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incoming<'a> {
    /// Whether it came in a text frame.
    pub(crate) text: bool,
    /// The message.
    pub(crate) bytes: &'a [u8],
}

/// Who asks, and under which number.
#[derive(Debug, Clone, Copy)]
struct Asker {
    connection: ConnectionId,
    session: SessionId,
    request: RequestId,
}

impl Hub {
    /// With nobody connected, but with what a restart found.
    pub(crate) fn new(means: Means, recovered: Recovered) -> Self {
        let Means { settings, lanes, first_room, ready, keys, identity, random, stats, gate } =
            means;
        let mut hub = Self {
            directory: Directory::new(first_room, settings.rooms_max),
            settings,
            outlet: Outlet::new(lanes),
            connections: HashMap::new(),
            sessions: Sessions::default(),
            fanout: Fanout::default(),
            lobby: BTreeMap::new(),
            next_connection: 0,
            ready,
            keys,
            identity,
            random,
            expected: Expected::default(),
            stats,
            gate,
            wire: Wire::default(),
            touched: Touched::default(),
            is_draining: false,
        };
        hub.restore(recovered);
        hub
    }

    /// The connections for which something new waits, as of each call.
    pub(crate) fn touched(&self) -> Touched {
        self.touched.clone()
    }

    /// A socket opened.
    pub(crate) fn connect(
        &mut self,
        encoding: Encoding,
        client: Option<Client>,
    ) -> (ConnectionId, Arc<Outbox>) {
        let id = ConnectionId(self.next_connection);
        self.next_connection += 1;
        let (updates_max, unanswered_max) =
            (self.settings.send_queue, self.settings.unanswered_max);
        let outbox = Arc::new(Outbox::new(updates_max, unanswered_max, self.touched.clone()));
        if self.is_draining {
            outbox.close(self.leaving().2, "shutting down");
        }
        let connection = Connection {
            encoding,
            outbox: Arc::clone(&outbox),
            client,
            session: None,
            last_id: None,
            faults: 0,
            floods: 0,
            unauthorized: 0,
        };
        self.connections.insert(id, connection);
        self.stats.connections.set(self.connections.len());
        (id, outbox)
    }

    /// A socket brought a message. Every one is answered, now or by a release.
    pub(crate) fn receive(&mut self, id: ConnectionId, incoming: Incoming<'_>, now: Now) {
        self.outlet.flush();
        if let Err((request, no)) = self.take_in(id, incoming, now) {
            self.note_failed_hello(id, no.code, now);
            self.refuse(id, request, no);
        }
    }

    fn take_in(
        &mut self,
        id: ConnectionId,
        incoming: Incoming<'_>,
        now: Now,
    ) -> Result<(), (Option<u32>, No)> {
        // A connection that was replaced is not known any more.
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
        connection.outbox.expect_answer();
        let (encoding, session) = (connection.encoding, connection.session);
        let is_json = encoding == Encoding::Json;
        if incoming.text != is_json {
            let agreed = if is_json { "text" } else { "binary" };
            let message =
                format!("{} was agreed on: send {agreed} frames.", encoding.subprotocol());
            return Err((None, No::new(ErrorCode::BadFrame, message)));
        }
        let envelope =
            decode_request(encoding, incoming.bytes).map_err(|error| (error.id, error.into()))?;
        connection.faults = 0;
        let done = match session {
            Some(session) => {
                let request = RequestId(envelope.id);
                self.request(Asker { connection: id, session, request }, envelope.request, now)
            }
            None => self.greet(id, &envelope, now),
        };
        done.map_err(|no| (Some(envelope.id), no))
    }

    /// A socket closed.
    pub(crate) fn disconnect(&mut self, id: ConnectionId, now: Now) {
        let Some(connection) = self.connections.remove(&id) else { return };
        self.stats.connections.set(self.connections.len());
        self.lobby.remove(&id);
        if let Some(session) = connection.session {
            self.lose(session, id, now);
        }
    }

    /// What waits for lanes is tried again; idle sessions are forgotten; who did not come back after
    /// a restart is reported.
    pub(crate) fn keep_house(&mut self, now: Now) {
        self.outlet.flush();
        self.report_missing(now);
        self.close_banned(now);
        let idle_ms = self.settings.session_idle_seconds.saturating_mul(1_000);
        self.sessions.forget_idle(idle_ms, now.ms);
        self.stats.sessions.set(self.sessions.len());
    }

    /// Sends what waits for lanes, as far as they take it.
    pub(crate) fn flush_lanes(&mut self) {
        self.outlet.flush();
    }

    /// No new rooms and connections. Everybody is told and closed: with 4005 where seats are kept, so
    /// that clients come back by themselves, else with 1001.
    pub(crate) fn shut_down(&mut self) {
        self.is_draining = true;
        let (kind, message, code) = self.leaving();
        self.tell_all(kind, message);
        for connection in self.connections.values() {
            connection.outbox.close(code, "shutting down");
        }
    }

    /// What those are told whose server ends.
    fn leaving(&self) -> (NoticeKind, &'static str, CloseCode) {
        if self.settings.keeps_seats {
            let message = "The server restarts: reconnect with your token, your seat is kept.";
            (NoticeKind::Restarting, message, CloseCode::RESTARTING)
        } else {
            let message = "The server is shutting down: reconnect in a while.";
            (NoticeKind::Draining, message, CloseCode::GOING_AWAY)
        }
    }

    /// Answers the request just read with yes.
    fn ok(&mut self, asker: Asker, data: &impl Serialize) {
        self.answer(asker.connection, asker.request, data, true);
    }

    /// Answers yes; `counted` says that the request was read from this very connection.
    fn answer(
        &mut self,
        id: ConnectionId,
        request: RequestId,
        data: &impl Serialize,
        counted: bool,
    ) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.answer(&mut self.wire, request, data, counted);
        }
    }

    /// Answers the message just read with no.
    fn refuse(&mut self, id: ConnectionId, request: Option<u32>, no: No) {
        self.deny(id, request, no, true);
    }

    /// Answers no, and closes a connection that has earned it.
    fn deny(&mut self, id: ConnectionId, request: Option<u32>, no: No, counted: bool) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        self.stats.refused.count(no.code.as_str());
        tracing::debug!(connection = id.0, code = no.code.as_str(), "refused");
        let (encoding, code) = (connection.encoding, no.code);
        let (message, retry_after_ms) = (Cow::Owned(no.message), no.retry_after_ms);
        let data = ErrorData { code, message, retry_after_ms };
        let bytes = self.wire.bytes(|out| encode_error(encoding, request, &data, out));
        connection.outbox.answer(bytes, counted);
        connection.note_fault(code, self.settings.faults_max);
    }

    /// The session of an asker: there as long as its connection is.
    fn session(&mut self, asker: Asker) -> Result<&mut Session, No> {
        let gone = || No::new(ErrorCode::HelloFirst, "This session is over: connect again.");
        self.sessions.get_mut(asker.session).ok_or_else(gone)
    }
}

impl Connection {
    fn answer(
        &mut self,
        wire: &mut Wire,
        request: RequestId,
        data: &impl Serialize,
        counted: bool,
    ) {
        self.floods = 0;
        let bytes = wire.bytes(|out| encode_ok(self.encoding, request.0, data, out));
        self.outbox.answer(bytes, counted);
    }

    /// Counts what a well-meaning client does not do for long.
    fn note_fault(&mut self, code: ErrorCode, faults_max: u32) {
        let (count, max, close, reason) = match code {
            ErrorCode::BadFrame | ErrorCode::BadMessage | ErrorCode::HelloFirst => {
                let reason = "too many messages that are none";
                (&mut self.faults, faults_max, CloseCode::PROTOCOL_ERROR, reason)
            }
            ErrorCode::RateLimited => {
                let reason = "too fast for too long";
                (&mut self.floods, faults_max, CloseCode::RATE_LIMITED, reason)
            }
            ErrorCode::Unauthorized => {
                let reason = "no such token";
                (&mut self.unauthorized, UNAUTHORIZED_MAX, CloseCode::UNAUTHORIZED, reason)
            }
            _ => return,
        };
        *count += 1;
        if *count >= max {
            self.outbox.close(close, reason);
        }
    }
}
