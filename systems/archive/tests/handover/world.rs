//! Everything that outlives the archiver: journal, target, dead letters, and what is wrong with them.

use std::collections::BTreeMap;

use archive::{DeadLetter, Ended, ManifestId, Moment};
use components::{MatchId, RoomId};

use crate::backup::Backup;
use crate::chance::Chance;
use crate::journal::Log;
use crate::target::{Fault, SimTarget};

/// When everything begins.
pub(crate) const WALL_MS: u64 = 1_800_000_000_000;

/// What is wrong with a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poison {
    /// It cannot be converted.
    Convert,
    /// The conversion panics.
    Panic,
    /// The target will not have it.
    Target,
    /// It cannot be read.
    Unreadable,
    /// Reading it panics.
    UnreadablePanic,
}

/// Where in a call the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    Midway,
    After,
}

/// What dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    Process,
    /// Of what was not synced, this many entries of the journal are left at most.
    Machine(usize),
}

/// A mistake an archiver could have, to see that the simulation finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// The journal may forget before the target has it.
    ArchivedBeforeApply,
    /// Nobody asks the target what it has.
    HoldsNeverAsked,
    /// A batch that was under way gets a new name after a restart.
    NewNameAfterRestart,
    /// A match that is alone gets a new name each time.
    NewNameForLone,
    /// A dead letter is not on the disk when `bury` returns.
    BuryNotSynced,
    /// The journal may forget before the letter is written.
    ForgottenBeforeBuried,
    /// An intent is not on the disk when `intend` returns.
    IntentNotSynced,
    /// A retry removes the letter before the match is archived.
    ExhumedFirst,
    /// Batches are taken apart while a call that was given up may still take effect.
    NoSettling,
    /// A match that cannot be read is given up.
    UnreadableForgotten,
    /// Nobody asks whether the archive has matches of a journal that was restored.
    StandingNeverAsked,
}

/// How many calls, crashes and faults there were.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) matches: u64,
    pub(crate) calls: u64,
    pub(crate) crashes: u64,
    pub(crate) faults: u64,
    pub(crate) batches: u64,
    pub(crate) splits: u64,
    pub(crate) buried: u64,
    pub(crate) retries: u64,
    /// Matches the target was asked for by their names.
    pub(crate) asked: u64,
    pub(crate) restores: u64,
    /// Matches that are in the target with one end and buried with another.
    pub(crate) twice: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.matches += other.matches;
        self.calls += other.calls;
        self.crashes += other.crashes;
        self.faults += other.faults;
        self.batches += other.batches;
        self.splits += other.splits;
        self.buried += other.buried;
        self.retries += other.retries;
        self.asked += other.asked;
        self.restores += other.restores;
        self.twice += other.twice;
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) now: Moment,
    pub(crate) chance: Chance,
    pub(crate) journal: Box<dyn Log>,
    pub(crate) target: SimTarget,
    /// Letters; whether the chain is with them; whether they are on the disk.
    pub(crate) dead: BTreeMap<MatchId, (DeadLetter, bool, bool)>,
    /// Every match that ever ended.
    pub(crate) all: Vec<Ended>,
    pub(crate) poison: BTreeMap<MatchId, Poison>,
    pub(crate) mistake: Option<Mistake>,
    /// In how many of 100 calls something fails.
    pub(crate) flaky: u64,
    /// What happens to calls of `apply`, counted from 0.
    pub(crate) faults: BTreeMap<u64, Fault>,
    pub(crate) applies: u64,
    pub(crate) dies_at: Option<(u64, When)>,
    pub(crate) is_dead: bool,
    /// Processes there were.
    pub(crate) lives: u64,
    /// Under which names a process knows batches, where it is mistaken.
    pub(crate) aliases: BTreeMap<ManifestId, ManifestId>,
    pub(crate) backup: Option<Backup>,
    pub(crate) violation: Option<String>,
    pub(crate) tally: Tally,
}

impl World {
    pub(crate) fn new(seed: u64, mistake: Option<Mistake>, journal: Box<dyn Log>) -> Self {
        Self {
            now: Moment { at_ms: 1_000, wall_ms: WALL_MS },
            chance: Chance(seed),
            journal,
            target: SimTarget::default(),
            dead: BTreeMap::new(),
            all: Vec::new(),
            poison: BTreeMap::new(),
            mistake,
            flaky: 0,
            faults: BTreeMap::new(),
            applies: 0,
            dies_at: None,
            is_dead: false,
            lives: 0,
            aliases: BTreeMap::new(),
            backup: None,
            violation: None,
            tally: Tally::default(),
        }
    }

    pub(crate) fn finish(&mut self, poison: Option<Poison>) {
        let n = self.all.len() as u64 + 1;
        let mut id = [0; 16];
        id[..6].copy_from_slice(&self.now.wall_ms.to_be_bytes()[2..]);
        id[6] = 0x70;
        id[8..].copy_from_slice(&n.to_be_bytes());
        let of = Ended { match_id: MatchId(id), room: RoomId(n), ended_ms: self.now.wall_ms };
        self.all.push(of);
        self.poison.extend(poison.map(|poison| (of.match_id, poison)));
        self.is_dead |= self.journal.finish(of).is_none();
        self.tally.matches += 1;
    }

    /// Both clocks go on.
    pub(crate) fn pass(&mut self, ms: u64) {
        self.now.at_ms += ms;
        self.now.wall_ms += ms;
        self.target.pass(self.now.at_ms);
    }

    /// Whatever dies takes with it what it had not made durable. Where a match's end is lost, the
    /// match was never shown to be over: it is played to its end again.
    pub(crate) fn crash(&mut self, crash: Crash) {
        let known = self.journal.crash(crash);
        for of in &self.all {
            if !known.contains(&of.match_id) {
                self.journal.finish(*of);
            }
        }
        self.dead.retain(|_, (_, _, is_durable)| *is_durable);
        self.is_dead = false;
        self.dies_at = None;
        self.aliases.clear();
        self.lives += 1;
        self.tally.crashes += 1;
    }

    pub(crate) fn is_buried_whole(&self, of: MatchId) -> bool {
        self.dead.get(&of).is_some_and(|(_, has_chain, is_durable)| *has_chain && *is_durable)
    }

    pub(crate) fn violate(&mut self, what: String) {
        self.violation.get_or_insert(what);
    }

    pub(crate) fn check(&mut self) -> Result<(), String> {
        match self.violation.take().or_else(|| self.target.violation.take()) {
            Some(what) => Err(what),
            None => Ok(()),
        }
    }
}
