//! Which session holds which seat: told by the rooms, kept so that the right ones are told.

use std::sync::Arc;

use components::{Act, Epoch, RoomId, Seat, SessionId};

use super::Hub;
use crate::fanout::Member;
use crate::outside::Now;

impl Hub {
    /// The session holds this seat now.
    pub(super) fn bind(&mut self, room: RoomId, seat: Seat, id: SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let before = session.seat.replace((room, seat));
        let is_new = before.is_none_or(|(other, _)| other != room);
        if session.watching == Some(room) {
            session.watching = None;
        }
        let is_told = session.told == session.epoch;
        let (told, is_connected) = (session.told, session.connection.is_some());
        self.directory.seat(room, seat, id);
        if let Some((other, _)) = before.filter(|_| is_new) {
            self.fanout.dismiss(other, id);
        }
        if is_connected {
            self.follow(room, id, Some(seat));
            // It came back while its seat was on the way.
            if is_new && !is_told {
                self.report_connected(room, id);
            }
        } else if is_new {
            // It went while its seat was on the way.
            self.report(room, id, Act::Disconnected(told));
        }
    }

    /// The room says that the session has this seat, as it had before: it may not know of the
    /// connection of now.
    pub(super) fn bind_again(&mut self, room: RoomId, seat: Seat, id: SessionId) {
        if let Some(session) = self.sessions.get_mut(id)
            && session.seat.is_none()
            && session.connection.is_some()
        {
            session.told = Epoch(0);
        }
        self.bind(room, seat, id);
    }

    /// The session holds no seat of this room any more.
    pub(super) fn unbind(&mut self, room: RoomId, id: SessionId, now: Now) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        if session.seat.is_none_or(|(held, _)| held != room) {
            return;
        }
        session.seat = None;
        session.created = None;
        self.fanout.dismiss(room, id);
        self.sessions.note_idle(id, now.ms);
    }

    /// Has the session's connection told of the room, from its next snapshot on.
    pub(super) fn follow(&mut self, room: RoomId, id: SessionId, seat: Option<Seat>) {
        let Some(connection_id) = self.sessions.get(id).and_then(|it| it.connection) else {
            return;
        };
        let Some(connection) = self.connections.get(&connection_id) else { return };
        let Some(code) = self.directory.code(room) else { return };
        let member = Member {
            session: id,
            connection: connection_id,
            seat,
            encoding: connection.encoding,
            outbox: Arc::clone(&connection.outbox),
        };
        self.fanout.admit(room, code, member);
    }
}
