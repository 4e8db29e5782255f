//! A target that fails in every way a target can.

use std::collections::BTreeMap;
use std::panic::resume_unwind;

use archive::{Applied, Change, Ended, ManifestId, Standing, TargetError};
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
    committed: BTreeMap<ManifestId, Vec<Row>>,
    /// Where each match is, and when it ended there.
    place: BTreeMap<MatchId, (ManifestId, u64)>,
    late: Vec<(u64, ManifestId, Vec<Row>)>,
    pub(crate) is_down: bool,
    /// What happened that must not.
    pub(crate) violation: Option<String>,
}

/// A match, and when it ended.
pub(crate) type Row = (MatchId, u64);

/// What the simulated conversion writes of these matches.
pub(crate) fn written(matches: &[Ended]) -> Vec<u8> {
    let row = |of: &Ended| of.match_id.0.into_iter().chain(of.ended_ms.to_be_bytes());
    matches.iter().flat_map(row).collect()
}

/// The matches of a change, as the simulated conversion wrote them.
pub(crate) fn matches_of(change: &Change) -> Vec<Row> {
    let rows = change.parts.iter().flat_map(|part| part.bytes.chunks_exact(24));
    let row = |row: &[u8]| {
        (MatchId(row[..16].try_into().unwrap()), u64::from_be_bytes(row[16..].try_into().unwrap()))
    };
    rows.map(row).collect()
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

    fn commit(&mut self, id: ManifestId, matches: Vec<Row>) -> Applied {
        if let Some(there) = self.committed.get(&id) {
            if *there != matches {
                self.violation = Some(format!("batch {id} came with other matches"));
            }
            return Applied::Before;
        }
        for (of, ended_ms) in &matches {
            if let Some((before, _)) = self.place.insert(*of, (id, *ended_ms)) {
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

    pub(crate) fn standing(&self, matches: &[Ended]) -> Result<Vec<Standing>, TargetError> {
        if self.is_down {
            return Err(TargetError::Unavailable("simulated".to_owned()));
        }
        let of = |of: &Ended| match self.ended(of.match_id) {
            None => Standing::Absent,
            Some(ended_ms) if ended_ms == of.ended_ms => Standing::Same,
            Some(ended_ms) => Standing::Other { ended_ms },
        };
        Ok(matches.iter().map(of).collect())
    }

    /// When this match ended, if it is here.
    pub(crate) fn ended(&self, of: MatchId) -> Option<u64> {
        self.place.get(&of).map(|(_, ended_ms)| *ended_ms)
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
