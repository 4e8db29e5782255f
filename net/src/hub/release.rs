//! What the tick released: answers, updates and snapshots, handed out in their order.

use std::borrow::Cow;

use components::{
    Answer, Ask, Frame, Refusal, Rejection, Release, RequestId, RoomId, RoomSummary, RoomView,
    Seat, SessionId, Stage,
};
use protocol::{RequestType, Seated, Settled, Watching, encode_snapshot};

use super::{Asker, Hub};
use crate::directory::session_of;
use crate::fanout::Update;
use crate::outside::Now;
use crate::refusal::No;
use crate::session::{ConnectionId, Pending, Session, Wanted};
use crate::{convert, refusal};

/// Frames of a part.
const PART: usize = 32;

/// Ends a part before a frame that follows no other, soon after it has enough: what one connection
/// is told of one action leaves in one write.
fn end_of_part(frames: &[Frame], start: usize) -> usize {
    let enough = frames.len().min(start + PART);
    let rest = frames[enough..].iter().take(PART);
    enough + rest.take_while(|frame| !matches!(frame, Frame::Accepted { .. })).count()
}

impl Hub {
    /// Hands out the frames of a released batch from `start` on, about [`PART`] of them: what they
    /// leave to be written is written while it is at hand. Gives where to go on, if there are more.
    pub(crate) fn release(&mut self, release: &Release, start: usize, now: Now) -> Option<usize> {
        self.outlet.flush();
        let end = end_of_part(&release.frames, start);
        for frame in &release.frames[start..end] {
            match frame {
                Frame::Update { room, version, to, events } => {
                    let events = events.start as usize..events.end as usize;
                    let events = release.events.get(events).unwrap_or_default();
                    let update = Update { room: *room, version: *version, to: *to, events };
                    self.fanout.update(update, &mut self.wire, &self.stats);
                }
                Frame::Accepted { session, request, answer } => {
                    self.accepted(*session, *request, answer, now);
                }
                Frame::Refused { session, request, room, refusal } => {
                    self.refused(*session, *request, *room, *refusal, now);
                }
                Frame::Snapshot { session, view } => self.show(*session, view),
                Frame::Room(summary) => self.room_changed(summary, now),
            }
        }
        if end < release.frames.len() {
            return Some(end);
        }
        self.tell_lobby();
        None
    }

    /// Everything written to a connection that was behind: what it missed is fetched now.
    pub(crate) fn caught_up(&mut self, id: ConnectionId) {
        self.tell_missed(id);
        let session_id = self.connections.get(&id).and_then(|it| it.session);
        let Some(session_id) = session_id else { return };
        let Some(session) = self.sessions.get(session_id) else { return };
        let (seat, watching) = (session.seat, session.watching);
        if let Some((room, _)) = seat
            && self.fanout.needs_snapshot(room, session_id)
        {
            self.look(room, session_id, Ask::Look);
        }
        if let Some(room) = watching
            && self.fanout.needs_snapshot(room, session_id)
        {
            self.look(room, session_id, Ask::Watch);
        }
    }

    fn accepted(&mut self, id: SessionId, request: RequestId, answer: &Answer, now: Now) {
        match answer.seated {
            Some((room, _, seat)) if answer.duplicate => self.bind_again(room, seat, id),
            Some((room, _, seat)) => self.bind(room, seat, id),
            None => {}
        }
        if let Some((asker, pending, counted)) = self.settle(id, request) {
            self.confirm(asker, pending, answer, counted);
        }
        self.sessions.note_idle(id, now.ms);
    }

    /// Answers yes, with what the request wanted to know.
    fn confirm(&mut self, asker: Asker, pending: Pending, answer: &Answer, counted: bool) {
        let Asker { connection, request, .. } = asker;
        let Answer { version, duplicate, .. } = *answer;
        let version = version.0;
        match pending.wanted {
            Wanted::Create(room) | Wanted::CreateAgain(room) | Wanted::Join(room) => {
                let held = self.sessions.get(asker.session).and_then(|session| session.seat);
                let seat = answer.seated.map(|(_, _, seat)| seat).or(held.map(|(_, seat)| seat));
                let told = answer.seated.map(|(_, code, _)| code);
                let Some(code) = told.or_else(|| self.directory.code(room)) else {
                    return self.deny_gone(asker, counted);
                };
                if pending.wanted.kind() == RequestType::CreateRoom {
                    self.note_created(asker, request, room);
                }
                let seat = convert::seat(seat.unwrap_or(Seat::ALL[0]));
                let room = Cow::Borrowed(code.as_str());
                self.answer(
                    connection,
                    request,
                    &Seated { room, seat, version, duplicate },
                    counted,
                );
            }
            Wanted::Watch(room) => {
                let Some(code) = self.directory.code(room) else {
                    return self.deny_gone(asker, counted);
                };
                let room = Cow::Borrowed(code.as_str());
                self.answer(connection, request, &Watching { room }, counted);
            }
            Wanted::Action(_) => {
                self.answer(connection, request, &Settled { version, duplicate }, counted);
            }
        }
    }

