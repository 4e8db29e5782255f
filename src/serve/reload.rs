//! Reading the configuration again while the server runs.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use net::Gate;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{Config, Sources, explain};

/// Sections that a running server takes up.
const TAKEN_UP: [&str; 1] = ["limits"];

/// What came of it: the keys that are not as they were.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Reloaded {
    /// Those that hold now.
    pub(crate) taken_up: Vec<String>,
    /// Those that hold after the next start.
    pub(crate) at_restart: Vec<String>,
}

/// Where the configuration comes from, and what of it holds.
#[derive(Debug)]
pub(crate) struct Reload {
    sources: Sources,
    holds: Mutex<Config>,
    listen: SocketAddr,
    gate: Arc<Gate>,
}

impl Reload {
    pub(super) fn new(sources: Sources, config: Config, gate: Arc<Gate>) -> Self {
        Self { sources, listen: config.net.listen, holds: Mutex::new(config), gate }
    }

    /// Reads it again, and takes up what can be.
    ///
    /// # Errors
    ///
    /// All that is wrong with it, for people. Then everything is as it was.
    pub(crate) fn run(&self) -> Result<Reloaded, String> {
        let (wanted, _) = Config::load(&self.sources.again()).map_err(|errors| explain(&errors))?;
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reloaded = Reloaded::default();
        for key in holds.differences(&wanted) {
            let section = key.split('.').next().unwrap_or_default();
            let keys = if TAKEN_UP.contains(&section) {
                &mut reloaded.taken_up
            } else {
                &mut reloaded.at_restart
            };
            keys.push(key);
        }
        self.gate.set_limits(wanted.limits.limits(self.listen))?;
        holds.limits = wanted.limits;
        tracing::info!(taken_up = ?reloaded.taken_up, at_restart = ?reloaded.at_restart, "reloaded");
        Ok(reloaded)
    }
}

/// Reloads with every SIGHUP.
pub(super) async fn on_signal(reload: Arc<Reload>) {
    let mut hangups = match signal(SignalKind::hangup()) {
        Ok(hangups) => hangups,
        Err(error) => {
            tracing::warn!(%error, "cannot listen for SIGHUP");
            return;
        }
    };
    while hangups.recv().await.is_some() {
        if let Err(wrong) = reload.run() {
            tracing::error!("the configuration was not taken up: {wrong}");
        }
    }
}
