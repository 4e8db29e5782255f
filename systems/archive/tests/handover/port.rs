//! The archiver's hands in the simulated world: any call may be the process's last.

use std::collections::HashSet;
use std::panic::resume_unwind;

use archive::{
    Applied, Batch, Change, DeadLetter, Ended, Free, Hour, Kind, Manifest, ManifestId, Outlet,
    Part, Port, Standing, Table, TargetError,
};
use components::MatchId;
use uuid::Uuid;

use crate::target::Fault;
use crate::world::{Mistake, Poison, When, World};

fn away<T>(what: &str) -> Result<T, TargetError> {
    Err(TargetError::Unavailable(what.to_owned()))
}

fn refused<T>(what: &str) -> Result<T, TargetError> {
    Err(TargetError::Refused(what.to_owned()))
}

impl World {
    /// A call begins, if the process lives. Returns where in it the process dies.
    fn enter(&mut self) -> Result<Option<When>, TargetError> {
        if self.is_dead {
            return away("dead");
        }
        self.tally.calls += 1;
        let when = self.dies_at.and_then(|(at, when)| (at == self.tally.calls).then_some(when));
        self.is_dead = when.is_some();
        if when == Some(When::Before) { away("dies") } else { Ok(when) }
    }

    /// The call is done: its answer arrives if the process still lives.
    fn leave<T>(&self, done: Result<T, TargetError>) -> Result<T, TargetError> {
        if self.is_dead { away("dies") } else { done }
    }

    fn fails(&mut self) -> bool {
        let flaky = self.flaky;
        let fails = self.chance.is(flaky);
        self.tally.faults += u64::from(fails);
        fails
    }

    fn fault(&mut self) -> Option<Fault> {
        self.applies += 1;
        let planned = self.faults.remove(&(self.applies - 1));
        if planned.is_some() {
            self.tally.faults += 1;
            return planned;
        }
        if !self.fails() {
            return None;
        }
        let late = Fault::Late(self.chance.below(50_000));
        let all = [
            Fault::Before,
            Fault::Midway,
            Fault::After,
            late,
            Fault::Refuse,
            Fault::Panic,
            Fault::PanicAfter,
        ];
        Some(self.chance.one_of(&all))
    }

    /// Under which name the target gets a batch.
    fn sent(&self, id: ManifestId, is_lone: bool) -> ManifestId {
        if self.mistake == Some(Mistake::NewNameForLone) && is_lone {
            return salted(id, self.lives + self.tally.retries);
        }
        id
    }

    fn known(&self, id: ManifestId) -> ManifestId {
        self.aliases.get(&id).copied().unwrap_or(id)
    }

    fn is_lone(&self, id: ManifestId) -> bool {
        let open = self.journal.batch(self.known(id)).is_some_and(|batch| batch.lone().is_some());
        open || self.all.iter().any(|of| Batch::alone(*of).id == id)
    }

    /// The journal forgets: each match must be where it is not lost.
    fn forget(&mut self, id: ManifestId) {
        let matches = self.journal.batch(id).map(|batch| batch.matches);
        for of in matches.into_iter().flatten() {
            let is_there = self.target.ended(of.match_id) == Some(of.ended_ms);
            let is_safe = is_there || self.is_buried_whole(of.match_id);
            if !is_safe && self.mistake.is_none() {
                self.violate(format!("{of:?} is forgotten, and nowhere else"));
            }
        }
        let was_open = self.journal.archived(id);
        if self.survived(was_open) == Some(false) && self.mistake.is_none() {
            self.violate(format!("batch {id} is archived, but not open"));
        }
    }

    /// What the journal died over, the process dies of.
    const fn survived<T: Copy>(&mut self, done: Option<T>) -> Option<T> {
        if done.is_none() {
            self.is_dead = true;
        }
        done
    }
}

fn salted(id: ManifestId, salt: u64) -> ManifestId {
    ManifestId(Uuid::from_u128(id.0.as_u128() ^ u128::from(salt + 1)))
}

impl Outlet for World {
    type Chain = MatchId;

