//! Matches that began before this process: where the journal was restored from an older copy, the
//! archive may have them already.

use super::work::{Failure, Stage, Work};
use super::{Archiver, Did};
use crate::dead::Reason;
use crate::{Ended, Port, Standing};

/// What came of asking the target for matches.
pub(super) enum Compared {
    /// There was nothing to ask.
    Before,
    /// The target said what it knows.
    Now,
    /// It did not.
    Failed,
}

impl<C> Archiver<C> {
    /// Asks for those of these that began before this process and were not asked for yet.
    pub(super) fn ask_standings<P: Port<Chain = C>>(
        &mut self,
        matches: &[Ended],
        port: &mut P,
    ) -> Compared {
        let is_asked = |of: &Ended| self.standings.contains_key(&of.match_id);
        let older = matches.iter().filter(|of| self.is_older(of) && !is_asked(of));
        let older: Vec<Ended> = older.copied().collect();
        if older.is_empty() {
            return Compared::Before;
        }
        let standings = match port.standing(&older) {
            Ok(standings) => standings,
            Err(error) => {
                self.target_failed(&error);
                return Compared::Failed;
            }
        };
        self.breaker.succeeded(self.now.at_ms);
        let there = standings.iter().filter(|standing| **standing != Standing::Absent).count();
        if there > 0 {
            tracing::warn!(
                matches = there,
                "the journal has matches that the archive has too: it was restored from an older \
                 copy; they are not archived again"
            );
        }
        let ids = older.iter().map(|of| of.match_id);
        self.standings.extend(ids.zip(standings));
        Compared::Now
    }

    /// Whether it began before this process did. Also one that is to begin only later, by the clock:
    /// that was wrong then, or is now.
    fn is_older(&self, of: &Ended) -> bool {
        of.began_ms().is_none_or(|ms| ms < self.begun_ms || self.now.wall_ms < ms)
    }

    pub(super) fn standing(&self, of: &Ended) -> Standing {
        self.standings.get(&of.match_id).copied().unwrap_or_default()
    }

    /// Those of a group that can go one way together; the others are a group of their own. One that
    /// the archive has with another end stands alone.
    pub(super) fn alike(&mut self, group: Vec<Ended>) -> (Vec<Ended>, Standing) {
        let is_other = |of: &Ended| matches!(self.standing(of), Standing::Other { .. });
        if let Some(at) = group.iter().position(is_other) {
            let mut rest = group;
            let one = rest.remove(at);
            self.groups.extend(Some(rest).filter(|rest| !rest.is_empty()));
            return (vec![one], self.standing(&one));
        }
        let is_same = |of: &Ended| self.standing(of) == Standing::Same;
        let (same, rest): (Vec<_>, Vec<_>) = group.into_iter().partition(is_same);
        if same.is_empty() {
            return (rest, Standing::Absent);
        }
        self.groups.extend(Some(rest).filter(|rest| !rest.is_empty()));
        (same, Standing::Same)
    }

    /// What is to become of a batch that was under way, and that the target does not have by its
    /// name.
    pub(super) fn compare<P: Port<Chain = C>>(&mut self, mut work: Work<C>, port: &mut P) -> Did {
        work.stage = Stage::Compare;
        if let Compared::Failed = self.ask_standings(&work.batch.matches, port) {
            self.work = Some(work);
            return Did::Unavailable;
        }
        let matches = &work.batch.matches;
        let is_all = |standing| matches.iter().all(|of| self.standing(of) == standing);
        if is_all(Standing::Absent) {
            work.stage = Stage::Read;
        } else if is_all(Standing::Same) {
            (work.stage, work.standing) = (Stage::Archive, Standing::Same);
        } else if let Some(of) = work.batch.lone() {
            (work.stage, work.standing) = (Stage::Read, self.standing(&of));
        } else {
            let text = "the archive has some of its matches already".to_owned();
            let reason = Reason::Twice;
            work.stage = Stage::Fail(Failure { reason, text, culprit: None, chain: None });
        }
        self.work = Some(work);
        Did::Compared
    }
}
