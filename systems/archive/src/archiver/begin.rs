//! Beginning something: batches that were under way, then what waits in the journal.

use super::compare::Compared;
use super::work::{Stage, Work};
use super::{Archiver, Did, Flush, caught};
use crate::{Batch, DeadLetter, Ended, Free, Leave, Port, Reason, Standing, TargetError};

impl<C> Archiver<C> {
    pub(super) fn begin<P: Port<Chain = C>>(&mut self, port: &mut P) -> Result<Did, TargetError> {
        if !self.is_known {
            self.found = port.open()?.into();
            self.list_buried(port)?;
            self.see_what_waits(port)?;
            self.is_known = true;
            return Ok(Did::Found(self.found.len()));
        }
        if let Some(batch) = self.found.pop_front() {
            // Whatever was on its way when the last process died may still arrive.
            let unsure_until_ms = self.now.at_ms + self.options.settle_ms;
            let work = Work { unsure_until_ms, ..Work::new(batch, Stage::Ask) };
            return self.advance(work, port);
        }
        // A target that is away is not given new batches: matches wait in the journal, where they
        // cost nothing.
        match self.breaker.ask(self.now.at_ms) {
            Leave::Wait { .. } => Ok(Did::Waited),
            Leave::Probe => Ok(self.probe(port)),
            Leave::Call => self.take(port),
        }
    }

    /// Known from the beginning, also while the target is away and nothing is taken.
    fn see_what_waits<P: Port<Chain = C>>(&mut self, port: &mut P) -> Result<(), TargetError> {
        let Free { matches, waiting } = port.free(&self.except, 1)?;
        let found = self.found.iter().flat_map(|batch| &batch.matches);
        self.counts.waiting = waiting;
        self.counts.oldest_ms = found.chain(&matches).map(|of| of.ended_ms).min();
        Ok(())
    }

    fn list_buried<P: Port<Chain = C>>(&mut self, port: &mut P) -> Result<(), TargetError> {
        self.buried = port.buried()?.into_iter().collect();
        self.listed_at_ms = Some(self.now.at_ms);
        Ok(())
    }

    /// Takes matches for a batch, if it is time.
    fn take<P: Port<Chain = C>>(&mut self, port: &mut P) -> Result<Did, TargetError> {
        let Some(group) = self.next_group(port)? else {
            self.breaker.idle(self.now.at_ms);
            return Ok(Did::Idle);
        };
        match self.ask_standings(&group, port) {
            Compared::Before => {}
            asked => {
                self.groups.push(group);
                let is_done = matches!(asked, Compared::Now);
                return Ok(if is_done { Did::Compared } else { Did::Unavailable });
            }
        }
        let (group, standing) = self.alike(group);
        if standing == Standing::Same {
            return self.intend(group, Stage::Archive, standing, port);
        }
        let mut taken = Vec::with_capacity(group.len());
        let mut chains = Vec::with_capacity(group.len());
        let (mut bytes, mut noted) = (0, 0);
        let mut rest = group.into_iter();
        for of in rest.by_ref() {
            match caught(|| port.read(&of)) {
                Ok(chain) => {
                    bytes += port.weigh(&chain);
                    taken.push(of);
                    chains.push(chain);
                }
                Err(TargetError::Refused(why)) => {
                    self.note_unreadable(of, &why, port);
                    noted += 1;
                }
                Err(away) => return Err(away),
            }
            if self.options.bytes_max <= bytes {
                break;
            }
        }
        self.groups.extend(Some(rest.collect::<Vec<_>>()).filter(|rest| !rest.is_empty()));
        if taken.is_empty() {
            return Ok(Did::Noted(noted));
        }
        self.intend(taken, Stage::Convert(chains), standing, port)
    }

    /// Has the journal know of a batch of these, of which this is to be done next.
    fn intend<P: Port<Chain = C>>(
        &mut self,
        matches: Vec<Ended>,
        stage: Stage<C>,
        standing: Standing,
        port: &mut P,
    ) -> Result<Did, TargetError> {
        self.count_flushed(matches.len() as u64);
        self.names += 1;
        let salt = [self.options.seed.to_le_bytes(), self.names.to_le_bytes()].concat();
        let batch = Batch::new(matches, self.now.wall_ms, &salt);
        port.intend(&batch)?;
        self.trouble.reset();
        let did = Did::Intended(batch.matches.len());
        self.work = Some(Work { standing, ..Work::new(batch, stage) });
        Ok(did)
    }

    /// The matches to take next: part of a batch that was taken apart, or what waits, once there
    /// is enough of it or it has waited long enough.
    fn next_group<P: Port<Chain = C>>(
        &mut self,
        port: &mut P,
    ) -> Result<Option<Vec<Ended>>, TargetError> {
        if let Some(group) = self.groups.pop() {
            return Ok(Some(group));
        }
        // The last of what was asked for is done, not only taken.
        if self.flush == Flush::Left(0) {
            self.flush = Flush::No;
        }
        if self.look_at_ms <= self.now.at_ms {
            self.look_at_ms = self.now.at_ms + Self::NOTED_MS;
            self.look_again();
        }
        if self.listed_at_ms.is_none_or(|at_ms| at_ms + Self::LIST_MS <= self.now.at_ms) {
            self.list_buried(port)?;
        }
        let max = self.options.matches_max.clamp(1, Batch::MATCHES_MAX);
        let Free { mut matches, waiting } = port.free(&self.except, max)?;
        matches.truncate(max);
        self.counts.waiting = waiting;
        self.counts.oldest_ms = matches.first().map(|oldest| oldest.ended_ms);
        let Some(oldest) = matches.first() else {
            self.waiting_since_ms = None;
            self.flush = Flush::No;
            self.take_back_aside();
            return Ok(None);
        };
        if self.flush == Flush::Asked {
            self.flush = Flush::Left(waiting);
        }
        let since_ms = *self.waiting_since_ms.get_or_insert(self.now.at_ms);
        // On both clocks: the one may have been set back, the other began with the process.
        let waited_ms =
            u64::max(self.now.wall_ms.saturating_sub(oldest.ended_ms), self.now.at_ms - since_ms);
        let is_due = matches.len() == max
            || self.options.flush_ms <= waited_ms
            || self.flush != Flush::No
            || self.is_closing;
        if is_due {
            self.waiting_since_ms = None;
        }
        Ok(is_due.then_some(matches))
    }

    fn count_flushed(&mut self, taken: u64) {
        if let Flush::Left(left) = self.flush {
            self.flush = Flush::Left(left.saturating_sub(taken));
        }
    }

    /// A match that cannot be read stays in the journal and is asked for no more. It has a letter,
    /// if that can be written; what matters is that nothing is lost without it.
    pub(super) fn note_unreadable<P: Port<Chain = C>>(
        &mut self,
        of: Ended,
        why: &str,
        port: &mut P,
    ) {
        self.except.insert(of.match_id);
        self.counts.failures.unreadable += 1;
        self.note_error(&format!("match {}: {why}", crate::batch::match_text(of.match_id)));
        let letter = DeadLetter::new(of, Reason::Unreadable, why, self.now.wall_ms);
        match port.bury(&letter, None) {
            Ok(()) => _ = self.buried.insert(of.match_id),
            Err(error) => self.note_error(&error.to_string()),
        }
    }
}
