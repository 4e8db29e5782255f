//! The server at rest, and the end of a history: what must be true when nothing is under way.

use client::TableView;
use components::{Control, Presence, RoomView};
use journal::{Crash, Plan as DiskPlan};
use protocol::{Encoding, ServerMessage, decode_message};

use super::{Checked, World};
use crate::history::book::settled;

/// Rounds of everybody's work within which a server comes to rest: bots play whole matches at once.
const ROUNDS_MAX: u32 = 3_000;

/// Decisions and waits within which all matches end.
const END_MAX: u32 = 2_000;

impl World {
    /// Everybody works until nothing is left to do now; false if the disk does not let them.
    pub(in crate::history) fn come_to_rest(&mut self) -> Checked<bool> {
        for _ in 0..ROUNDS_MAX {
            if self.slow > 0 {
                return Ok(false);
            }
            self.keep_house();
            let (at, deaths) = (self.at(), self.tally.deaths);
            let Some(process) = &mut self.process else { return Ok(false) };
            for number in 0..process.shards() {
                if process.is_due(number, at) {
                    process.tick(number, at)?;
                }
            }
            self.write(usize::MAX)?;
            if self.tally.deaths > deaths {
                return Ok(false);
            }
            let Some(process) = &mut self.process else { return Ok(false) };
            while process.release(at, &mut self.book)? {}
            let mut has_read = false;
            for person in &mut self.people {
                has_read |= person.read(&mut process.exchange, &mut self.book, at)?;
            }
            // What was read may have been answered.
            if !has_read && process.is_quiet(at) {
                self.check_rest()?;
                return Ok(true);
            }
            if process.is_stuck() {
                return Ok(false);
            }
        }
        Err("the server never comes to rest".to_owned())
    }

    /// Nobody who is connected is missing, behind, or without an answer.
    fn check_rest(&mut self) -> Checked {
        let Some(process) = &mut self.process else { return Ok(()) };
        let live: Vec<_> = self.book.live().map(|(id, state)| (id, state.clone())).collect();
        for (id, state) in live {
            if process.room(id).map(|it| it.version) != Some(state.version) {
                return Err(format!("room {:#x} is not at {}", id.0, state.version.0));
            }
        }
        for (number, person) in self.people.iter().enumerate() {
            let Some(session) = person.session else { continue };
            if !person.line.is_some_and(|line| line.is_greeted) {
                continue;
            }
            if person.waits() {
                return Err(format!("P{number} gets no answer: {person:?}"));
            }
            let seated = self.book.live().find_map(|(id, state)| {
                let seat = rules::seat_of(state, session)?;
                Some((id, seat, state, state.players[seat.index()].as_ref()?))
            });
            let Some((id, seat, state, player)) = seated else { continue };
            let human = Control::human(&player.control);
            if human.is_some_and(|human| human.presence != Presence::Here) {
                return Err(format!("P{number} is connected, but {human:?}"));
            }
            let view = rules::room_view(state, id, Some(seat), &self.settings);
            let Some(table) = person.tables.get(view.code.as_str()) else {
                return Err(format!("P{number} knows nothing of {}", view.code.as_str()));
            };
            shows(table, &view).map_err(|what| format!("P{number}: {what}"))?;
        }
        Ok(())
    }

    /// The faults heal, everybody comes back, and every match ends; then the journal is held
    /// against all that was seen.
    pub(in crate::history) fn end(&mut self) -> Checked {
        self.disk.plan(DiskPlan::default());
        self.slow = 0;
        self.is_healed = true;
        self.note(|| "everything heals".to_owned());
        self.end_matches()?;
        self.crash(Crash::Process)?;
        let Some(process) = &self.process else { return Ok(()) };
        self.book.audit(&process.journal, self.options.keep_finished)
    }

    fn end_matches(&mut self) -> Checked {
        for _ in 0..END_MAX {
            self.step += 1;
            for number in 0..self.people.len() {
                if self.people[number].line.is_none() {
                    self.connect(number);
                }
            }
            if !self.come_to_rest()? {
                continue;
            }
            if !self.book.live().any(|(_, state)| state.phase.is_running()) {
                return Ok(());
            }
            let at = self.at();
            let Some(process) = &mut self.process else { return Ok(()) };
            let mut has_asked = false;
            for person in &mut self.people {
                if let Some(request) = person.duty(&mut self.chance) {
                    person.ask(&mut process.exchange, request, at);
                    has_asked = true;
                }
            }
            if has_asked {
                continue;
            }
            if process.next_due_ms().is_none() {
                let state = self.book.live().find(|(_, state)| state.phase.is_running());
                return Err(format!("a match waits for nothing: {state:?}"));
            }
            self.pass_ms(u64::MAX >> 1)?;
        }
        Err("a match does not end".to_owned())
    }
}

/// What a person has folded together is what a snapshot would say now.
fn shows(table: &TableView, view: &RoomView) -> Checked {
    let bytes = net::snapshot_json(view);
    let shown = match decode_message(Encoding::Json, bytes.as_bytes()) {
        Ok(ServerMessage::Snapshot(shown)) => shown,
        odd => return Err(format!("a snapshot that is none: {odd:?}")),
    };
    let (folded, shown) = (settled(table.state()), settled(&shown));
    if folded == shown { Ok(()) } else { Err(format!("knows {folded:?}, but it is {shown:?}")) }
}
