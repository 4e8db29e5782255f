//! A server, its disk, the people around it, and time: moved on step by step.

mod rest;
mod trouble;

use std::collections::VecDeque;

use components::Settings;
use journal::{Crash, Durability, Options, SimDisk};

use super::book::Book;
use super::chance::Chance;
use super::person::{At, Person};
use super::process::{Process, Wrote};
use super::{Checked, Plan, STEPS, Tally, Violation};

/// When the world begins, in ms since 1970.
const EPOCH_MS: u64 = 1_750_000_000_000;

/// Steps that are remembered.
const TRACE_MAX: usize = 40;

/// Everything.
pub(super) struct World {
    plan: Plan,
    pub(super) chance: Chance,
    pub(super) disk: SimDisk,
    pub(super) options: Options,
    settings: Settings,
    shards: usize,
    /// `None` only while it starts.
    pub(super) process: Option<Process>,
    pub(super) people: Vec<Person>,
    pub(super) book: Book,
    /// Connections whose end the server has not noticed.
    stale: Vec<u64>,
    now_ms: u64,
    step: u64,
    /// Steps for which the disk takes nothing.
    slow: u64,
    /// Whether nothing goes wrong any more by itself.
    pub(super) is_healed: bool,
    /// What every death is; `None` lets chance choose.
    pub(super) deadly: Option<Crash>,
    tally: Tally,
    trace: VecDeque<String>,
}

impl World {
    pub(super) fn new(plan: Plan) -> Self {
        let mut chance = Chance::new(plan.seed);
        let durability = plan.durability.unwrap_or_else(|| {
            if chance.percent(50) { Durability::Disk } else { Durability::Process }
        });
        let options = Options {
            durability,
            state_segment_bytes: 1 << (11 + chance.below(5)),
            event_segment_bytes: 1 << (11 + chance.below(5)),
            events_bytes_max: 1 << (13 + chance.below(6)),
            keep_finished: chance.percent(50),
            reserve_bytes: if chance.percent(50) { 0 } else { 1 << (9 + chance.below(5)) },
            faults: plan.faults,
            ..Options::default()
        };
        let settings = settings(&mut chance);
        let book = Book::new(settings.rooms.recovery_grace_ms.into());
        let people = (0..3 + chance.below(3)).map(|n| Person::new(format!("P{n}"))).collect();
        Self {
            plan,
            disk: SimDisk::new(chance.next()),
            options,
            settings,
            shards: 1 + chance.below(2) as usize,
            process: None,
            people,
            book,
            stale: Vec::new(),
            now_ms: 0,
            step: 0,
            slow: 0,
            is_healed: false,
            deadly: None,
            tally: Tally::default(),
            trace: VecDeque::new(),
            chance,
        }
    }

    /// The whole history.
    pub(super) fn live(&mut self) -> Checked {
        self.start()?;
        while self.step < STEPS {
            self.step += 1;
            self.move_on()?;
        }
        self.end()
    }

    /// One step.
    fn move_on(&mut self) -> Checked {
        self.slow = self.slow.saturating_sub(1);
        match self.chance.below(100) {
            0..40 => self.person(),
            40..54 => self.tick(),
            54..66 => {
                let count = 1 + self.chance.below(4) as usize;
                self.write(count)
            }
            66..76 => self.release(),
            76..88 => self.pass(),
            88..91 => self.end_stale(),
            91..96 => self.come_to_rest().map(drop),
            _ => self.trouble(),
        }
    }