    fn convert(&mut self, batch: &Batch, chains: &[MatchId]) -> Result<Change, TargetError> {
        self.enter()?;
        if self.fails() {
            return self.leave(away("keys"));
        }
        assert!(batch.matches.iter().map(|of| of.match_id).eq(chains.iter().copied()));
        for of in chains {
            match self.poison.get(of) {
                Some(Poison::Convert) => return self.leave(refused("poison")),
                Some(Poison::Panic) => resume_unwind(Box::new("poison")),
                _ => {}
            }
        }
        if self.mistake == Some(Mistake::ArchivedBeforeApply) {
            let id = self.known(batch.id);
            self.journal.archived(id);
        }
        let bytes = crate::target::written(&batch.matches);
        let hour = Hour::of(batch.matches[0].ended_ms);
        let part =
            Part { table: Table::Matches, hour, rows: chains.len() as u64, bytes: bytes.into() };
        let manifest = Manifest {
            format: Manifest::FORMAT,
            id: batch.id,
            kind: Kind::Batch,
            created_ms: batch.created_ms,
            writer: "simulation".to_owned(),
            schema: 1,
            matches: chains.len() as u64,
            files: Vec::new(),
            replaces: Vec::new(),
            batches: Vec::new(),
        };
        self.leave(Ok(Change { manifest, parts: vec![part] }))
    }

    fn apply(&mut self, change: &Change) -> Result<Applied, TargetError> {
        let when = self.enter()?;
        let mut fault = self.fault();
        if when == Some(When::Midway) {
            fault = Some(Fault::Midway);
        }
        let matches = crate::target::matches_of(change);
        let is_poison = |(of, _): &_| self.poison.get(of) == Some(&Poison::Target);
        if matches.iter().any(is_poison) && !self.target.is_down {
            return self.leave(refused("poison"));
        }
        let id = self.sent(change.manifest.id, matches.len() == 1);
        let now_ms = self.now.at_ms;
        let done = self.target.apply(id, change, fault, now_ms);
        self.leave(done)
    }

    fn holds(&mut self, batch: ManifestId) -> Result<bool, TargetError> {
        self.enter()?;
        if self.fails() {
            return self.leave(away("holds"));
        }
        if self.mistake == Some(Mistake::HoldsNeverAsked) {
            return self.leave(Ok(false));
        }
        let held = self.target.holds(self.sent(batch, self.is_lone(batch)));
        self.leave(held)
    }

    fn standing(&mut self, matches: &[Ended]) -> Result<Vec<Standing>, TargetError> {
        self.enter()?;
        self.tally.asked += matches.len() as u64;
        if self.fails() {
            return self.leave(away("standing"));
        }
        if self.mistake == Some(Mistake::StandingNeverAsked) {
            return self.leave(Ok(vec![Standing::Absent; matches.len()]));
        }
        let standings = self.target.standing(matches);
        self.leave(standings)
    }

    fn probe(&mut self) -> Result<(), TargetError> {
        self.enter()?;
        let done = if self.target.is_down || self.fails() { away("probe") } else { Ok(()) };
        self.leave(done)
    }

    fn bury(&mut self, letter: &DeadLetter, chain: Option<&MatchId>) -> Result<(), TargetError> {
        let when = self.enter()?;
        let of = letter.of().unwrap().match_id;
        if self.mistake == Some(Mistake::ForgottenBeforeBuried) && chain.is_some() {
            self.journal.archived(Batch::alone(letter.of().unwrap()).id);
        }
        if self.fails() || when == Some(When::Midway) {
            return self.leave(away("bury"));
        }
        let before = self.dead.get(&of).is_some_and(|(_, has_chain, _)| *has_chain);
        let is_durable = self.mistake != Some(Mistake::BuryNotSynced);
        self.dead.insert(of, (letter.clone(), before || chain.is_some(), is_durable));
        self.tally.buried += u64::from(chain.is_some());
        self.leave(Ok(()))
    }

    fn buried(&mut self) -> Result<Vec<MatchId>, TargetError> {
        self.enter()?;
        if self.fails() {
            return self.leave(away("buried"));
        }
        self.leave(Ok(self.dead.keys().copied().collect()))
    }

    fn unearth(
        &mut self,
        of: MatchId,
    ) -> Result<Option<(DeadLetter, Option<MatchId>)>, TargetError> {
        self.enter()?;
        if self.fails() {
            return self.leave(away("unearth"));
        }
        let found = self.dead.get(&of).cloned();
        if self.mistake == Some(Mistake::ExhumedFirst) {
            self.dead.remove(&of);
        }
        self.leave(Ok(found.map(|(letter, has_chain, _)| (letter, has_chain.then_some(of)))))
    }

