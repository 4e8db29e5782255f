//! The archiver's hands: the journal over a channel and in its files, and an outlet.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use archive::{
    Applied, Batch, Change, DeadLetter, Ended, Free, ManifestId, Outlet, Port, Reason, Standing,
    TargetError,
};
use components::MatchId;
use crossbeam_channel::{Sender, bounded};
use journal::{AnyDisk, Chain, Finished, Intent, MatchReader};
use uuid::Uuid;

use super::{HandOver, RootOutlet, remains};

/// Asks whoever has the journal; `false` if nobody has it any more.
pub(crate) type JournalLine = Box<dyn Fn(HandOver) -> bool + Send + Sync>;

/// How long the journal may take to answer: it writes first, and may wait for a full disk.
const PATIENCE: Duration = Duration::from_secs(60);

/// See [`Port`].
pub(crate) struct RootPort {
    /// To the journal.
    pub(crate) line: JournalLine,
    /// Reads what the journal has written.
    pub(crate) reader: MatchReader<AnyDisk>,
    /// The journal's directory; `None` if it is in memory.
    pub(crate) journal: Option<PathBuf>,
    /// Where matches are buried.
    pub(crate) dead: PathBuf,
    /// Where the chains of matches are that may be read.
    pub(crate) known: HashMap<MatchId, Finished>,
    /// What is under way.
    pub(crate) batches: HashMap<ManifestId, Vec<MatchId>>,
    pub(crate) outlet: RootOutlet,
}

impl RootPort {
    fn ask<T>(&self, question: impl FnOnce(Sender<T>) -> HandOver) -> Result<T, TargetError> {
        let gone = || TargetError::Unavailable("the journal does not answer".to_owned());
        let (reply, answer) = bounded(1);
        if !(self.line)(question(reply)) {
            return Err(gone());
        }
        answer.recv_timeout(PATIENCE).map_err(|_| gone())
    }

    /// Whether everything the journal has written would survive a loss of power. Done here, so that
    /// no tick waits for the disk.
    fn sync_journal(&self) -> io::Result<()> {
        let Some(directory) = &self.journal else { return Ok(()) };
        for entry in std::fs::read_dir(directory)? {
            let path = entry?.path();
            // What is set aside need not survive anything.
            if path.extension().is_none() {
                continue;
            }
            match File::open(path) {
                // Given up meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                file => file?.sync_all()?,
            }
        }
        File::open(directory)?.sync_all()
    }

    /// A match that cannot be read, and could not when it was looked at before, would keep the
    /// journal's files for ever: what is left of it is kept elsewhere, and the journal lets it go.
    fn let_go(&mut self, of: MatchId) -> Result<(), TargetError> {
        let (Some(done), Some(journal)) = (self.known.get(&of), &self.journal) else {
            return Ok(());
        };
        let unavailable = |error: io::Error| TargetError::Unavailable(error.to_string());
        let files =
            self.reader.files(done).map_err(|error| unavailable(io::Error::other(error)))?;
        remains::keep(journal, &files, &self.dead).map_err(unavailable)?;
        tracing::error!(
            ?files,
            "a match cannot be read: its files are kept among the dead, and the journal lets it go"
        );
        self.ask(|reply| HandOver::Forget(of, reply))?;
        self.known.remove(&of);
        Ok(())
    }
}

impl Port for RootPort {
    fn free(&mut self, except: &HashSet<MatchId>, max: usize) -> Result<Free, TargetError> {
        let except = except.clone();
        let waiting = self.ask(|reply| HandOver::Free { max, except, reply })?;
        let matches = waiting.free.iter().map(ended).collect();
        self.known.extend(waiting.free.into_iter().map(|done| (done.match_id, done)));
        Ok(Free { matches, waiting: waiting.finished as u64 })
    }

