//! What comes to a person, and what must be true of it.

use client::{Fold, TableView};
use components::{RequestId, SessionId};
use net::Exchange;
use protocol::{
    Encoding, ErrorCode, ErrorData, Event, OkData, Request, ServerMessage, Snapshot, Update,
    decode_message,
};

use super::{Asked, At, Line, Person, REPEATED_MAX, is_remembered};
use crate::history::Checked;
use crate::history::book::Book;

impl Person {
    /// Reads all that waits; false if nothing did.
    pub(in crate::history) fn read(
        &mut self,
        exchange: &mut Exchange,
        book: &mut Book,
        at: At,
    ) -> Checked<bool> {
        let Some(line) = self.line else { return Ok(false) };
        let before = self.frames;
        for bytes in exchange.take(line.id) {
            self.frames += 1;
            let message =
                decode_message(Encoding::Json, &bytes).map_err(|error| error.to_string())?;
            self.take(message, &bytes, exchange, book, at)
                .map_err(|what| format!("{}: {what}", self.name))?;
        }
        if exchange.closed(line.id).is_some() {
            exchange.disconnect(line.id, at.now_ms);
            self.cut_off();
        }
        Ok(self.frames > before)
    }

    fn take(
        &mut self,
        message: ServerMessage,
        bytes: &[u8],
        exchange: &mut Exchange,
        book: &mut Book,
        at: At,
    ) -> Checked {
        match message {
            ServerMessage::Ok { id, data } => match self.line {
                Some(line) if !line.is_greeted && line.hello == id => {
                    self.welcomed(line, &data)?;
                    self.ask_again(exchange, line, at);
                    Ok(())
                }
                _ => self.answered(id, &data, book),
            },
            ServerMessage::Error { id, data } => self.refused(id, &data),
            ServerMessage::Snapshot(snapshot) => {
                book.saw_snapshot(&snapshot, bytes)?;
                self.shown(*snapshot)
            }
            ServerMessage::Update(update) => self.told(&update, bytes, book),
            ServerMessage::Lobby(_) | ServerMessage::Notice(_) | ServerMessage::Other => Ok(()),
        }
    }

    /// The same session, and the same seat, as before.
    fn welcomed(&mut self, line: Line, data: &OkData) -> Checked {
        self.line = Some(Line { is_greeted: true, ..line });
        let session = data.session.as_deref().and_then(|it| u64::from_str_radix(it, 16).ok());
        let session = session.map(SessionId).ok_or("a welcome without a session")?;
        if self.session.is_some_and(|known| known != session) {
            return Err(format!("was {:?}, and is {session:?}", self.session));
        }
        self.session = Some(session);
        self.token = data.token.clone();
        let told = data.room_code().zip(data.seat_held());
        let seat = told.map(|(room, seat)| (room.to_owned(), seat.number()));
        if seat != self.expected {
            return Err(format!("comes back to {told:?}, but held {:?}", self.expected));
        }
        self.sit(told.map(|(room, seat)| (room.to_owned(), seat)));
        Ok(())
    }

    fn sit(&mut self, seat: Option<(String, protocol::Seat)>) {
        if self.seat != seat {
            self.done.clear();
        }
        self.seat = seat;
    }

