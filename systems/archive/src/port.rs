//! What the archiver works through: the journal, the conversion, the target and the dead letters.

use std::collections::HashSet;

use components::MatchId;

use crate::{Applied, Batch, Change, DeadLetter, Ended, ManifestId, Standing, TargetError};

/// Where matches go: made into files, into the target that gates, or among the dead letters. Every
/// call may block. What panics in [`Outlet::convert`] and [`Outlet::apply`] is caught and counts as
/// [`TargetError::Refused`]; nothing else may panic.
///
/// Errors mean the same everywhere: after `Unavailable` it is tried again later, however long that
/// takes; after `Refused` of `convert` or `apply` one of the matches cannot be archived, and is
/// looked for. All other calls never refuse: what they return is taken as `Unavailable`.
pub trait Outlet {
    /// What a match was, as the journal gives it back.
    type Chain;

    /// The files of the batch; `chains` are its matches, in order. The same batch gives the same
    /// bytes, as long as players keep their keys.
    ///
    /// # Errors
    /// `Refused` when a match cannot be converted; `Unavailable` when the keys of players cannot
    /// be had now.
    fn convert(&mut self, batch: &Batch, chains: &[Self::Chain]) -> Result<Change, TargetError>;

    /// [`Target::apply`](crate::Target::apply) of the target that gates.
    ///
    /// # Errors
    /// As there.
    fn apply(&mut self, change: &Change) -> Result<Applied, TargetError>;

    /// [`Target::holds`](crate::Target::holds) of the target that gates.
    ///
    /// # Errors
    /// As there.
    fn holds(&mut self, batch: ManifestId) -> Result<bool, TargetError>;

    /// [`Target::standing`](crate::Target::standing) of the target that gates.
    ///
    /// # Errors
    /// As there.
    fn standing(&mut self, matches: &[Ended]) -> Result<Vec<Standing>, TargetError>;

    /// [`Target::probe`](crate::Target::probe) of the target that gates.
    ///
    /// # Errors
    /// As there.
    fn probe(&mut self) -> Result<(), TargetError>;

    /// Keeps a match that cannot be archived, durably when this returns. Takes the place of an
    /// earlier letter about that match; a chain that was kept with it stays, if none is given.
    ///
    /// # Errors
    /// When it cannot be kept: the match then stays in the journal.
    fn bury(&mut self, letter: &DeadLetter, chain: Option<&Self::Chain>)
    -> Result<(), TargetError>;

    /// The matches that are buried.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn buried(&mut self) -> Result<Vec<MatchId>, TargetError>;

    /// What is known of a buried match, and its chain where that was kept; `None` if it is not
    /// buried.
    ///
    /// # Errors
    /// `Refused` when what is there cannot be understood; `Unavailable` when it cannot be read now.
    fn unearth(
        &mut self,
        of: MatchId,
    ) -> Result<Option<(DeadLetter, Option<Self::Chain>)>, TargetError>;

    /// Removes a buried match: it is in the archive. Nothing to remove is no error.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn exhume(&mut self, of: MatchId) -> Result<(), TargetError>;
}

/// The archiver's hands: an [`Outlet`], and the journal. What panics in [`Port::read`] is caught and
/// counts as `Refused`.
///
/// After any error of the journal's calls but `read` the archiver trusts nothing it knew and asks
/// [`Port::open`] again: a call whose answer was lost may have been done.
pub trait Port: Outlet {
    /// Finished matches that are in no open batch and not in `except`, the oldest first, at most
    /// `max` of them; and how many wait in all.
    ///
    /// # Errors
    /// When the journal cannot be asked.
    fn free(&mut self, except: &HashSet<MatchId>, max: usize) -> Result<Free, TargetError>;

    /// The batches that are under way according to the journal.
    ///
    /// # Errors
    /// When the journal cannot be asked.
    fn open(&mut self) -> Result<Vec<Batch>, TargetError>;

    /// Notes in the journal that this batch is under way. It and all before it is *synced* when
    /// this returns, whatever the journal's durability is: else a power cut could take back what
    /// the archive already has.
    ///
    /// # Errors
    /// When it may not be noted.
    fn intend(&mut self, batch: &Batch) -> Result<(), TargetError>;

    /// All matches of the batch are in the archive or buried: the journal may forget them and the
    /// batch, both in one record. A crash may undo this.
    ///
    /// # Errors
    /// When it may not be noted.
    fn archived(&mut self, batch: ManifestId) -> Result<(), TargetError>;

    /// The batch is not under way any more; its matches are free again. A crash may undo this.
    ///
    /// # Errors
    /// When it may not be noted.
    fn withdraw(&mut self, batch: ManifestId) -> Result<(), TargetError>;

    /// Reads a match back. It is finished and not archived yet.
    ///
    /// # Errors
    /// `Refused` when what is there is damaged or missing; `Unavailable` when it may be read later.
    fn read(&mut self, of: &Ended) -> Result<Self::Chain, TargetError>;

    /// About how many bytes the rows of this match take before they are compressed.
    fn weigh(&self, chain: &Self::Chain) -> u64;
}

/// What waits in the journal.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Free {
    /// The oldest matches that may be taken, the oldest first.
    pub matches: Vec<Ended>,
    /// All that wait, those that were excepted or are in open batches included.
    pub waiting: u64,
}
