//! A batch that cannot go in is taken apart until the match to blame stands alone.

use super::work::{Failure, Stage, Work};
use super::{Archiver, Did};
use crate::{DeadLetter, Ended, Port, Reason, TargetError};

impl<C> Archiver<C> {
    /// Takes a batch apart, once it is certain that the target does not have it.
    pub(super) fn condemn<P: Port<Chain = C>>(
        &mut self,
        mut work: Work<C>,
        failure: Failure<C>,
        port: &mut P,
    ) -> Result<Did, TargetError> {
        let is_unsure = self.now.at_ms < work.unsure_until_ms;
        let held = if is_unsure { None } else { self.is_held(&work.batch, port) };
        match held {
            Some(false) => return self.take_apart(work, failure, port),
            Some(true) => work.stage = Stage::Archive,
            None => work.stage = Stage::Fail(failure),
        }
        self.work = Some(work);
        Ok(match held {
            Some(_) => Did::Met,
            None if is_unsure => Did::Waited,
            None => Did::Unavailable,
        })
    }

    fn take_apart<P: Port<Chain = C>>(
        &mut self,
        work: Work<C>,
        failure: Failure<C>,
        port: &mut P,
    ) -> Result<Did, TargetError> {
        if failure.reason != Reason::Unreadable {
            self.note_error(&format!("{}: {}", work.batch, failure.text));
        }
        if let Some(culprit) = failure.culprit {
            return self.leave_out(&work, culprit, &failure.text, port);
        }
        if let Some(of) = work.batch.lone() {
            // One that was buried before has to stay there: somebody may be trying it again.
            let is_certain = failure.reason == Reason::Twice;
            if is_certain || self.buried.contains(&of.match_id) || !self.is_distrusting() {
                return self.bury(work, of, failure, port);
            }
        }
        port.withdraw(work.batch.id)?;
        self.trouble.reset();
        if failure.reason == Reason::Twice {
            self.groups.push(work.batch.matches);
            return Ok(Did::Split);
        }
        if self.is_distrusting() {
            self.put_aside(&work.batch.matches);
            return Ok(Did::PutAside);
        }
        self.counts.splits += 1;
        let (first, second) = work.batch.matches.split_at(work.batch.matches.len() / 2);
        self.groups.extend([second.to_vec(), first.to_vec()]);
        Ok(Did::Split)
    }

    /// The batch without a match that cannot be read.
    fn leave_out<P: Port<Chain = C>>(
        &mut self,
        work: &Work<C>,
        culprit: Ended,
        text: &str,
        port: &mut P,
    ) -> Result<Did, TargetError> {
        port.withdraw(work.batch.id)?;
        self.trouble.reset();
        self.note_unreadable(culprit, text, port);
        let mut rest = work.batch.matches.clone();
        rest.retain(|of| *of != culprit);
        if !rest.is_empty() {
            self.groups.push(rest);
        }
        Ok(Did::Noted(1))
    }

    fn bury<P: Port<Chain = C>>(
        &mut self,
        mut work: Work<C>,
        of: Ended,
        failure: Failure<C>,
        port: &mut P,
    ) -> Result<Did, TargetError> {
        let mut letter = DeadLetter::new(of, failure.reason, &failure.text, self.now.wall_ms);
        letter.attempts = work.attempts.max(1);
        port.bury(&letter, failure.chain.as_ref())?;
        self.buried.insert(of.match_id);
        // One that the archive has says nothing about what the target refuses.
        if failure.reason != Reason::Twice {
            self.buried_in_row = self.buried_in_row.saturating_add(1);
        }
        work.stage = Stage::Forget;
        self.work = Some(work);
        Ok(Did::Refused)
    }

    /// So much was refused that it will not be these matches: they wait, others are tried.
    fn put_aside(&mut self, matches: &[Ended]) {
        if Self::ASIDE_MAX < self.aside.len() + matches.len() {
            self.take_back_aside();
        }
        self.aside.extend(matches.iter().map(|of| of.match_id));
        self.except.extend(matches.iter().map(|of| of.match_id));
        self.hold_until_ms = self.now.at_ms + self.distrust.wait_ms();
    }

    pub(super) fn take_back_aside(&mut self) {
        for id in self.aside.drain(..) {
            self.except.remove(&id);
        }
    }
}
