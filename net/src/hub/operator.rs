//! What operators ask: to see rooms, to have something done to them, to tell everybody.

use std::borrow::Cow;

use components::{Act, Action, Ask, By, Cause, Inbound, RoomCode, RoomId, RoomSummary, Seat};
use protocol::{CloseCode, Counts, Notice, NoticeKind, encode_notice};

use super::Hub;
use crate::convert;
use crate::directory::session_of;
use crate::wire::Shared;

impl Hub {
    /// Live rooms in order of code.
    pub(crate) fn rooms_after(&self, after: Option<RoomCode>, max: usize) -> Vec<RoomSummary> {
        self.directory.all(after, max)
    }

    pub(crate) fn room_of(&self, code: RoomCode) -> Option<RoomSummary> {
        self.directory.summary(self.directory.find(code)?).cloned()
    }

    pub(crate) fn counts(&self) -> Counts {
        convert::counts(self.directory.counts())
    }

    /// In the server's name.
    pub(crate) fn ask_room(&mut self, room: RoomId, by: By, act: Act) {
        let ask = Ask::Act(Action { by, act });
        self.outlet.report(Inbound { room, cause: Cause::Server, ask });
    }

    pub(crate) fn ask_all_rooms(&mut self, act: &Act) -> usize {
        let rooms = self.directory.ids();
        for room in &rooms {
            self.ask_room(*room, By::Nobody, act.clone());
        }
        rooms.len()
    }

    pub(crate) fn kick(&mut self, room: RoomId, seat: Seat) -> bool {
        let summary = self.directory.summary(room);
        let Some(session) = summary.and_then(|it| session_of(&it.seats[seat.index()])) else {
            return false;
        };
        self.ask_room(room, By::Session(session), Act::Leave);
        let connection = self.sessions.get(session).and_then(|session| session.connection);
        if let Some(connection) = connection.and_then(|id| self.connections.get(&id)) {
            connection.outbox.close(CloseCode::POLICY, "removed by an operator");
        }
        true
    }

    pub(crate) fn announce(&mut self, message: &str) -> usize {
        self.tell_all(NoticeKind::Announcement, message);
        self.connections.len()
    }

    /// A notice to everybody.
    pub(super) fn tell_all(&mut self, kind: NoticeKind, message: &str) {
        let notice = Notice { kind, message: Cow::Borrowed(message) };
        let mut shared = Shared::default();
        for connection in self.connections.values() {
            let encoding = connection.encoding;
            let write = |out: &mut Vec<u8>| encode_notice(encoding, &notice, out);
            connection.outbox.must_send(shared.bytes(encoding, &mut self.wire, write));
        }
    }
}
