//! The archive's thread: steps the archiver, keeps the archive tidy between batches, answers
//! operators. Whatever goes wrong here, games go on.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use archive::{Archiver, ArchiverOptions, BreakerState, Did, Moment, Next, Port, Status};
use crossbeam_channel::{Receiver, RecvTimeoutError, Select};
use journal::Chain;
use serde_json::json;

use super::tidy::Tidy;
use super::{Note, RootPort};
use crate::clock::wall_ms;
use crate::serve::control::{Question, What};

/// How long the thread waits after a panic before it begins anew.
const PANIC_PAUSE: Duration = Duration::from_secs(10);

/// How long an operator's question is worked on; then it is answered with what was done so far.
const QUESTION_PATIENCE: Duration = Duration::from_secs(300);

/// A match that waits so much longer than it may wait for a batch to fill, in ms, is late.
const LATE_MS: u64 = 60_000;

/// How long a stopping server still archives.
const CLOSING: Duration = Duration::from_secs(10);

/// The archiver and what its thread needs.
pub(crate) struct ArchiveThread {
    pub(crate) options: ArchiverOptions,
    pub(crate) port: RootPort,
    /// Keeps the archive between batches, if it is this process's to keep.
    pub(crate) tidy: Option<Tidy>,
    /// What operators ask.
    pub(crate) questions: Receiver<Question>,
    /// Disconnects when the server stops.
    pub(crate) stopped: Receiver<()>,
    /// Takes what is wrong, if anything.
    pub(crate) note: Note,
}

/// Two clocks, one of which never goes back.
struct Clock(Instant);

impl Clock {
    fn now(&self) -> Moment {
        Moment { at_ms: self.0.elapsed().as_millis() as u64, wall_ms: wall_ms() }
    }
}

/// A flush that an operator waits for.
struct Asked {
    question: Question,
    since: Instant,
    /// Matches archived before.
    before: u64,
    /// Calls of the target that had failed before.
    failed_before: u64,
}

impl Asked {
    /// Whether there is nothing to wait for: it is done, the target was tried and is away, or it takes
    /// too long.
    fn is_over(&self, status: &Status) -> bool {
        let is_away = status.breaker.state != BreakerState::Closed
            && self.failed_before < status.counts.failures.unavailable;
        !status.is_flushing || is_away || QUESTION_PATIENCE <= self.since.elapsed()
    }
}

impl ArchiveThread {
    /// Archives until the server stops.
    pub(crate) fn run(mut self) {
        loop {
            let ran = catch_unwind(AssertUnwindSafe(|| self.run_until_stopped()));
            if ran.is_ok() {
                return;
            }
            tracing::error!("the archiver panicked: it begins anew, and nothing is lost");
            (self.note)(
                "archive",
                Some("archive: the archiver panicked and begins anew".to_owned()),
            );
            if self.stopped.recv_timeout(PANIC_PAUSE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    }

    fn run_until_stopped(&mut self) {
        let clock = Clock(Instant::now());
        let mut archiver = Archiver::<Chain>::new(self.options.clone(), clock.now());
        let mut asked: Option<Asked> = None;
        loop {
            let next = archiver.step(clock.now(), &mut self.port);
            self.tell(&archiver, clock.now());
            asked = asked.and_then(|asked| self.answer(asked, &archiver, clock.now()));
            if next.did == Did::Idle
                && let Some(tidy) = &mut self.tidy
            {
                tidy.step(wall_ms(), self.port.outlet.runtime());
            }
            match self.wait(next, &clock) {
                Woken::Due => {}
                Woken::Asked(question) => {
                    asked = self.take(question, asked, &mut archiver, clock.now());
                }
                Woken::Stopped => return self.close(&mut archiver, &clock),
            }
        }
    }

    /// What can be archived without waiting for anything is.
    fn close(&mut self, archiver: &mut Archiver<Chain>, clock: &Clock) {
        archiver.close();
        let since = Instant::now();
        while since.elapsed() < CLOSING {
            if archiver.step(clock.now(), &mut self.port).did == Did::Closed {
                break;
            }
        }
        let status = archiver.status(clock.now());
        let (matches, waiting) = (status.counts.matches, status.counts.waiting);
        tracing::info!(matches, waiting, batches = status.counts.batches, "the archiver ends");
    }

    fn wait(&self, next: Next, clock: &Clock) -> Woken {
        let timeout = Duration::from_millis(next.at_ms.saturating_sub(clock.now().at_ms));
        let mut select = Select::new();
        select.recv(&self.stopped);
        let question = select.recv(&self.questions);
        match select.ready_timeout(timeout) {
            Err(_) => Woken::Due,
            Ok(ready) if ready == question => match self.questions.try_recv() {
                Ok(question) => Woken::Asked(question),
                // Nobody can ask any more: the server is stopping.
                Err(_) => Woken::Stopped,
            },
            Ok(_) => Woken::Stopped,
        }
    }

    fn take(
        &mut self,
        question: Question,
        asked: Option<Asked>,
        archiver: &mut Archiver<Chain>,
        now: Moment,
    ) -> Option<Asked> {
        // Who asked may have gone.
        if asked.as_ref().is_some_and(|asked| !asked.question.reply.is_closed()) {
            let busy = json!({ "error": { "code": "busy", "message": "another one is asking" } });
            _ = question.reply.send(busy.to_string());
            return asked;
        }
        match question.what {
            What::ArchiveFlush => {
                archiver.look_again();
                archiver.flush();
                let counts = archiver.status(now).counts;
                let (before, failed_before) = (counts.matches, counts.failures.unavailable);
                Some(Asked { question, since: Instant::now(), before, failed_before })
            }
        }
    }

    /// Answers a flush that is over.
    fn answer(&mut self, asked: Asked, archiver: &Archiver<Chain>, now: Moment) -> Option<Asked> {
        let status = archiver.status(now);
        if !asked.is_over(&status) {
            return Some(asked);
        }
        // While the target is away the archiver takes nothing, and does not count what comes.
        let counted = self.port.free(&HashSet::new(), 0).map(|free| free.waiting);
        let answer = json!({
            "archived": status.counts.matches - asked.before,
            "waiting": counted.unwrap_or(status.counts.waiting),
            "done": !status.is_flushing,
            "error": status.counts.last_error.filter(|_| status.is_flushing).map(|error| error.text),
        });
        // Who asked may have gone.
        _ = asked.question.reply.send(answer.to_string());
        None
    }

    fn tell(&self, archiver: &Archiver<Chain>, now: Moment) {
        let status = archiver.status(now);
        let late_ms = self.options.flush_ms + LATE_MS;
        let waited_ms = status.oldest_for_ms.unwrap_or(0);
        // In a few words: whoever may play may read this. The log has the rest.
        let wrong = if !status.is_well() || waited_ms > late_ms {
            let (state, seconds) = (status.breaker.state.name(), waited_ms / 1000);
            Some(format!("archive: finished matches wait, one for {seconds} s; breaker {state}"))
        } else if status.dead > 0 {
            Some(format!("archive: {} matches are put aside", status.dead))
        } else {
            self.tidy.as_ref().and_then(Tidy::trouble).map(str::to_owned)
        };
        (self.note)("archive", wrong);
    }
}

/// Why the thread goes on.
enum Woken {
    Due,
    Asked(Question),
    Stopped,
}
