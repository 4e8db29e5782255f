//! Followers: targets that get from the primary what it has, later, and never hold it up.

mod object;
mod source;
mod transfer;

use std::collections::{HashSet, VecDeque};

use crate::backoff::Backoff;
use crate::dead::short;
use crate::progress::LastError;
use crate::{
    BackoffOptions, Breaker, BreakerOptions, BreakerSeen, Kind, Leave, Manifest, ManifestId,
    Moment, Next, Target, TargetError,
};

pub use source::{BlockOn, Source};

/// How a follower follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowOptions {
    /// How often the primary is asked for new manifests, in ms. At least 1.
    pub poll_ms: u64,
    /// Files of one manifest are held in memory together: one with more bytes than this is left
    /// out, and told.
    pub bytes_max: u64,
    /// When the follower's target counts as away.
    pub breaker: BreakerOptions,
    /// The waits when the primary cannot be read.
    pub backoff: BackoffOptions,
}

impl Default for FollowOptions {
    /// Every 5 s; 512 MiB.
    fn default() -> Self {
        Self {
            poll_ms: 5_000,
            bytes_max: 512 << 20,
            breaker: BreakerOptions::default(),
            backoff: BackoffOptions::default(),
        }
    }
}

/// What a follower's step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// There is nothing new.
    Idle,
    /// It is not time to try again yet.
    Waited,
    /// Found so many manifests it did not know.
    Listed(usize),
    /// Read one of them.
    Read,
    /// The target has it from an earlier process.
    Met,
    /// It is in the target now.
    Applied,
    /// Nothing of it is left in the primary: what has taken its place comes later.
    Gone,
    /// The target or this version does not take it: it is left out.
    LeftOut,
    /// The target answers again.
    Probed,
    /// The target did not do it.
    Unavailable,
    /// The primary could not be read.
    Troubled,
}

/// A follower of the target that gates. Like the archiver it has no thread and no clock; give it
/// a thread of its own, since each step may block for as long as its target takes.
///
/// All new manifests are read before the first is applied; batches come first, then all else in the
/// order in which it was created: what takes the place of others never comes before them. What was
/// applied is remembered here, and asked for ([`Target::holds`]) after a restart. While the target is
/// away the primary is still listed, so that it is known how far behind it is.
#[derive(Debug)]
pub struct Follower {
    options: FollowOptions,
    breaker: Breaker,
    now: Moment,
    /// Manifests that need no more thought.
    seen: HashSet<ManifestId>,
    /// Manifests among those that were left out, and when they are thought of again.
    left_out: Vec<ManifestId>,
    look_at_ms: u64,
    /// Manifests that are to be read.
    unread: Vec<ManifestId>,
    /// Manifests that are to be applied, in order.
    queue: VecDeque<Manifest>,
    trouble: Backoff,
    hold_until_ms: u64,
    poll_at_ms: u64,
    counts: FollowCounts,
}

/// What a follower counted since the process started.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FollowCounts {
    /// Manifests applied.
    pub manifests: u64,
    /// Bytes of their files.
    pub bytes: u64,
    /// How often a manifest was left out, because it is damaged or the target does not take it. Each
    /// is tried again after an hour.
    pub left_out: u64,
    /// Calls of the target that failed.
    pub unavailable: u64,
    /// Calls of the primary that failed.
    pub troubles: u64,
    /// The last thing that went wrong.
    pub last_error: Option<LastError>,
}

/// How a follower is, for metrics and readiness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowStatus {
    /// What was counted since the process started.
    pub counts: FollowCounts,
    /// Manifests it does not have yet.
    pub lag_manifests: u64,
    /// Matches in those of them that are batches, as far as they were read.
    pub lag_matches: u64,
    /// How old the oldest of them is, in ms; 0 if there is none.
    pub lag_ms: u64,
    /// The breaker of its target.
    pub breaker: BreakerSeen,
}

impl Follower {
    /// Manifests to catch up with at a time: they are held in memory. An archive that is kept in
    /// order has some ten a day and 60 an hour.
    pub const MANIFESTS_MAX: usize = 50_000;

    /// How often what was left out is tried again, in ms: it may have been mended.
    const LEFT_OUT_MS: u64 = 3_600_000;

    /// A follower that does not know yet what its target has.
    #[must_use]
    pub fn new(options: FollowOptions, now: Moment) -> Self {
        Self {
            breaker: Breaker::new(options.breaker, now.at_ms),
            trouble: Backoff::new(options.backoff),
            options,
            now,
            seen: HashSet::new(),
            left_out: Vec::new(),
            look_at_ms: now.at_ms + Self::LEFT_OUT_MS,
            unread: Vec::new(),
            queue: VecDeque::new(),
            hold_until_ms: now.at_ms,
            poll_at_ms: now.at_ms,
            counts: FollowCounts::default(),
        }
    }

    /// Does the next thing.
    pub fn step(
        &mut self,
        now: Moment,
        source: &dyn Source,
        target: &dyn Target,
        run: &mut impl BlockOn,
    ) -> Next<Followed> {
        self.now = Moment { at_ms: now.at_ms.max(self.now.at_ms), wall_ms: now.wall_ms };
        let at_ms = self.now.at_ms;
        let did = if at_ms < self.hold_until_ms {
            Followed::Waited
        } else if let Some(id) = self.unread.last().copied() {
            self.read(id, source, run)
        } else if self.is_listing_due() {
            self.list(source, run)
        } else if !self.queue.is_empty() {
            self.follow(source, target, run)
        } else {
            Followed::Idle
        };
        let next_ms = match did {
            Followed::Idle | Followed::Waited | Followed::Unavailable | Followed::Troubled => {
                self.hold_until_ms.max(self.due_ms())
            }
            _ => at_ms,
        };
        Next { did, at_ms: next_ms.max(at_ms) }
    }

