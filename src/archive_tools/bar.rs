//! A progress bar, where somebody is watching.

use archive::{Activity, Progress};
use indicatif::{ProgressBar, ProgressStyle};

/// A bar on stderr; nothing where that is no terminal.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new() -> Self {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
        let bar = ProgressBar::new(0);
        Self(match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// Takes what is told of long work.
    pub(super) fn teller(&self) -> impl FnMut(Progress) + Send + use<> {
        let bar = self.0.clone();
        move |progress| {
            bar.set_message(name(progress.activity));
            bar.set_length(progress.total);
            bar.set_position(progress.done);
        }
    }

    /// So many of so many are done.
    pub(super) fn show(&self, name: &'static str, done: usize, total: usize) {
        self.0.set_message(name);
        self.0.set_length(total as u64);
        self.0.set_position(done as u64);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

const fn name(activity: Activity) -> &'static str {
    match activity {
        Activity::Merging => "merging hours",
        Activity::Removing => "removing old hours",
        Activity::Cleaning => "deleting replaced files",
        Activity::Sweeping => "looking for strays",
        Activity::Searching => "searching hours",
        Activity::Checking => "checking bytes",
    }
}
