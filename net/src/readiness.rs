//! Whether the server can take on new rooms.

use std::fmt;
use std::sync::Arc;

/// Says whether the server can take on new rooms; if not, why. Asked for every new room.
pub type Ready = Arc<dyn Fn() -> Result<(), NotReady> + Send + Sync>;

/// What does not work at the moment though games go on, a sentence each: told beside readiness.
pub type Degraded = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// Why the server takes on no new rooms, with a few words about it for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotReady {
    /// It is about to end, or to be of no use: `create_room` is answered `draining`.
    Draining(String),
    /// What happens cannot be kept now: `storage_unavailable`.
    Storage(String),
    /// It has too much to do, or too little memory: `overloaded`, which says to try again.
    Overloaded(String),
    /// It is not there yet: `overloaded`, which says to try again.
    Starting(String),
}

impl NotReady {
    /// Why, in words.
    #[must_use]
    pub fn reason(&self) -> &str {
        let (Self::Draining(reason)
        | Self::Storage(reason)
        | Self::Overloaded(reason)
        | Self::Starting(reason)) = self;
        reason
    }
}

impl fmt::Display for NotReady {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.reason())
    }
}