    /// How it is.
    #[must_use]
    pub fn status(&self, now: Moment) -> FollowStatus {
        let batches = self.queue.iter().filter(|manifest| manifest.kind == Kind::Batch);
        let oldest_ms = self.queue.front().map(|manifest| manifest.created_ms);
        FollowStatus {
            counts: self.counts.clone(),
            lag_manifests: (self.queue.len() + self.unread.len()) as u64,
            lag_matches: batches.map(|manifest| manifest.matches).sum(),
            lag_ms: oldest_ms.map_or(0, |ms| now.wall_ms.saturating_sub(ms)),
            breaker: self.breaker.seen(now.at_ms),
        }
    }

    /// While there is something to apply it is listed only if the target is not to be asked yet.
    fn is_listing_due(&self) -> bool {
        let is_free = self.queue.is_empty() || 0 < self.breaker.seen(self.now.at_ms).retry_in_ms;
        is_free && self.poll_at_ms <= self.now.at_ms
    }

    /// When something can be done after a step that could do nothing. How far behind it is gets
    /// known while the target is away, too.
    fn due_ms(&self) -> u64 {
        let at_ms = self.now.at_ms;
        if !self.unread.is_empty() {
            at_ms
        } else if self.queue.is_empty() {
            self.poll_at_ms
        } else {
            self.poll_at_ms.min(at_ms + self.breaker.seen(at_ms).retry_in_ms)
        }
    }

    /// Asks the primary what there is.
    fn list(&mut self, source: &dyn Source, run: &mut impl BlockOn) -> Followed {
        let all = match run.block_on(source.manifests()) {
            Ok(all) => all,
            Err(error) => return self.troubled(&error),
        };
        if self.look_at_ms <= self.now.at_ms {
            self.look_at_ms = self.now.at_ms + Self::LEFT_OUT_MS;
            for id in self.left_out.drain(..) {
                self.seen.remove(&id);
            }
        }
        let there: HashSet<ManifestId> = all.iter().copied().collect();
        self.seen.retain(|id| there.contains(id));
        let queued: HashSet<ManifestId> = self.queue.iter().map(|manifest| manifest.id).collect();
        let is_new = |id: &ManifestId| !self.seen.contains(id) && !queued.contains(id);
        self.unread = all.into_iter().filter(is_new).collect();
        let behind = self.unread.len() + queued.len();
        if Self::MANIFESTS_MAX < behind {
            let error = TargetError::Refused(format!(
                "{behind} manifests to catch up with are more than {}: compact the archive first",
                Self::MANIFESTS_MAX
            ));
            self.unread.clear();
            return self.troubled(&error);
        }
        self.trouble.reset();
        self.poll_at_ms = self.now.at_ms + self.options.poll_ms.max(1);
        match self.unread.len() {
            0 if queued.is_empty() => {
                self.breaker.idle(self.now.at_ms);
                Followed::Idle
            }
            0 => Followed::Waited,
            found => Followed::Listed(found),
        }
    }

    /// Reads a manifest. After the last, all are put in order.
    fn read(&mut self, id: ManifestId, source: &dyn Source, run: &mut impl BlockOn) -> Followed {
        let did = match run.block_on(source.manifest(id)) {
            Ok(Some(manifest)) => {
                self.queue.push_back(manifest);
                Followed::Read
            }
            Ok(None) => Followed::Gone,
            Err(TargetError::Refused(why)) => self.leave_out(id, &why),
            Err(error) => return self.troubled(&error),
        };
        self.trouble.reset();
        self.unread.pop();
        if self.unread.is_empty() {
            let order = |manifest: &Manifest| {
                (manifest.kind != Kind::Batch, manifest.created_ms, manifest.id)
            };
            self.queue.make_contiguous().sort_unstable_by_key(order);
        }
        did
    }

    /// Brings the next manifest in.
    fn follow(
        &mut self,
        source: &dyn Source,
        target: &dyn Target,
        run: &mut impl BlockOn,
    ) -> Followed {
        match self.breaker.ask(self.now.at_ms) {
            Leave::Wait { .. } => Followed::Waited,
            Leave::Probe => match run.block_on(target.probe()) {
                Ok(()) => {
                    self.breaker.probed(self.now.at_ms);
                    Followed::Probed
                }
                Err(error) => self.unavailable(&error),
            },
            Leave::Call => match self.queue.pop_front() {
                Some(manifest) => self.transfer(manifest, source, target, run),
                None => Followed::Idle,
            },
        }
    }

    fn leave_out(&mut self, id: ManifestId, why: &str) -> Followed {
        self.seen.insert(id);
        self.left_out.push(id);
        self.counts.left_out += 1;
        self.note_error(&format!("manifest {id} is left out: {why}"));
        Followed::LeftOut
    }

    fn unavailable(&mut self, error: &TargetError) -> Followed {
        self.breaker.failed(self.now.at_ms);
        self.counts.unavailable += 1;
        self.note_error(&error.to_string());
        Followed::Unavailable
    }

    fn troubled(&mut self, error: &TargetError) -> Followed {
        self.counts.troubles += 1;
        self.note_error(&error.to_string());
        self.hold_until_ms = self.now.at_ms + self.trouble.wait_ms();
        Followed::Troubled
    }

    fn note_error(&mut self, text: &str) {
        tracing::warn!(error = text, "archive: follower");
        let text = short(text, LastError::TEXT_MAX);
        self.counts.last_error = Some(LastError { text, at_ms: self.now.wall_ms });
    }
}

#[cfg(test)]
mod tests;