    fn answered(&mut self, id: u32, data: &OkData, book: &Book) -> Checked {
        let Some(at) = self.asked.iter().position(|asked| asked.id == id) else {
            return Ok(());
        };
        let mut asked = self.asked.remove(at);
        if asked.is_again {
            return if data.duplicate && data.version == asked.version {
                Ok(())
            } else {
                Err(format!("{asked:?} was answered {data:?} when it was repeated"))
            };
        }
        let by = self.session.map(|session| (session, RequestId(id))).ok_or("no session")?;
        match &asked.request {
            Request::CreateRoom(_) | Request::JoinRoom(_) => {
                let place = data.room_code().map(str::to_owned).zip(data.seat);
                let (room, seat) = place.ok_or("an answer without a seat")?;
                if !data.duplicate {
                    book.check_done(&room, data.version.unwrap_or(0), by)?;
                }
                // It may be lost already, or have been told of before.
                let held = book.seat(by.0).is_some_and(|(held, _)| held == room);
                self.sit(held.then_some((room, seat)));
            }
            Request::WatchRoom(_) => self.watching = data.room_code().map(str::to_owned),
            Request::UnwatchRoom(_) => self.watching = None,
            request if is_remembered(request) || matches!(request, Request::LeaveRoom) => {
                let version = data.version.ok_or("an answer without a version")?;
                let room = asked.room.clone().ok_or("a request from no room was done")?;
                book.check_done(&room, version, by)?;
                if matches!(request, Request::LeaveRoom) {
                    self.sit(None);
                } else if self.seat.as_ref().is_some_and(|(held, _)| *held == room) {
                    asked.version = Some(version);
                    self.note_done(asked);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn note_done(&mut self, asked: Asked) {
        self.done.push(asked);
        if self.done.len() > REPEATED_MAX {
            self.done.remove(0);
        }
    }

    fn refused(&mut self, id: Option<u32>, data: &ErrorData<'_>) -> Checked {
        let Some(id) = id else { return Ok(()) };
        if self.line.is_some_and(|line| !line.is_greeted && line.hello == id) {
            return Err(format!("hello is answered {data:?}"));
        }
        let Some(at) = self.asked.iter().position(|asked| asked.id == id) else {
            return Ok(());
        };
        let asked = self.asked.remove(at);
        let is_excused = matches!(
            data.code,
            ErrorCode::NotInRoom
                | ErrorCode::RoomNotFound
                | ErrorCode::RateLimited
                | ErrorCode::Busy
                | ErrorCode::Internal
        );
        if asked.is_again && !is_excused {
            return Err(format!("{asked:?} was done, and when repeated refused: {data:?}"));
        }
        Ok(())
    }

    fn shown(&mut self, snapshot: Snapshot<'static>) -> Checked {
        let (room, version) = (snapshot.room.clone().into_owned(), snapshot.version);
        self.note_version(&room, version, true)?;
        if let Some(seat) = snapshot.seat {
            self.sit(Some((room.clone(), seat)));
        }
        self.tables.insert(room, TableView::new(snapshot));
        Ok(())
    }

    /// What a person has seen stays: a room never goes back.
    fn note_version(&mut self, room: &str, version: u64, again: bool) -> Checked {
        let highest = self.highest.entry(room.to_owned()).or_default();
        if version < *highest || (version == *highest && !again) {
            return Err(format!("has seen {room} at {highest}, and now {version}"));
        }
        *highest = version;
        Ok(())
    }

    fn told(&mut self, update: &Update<'static>, bytes: &[u8], book: &mut Book) -> Checked {
        let room = &*update.room;
        // Somebody who has just left may still be told how.
        let Some(table) = self.tables.get_mut(room) else {
            return Err(format!("{room} is told of before its snapshot: {update:?}"));
        };
        let viewer = table.seat();
        book.saw_update(viewer, update, bytes)?;
        match table.apply_update(update) {
            Fold::Done => book.folded(table)?,
            odd => return Err(format!("{odd:?} at {}: {update:?}", table.state().version)),
        }
        self.note_version(room, update.version, false)?;
        for event in &update.events {
            self.heed(room, event);
        }
        Ok(())
    }

    /// What an event means for the own seat.
    fn heed(&mut self, room: &str, event: &Event<'_>) {
        let own = self.seat.as_ref().filter(|(held, _)| held == room).map(|(_, seat)| *seat);
        match event {
            Event::PlayerLeft { seat, .. } if own == Some(*seat) => self.sit(None),
            Event::RoomClosed { .. } => {
                if own.is_some() {
                    self.sit(None);
                }
                self.watching.take_if(|watched| watched == room);
            }
            _ => {}
        }
    }
}