    /// The room closed in the very tick that said yes: the yes is worth nothing, but every request
    /// has its answer.
    fn deny_gone(&mut self, asker: Asker, counted: bool) {
        self.deny(asker.connection, Some(asker.request.0), No::room_not_found(), counted);
    }

    fn refused(
        &mut self,
        id: SessionId,
        request: RequestId,
        room: RoomId,
        refusal: Refusal,
        now: Now,
    ) {
        if let Refusal::Repeated(version) = refusal {
            let answer = Answer { version, duplicate: true, seated: None };
            return self.accepted(id, request, &answer, now);
        }
        if let Some(wanted) = self.wanted(id, request) {
            match wanted {
                Wanted::Create(room) => self.directory.release(room),
                // A repeat that is refused ends nothing.
                Wanted::Watch(room) if self.fanout.awaits_first(room, id) => {
                    self.stop_watching(id, room);
                }
                Wanted::Watch(_) | Wanted::CreateAgain(_) | Wanted::Join(_) | Wanted::Action(_) => {
                }
            }
        }
        if let Some((asker, pending, counted)) = self.settle(id, request) {
            let no = match (pending.wanted, refusal) {
                // The room knows the session, and not this request: it wants another room.
                (Wanted::CreateAgain(_), Refusal::Rejected(Rejection::NotDue)) => {
                    self.seated_in(room)
                }
                (wanted, _) => refusal::refused(refusal, wanted.kind(), room),
            };
            self.deny(asker.connection, Some(request.0), no, counted);
        }
        self.stats.rooms.set(self.directory.len());
        self.sessions.note_idle(id, now.ms);
    }

    fn wanted(&self, id: SessionId, request: RequestId) -> Option<Wanted> {
        let pending = &self.sessions.get(id)?.pending;
        pending.iter().find(|it| it.request == request).map(|it| it.wanted)
    }

    /// Takes the oldest request of this number from those that wait. It is answered on the
    /// session's connection of now; beside it, whether it was read from that one. None is answered
    /// while the session has no connection, and a wish to watch ends with its connection.
    fn settle(&mut self, id: SessionId, request: RequestId) -> Option<(Asker, Pending, bool)> {
        let session = self.sessions.get_mut(id)?;
        let pending = session.settle(request)?;
        let connection = session.connection?;
        let counted = pending.connection == connection;
        let is_over = !counted && matches!(pending.wanted, Wanted::Watch(_));
        (!is_over).then_some((Asker { connection, session: id, request }, pending, counted))
    }

    fn stop_watching(&mut self, id: SessionId, room: RoomId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        if session.watching == Some(room) {
            session.watching = None;
            self.fanout.dismiss(room, id);
        }
    }

    /// Passes a snapshot on, and has updates begin after it.
    fn show(&mut self, id: SessionId, view: &RoomView) {
        if let Some(seat) = view.viewer {
            self.bind(view.room, seat, id);
        }
        let Some(session) = self.sessions.get(id) else { return };
        let holds = session.seat.is_some_and(|(room, _)| room == view.room);
        let is_wanted = match view.viewer {
            Some(_) => holds,
            None => session.watching == Some(view.room) && !holds,
        };
        let connection = session.connection.and_then(|it| self.connections.get(&it));
        let Some(connection) = connection.filter(|_| is_wanted) else { return };
        let encoding = connection.encoding;
        let snapshot = convert::snapshot(view);
        let bytes = self.wire.bytes(|out| encode_snapshot(encoding, &snapshot, out));
        connection.outbox.must_send(bytes);
        self.fanout.passed(view.room, id, view.version);
    }

    /// Takes in who is in a room now.
    fn room_changed(&mut self, summary: &RoomSummary, now: Now) {
        let room = summary.room;
        let before = self.directory.put(summary.clone());
        let is_closed = summary.stage == Stage::Closed;
        let after = summary.seats.each_ref().map(|seat| session_of(seat).filter(|_| !is_closed));
        for id in before.into_iter().flatten().filter(|id| !after.contains(&Some(*id))) {
            self.unbind(room, id, now);
        }
        for seat in Seat::ALL {
            let Some(id) = after[seat.index()] else { continue };
            // After a repair two rooms may say that they have it: it stays where it is.
            let sits_elsewhere = |it: &Session| it.seat.is_some_and(|(held, _)| held != room);
            if !self.sessions.get(id).is_some_and(sits_elsewhere) {
                self.bind_again(room, seat, id);
            }
        }
        if is_closed {
            for id in self.fanout.close(room) {
                if let Some(session) =
                    self.sessions.get_mut(id).filter(|it| it.watching == Some(room))
                {
                    session.watching = None;
                }
            }
        }
        self.stats.rooms.set(self.directory.len());
    }
}
