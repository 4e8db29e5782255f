//! What the archive calls people: nothing in it tells who they are.

use std::collections::BTreeMap;
use std::fmt;

use components::{Name, PlayerId, SessionId};
use uuid::Uuid;

/// The random name of a player in the archive: a UUID of version 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlayerKey(pub Uuid);

impl PlayerKey {
    /// What stands in recorded commits for the id of this player.
    #[must_use]
    pub const fn alias(self) -> PlayerId {
        PlayerId(self.0.as_u64_pair().0)
    }
}

impl fmt::Display for PlayerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What stands in the archive for the people of some matches, theirs sessions and names.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Aliases {
    players: BTreeMap<PlayerId, PlayerKey>,
    sessions: BTreeMap<SessionId, SessionId>,
    names: BTreeMap<(PlayerId, Name), Name>,
}

impl Aliases {
    /// Adds a player.
    pub fn add_player(&mut self, player: PlayerId, key: PlayerKey) {
        self.players.insert(player, key);
    }

    /// Adds a session.
    pub fn add_session(&mut self, session: SessionId, alias: SessionId) {
        self.sessions.insert(session, alias);
    }

    /// Adds a name of a player.
    pub fn add_name(&mut self, player: PlayerId, name: Name, alias: Name) {
        self.names.insert((player, name), alias);
    }

    /// A player's key.
    #[must_use]
    pub fn key(&self, player: PlayerId) -> Option<PlayerKey> {
        self.players.get(&player).copied()
    }

    /// What stands for a session.
    #[must_use]
    pub fn session(&self, session: SessionId) -> Option<SessionId> {
        self.sessions.get(&session).copied()
    }

    /// What stands for a name of this player.
    #[must_use]
    pub fn name(&self, player: PlayerId, name: &Name) -> Option<Name> {
        self.names.get(&(player, name.clone())).cloned()
    }
}
