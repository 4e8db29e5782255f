//! Takes a provider's keys up anew when their file changes: providers replace theirs now and then,
//! and a server is not to stop for that.

use std::io;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use net::ProviderKeys;
use tokio::sync::watch;

use super::place::{Found, Place};

/// How often the file is looked at: it is read whole, so that no change is missed.
const LOOK: Duration = Duration::from_secs(1);

/// See the module.
pub(crate) struct Watcher {
    place: Place,
    /// What the keys in force were read from.
    taken: Found,
    keys: watch::Sender<ProviderKeys>,
    /// What was said last to be wrong: it is said once.
    complaint: String,
}

impl Watcher {
    /// For keys that were read from what was `taken` there.
    pub(super) fn new(place: Place, taken: Found, keys: watch::Sender<ProviderKeys>) -> Self {
        Self { place, taken, keys, complaint: String::new() }
    }

    /// Looks at the file on a thread of its own, until the other end of `stopped` is dropped.
    ///
    /// # Errors
    ///
    /// No thread can be started.
    pub(crate) fn start(mut self, stopped: Receiver<()>) -> io::Result<()> {
        let watch = move || {
            while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                self.look();
            }
        };
        thread::Builder::new().name("identity".to_owned()).spawn(watch).map(drop)
    }

    /// Takes up what is there now. What cannot be used changes nothing: it may be half written.
    fn look(&mut self) {
        let found = match self.place.read() {
            Ok(found) if found == self.taken => return self.complaint.clear(),
            Ok(found) => found,
            Err(error) => return self.complain(error.to_string()),
        };
        match self.place.keys(&found) {
            Ok(keys) => {
                self.place.tell(&keys);
                self.keys.send_replace(keys);
                self.complaint.clear();
                self.taken = found;
            }
            Err(what) => self.complain(what),
        }
    }

    fn complain(&mut self, what: String) {
        if self.complaint != what {
            tracing::warn!("{what}; the keys of before stay in force");
            self.complaint = what;
        }
    }
}
