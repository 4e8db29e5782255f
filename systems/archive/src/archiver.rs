//! The archiver: finished matches out of the journal into the archive, each exactly once.

mod begin;
mod caught;
mod compare;
mod condemn;
mod work;

use std::collections::{HashMap, HashSet, VecDeque};

use components::MatchId;

use crate::backoff::Backoff;
use crate::dead::short;
use crate::progress::{Counts, LastError};
use crate::{
    BackoffOptions, Batch, Breaker, BreakerOptions, BreakerSeen, Ended, Port, Standing, Status,
};
use work::Work;

pub(crate) use caught::caught;

/// When batches close, and what is done when something fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiverOptions {
    /// Matches in a batch at most: 1..=[`Batch::MATCHES_MAX`].
    pub matches_max: usize,
    /// A batch takes no further match once its rows are about this many bytes.
    pub bytes_max: u64,
    /// A match waits at most so long for others, in ms.
    pub flush_ms: u64,
    /// How often the journal is asked whether anything is finished, in ms. At least 1.
    pub poll_ms: u64,
    /// For so long a call that was given up may still take effect in the target, in ms: until then
    /// no batch is split, since its matches would be free to go in twice. Longer than any time-out
    /// of a request to the target.
    pub settle_ms: u64,
    /// So many matches buried in a row, with none archived between, are no accident: then no more
    /// are, and batches are tried as they are, one now and then, until one goes in.
    pub buried_in_row_max: u32,
    /// When the target counts as away.
    pub breaker: BreakerOptions,
    /// The waits when the journal, the players' keys or the dead letters are in trouble.
    pub backoff: BackoffOptions,
    /// Makes the names of batches differ from those of other processes: random.
    pub seed: u64,
}

impl Default for ArchiverOptions {
    /// 100 matches, 64 MiB, 60 s; asked every second; 60 s for lost calls; 16 in a row.
    fn default() -> Self {
        Self {
            matches_max: 100,
            bytes_max: 64 << 20,
            flush_ms: 60_000,
            poll_ms: 1_000,
            settle_ms: 60_000,
            buried_in_row_max: 16,
            breaker: BreakerOptions::default(),
            backoff: BackoffOptions::default(),
            seed: 0,
        }
    }
}

/// Now, on two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// On a clock that never goes back, in ms: waits are measured on it.
    pub at_ms: u64,
    /// By the wall clock, in ms since 1970: it is written down.
    pub wall_ms: u64,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// Nothing is due.
    Idle,
    /// It is not time to try again yet.
    Waited,
    /// Asked the journal for batches that are under way: so many.
    Found(usize),
    /// Took so many matches: the journal knows.
    Intended(usize),
    /// The target has the batch already.
    Met,
    /// Asked the target for matches that began before this process.
    Compared,
    /// Read the matches of a batch that was under way.
    Read,
    /// Made the files of the batch.
    Converted,
    /// The batch is in the target.
    Applied,
    /// The journal forgot so many matches.
    Archived(usize),
    /// Matches that cannot be read stay in the journal, and are noted: so many.
    Noted(usize),
    /// One of the batch cannot be archived: it has to be found.
    Refused,
    /// Took the batch apart.
    Split,
    /// Put the batch aside: too many were refused one after the other.
    PutAside,
    /// Buried a match.
    Buried,
    /// The target answers again.
    Probed,
    /// The target did not do it.
    Unavailable,
    /// The journal, the keys or the dead letters did not do it.
    Troubled,
    /// All is done, or cannot be done now, and [`Archiver::close`] was called.
    Closed,
}

/// What a step did, and when the next one is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next<D = Did> {
    /// What was done.
    pub did: D,
    /// When to call again at the latest, on the clock of [`Moment::at_ms`]. Earlier does no harm.
    pub at_ms: u64,
}

/// The archiver. It has no thread, no clock and no file: each step does one thing through a
/// [`Port`], and says when the next is due. Nothing is lost if it is dropped at any time.
#[derive(Debug)]
pub struct Archiver<C> {
    options: ArchiverOptions,
    breaker: Breaker,
    now: Moment,
    /// When this began, by the wall clock, in ms since 1970.
    begun_ms: u64,
    /// What the target said of matches that began before that.
    standings: HashMap<MatchId, Standing>,
    /// Whether the journal was asked for open batches since it was last in trouble.
    is_known: bool,
    /// Batches that were found open.
    found: VecDeque<Batch>,
    /// Matches of batches that were taken apart: to be tried in these groups.
    groups: Vec<Vec<Ended>>,
    work: Option<Work<C>>,
    /// Matches that are not to be taken: those that cannot be read, and `aside`.
    except: HashSet<MatchId>,
    /// Matches that were refused when too many were.
    aside: Vec<MatchId>,
    /// Matches with a dead letter, as last listed.
    buried: HashSet<MatchId>,
    listed_at_ms: Option<u64>,
    /// When those that could not be read are looked at again.
    look_at_ms: u64,
    buried_in_row: u32,
    /// Waits while too many are refused.
    distrust: Backoff,
    /// Waits while the journal, the keys or the dead letters are in trouble.
    trouble: Backoff,
    hold_until_ms: u64,
    /// Since when something waits, as seen here.
    waiting_since_ms: Option<u64>,
    flush: Flush,
    is_hurried: bool,
    is_closing: bool,
    names: u64,
    counts: Counts,
}

