//! A batch under way: asked for, read, converted, applied, archived.

use super::{Archiver, Did, caught};
use crate::dead::Reason;
use crate::{Applied, Batch, Change, DeadLetter, Ended, Leave, Port, Standing, TargetError};

/// A batch under way. The journal knows of it.
#[derive(Debug)]
pub(super) struct Work<C> {
    pub(super) batch: Batch,
    pub(super) stage: Stage<C>,
    /// How often the target was asked to take it.
    pub(super) attempts: u32,
    /// Until then a call that seemed to fail may still take effect in the target.
    pub(super) unsure_until_ms: u64,
    /// What the archive knows of its matches, whatever batch they came with.
    pub(super) standing: Standing,
}

/// What is to be done next with a batch.
#[derive(Debug)]
pub(super) enum Stage<C> {
    /// Ask whether the target has it from an earlier process.
    Ask,
    /// Ask whether the target has its matches in other batches.
    Compare,
    /// Read its matches.
    Read,
    /// Make rows and files of its matches.
    Convert(Vec<C>),
    /// Bring the files in. The chain is that of a match that is alone, in case it is buried.
    Apply(Change, Option<C>),
    /// It cannot go in as it is: take it apart.
    Fail(Failure<C>),
    /// It is in the target: tell the journal.
    Archive,
    /// Its only match is buried: tell the journal.
    Forget,
}

/// Why a batch cannot go in.
#[derive(Debug)]
pub(super) struct Failure<C> {
    pub(super) reason: Reason,
    pub(super) text: String,
    /// The match it is about, where that is known.
    pub(super) culprit: Option<Ended>,
    /// The chain of a match that is alone.
    pub(super) chain: Option<C>,
}

impl<C> Work<C> {
    /// A batch that was not tried yet, and of which nothing is known.
    pub(super) const fn new(batch: Batch, stage: Stage<C>) -> Self {
        Self { batch, stage, attempts: 0, unsure_until_ms: 0, standing: Standing::Absent }
    }

    /// Before this moment nothing can be done, whatever the target says.
    pub(super) const fn wait_until_ms(&self, now_ms: u64) -> u64 {
        match self.stage {
            Stage::Fail(_) => self.unsure_until_ms,
            _ => now_ms,
        }
    }
}

impl<C> Archiver<C> {
    /// Takes a batch one stage further.
    pub(super) fn advance<P: Port<Chain = C>>(
        &mut self,
        work: Work<C>,
        port: &mut P,
    ) -> Result<Did, TargetError> {
        let needs_target =
            matches!(work.stage, Stage::Ask | Stage::Compare | Stage::Apply(..) | Stage::Fail(_));
        if needs_target {
            let leave = self.breaker.ask(self.now.at_ms);
            if leave != Leave::Call {
                self.work = Some(work);
                return Ok(if leave == Leave::Probe { self.probe(port) } else { Did::Waited });
            }
        }
        let Work { batch, stage, attempts, unsure_until_ms, standing } = work;
        let back = |stage| Work { batch, stage, attempts, unsure_until_ms, standing };
        match stage {
            Stage::Ask => Ok(self.ask(back(Stage::Ask), port)),
            Stage::Compare => Ok(self.compare(back(Stage::Compare), port)),
            Stage::Read => self.read(back(Stage::Read), port),
            Stage::Convert(chains) => self.convert(back(Stage::Read), chains, port),
            Stage::Apply(change, chain) => Ok(self.apply(back(Stage::Read), change, chain, port)),
            Stage::Fail(failure) => self.condemn(back(Stage::Read), failure, port),
            Stage::Archive => self.archive(&back(Stage::Archive), port),
            Stage::Forget => self.forget(&back(Stage::Forget), port),
        }
    }

    /// Whether the target has the batch; `None` if it did not say.
    pub(super) fn is_held<P: Port<Chain = C>>(
        &mut self,
        batch: &Batch,
        port: &mut P,
    ) -> Option<bool> {
        match port.holds(batch.id) {
            Ok(held) => {
                self.breaker.succeeded(self.now.at_ms);
                Some(held)
            }
            Err(error) => {
                self.target_failed(&error);
                None
            }
        }
    }

    fn ask<P: Port<Chain = C>>(&mut self, mut work: Work<C>, port: &mut P) -> Did {
        let held = self.is_held(&work.batch, port);
        let did = match held {
            Some(true) => Did::Met,
            Some(false) => Did::Read,
            None => Did::Unavailable,
        };
        match held {
            Some(true) => work.stage = Stage::Archive,
            Some(false) => work.stage = Stage::Compare,
            None => {}
        }
        self.work = Some(work);
        did
    }

    fn read<P: Port<Chain = C>>(
        &mut self,
        mut work: Work<C>,
        port: &mut P,
    ) -> Result<Did, TargetError> {
        let mut chains = Vec::with_capacity(work.batch.matches.len());
        for of in &work.batch.matches {
            match caught(|| port.read(of)) {
                Ok(chain) => chains.push(chain),
                Err(TargetError::Refused(text)) => {
                    // It may have been buried just before the process died.
                    if let Some(chain) = self.kept_chain(&work.batch, port)? {
                        chains.push(chain);
                        continue;
                    }
                    let (reason, culprit) = (Reason::Unreadable, Some(*of));
                    work.stage = Stage::Fail(Failure { reason, text, culprit, chain: None });
                    self.work = Some(work);
                    return Ok(Did::Refused);
                }
                Err(away) => return Err(away),
            }
        }
        work.stage = Stage::Convert(chains);
        self.work = Some(work);
        Ok(Did::Read)
    }

