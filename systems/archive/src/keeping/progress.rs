//! How far long work is, for those who watch it.

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Hours are merged; counted in hours.
    Merging,
    /// Hours are removed; counted in hours.
    Removing,
    /// What was replaced is deleted; counted in hours.
    Cleaning,
    /// What no manifest lists is looked at; counted in files.
    Sweeping,
    /// Hours are searched for a player; counted in hours.
    Searching,
    /// Files are read and checked; counted in bytes.
    Checking,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, and what is counted.
    pub activity: Activity,
    /// So much of it is done.
    pub done: u64,
    /// So much there is.
    pub total: u64,
}

/// Tells of an activity as it goes on.
pub(super) struct Meter<'a> {
    activity: Activity,
    done: u64,
    total: u64,
    tell: &'a mut (dyn FnMut(Progress) + Send),
}

impl<'a> Meter<'a> {
    pub(super) fn new(
        activity: Activity,
        total: u64,
        tell: &'a mut (dyn FnMut(Progress) + Send),
    ) -> Self {
        tell(Progress { activity, done: 0, total });
        Self { activity, done: 0, total, tell }
    }

    pub(super) fn add(&mut self, more: u64) {
        self.done += more;
        (self.tell)(Progress { activity: self.activity, done: self.done, total: self.total });
    }
}
