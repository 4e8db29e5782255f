//! A target that fails in every way a target can.

use std::collections::BTreeMap;
use std::panic::resume_unwind;

use archive::{Applied, Change, ManifestId, TargetError};
use components::MatchId;

/// What happens to one call of `apply`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing arrives.
    Before,
    /// The parts are there, the manifest is not.
    Midway,
    /// All is in; the answer is lost.
    After,
    /// All will be in after so many ms; the answer is that it was too slow.
    Late(u64),
    /// It says no, for no reason of the matches.
    Refuse,
    /// The client library panics, with nothing in.
    Panic,
    /// The same, with all in.
    PanicAfter,
}

#[derive(Debug, Default)]
pub(crate) struct SimTarget {
    committed: BTreeMap<ManifestId, Vec<MatchId>>,
    /// Where each match is.
    place: BTreeMap<MatchId, ManifestId>,
    late: Vec<(u64, ManifestId, Vec<MatchId>)>,
    pub(crate) is_down: bool,
    /// What happened that must not.
    pub(crate) violation: Option<String>,
}

/// The matches of a change, as the simulated conversion wrote them.
pub(crate) fn matches_of(change: &Change) -> Vec<MatchId> {
    let bytes = change.parts.iter().flat_map(|part| part.bytes.chunks_exact(16));
    bytes.map(|id| MatchId(id.try_into().unwrap())).collect()
}

impl SimTarget {
    pub(crate) fn apply(
        &mut self,
        id: ManifestId,
        change: &Change,
        fault: Option<Fault>,
        now_ms: u64,
    ) -> Result<Applied, TargetError> {
        let away = || Err(TargetError::Unavailable("simulated".to_owned()));
        if self.is_down {
            return away();
        }
        let matches = matches_of(change);
        match fault {
            // Parts without a manifest are nothing to anybody: they leave no trace here.
            Some(Fault::Before | Fault::Midway) => away(),
            Some(Fault::After) => {
                self.commit(id, matches);
                away()
            }
            Some(Fault::Late(ms)) => {
                self.late.push((now_ms + ms, id, matches));
                away()
            }
            Some(Fault::Refuse) => Err(TargetError::Refused("simulated".to_owned())),
            Some(Fault::Panic) => resume_unwind(Box::new("simulated")),
            Some(Fault::PanicAfter) => {
                self.commit(id, matches);
                resume_unwind(Box::new("simulated"))
            }
            None => Ok(self.commit(id, matches)),
        }
    }

    fn commit(&mut self, id: ManifestId, matches: Vec<MatchId>) -> Applied {
        if let Some(there) = self.committed.get(&id) {
            if *there != matches {
                self.violation = Some(format!("batch {id} came with other matches"));
            }
            return Applied::Before;
        }
        for of in &matches {
            if let Some(before) = self.place.insert(*of, id) {
                self.violation = Some(format!("{of:?} is in {before} and in {id}"));
            }
        }
        self.committed.insert(id, matches);
        Applied::Now
    }

    pub(crate) fn holds(&self, id: ManifestId) -> Result<bool, TargetError> {
        if self.is_down {
            return Err(TargetError::Unavailable("simulated".to_owned()));
        }
        Ok(self.committed.contains_key(&id))
    }

    /// What was on its way arrives.
    pub(crate) fn pass(&mut self, now_ms: u64) {
        for (at_ms, id, matches) in std::mem::take(&mut self.late) {
            if at_ms <= now_ms {
                self.commit(id, matches);
            } else {
                self.late.push((at_ms, id, matches));
            }
        }
    }

    pub(crate) fn has(&self, of: MatchId) -> bool {
        self.place.contains_key(&of)
    }

    pub(crate) fn len(&self) -> usize {
        self.place.len()
    }
}