    /// The chain in the dead letter of a match that is alone; `None` also if that is damaged too.
    fn kept_chain<P: Port<Chain = C>>(
        &self,
        batch: &Batch,
        port: &mut P,
    ) -> Result<Option<C>, TargetError> {
        match batch.lone() {
            Some(of) if self.buried.contains(&of.match_id) => match port.unearth(of.match_id) {
                Ok(found) => Ok(found.and_then(|(_, chain)| chain)),
                Err(TargetError::Refused(_)) => Ok(None),
                Err(away) => Err(away),
            },
            _ => Ok(None),
        }
    }

    fn convert<P: Port<Chain = C>>(
        &mut self,
        mut work: Work<C>,
        mut chains: Vec<C>,
        port: &mut P,
    ) -> Result<Did, TargetError> {
        if let (Some(of), Standing::Other { ended_ms }) = (work.batch.lone(), work.standing) {
            let (reason, text) = (Reason::Twice, DeadLetter::twice_text(of, ended_ms));
            work.stage = Stage::Fail(Failure { reason, text, culprit: None, chain: chains.pop() });
            self.work = Some(work);
            return Ok(Did::Refused);
        }
        let converted = caught(|| port.convert(&work.batch, &chains));
        let chain = work.batch.lone().and_then(|_| chains.pop());
        let did = match converted {
            Ok(change) => {
                work.stage = Stage::Apply(change, chain);
                Did::Converted
            }
            Err(TargetError::Refused(text)) => {
                self.counts.failures.convert += 1;
                let reason = Reason::Convert;
                work.stage = Stage::Fail(Failure { reason, text, culprit: None, chain });
                Did::Refused
            }
            Err(away) => return Err(away),
        };
        self.work = Some(work);
        Ok(did)
    }

    fn apply<P: Port<Chain = C>>(
        &mut self,
        mut work: Work<C>,
        change: Change,
        chain: Option<C>,
        port: &mut P,
    ) -> Did {
        work.attempts = work.attempts.saturating_add(1);
        let applied = caught(|| port.apply(&change));
        let did = match applied {
            Ok(applied) => {
                self.breaker.succeeded(self.now.at_ms);
                if applied == Applied::Now {
                    let bytes: usize = change.parts.iter().map(|part| part.bytes.len()).sum();
                    self.counts.bytes += bytes as u64;
                }
                work.stage = Stage::Archive;
                Did::Applied
            }
            Err(error @ TargetError::Unavailable(_)) => {
                self.target_failed(&error);
                work.unsure_until_ms = self.now.at_ms + self.options.settle_ms;
                // While the target is away no files are kept in memory; and they may have to be
                // others then, if a player was forgotten.
                if self.breaker.is_closed() {
                    work.stage = Stage::Apply(change, chain);
                }
                Did::Unavailable
            }
            Err(TargetError::Refused(text)) => {
                self.breaker.succeeded(self.now.at_ms);
                self.counts.failures.refused += 1;
                let reason = Reason::Target;
                work.stage = Stage::Fail(Failure { reason, text, culprit: None, chain });
                Did::Refused
            }
        };
        self.work = Some(work);
        did
    }

    fn archive<P: Port<Chain = C>>(
        &mut self,
        work: &Work<C>,
        port: &mut P,
    ) -> Result<Did, TargetError> {
        for of in &work.batch.matches {
            if self.buried.contains(&of.match_id) {
                port.exhume(of.match_id)?;
                self.buried.remove(&of.match_id);
            }
        }
        port.archived(work.batch.id)?;
        self.trouble.reset();
        self.forget_standings(&work.batch);
        let matches = work.batch.matches.len();
        if work.standing == Standing::Same {
            self.counts.met += matches as u64;
            return Ok(Did::Archived(matches));
        }
        self.buried_in_row = 0;
        self.distrust.reset();
        self.take_back_aside();
        self.counts.batches += 1;
        self.counts.matches += matches as u64;
        self.counts.archived_ms = Some(self.now.wall_ms);
        Ok(Did::Archived(matches))
    }

    fn forget<P: Port<Chain = C>>(
        &mut self,
        work: &Work<C>,
        port: &mut P,
    ) -> Result<Did, TargetError> {
        port.archived(work.batch.id)?;
        self.trouble.reset();
        self.forget_standings(&work.batch);
        self.counts.buried += 1;
        Ok(Did::Buried)
    }

    fn forget_standings(&mut self, batch: &Batch) {
        for of in &batch.matches {
            self.standings.remove(&of.match_id);
        }
    }

    pub(super) fn probe<P: Port<Chain = C>>(&mut self, port: &mut P) -> Did {
        match port.probe() {
            Ok(()) => {
                self.breaker.probed(self.now.at_ms);
                Did::Probed
            }
            Err(error) => {
                self.target_failed(&error);
                Did::Unavailable
            }
        }
    }

    pub(super) fn target_failed(&mut self, error: &TargetError) {
        self.breaker.failed(self.now.at_ms);
        self.counts.failures.unavailable += 1;
        self.note_error(&error.to_string());
    }
}
