//! Where matches go: people's keys, Parquet, a target, or the folder of the dead.

use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use archive::{
    Applied, Batch, Builder, Change, Dead, DeadError, DeadLetter, Ended, ManifestId, Outlet,
    People, Standing, Target, TargetError, WriterOptions,
};
use components::MatchId;
use journal::Chain;
use tokio::runtime::Runtime;

use super::{DEAD, PEOPLE, Places, runtime, writer};
use crate::config::ArchiveConfig;

/// See [`Outlet`].
pub(crate) struct RootOutlet {
    people: People,
    dead: Dead,
    /// The target that gates.
    target: Arc<dyn Target>,
    /// The most time a call of the target may take.
    timeout: Duration,
    writer: WriterOptions,
    runtime: Runtime,
}

impl RootOutlet {
    /// As configured, in this data directory.
    ///
    /// # Errors
    ///
    /// What it needs cannot be opened.
    pub(crate) fn open(config: &ArchiveConfig, data: &Path, places: &Places) -> io::Result<Self> {
        Ok(Self {
            people: People::open(&data.join(PEOPLE)).map_err(io::Error::other)?,
            dead: Dead::open(&data.join(DEAD))?,
            target: Arc::clone(&places.first),
            timeout: Duration::from_secs(config.timeout_seconds),
            writer: writer(config),
            runtime: runtime()?,
        })
    }

    /// What runs its calls.
    pub(crate) const fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// What the target says, within the time it has.
    fn within<T>(
        &self,
        asked: impl Future<Output = Result<T, TargetError>>,
    ) -> Result<T, TargetError> {
        let seconds = self.timeout.as_secs();
        let late = || TargetError::Unavailable(format!("no answer within {seconds} s"));
        let answered = async { tokio::time::timeout(self.timeout, asked).await };
        self.runtime.block_on(answered).unwrap_or_else(|_| Err(late()))
    }
}

impl Outlet for RootOutlet {
    type Chain = Chain;

    fn convert(&mut self, batch: &Batch, chains: &[Chain]) -> Result<Change, TargetError> {
        let chains: Vec<&Chain> = chains.iter().collect();
        let aliases = self
            .people
            .aliases_for(&chains)
            .map_err(|error| TargetError::Unavailable(format!("people: {error}")))?;
        let mut builder = Builder::new(self.writer);
        for chain in chains {
            builder
                .add(chain, &aliases)
                .map_err(|error| TargetError::Refused(error.to_string()))?;
        }
        builder
            .finish(batch.id, batch.created_ms)
            .map_err(|error| TargetError::Refused(error.to_string()))
    }

    fn apply(&mut self, change: &Change) -> Result<Applied, TargetError> {
        self.within(self.target.apply(change))
    }

    fn holds(&mut self, batch: ManifestId) -> Result<bool, TargetError> {
        self.within(self.target.holds(batch))
    }

    fn standing(&mut self, matches: &[Ended]) -> Result<Vec<Standing>, TargetError> {
        self.within(self.target.standing(matches))
    }

    fn probe(&mut self) -> Result<(), TargetError> {
        self.within(self.target.probe())
    }

    fn bury(&mut self, letter: &DeadLetter, chain: Option<&Chain>) -> Result<(), TargetError> {
        Ok(self.dead.bury(letter, chain)?)
    }

    fn buried(&mut self) -> Result<Vec<MatchId>, TargetError> {
        Ok(self.dead.list()?)
    }

    fn unearth(&mut self, of: MatchId) -> Result<Option<(DeadLetter, Option<Chain>)>, TargetError> {
        let found = |dead: &Dead| -> Result<_, DeadError> {
            let Some(letter) = dead.letter(of)? else { return Ok(None) };
            Ok(Some((letter, dead.chain(of)?)))
        };
        Ok(found(&self.dead)?)
    }

    fn exhume(&mut self, of: MatchId) -> Result<(), TargetError> {
        Ok(self.dead.remove(of)?)
    }
}
