//! An archive's thread beside a journal that its owner steps: a simulation's, or a tool's. The
//! server's own is on a thread of its own.

use std::io;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use journal::{AnyDisk, Journal};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use super::{Answer, Archiving, HandOver, JournalLine, Means};
use crate::clock::wall_ms;
use crate::serve::control::{Question, What};

/// Questions that may wait: the archive asks one at a time.
const QUESTIONS_MAX: usize = 4;

/// How often it is looked at whether the archive is done, while it asks nothing.
const LOOK: Duration = Duration::from_millis(20);

/// The archive's thread, and what it asks.
pub(crate) struct Handed {
    asked: Receiver<HandOver>,
    questions: Sender<Question>,
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Handed {
    /// Starts it with these means, of which three come from here.
    ///
    /// # Errors
    ///
    /// What it needs cannot be opened.
    pub(crate) fn start<'a>(
        archiving: &Archiving,
        means: impl FnOnce(JournalLine, Receiver<Question>, Receiver<()>) -> Means<'a>,
    ) -> io::Result<Self> {
        let (line, asked) = bounded(QUESTIONS_MAX);
        let (questions, questioned) = bounded(1);
        let (stop, stopped) = bounded(0);
        let line = Box::new(move |question| line.send(question).is_ok());
        let thread = archiving.start(means(line, questioned, stopped))?;
        Ok(Self { asked, questions, stop, thread })
    }

    /// Answers what is asked; waits for a question if it is to.
    ///
    /// # Errors
    ///
    /// The journal cannot be written.
    pub(crate) fn answer(&self, journal: &mut Journal<AnyDisk>, waits: bool) -> io::Result<()> {
        let asked = if waits { self.asked.recv().ok() } else { self.asked.try_recv().ok() };
        asked.map_or(Ok(()), |question| give(question, journal))
    }

    /// Has everything archived, and ends it. Returns what the archive says of it, if it lived to say
    /// anything.
    ///
    /// # Errors
    ///
    /// The journal cannot be written.
    pub(crate) fn finish(self, journal: &mut Journal<AnyDisk>) -> io::Result<Option<Value>> {
        let (reply, mut answer) = oneshot::channel();
        _ = self.questions.send(Question { what: What::ArchiveFlush, reply });
        let told = loop {
            match self.asked.recv_timeout(LOOK) {
                Ok(question) => give(question, journal)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break None,
            }
            match answer.try_recv() {
                Ok(told) => break serde_json::from_str(&told).ok(),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Closed) => break None,
            }
        };
        drop(self.stop);
        // It may still ask: a question that nobody answers would hold it for long.
        while !self.thread.is_finished() {
            if let Ok(question) = self.asked.recv_timeout(LOOK) {
                give(question, journal)?;
            }
        }
        Ok(told)
    }
}

fn give(question: HandOver, journal: &mut Journal<AnyDisk>) -> io::Result<()> {
    let answer = question.perform(journal);
    journal.flush(wall_ms()).map_err(|error| io::Error::other(error.to_string()))?;
    answer.into_iter().for_each(Answer::give);
    Ok(())
}