    fn exhume(&mut self, of: MatchId) -> Result<(), TargetError> {
        let when = self.enter()?;
        if self.fails() {
            return self.leave(away("exhume"));
        }
        let letter = self.dead.get(&of).map(|(letter, ..)| letter.ended_ms);
        let is_there = letter.is_none_or(|ended_ms| self.target.ended(of) == Some(ended_ms));
        if !is_there && self.mistake.is_none() {
            self.violate(format!("{of:?} is dug up, and not in the archive"));
        }
        match (when, self.dead.get_mut(&of)) {
            (Some(When::Midway), Some((_, has_chain, _))) => *has_chain = false,
            _ => _ = self.dead.remove(&of),
        }
        self.leave(Ok(()))
    }
}

impl Port for World {
    fn free(&mut self, except: &HashSet<MatchId>, max: usize) -> Result<Free, TargetError> {
        self.enter()?;
        if self.fails() {
            return self.leave(away("free"));
        }
        let mut matches = self.journal.free();
        matches.retain(|of| !except.contains(&of.match_id));
        matches.truncate(max);
        self.leave(Ok(Free { matches, waiting: self.journal.len() as u64 }))
    }

    fn open(&mut self) -> Result<Vec<Batch>, TargetError> {
        self.enter()?;
        if self.fails() {
            return self.leave(away("open"));
        }
        let mut open = self.journal.open();
        if self.mistake == Some(Mistake::NewNameAfterRestart) {
            for batch in &mut open {
                let alias = salted(batch.id, self.lives);
                self.aliases.insert(alias, batch.id);
                batch.id = alias;
            }
        }
        self.leave(Ok(open))
    }

    fn intend(&mut self, batch: &Batch) -> Result<(), TargetError> {
        self.enter()?;
        let is_lost = self.fails();
        if is_lost && self.chance.is(50) {
            return self.leave(away("intend"));
        }
        let is_synced = self.mistake != Some(Mistake::IntentNotSynced);
        let is_new = self.journal.intend(batch, is_synced);
        if self.survived(is_new) == Some(false) && self.mistake.is_none() {
            self.violate(format!("{batch} has matches that are not free"));
        }
        self.tally.batches += 1;
        self.leave(if is_lost { away("intend") } else { Ok(()) })
    }

    fn archived(&mut self, batch: ManifestId) -> Result<(), TargetError> {
        self.enter()?;
        let is_lost = self.fails();
        if is_lost && self.chance.is(50) {
            return self.leave(away("archived"));
        }
        self.forget(self.known(batch));
        self.leave(if is_lost { away("archived") } else { Ok(()) })
    }

    fn withdraw(&mut self, batch: ManifestId) -> Result<(), TargetError> {
        self.enter()?;
        let is_lost = self.fails();
        if is_lost && self.chance.is(50) {
            return self.leave(away("withdraw"));
        }
        let id = self.known(batch);
        let lone = self.journal.batch(id).and_then(|batch| batch.lone());
        if self.mistake == Some(Mistake::UnreadableForgotten) && lone.is_some() {
            self.journal.archived(id);
        } else {
            let was_open = self.journal.withdraw(id);
            if self.survived(was_open) == Some(false) && self.mistake.is_none() {
                self.violate(format!("batch {batch} is withdrawn, but not open"));
            }
        }
        self.tally.splits += 1;
        self.leave(if is_lost { away("withdraw") } else { Ok(()) })
    }

    fn read(&mut self, of: &Ended) -> Result<MatchId, TargetError> {
        self.enter()?;
        if self.fails() {
            return self.leave(away("read"));
        }
        let there = self.journal.read(*of);
        match self.survived(there) {
            None => return away("dies"),
            Some(Some(id)) => assert_eq!(id, of.match_id),
            Some(None) => {
                if self.mistake.is_none() {
                    self.violate(format!("{of:?} is read, and not there"));
                }
                return self.leave(refused("not there"));
            }
        }
        match self.poison.get(&of.match_id) {
            Some(Poison::Unreadable) => self.leave(refused("damaged")),
            Some(Poison::UnreadablePanic) if !self.is_dead => resume_unwind(Box::new("damaged")),
            _ => self.leave(Ok(of.match_id)),
        }
    }

    fn weigh(&self, _: &MatchId) -> u64 {
        1_000
    }
}
