//! Who is who.

use std::collections::BTreeMap;

use components::{Name, PlayerId, SessionId};
use journal::Chain;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::everybody::{everybody, strangers};
use super::{People, PeopleError, kept};
use crate::PlayerKey;
use crate::replay::Known;

/// The most players that one name is answered with.
const FOUND_MAX: u32 = 1_000;

/// A player whom the store knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who it is for the server.
    pub player: PlayerId,
    /// Who it is in the archive.
    pub key: PlayerKey,
    /// Under which names, the newest first.
    pub names: Vec<String>,
}

impl People {
    /// A player's key; `None` for who never played, or is forgotten.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn key_of(&self, player: PlayerId) -> Result<Option<PlayerKey>, PeopleError> {
        let mut find = self.connection.prepare("SELECT key FROM players WHERE id = ?1")?;
        let bytes = find.query_row([kept(player.0)], |row| row.get(0)).optional()?;
        Ok(bytes.map(|bytes| PlayerKey(Uuid::from_bytes(bytes))))
    }

    /// Everybody whom a text may mean: the player of this id (16 hexadecimal digits, or decimal), of
    /// this key (a UUID), and everybody of this name, in capitals or not; of those, the 1,000 who
    /// used it last.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn find(&self, text: &str) -> Result<Vec<Found>, PeopleError> {
        let text = text.trim();
        let mut players = Vec::new();
        if text.len() == 16 {
            players.extend(u64::from_str_radix(text, 16).ok());
        }
        players.extend(text.parse::<u64>().ok());
        if let Ok(key) = Uuid::parse_str(text) {
            let mut by_key = self.connection.prepare("SELECT id FROM players WHERE key = ?1")?;
            let id: Option<i64> =
                by_key.query_row([key.as_bytes()], |row| row.get(0)).optional()?;
            players.extend(id.map(|id| id as u64));
        }
        let mut by_name = self
            .connection
            .prepare("SELECT player FROM names WHERE folded = ?1 ORDER BY used_ms DESC LIMIT ?2")?;
        let named = by_name.query_map(params![text.to_lowercase(), FOUND_MAX], |row| row.get(0))?;
        for id in named {
            let id: i64 = id?;
            players.push(id as u64);
        }
        let mut found: Vec<Found> = Vec::new();
        for player in players.into_iter().map(PlayerId) {
            let known = found.iter().any(|other| other.player == player);
            if !known && let Some(key) = self.key_of(player)? {
                found.push(Found { player, key, names: self.names_of_player(player)? });
            }
        }
        Ok(found)
    }

    /// All names of a player, the newest first.
    pub(super) fn names_of_player(&self, player: PlayerId) -> Result<Vec<String>, PeopleError> {
        let mut names = self
            .connection
            .prepare("SELECT name FROM names WHERE player = ?1 ORDER BY used_ms DESC, name")?;
        let names = names.query_map([kept(player.0)], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// The newest name of the player of this key; `None` for who is unknown or forgotten.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn name_of(&self, key: PlayerKey) -> Result<Option<String>, PeopleError> {
        let mut find = self.connection.prepare(
            "SELECT name FROM names JOIN players ON players.id = names.player
             WHERE players.key = ?1 ORDER BY used_ms DESC, name LIMIT 1",
        )?;
        Ok(find.query_row([key.0.as_bytes()], |row| row.get(0)).optional()?)
    }

    /// The same for many; those without a name are left out.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn names_of(&self, keys: &[PlayerKey]) -> Result<BTreeMap<PlayerKey, String>, PeopleError> {
        let mut names = BTreeMap::new();
        for key in keys {
            if let Some(name) = self.name_of(*key)? {
                names.insert(*key, name);
            }
        }
        Ok(names)
    }

    /// Who is meant by the aliases in a chain out of the archive: what
    /// [`restore`](crate::restore) needs.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn known(&self, chain: &Chain) -> Result<Known, PeopleError> {
        let store = &self.connection;
        let mut player = store.prepare("SELECT id FROM players WHERE alias = ?1")?;
        let mut session = store.prepare("SELECT session FROM sessions WHERE alias = ?1")?;
        let mut name = store.prepare("SELECT name FROM names WHERE alias = ?1")?;
        let mut known = Known::default();
        let people = everybody(chain);
        let strange = strangers(chain, &people);
        for alias in people.iter().map(|one| one.session).chain(strange) {
            let id: Option<i64> =
                session.query_row([kept(alias.0)], |row| row.get(0)).optional()?;
            known.sessions.extend(id.map(|id| (alias, SessionId(id as u64))));
        }
        for one in people {
            let id: Option<i64> =
                player.query_row([kept(one.player.0)], |row| row.get(0)).optional()?;
            known.players.extend(id.map(|id| (one.player, PlayerId(id as u64))));
            let text: Option<String> =
                name.query_row([one.name.as_str()], |row| row.get(0)).optional()?;
            known.names.extend(text.map(|text| (one.name, Name::from(text))));
        }
        Ok(known)
    }
}