    fn open(&mut self) -> Result<Vec<Batch>, TargetError> {
        let intents = self.ask(HandOver::Intents)?;
        self.known.clear();
        self.batches.clear();
        let mut batches = Vec::new();
        for (intent, matches) in intents {
            let id = ManifestId(Uuid::from_bytes(intent.id));
            self.batches.insert(id, intent.matches);
            batches.push(Batch {
                id,
                created_ms: intent.created_ms,
                matches: matches.iter().map(ended).collect(),
            });
            self.known.extend(matches.into_iter().map(|done| (done.match_id, done)));
        }
        Ok(batches)
    }

    fn intend(&mut self, batch: &Batch) -> Result<(), TargetError> {
        let intent = Intent {
            id: batch.id.0.into_bytes(),
            created_ms: batch.created_ms,
            matches: batch.matches.iter().map(|ended| ended.match_id).collect(),
        };
        self.batches.insert(batch.id, intent.matches.clone());
        let unavailable = |why: String| TargetError::Unavailable(why);
        self.ask(|reply| HandOver::Intend(intent, reply))?
            .map_err(|error| unavailable(error.to_string()))?;
        self.sync_journal().map_err(|error| unavailable(format!("the journal: {error}")))
    }

    fn archived(&mut self, batch: ManifestId) -> Result<(), TargetError> {
        self.ask(|reply| HandOver::Archived(batch.0.into_bytes(), reply))?;
        for id in self.batches.remove(&batch).unwrap_or_default() {
            self.known.remove(&id);
        }
        Ok(())
    }

    fn withdraw(&mut self, batch: ManifestId) -> Result<(), TargetError> {
        self.ask(|reply| HandOver::Withdraw(batch.0.into_bytes(), reply))?;
        // Its matches are read again, in other batches.
        self.batches.remove(&batch);
        Ok(())
    }

    fn read(&mut self, of: &Ended) -> Result<Chain, TargetError> {
        let gone = || TargetError::Unavailable("the journal does not say where it is".to_owned());
        let done = self.known.get(&of.match_id).ok_or_else(gone)?;
        self.reader.read(done).map_err(|error| TargetError::Refused(error.to_string()))
    }

    fn weigh(&self, chain: &Chain) -> u64 {
        /// What a commit takes in the rows of all tables, about.
        const COMMIT_BYTES: u64 = 200;
        chain.steps.len() as u64 * COMMIT_BYTES
    }
}

/// The outlet's own.
impl Outlet for RootPort {
    type Chain = Chain;

    fn convert(&mut self, batch: &Batch, chains: &[Chain]) -> Result<Change, TargetError> {
        self.outlet.convert(batch, chains)
    }

    fn apply(&mut self, change: &Change) -> Result<Applied, TargetError> {
        self.outlet.apply(change)
    }

    fn holds(&mut self, batch: ManifestId) -> Result<bool, TargetError> {
        self.outlet.holds(batch)
    }

    fn standing(&mut self, matches: &[Ended]) -> Result<Vec<Standing>, TargetError> {
        self.outlet.standing(matches)
    }

    fn probe(&mut self) -> Result<(), TargetError> {
        self.outlet.probe()
    }

    fn bury(&mut self, letter: &DeadLetter, chain: Option<&Chain>) -> Result<(), TargetError> {
        let of = letter.of().filter(|_| letter.reason == Reason::Unreadable && chain.is_none());
        let is_known = match of {
            Some(of) => self.outlet.buried()?.contains(&of.match_id),
            None => false,
        };
        self.outlet.bury(letter, chain)?;
        match of.filter(|_| is_known) {
            Some(of) => self.let_go(of.match_id),
            None => Ok(()),
        }
    }

    fn buried(&mut self) -> Result<Vec<MatchId>, TargetError> {
        self.outlet.buried()
    }

    fn unearth(&mut self, of: MatchId) -> Result<Option<(DeadLetter, Option<Chain>)>, TargetError> {
        self.outlet.unearth(of)
    }

    fn exhume(&mut self, of: MatchId) -> Result<(), TargetError> {
        self.outlet.exhume(of)
    }
}

fn ended(done: &Finished) -> Ended {
    Ended { match_id: done.match_id, room: done.room, ended_ms: done.wall_ms }
}
