//! Somebody is forgotten: the archive's rows of them are nobody's from then on.

use components::PlayerId;
use rusqlite::TransactionBehavior;

use super::{People, PeopleError, kept};
use crate::PlayerKey;

/// What was forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// The key that is nobody's now.
    pub key: PlayerKey,
    /// The names that are gone.
    pub names: Vec<String>,
    /// How many sessions are gone.
    pub sessions: usize,
}

impl People {
    /// Forgets a player: key, names and sessions. Durable before this returns, and no byte of it is
    /// left in the store's files. A player who plays again is new, with a new key. `None` if the
    /// player was not known; the store is written anew all the same, so that a call that failed
    /// half-way may be repeated.
    ///
    /// # Errors
    ///
    /// When the store cannot be written. If only its being written anew failed, the player is
    /// forgotten; repeat the call.
    pub fn forget(&mut self, player: PlayerId) -> Result<Option<Forgotten>, PeopleError> {
        let id = kept(player.0);
        let key = self.key_of(player)?;
        let names = self.names_of_player(player)?;
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let sessions = transaction.execute("DELETE FROM sessions WHERE player = ?1", [id])?;
        transaction.execute("DELETE FROM names WHERE player = ?1", [id])?;
        transaction.execute("DELETE FROM players WHERE id = ?1", [id])?;
        transaction.commit()?;
        // Copies that were moved about inside pages are not overwritten when a row is deleted.
        self.connection.execute_batch("VACUUM")?;
        Ok(key.map(|key| Forgotten { key, names, sessions }))
    }
}
