//! A thread for each place that follows the first: it never holds that up.

use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use archive::{
    BlockOn, BreakerState, FollowOptions, Followed, Follower, Moment, ObjectTarget, Target,
};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use futures_util::future::BoxFuture;
use tokio::runtime::Runtime;

use super::lower::lower_priority;
use super::place::Follows;
use super::tidy::Tidy;
use super::{Note, insist, runtime};
use crate::clock::wall_ms;

struct Blocking(Runtime);

impl BlockOn for Blocking {
    fn block_on<T: Send>(&mut self, future: BoxFuture<'_, T>) -> T {
        self.0.block_on(future)
    }
}

/// Starts to have a place follow `source`, until the server stops. One that cannot be opened is
/// tried again and again, by itself.
///
/// # Errors
///
/// The thread cannot be started.
pub(super) fn follow(
    source: Arc<ObjectTarget>,
    name: &str,
    mut open: impl FnMut() -> io::Result<Follows> + Send + 'static,
    stopped: Receiver<()>,
    note: Note,
) -> io::Result<JoinHandle<()>> {
    let runtime = runtime()?;
    let name = format!("to-{name}");
    Builder::new().name(name.clone()).spawn(move || {
        lower_priority();
        let place = format!("archive {name}");
        let opened = insist(&mut open, &place, &stopped, &note);
        let Some(Follows { target, keeper }) = opened else { return };
        let tidy = keeper.map(Tidy::follower);
        run(&source, &*target, tidy, &stopped, &note, Blocking(runtime));
    })
}

fn run(
    source: &ObjectTarget,
    target: &dyn Target,
    mut tidy: Option<Tidy>,
    stopped: &Receiver<()>,
    note: &Note,
    mut blocking: Blocking,
) {
    let begun = Instant::now();
    let now = || Moment { at_ms: begun.elapsed().as_millis() as u64, wall_ms: wall_ms() };
    let mut follower = Follower::new(FollowOptions::default(), now());
    loop {
        let next = follower.step(now(), source, target, &mut blocking);
        let status = follower.status(now());
        let wrong = (status.breaker.state != BreakerState::Closed).then(|| {
            let (name, lag) = (target.name(), status.lag_manifests);
            format!("archive: {name} does not answer and is {lag} batches behind")
        });
        note(target.name(), wrong);
        if next.did == Followed::Idle
            && let Some(tidy) = &mut tidy
        {
            tidy.step(wall_ms(), &blocking.0);
        }
        let wait = Duration::from_millis(next.at_ms.saturating_sub(now().at_ms));
        if stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}
