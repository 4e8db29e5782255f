//! Everything that goes wrong, and the start after it.

use std::io::ErrorKind;

use journal::{Crash, Durability, Plan as DiskPlan};

use super::{Checked, EPOCH_MS, World, absence_ms};
use crate::history::process::{Birth, Process};

/// Starts that may fail in a row: the disk is let alone before that.
const STARTS_MAX: u32 = 3;

impl World {
    /// Something goes wrong.
    pub(super) fn trouble(&mut self) -> Checked {
        let calls = self.disk.calls();
        match self.chance.below(10) {
            0..2 => return self.die(),
            2..5 => {
                let dies_at = Some(calls + self.chance.below(8));
                self.note(|| format!("the process will die in call {dies_at:?}, now at {calls}"));
                self.disk.plan(DiskPlan { dies_at, ..DiskPlan::default() });
            }
            5..7 => {
                let bytes_max = Some(self.disk.bytes() + self.chance.below(3_000));
                self.note(|| format!("the disk has room up to {bytes_max:?}"));
                self.disk.plan(DiskPlan { bytes_max, ..DiskPlan::default() });
            }
            7 => {
                let kinds = [ErrorKind::Other, ErrorKind::StorageFull, ErrorKind::Interrupted];
                let kind = kinds[self.chance.below(3) as usize];
                let failing = [(calls + self.chance.below(10), kind)].into();
                self.note(|| format!("a call fails: {failing:?}, now at {calls}"));
                self.disk.plan(DiskPlan { failing, ..DiskPlan::default() });
            }
            8 => {
                self.slow = 5 + self.chance.below(20);
                self.note(|| "the disk is slow".to_owned());
            }
            _ => return self.break_shard(),
        }
        Ok(())
    }

    /// The process dies, and with it, where all that is written is synced, maybe the machine.
    pub(super) fn die(&mut self) -> Checked {
        let crash = self.choose_crash();
        self.crash(crash)
    }

    fn choose_crash(&mut self) -> Crash {
        let is_durable = self.options.durability == Durability::Disk;
        let machine = is_durable && self.chance.percent(60);
        self.deadly.unwrap_or(if machine { Crash::Machine } else { Crash::Process })
    }

    /// What was under way to people is read by some of them; then another process starts.
    pub(in crate::history) fn crash(&mut self, crash: Crash) -> Checked {
        let at = self.at();
        if let Some(process) = &mut self.process {
            for person in &mut self.people {
                if self.chance.percent(50) {
                    person.read(&mut process.exchange, &mut self.book, at)?;
                }
            }
            let stats = process.journal.stats();
            self.tally.full += stats.full;
            self.tally.carried += stats.rooms_carried + stats.chains_carried + stats.forgotten;
        }
        self.note(|| format!("it dies: {crash:?}"));
        self.tally.deaths += 1;
        self.tally.crashes += u64::from(crash == Crash::Machine);
        self.process = None;
        for person in &mut self.people {
            person.cut_off();
            person.back_ms = self.now_ms + absence_ms(&mut self.chance);
        }
        self.stale.clear();
        self.slow = 0;
        self.disk = self.disk.crash(crash);
        self.now_ms += self.chance.below(500);
        self.start()
    }

    /// A process starts, maybe after some that die while they start.
    pub(in crate::history) fn start(&mut self) -> Checked {
        self.shards = 1 + self.chance.below(2) as usize;
        if self.chance.percent(20) {
            self.settings.rounds_max = 1 + self.chance.below(2) as u8;
        }
        for attempt in 1.. {
            if attempt < STARTS_MAX && !self.is_healed && self.chance.percent(15) {
                let dies_at = Some(self.disk.calls() + self.chance.below(40));
                self.note(|| format!("it will die in call {dies_at:?} while it starts"));
                self.disk.plan(DiskPlan { dies_at, ..DiskPlan::default() });
            }
            let birth = Birth {
                disk: self.disk.clone(),
                settings: &self.settings,
                options: self.options,
                shards: self.shards,
                faults: self.plan.faults,
                now_ms: self.now_ms,
                wall_ms: EPOCH_MS + self.now_ms,
            };
            match Process::start(birth, &mut self.chance) {
                Ok((process, recovered)) => {
                    self.process = Some(process);
                    let found: Vec<_> = recovered.rooms.iter().map(|it| it.1.version.0).collect();
                    self.note(|| format!("it starts with rooms at {found:?}"));
                    if let Some(damage) = recovered.damages.first() {
                        return Err(format!("the journal is damaged: {damage}"));
                    }
                    self.book.recovered(&recovered.rooms, self.plan.exactly)?;
                    self.keep_house();
                    return Ok(());
                }
                Err(journal::OpenError::Io(_)) if attempt < STARTS_MAX => {
                    let crash = self.choose_crash();
                    self.disk = self.disk.crash(crash);
                }
                Err(error) => return Err(format!("it does not start: {error}")),
            }
        }
        Ok(())
    }

    /// A shard breaks, once everything it settled is written.
    fn break_shard(&mut self) -> Checked {
        if !self.come_to_rest()? {
            return Ok(());
        }
        let at = self.at();
        let Some(process) = &mut self.process else { return Ok(()) };
        let number = self.chance.below(process.shards() as u64) as usize;
        if process.rebuild(number, at).is_err() {
            // As the journal's thread does: what cannot be read ends the process.
            return self.die();
        }
        self.note(|| format!("shard {number} is built anew"));
        Ok(())
    }
}