/// How far what was asked for is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flush {
    No,
    Asked,
    /// So many matches of those that waited then.
    Left(u64),
}

impl<C> Archiver<C> {
    /// Matches put aside at most: then they are tried again all at once.
    const ASIDE_MAX: usize = 10_000;

    /// How often matches that could not be read are looked at again, in ms: it may have been the disk.
    const NOTED_MS: u64 = 3_600_000;

    /// How often the dead letters are listed, in ms: others may have removed some.
    const LIST_MS: u64 = 60_000;

    /// An archiver that knows nothing yet.
    #[must_use]
    pub fn new(options: ArchiverOptions, now: Moment) -> Self {
        Self {
            breaker: Breaker::new(options.breaker, now.at_ms),
            distrust: Backoff::new(options.backoff),
            trouble: Backoff::new(options.backoff),
            options,
            now,
            begun_ms: now.wall_ms,
            standings: HashMap::new(),
            is_known: false,
            found: VecDeque::new(),
            groups: Vec::new(),
            work: None,
            except: HashSet::new(),
            aside: Vec::new(),
            buried: HashSet::new(),
            listed_at_ms: None,
            look_at_ms: now.at_ms + Self::NOTED_MS,
            buried_in_row: 0,
            hold_until_ms: now.at_ms,
            waiting_since_ms: None,
            flush: Flush::No,
            is_hurried: false,
            is_closing: false,
            names: 0,
            counts: Counts::default(),
        }
    }

    /// Does the next thing.
    pub fn step<P: Port<Chain = C>>(&mut self, now: Moment, port: &mut P) -> Next {
        self.now = Moment { at_ms: now.at_ms.max(self.now.at_ms), wall_ms: now.wall_ms };
        let at_ms = self.now.at_ms;
        if std::mem::take(&mut self.is_hurried) {
            self.breaker.hurry(at_ms);
            self.hold_until_ms = at_ms;
        }
        let did = if at_ms < self.hold_until_ms { Did::Waited } else { self.act(port) };
        let is_stuck = matches!(did, Did::Idle | Did::Waited | Did::Unavailable | Did::Troubled);
        if self.is_closing && is_stuck {
            return Next { did: Did::Closed, at_ms: u64::MAX };
        }
        let next_ms = if is_stuck { self.due_ms(did) } else { at_ms };
        Next { did, at_ms: next_ms.max(at_ms) }
    }

    fn act<P: Port<Chain = C>>(&mut self, port: &mut P) -> Did {
        let done = match self.work.take() {
            Some(work) => self.advance(work, port),
            None => self.begin(port),
        };
        done.unwrap_or_else(|trouble| {
            self.note_error(&trouble.to_string());
            self.counts.failures.port += 1;
            self.is_known = false;
            self.work = None;
            self.found.clear();
            self.groups.clear();
            self.standings.clear();
            self.hold_until_ms = self.now.at_ms + self.trouble.wait_ms();
            Did::Troubled
        })
    }

    /// When something can be done after a step that could do nothing.
    fn due_ms(&self, did: Did) -> u64 {
        let at_ms = self.now.at_ms;
        let target_ms = at_ms + self.breaker.seen(at_ms).retry_in_ms;
        match did {
            Did::Idle => at_ms + self.options.poll_ms.max(1),
            _ => match &self.work {
                Some(work) => target_ms.max(work.wait_until_ms(at_ms)),
                None => target_ms,
            }
            .max(self.hold_until_ms)
            .max(at_ms + 1),
        }
    }

    /// Asks for all that waits now to be archived at once, without waiting for more, even if the
    /// target seems to be away. [`Status::is_flushing`] is true until that is done.
    pub const fn flush(&mut self) {
        self.flush = Flush::Asked;
        self.is_hurried = true;
    }

    /// Asks for all that waits to be archived, if that goes without waiting for anything; then
    /// [`Did::Closed`] is the answer. What is left then is done by the next process.
    pub const fn close(&mut self) {
        self.is_closing = true;
    }

    /// Looks again at matches that could not be read, and at what is buried: after
    /// [`retry`](crate::retry). Once an hour it does so by itself.
    pub fn look_again(&mut self) {
        self.except.clear();
        self.aside.clear();
        self.standings.clear();
        self.listed_at_ms = None;
    }

    /// How it is.
    #[must_use]
    pub fn status(&self, now: Moment) -> Status {
        let breaker: BreakerSeen = self.breaker.seen(now.at_ms);
        let open = self.found.len() + usize::from(self.work.is_some());
        Status {
            counts: self.counts.clone(),
            oldest_for_ms: self.counts.oldest_ms.map(|ms| now.wall_ms.saturating_sub(ms)),
            open: open as u64,
            dead: self.buried.len() as u64,
            is_flushing: self.flush != Flush::No,
            is_distrusting: self.is_distrusting(),
            breaker,
        }
    }

    const fn is_distrusting(&self) -> bool {
        self.options.buried_in_row_max <= self.buried_in_row
    }

    fn note_error(&mut self, text: &str) {
        tracing::warn!(error = text, "archive");
        let text = short(text, LastError::TEXT_MAX);
        self.counts.last_error = Some(LastError { text, at_ms: self.now.wall_ms });
    }
}