    /// Somebody reads, and maybe acts.
    fn person(&mut self) -> Checked {
        let number = self.chance.below(self.people.len() as u64) as usize;
        let at = self.at();
        let Some(process) = &mut self.process else { return Ok(()) };
        let (person, chance) = (&mut self.people[number], &mut self.chance);
        let Some(line) = person.line else {
            if self.now_ms >= person.back_ms && chance.percent(40) {
                self.connect(number);
            }
            return Ok(());
        };
        if chance.percent(3) {
            // Gone without reading.
            person.cut_off();
            person.back_ms = self.now_ms + absence_ms(chance);
            self.stale.push(line.id);
            self.note(|| format!("P{number} vanishes"));
            return Ok(());
        }
        person.read(&mut process.exchange, &mut self.book, at)?;
        if !person.line.is_some_and(|line| line.is_greeted) {
            return Ok(());
        }
        match chance.below(100) {
            0..3 => self.connect(number),
            3..5 => person.flood(&mut process.exchange, chance, at),
            5..13 if !person.waits() => person.repeat(&mut process.exchange, chance, at),
            _ if !person.waits() || chance.percent(5) => {
                let codes = self.book.open_codes();
                let wish = person.wish(&codes, chance).filter(|_| !person.waits());
                if let Some(request) = wish {
                    person.ask(&mut process.exchange, request.clone(), at);
                    self.note(|| format!("P{number} asks {request:?}"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Somebody connects; whatever connection they had is noticed to be gone later.
    pub(super) fn connect(&mut self, number: usize) {
        let at = self.at();
        let Some(process) = &mut self.process else { return };
        let before = self.people[number].connect(&mut process.exchange, &mut self.book, at);
        self.stale.extend(before);
        self.note(|| format!("P{number} connects"));
    }

    /// The server notices that a connection is gone.
    fn end_stale(&mut self) -> Checked {
        let at = self.at();
        let end = self.stale.len() as u64;
        if let Some(process) = &mut self.process
            && end > 0
        {
            let id = self.stale.swap_remove(self.chance.below(end) as usize);
            process.exchange.disconnect(id, at.now_ms);
            self.note(|| format!("connection {id} is closed"));
        }
        Ok(())
    }

    fn tick(&mut self) -> Checked {
        let at = self.at();
        let Some(process) = &mut self.process else { return Ok(()) };
        process.tick(self.chance.below(process.shards() as u64) as usize, at)
    }

    /// The journal writes, unless the disk is slow; a process that cannot write ends.
    fn write(&mut self, count: usize) -> Checked<()> {
        let at = self.at();
        let Some(process) = self.process.as_mut().filter(|_| self.slow == 0) else { return Ok(()) };
        match process.write(count, at, &mut self.book)? {
            Wrote::Done => Ok(()),
            Wrote::Full => {
                self.note(|| "the disk is full".to_owned());
                Ok(())
            }
            Wrote::Failed => {
                self.note(|| "the journal fails".to_owned());
                self.die()
            }
        }
    }

    fn release(&mut self) -> Checked {
        let at = self.at();
        let Some(process) = &mut self.process else { return Ok(()) };
        process.release(at, &mut self.book).map(drop)
    }

    /// Time passes, but never past what is due.
    fn pass(&mut self) -> Checked {
        let most_ms = if self.chance.percent(30) { 2_500 } else { 100 };
        let some_ms = 1 + self.chance.below(most_ms);
        self.pass_ms(some_ms)
    }

    pub(super) fn pass_ms(&mut self, some_ms: u64) -> Checked {
        let due_ms = self.process.as_ref().and_then(Process::next_due_ms);
        let until_ms = (self.now_ms + some_ms).min(due_ms.unwrap_or(u64::MAX));
        self.now_ms = until_ms.max(self.now_ms + 1);
        self.keep_house();
        let at = self.at();
        let Some(process) = &mut self.process else { return Ok(()) };
        for number in 0..process.shards() {
            if process.is_due(number, at) {
                process.tick(number, at)?;
            }
        }
        Ok(())
    }

    fn keep_house(&mut self) {
        let at = self.at();
        if let Some(process) = &mut self.process {
            process.exchange.keep_house(at.now_ms);
        }
    }

    pub(super) fn at(&self) -> At {
        let wall_ms = EPOCH_MS + self.now_ms;
        match &self.process {
            Some(process) => process.at(self.now_ms, wall_ms),
            None => At { now_ms: 0, wall_ms },
        }
    }

    fn note(&mut self, what: impl FnOnce() -> String) {
        if self.trace.len() == TRACE_MAX {
            self.trace.pop_front();
        }
        self.trace.push_back(format!("{} ({} ms): {}", self.step, self.now_ms, what()));
    }

    pub(super) fn tally(&self) -> Tally {
        let frames = self.people.iter().map(|person| person.frames).sum();
        let (commits, matches) = (self.book.commits, self.book.ended);
        Tally { commits, frames, matches, ms: self.now_ms, ..self.tally }
    }

    pub(super) fn violation(&self, what: String) -> Violation {
        let trace = self.trace.iter().cloned().collect();
        Violation { seed: self.plan.seed, step: self.step, what, trace }
    }
}

/// How long somebody stays away: mostly no longer than a program takes to connect again.
pub(super) const fn absence_ms(chance: &mut Chance) -> u64 {
    if chance.percent(20) { chance.below(10_000) } else { 0 }
}

/// Short matches, and rooms that go soon when nobody needs them.
fn settings(chance: &mut Chance) -> Settings {
    let mut settings = Settings {
        rounds_max: 1 + chance.below(2) as u8,
        substitute: components::BotLevel::Simple,
        ..Settings::default()
    };
    settings.rooms.open_empty_ms = 2_000;
    settings.rooms.match_empty_ms = 4_000;
    settings.rooms.finished_ms = 3_000;
    settings.rooms.grace_lobby_ms = 1_000;
    settings.rooms.recovery_grace_ms = 6_000;
    settings.rooms.abandoned_finish = chance.percent(50);
    settings
}
