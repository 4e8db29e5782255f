//! The first message: who is there, anew or again. The newest connection of a session wins.

use std::borrow::Cow;
use std::sync::Arc;

use components::{
    Act, Action, Ask, By, Cause, Epoch, Fault, Inbound, RequestId, RoomId, SessionId,
};
use protocol::{CloseCode, Envelope, ErrorCode, Held, Limits, Request, Server, Welcome};

use super::identify::Known;
use super::{Asker, Hub};
use crate::convert;
use crate::outside::Now;
use crate::refusal::No;
use crate::session::ConnectionId;
use crate::token::Claims;

/// What the server calls itself in the answer to `hello`.
const SERVER: Server<'static> = Server::new("liap", env!("CARGO_PKG_VERSION"));

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

impl Hub {
    /// Takes the first message of a connection.
    pub(super) fn greet(
        &mut self,
        id: ConnectionId,
        envelope: &Envelope,
        now: Now,
    ) -> Result<(), No> {
        let Request::Hello(hello) = &envelope.request else {
            return Err(No::new(ErrorCode::HelloFirst, "The first message must be a hello."));
        };
        let known = self.identify(hello, now)?;
        let request = RequestId(envelope.id);
        self.attach(Asker { connection: id, session: known.session, request }, known, now)
    }

    /// Gives the session its new connection, and its seat back if it holds one.
    fn attach(&mut self, asker: Asker, known: Known, now: Now) -> Result<(), No> {
        let Asker { connection: id, session: session_id, request } = asker;
        let session = self.session(asker)?;
        session.renew(known.presented);
        let (player, epoch, seat) = (session.player, session.epoch, session.seat);
        let replaced = session.connection.replace(id);
        let watched = session.watching.take();
        self.sessions.note_idle(session_id, now.ms);
        if let Some(room) = watched {
            self.fanout.dismiss(room, session_id);
        }
        if let Some(old) = replaced.and_then(|old| self.forget_connection(old)) {
            old.close(CloseCode::REPLACED, "a newer connection of this session is here");
        }
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.session = Some(session_id);
            // What was not answered before may be sent again with the numbers it had.
            connection.last_id = (known.presented == Epoch(0)).then_some(request.0);
            connection.outbox.greet();
        }
        let code = seat.and_then(|(room, seat)| Some((self.directory.code(room)?, seat)));
        let held = code.as_ref().map(|(code, seat)| Held {
            room: Cow::Borrowed(code.as_str()),
            seat: convert::seat(*seat),
        });
        let days = self.settings.token_days;
        let expires_s = now.wall_ms / 1_000 + days * SECONDS_PER_DAY;
        let expires_s = u32::try_from(expires_s).unwrap_or(u32::MAX);
        let claims = Claims {
            player,
            session: session_id,
            generation: epoch,
            expires_s: known.vouched_until_s.map_or(expires_s, |until_s| expires_s.min(until_s)),
            is_vouched: known.vouched_until_s.is_some(),
        };
        let welcome = Welcome {
            session: Cow::Owned(format!("{:016x}", session_id.0)),
            token: Cow::Owned(self.keys.issue(&claims)),
            epoch: epoch.0,
            server: SERVER,
            limits: self.limits(),
            room: held,
        };
        self.ok(asker, &welcome);
        if let Some((room, seat)) = seat {
            self.follow(room, session_id, Some(seat));
            self.report_connected(room, session_id);
        }
        Ok(())
    }

    fn limits(&self) -> Limits {
        let settings = &self.settings;
        Limits {
            frame_bytes: settings.frame_bytes as u32,
            unanswered: settings.unanswered_max,
            send_queue: settings.send_queue as u32,
            ping_seconds: settings.ping_seconds as u32,
            silence_seconds: settings.silence_seconds as u32,
        }
    }

    /// The session's connection is gone, if it is still this one.
    pub(super) fn lose(&mut self, id: SessionId, connection: ConnectionId, now: Now) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let counts_anyway = self.settings.faults.has(Fault::StaleCloseEvicts);
        if session.connection != Some(connection) && !counts_anyway {
            return;
        }
        session.connection = None;
        let (seat, watched, epoch) = (session.seat, session.watching.take(), session.epoch);
        self.sessions.note_idle(id, now.ms);
        if let Some(room) = watched {
            self.fanout.dismiss(room, id);
        }
        if let Some((room, _)) = seat {
            self.fanout.dismiss(room, id);
            // It is we who go: nobody is to lose a seat by that. Who is not back after a restart is
            // reported then.
            if !self.is_draining {
                self.report(room, id, Act::Disconnected(epoch));
            }
        }
    }

    /// Tells the session's room of its newest connection, which wants to see all of it.
    pub(super) fn report_connected(&mut self, room: RoomId, id: SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.told = session.epoch;
        let epoch = session.epoch;
        self.report(room, id, Act::Connected(epoch));
        self.look(room, id, Ask::Look);
    }

    /// Tells a room what became of a session's connection.
    pub(super) fn report(&mut self, room: RoomId, session: SessionId, act: Act) {
        let ask = Ask::Act(Action { by: By::Session(session), act });
        self.look(room, session, ask);
    }

    /// Asks for a snapshot that answers no request.
    pub(super) fn look(&mut self, room: RoomId, session: SessionId, ask: Ask) {
        self.outlet.report(Inbound { room, cause: Cause::Connection(session), ask });
    }

    /// Forgets a connection that is to close; its outbox is left to its task.
    fn forget_connection(&mut self, id: ConnectionId) -> Option<Arc<crate::outbox::Outbox>> {
        if self.settings.faults.has(Fault::StaleCloseEvicts) {
            return self.connections.get(&id).map(|it| Arc::clone(&it.outbox));
        }
        let connection = self.connections.remove(&id)?;
        self.stats.connections.set(self.connections.len());
        self.lobby.remove(&id);
        Some(connection.outbox)
    }
}
