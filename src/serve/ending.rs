//! Signals: the first asks the server to end, the second ends it at once, and so does the end of its
//! patience. Nothing that was shown is lost either way: the journal is written before.

use std::io;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::args::Exit;

/// SIGINT and SIGTERM.
struct Signals(Signal, Signal);

impl Signals {
    async fn next(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

/// Returns what is ready with the first signal. From then on the process has `grace` to end by itself.
///
/// # Errors
///
/// The system does not let this process listen for signals, or start a thread.
pub(super) fn watch(grace: Duration) -> io::Result<oneshot::Receiver<()>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut signals = {
        let _entered = runtime.enter();
        Signals(signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    let (asked, first) = oneshot::channel();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            signals.next().await;
            _ = asked.send(());
            tokio::select! {
                () = signals.next() => tracing::warn!("a second signal: ending at once"),
                () = sleep(grace) => {
                    let seconds = grace.as_secs();
                    tracing::error!(seconds, "not ended in time: ending at once");
                }
            }
        });
        std::process::exit(Exit::Forced as i32);
    })?;
    Ok(first)
}
