//! What the archive asks of the journal, and how it is answered: what must be durable is answered
//! after the next write.

use std::collections::HashSet;

use components::{MatchId, RoomId};
use crossbeam_channel::Sender;
use journal::{Disk, Finished, Intent, IntentError, Journal};

use crate::admin::Look;

/// A question of the archive to whoever has the journal.
#[derive(Debug)]
pub(crate) enum HandOver {
    /// The oldest finished matches that are in no open intent.
    Free {
        /// At most so many.
        max: usize,
        /// Not these.
        except: HashSet<MatchId>,
        /// Where they go.
        reply: Sender<Waiting>,
    },
    /// The intents that were not closed, with their matches.
    Intents(Sender<Vec<(Intent, Vec<Finished>)>>),
    /// These matches are about to be archived.
    Intend(Intent, Sender<Result<(), IntentError>>),
    /// They are: the journal forgets them.
    Archived([u8; 16], Sender<()>),
    /// They are not, and will be in other batches.
    Withdraw([u8; 16], Sender<()>),
    /// An operator wants to see a room; `None` if it is not there.
    Look {
        /// Which.
        room: RoomId,
        /// Whether its last actions are wanted: all of its match is read for them.
        with_last: bool,
        /// Where it goes.
        reply: Sender<Option<Box<Look>>>,
    },
    /// What is left of this match is kept elsewhere: the journal forgets it.
    Forget(MatchId, Sender<()>),
}

/// What waits for the archive.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// The oldest of them.
    pub(crate) free: Vec<Finished>,
    /// How many there are, those in open intents included.
    pub(crate) finished: usize,
}

/// An answer that waits for the next write.
pub(crate) struct Answer(Box<dyn FnOnce() + Send>);

impl HandOver {
    /// Does what is asked. `Some` is to be given once it is written.
    pub(crate) fn perform<D: Disk>(self, journal: &mut Journal<D>) -> Option<Answer> {
        // Whoever asked may be gone: then nobody minds the answer.
        match self {
            Self::Free { max, except, reply } => {
                let free = journal.finished_free(|id| except.contains(&id), max);
                let waiting = Waiting { free, finished: journal.finished().len() };
                // Those that were only just recorded cannot be read before they are written.
                Some(Answer::new(reply, waiting))
            }
            Self::Intents(reply) => {
                let found = |id: &MatchId| journal.finished_match(*id);
                let with = |intent: &Intent| intent.matches.iter().filter_map(found).collect();
                let intents = journal.intents().map(|intent| (intent.clone(), with(intent)));
                _ = reply.send(intents.collect());
                None
            }
            Self::Intend(intent, reply) => {
                let intended = journal.intend(&intent);
                Some(Answer::new(reply, intended))
            }
            Self::Archived(id, reply) => {
                journal.archived(id);
                Some(Answer::new(reply, ()))
            }
            Self::Look { room, with_last, reply } => {
                // What is not written yet is shown to nobody.
                Some(Answer::new(reply, Look::at(journal, room, with_last).map(Box::new)))
            }
            Self::Forget(id, reply) => {
                journal.forget(id);
                Some(Answer::new(reply, ()))
            }
            Self::Withdraw(id, reply) => {
                journal.withdraw(id);
                Some(Answer::new(reply, ()))
            }
        }
    }
}

impl Answer {
    fn new<T: Send + 'static>(reply: Sender<T>, value: T) -> Self {
        Self(Box::new(move || _ = reply.send(value)))
    }

    /// It is written.
    pub(crate) fn give(self) {
        (self.0)();
    }
}
