//! What a room's people have been told, and how long after what they did.

use std::cell::RefCell;
use std::rc::Rc;

use protocol::Encoding;

use crate::table::{Table, Turn};
use crate::tally::Tally;
use crate::words::{self, Data, Head, Message, set};

/// Versions remembered until all have them.
const RECENT: usize = 16;

/// One person.
#[derive(Debug, Default)]
pub(crate) struct Player {
    /// The last request's.
    pub(crate) id: u32,
    /// Up to which this one knows the room.
    pub(crate) version: u64,
    /// Whether the whole room must be asked for.
    pub(crate) wants_resync: bool,
    /// The last action's id, and when it was written.
    acted: Option<(u32, u64)>,
}

/// An action whose update has not come yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InFlight {
    seat: u8,
    id: u32,
    sent_us: u64,
}

/// The answer to a request that was no action.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) from: usize,
    pub(crate) id: u32,
    /// The room's code if it brought one, or the error's.
    pub(crate) result: Result<Option<String>, String>,
}

/// What is known of a version that some may not have yet.
#[derive(Debug, Default, Clone, Copy)]
struct Recent {
    version: u64,
    /// When the measured action it came of was written.
    sent_us: Option<u64>,
    is_deal: bool,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct View {
    encoding: Encoding,
    pub(crate) tally: Rc<RefCell<Tally>>,
    pub(crate) players: Vec<Player>,
    pub(crate) table: Table,
    /// The newest anybody has.
    pub(crate) version: u64,
    pub(crate) in_flight: Option<InFlight>,
    pub(crate) answer: Option<Answer>,
    recent: [Recent; RECENT],
}

impl View {
    /// Of nothing yet.
    pub(crate) fn new(encoding: Encoding, tally: Rc<RefCell<Tally>>) -> Self {
        Self {
            encoding,
            tally,
            players: Vec::new(),
            table: Table::default(),
            version: 0,
            in_flight: None,
            answer: None,
            recent: [Recent::default(); RECENT],
        }
    }

    /// Notes an action that is written now.
    pub(crate) fn sent(&mut self, seat: u8, id: u32, sent_us: u64, late_us: u64) {
        self.in_flight = Some(InFlight { seat, id, sent_us });
        self.players[usize::from(seat)].acted = Some((id, sent_us));
        let mut tally = self.tally.borrow_mut();
        if tally.is_measured(sent_us) {
            tally.actions += 1;
            tally.late.saturating_record(late_us);
        }
    }

    /// Takes in one message to the person in `seat`.
    pub(crate) fn take(&mut self, seat: usize, bytes: &[u8]) {
        let now_us = {
            let mut tally = self.tally.borrow_mut();
            let now_us = tally.now_us();
            tally.messages += u64::from(tally.is_measured(now_us));
            now_us
        };
        match words::head(self.encoding, bytes) {
            Head::Update(version) => self.update(seat, version, bytes, now_us),
            Head::Ok(id) if self.players[seat].acted.is_some_and(|(acted, _)| acted == id) => {
                let mut tally = self.tally.borrow_mut();
                if let Some((_, sent_us)) = self.players[seat].acted.take()
                    && tally.is_measured(sent_us)
                {
                    tally.ok.saturating_record(now_us - sent_us);
                }
            }
            Head::Ok(_) | Head::Other => match words::read(self.encoding, bytes) {
                Ok(message) => self.other(seat, &message),
                Err(error) => self.count_error(&error),
            },
        }
    }

    fn count_error(&self, what: &str) {
        *self.tally.borrow_mut().errors.entry(what.to_owned()).or_default() += 1;
    }

    fn update(&mut self, seat: usize, version: u64, bytes: &[u8], now_us: u64) {
        let player = &mut self.players[seat];
        if version <= player.version {
            return;
        }
        if version > player.version + 1 {
            player.wants_resync = true;
            self.tally.borrow_mut().gaps += 1;
        }
        player.version = version;
        let slot = version as usize % RECENT;
        if version > self.version
            || (self.recent[slot].version == version && self.recent[slot].is_deal)
        {
            match words::read(self.encoding, bytes) {
                Ok(message) => self.read_update(seat, version, &message.data),
                Err(error) => return self.count_error(&error),
            }
        }
        if let Recent { version: of, sent_us: Some(sent_us), .. } = self.recent[slot]
            && of == version
        {
            self.tally.borrow_mut().broadcast.saturating_record(now_us - sent_us);
        }
    }

    /// Takes in the events, if they are new to all; otherwise only the hand of this one.
    fn read_update(&mut self, seat: usize, version: u64, data: &Data<'_>) {
        let is_new = version > self.version;
        let mut recent = Recent { version, ..Recent::default() };
        for event in &data.events {
            if event.r#type == "dealt" {
                recent.is_deal = true;
                self.table.hands[seat] = set(event.hand.as_deref().unwrap_or_default());
            }
            if !is_new {
                continue;
            }
            if event.r#type == "match_over" {
                self.tally.borrow_mut().matches += 1;
            }
            let Some(mover) = self.table.apply(event) else { continue };
            let by_person = event.decider == Some("person");
            if !by_person && usize::from(mover) < self.players.len() {
                self.tally.borrow_mut().taken_over += 1;
            }
            if let Some(action) = self.in_flight.filter(|it| it.seat == mover && by_person) {
                self.in_flight = None;
                let is_measured = self.tally.borrow().is_measured(action.sent_us);
                recent.sent_us = is_measured.then_some(action.sent_us);
            }
        }
        if is_new {
            self.recent[version as usize % RECENT] = recent;
            self.version = version;
        }
    }

    fn other(&mut self, seat: usize, message: &Message<'_>) {
        let Message { r#type, id, data } = message;
        match (*r#type, *id) {
            ("ok", Some(id)) => {
                let result = Ok(data.room.map(str::to_owned));
                self.answer = Some(Answer { from: seat, id, result });
            }
            ("error", id) => {
                let code = data.code.unwrap_or("(none)");
                self.count_error(code);
                if let Some(action) =
                    self.in_flight.filter(|it| Some(it.id) == id && usize::from(it.seat) == seat)
                {
                    self.in_flight = None;
                    // Something is not as thought: look again.
                    self.table.turn = Turn::Nobody;
                    self.players[seat].wants_resync = true;
                    let mut tally = self.tally.borrow_mut();
                    tally.refused += u64::from(tally.is_measured(action.sent_us));
                } else if let Some(id) = id {
                    self.answer = Some(Answer { from: seat, id, result: Err(code.to_owned()) });
                }
            }
            ("snapshot", _) => {
                let version = data.version.unwrap_or_default();
                self.players[seat].version = version;
                self.table.hands[seat] = set(data.hand.as_deref().unwrap_or_default());
                if version >= self.version {
                    self.version = version;
                    self.table.restore(data);
                }
            }
            _ => {}
        }
    }
}
