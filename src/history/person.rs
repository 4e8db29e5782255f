//! Somebody who plays: keeps a token, sends again what was not answered, and checks what comes.

mod decision;
mod take;
mod wish;

use std::collections::BTreeMap;

use client::TableView;
use components::SessionId;
use net::Exchange;
use protocol::{Encoding, Envelope, Hello, Request, Seat, encode_request};

use super::book::Book;
use super::chance::Chance;

/// Accepted requests that a seat remembers for sure: one of its four may be on its way.
const REPEATED_MAX: usize = 3;

/// One person.
#[derive(Debug)]
pub(super) struct Person {
    name: String,
    token: Option<String>,
    pub(super) session: Option<SessionId>,
    pub(super) line: Option<Line>,
    next_id: u32,
    /// What was not answered, in order.
    asked: Vec<Asked>,
    /// What was accepted in the seat held, newest last.
    done: Vec<Asked>,
    pub(super) seat: Option<(String, Seat)>,
    /// The seat the server knew of when the last hello was said.
    expected: Option<(String, u8)>,
    watching: Option<String>,
    /// By room.
    pub(super) tables: BTreeMap<String, TableView>,
    /// The newest version of each room that was ever seen.
    highest: BTreeMap<String, u64>,
    /// Frames taken, by all lines.
    pub(super) frames: u64,
    /// Stays away until then, in ms of the world's time.
    pub(super) back_ms: u64,
}

/// A connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) id: u64,
    /// The number of its `hello`.
    hello: u32,
    pub(super) is_greeted: bool,
}

/// A request.
#[derive(Debug, Clone)]
struct Asked {
    id: u32,
    request: Request,
    /// The room of the seat it was asked from.
    room: Option<String>,
    /// The version it has made.
    version: Option<u64>,
    /// Whether it was done and answered, and is sent once more.
    is_again: bool,
}

impl Person {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            token: None,
            session: None,
            line: None,
            next_id: 1,
            asked: Vec::new(),
            done: Vec::new(),
            seat: None,
            expected: None,
            watching: None,
            tables: BTreeMap::new(),
            highest: BTreeMap::new(),
            frames: 0,
            back_ms: 0,
        }
    }

    /// Whether something asked on this line waits for its answer.
    pub(super) fn waits(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Opens a connection and says hello; returns the one it takes the place of.
    pub(super) fn connect(
        &mut self,
        exchange: &mut Exchange,
        book: &mut Book,
        at: At,
    ) -> Option<u64> {
        let held = self.session.and_then(|session| book.greeted(session));
        self.expected = held.map(|(room, seat)| (room.to_owned(), seat.number()));
        self.tables.clear();
        let before = self.line.take().map(|line| line.id);
        let id = exchange.connect(true);
        let hello = Hello {
            // A restarted server has forgotten the names of those without a seat.
            name: Some(self.name.clone()),
            token: self.token.clone(),
            ..Hello::default()
        };
        let line = Line { id, hello: self.take_id(), is_greeted: false };
        self.line = Some(line);
        send(exchange, line, line.hello, Request::Hello(hello), at);
        before
    }

    /// The connection is gone, and nothing more comes from it.
    pub(super) fn cut_off(&mut self) -> Option<Line> {
        self.tables.clear();
        self.watching = None;
        self.asked.retain(|asked| !asked.is_again && is_worth_repeating(&asked.request));
        self.line.take()
    }

    /// Sends again what was not answered, with the same numbers.
    fn ask_again(&self, exchange: &mut Exchange, line: Line, at: At) {
        for asked in &self.asked {
            send(exchange, line, asked.id, asked.request.clone(), at);
        }
    }

    /// Asks for something new.
    pub(super) fn ask(&mut self, exchange: &mut Exchange, request: Request, at: At) {
        let Some(line) = self.line.filter(|line| line.is_greeted) else { return };
        let id = self.take_id();
        let room = self.seat.as_ref().map(|(room, _)| room.clone());
        send(exchange, line, id, request.clone(), at);
        self.asked.push(Asked { id, request, room, version: None, is_again: false });
    }

    /// Asks once more for something that was done.
    pub(super) fn repeat(&mut self, exchange: &mut Exchange, chance: &mut Chance, at: At) {
        let Some(line) = self.line.filter(|line| line.is_greeted) else { return };
        let Some(done) = chance.pick(&self.done).cloned() else { return };
        send(exchange, line, done.id, done.request.clone(), at);
        self.asked.push(Asked { is_again: true, ..done });
    }

    /// Sends a lot at once, some of it nonsense.
    pub(super) fn flood(&mut self, exchange: &mut Exchange, chance: &mut Chance, at: At) {
        let Some(line) = self.line.filter(|line| line.is_greeted) else { return };
        for _ in 0..3 + chance.below(20) {
            let id = self.take_id();
            match chance.below(4) {
                0 => exchange.receive(line.id, b"{\"id\":[", at.now_ms, at.wall_ms),
                1 => send(exchange, line, id, Request::Resync(Default::default()), at),
                2 => send(exchange, line, id, Request::Ping(Default::default()), at),
                _ => {
                    let play = protocol::Play { pieces: protocol::Pieces(1 << 31), turn: None };
                    send(exchange, line, id, Request::Play(play), at);
                }
            }
        }
    }

    const fn take_id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}

/// A moment, as the process and as the world counts it.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    /// Since the process began, in ms.
    pub(super) now_ms: u64,
    /// In ms since 1970.
    pub(super) wall_ms: u64,
}

fn send(exchange: &mut Exchange, line: Line, id: u32, request: Request, at: At) {
    let mut bytes = Vec::new();
    encode_request(Encoding::Json, &Envelope { id, request }, &mut bytes);
    exchange.receive(line.id, &bytes, at.now_ms, at.wall_ms);
}

/// Whether a request without an answer is sent again after the connection is lost.
const fn is_worth_repeating(request: &Request) -> bool {
    is_remembered(request)
        || matches!(request, Request::CreateRoom(_) | Request::JoinRoom(_) | Request::LeaveRoom)
}

/// Whether a seat remembers it.
const fn is_remembered(request: &Request) -> bool {
    matches!(
        request,
        Request::AddBot(_)
            | Request::RemovePlayer(_)
            | Request::StartMatch
            | Request::Rematch
            | Request::Redeal(_)
            | Request::Declare(_)
            | Request::Play(_)
    )
}
