//! New people get their aliases.

use std::collections::{BTreeMap, BTreeSet};

use components::{Name, PlayerId, SessionId};
use journal::Chain;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use uuid::Uuid;

use super::everybody::{Person, everybody, strangers};
use super::{People, PeopleError, kept};
use crate::{Aliases, PlayerKey};

/// What names of people begin with in the archive.
const ALIAS: char = '~';
/// How many characters follow, of 5 random bits each.
const ALIAS_CHARS: usize = 12;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl People {
    /// The aliases of everybody in these matches: those they have, and new random ones for who has
    /// none. All in one transaction, and durable before this returns.
    ///
    /// # Errors
    ///
    /// When the store cannot be written. It is then as it was.
    pub fn aliases_for(&mut self, chains: &[&Chain]) -> Result<Aliases, PeopleError> {
        let mut aliases = Aliases::default();
        let (mut met, mut strange) = (BTreeMap::<Person, u64>::new(), BTreeSet::new());
        for chain in chains {
            let used_ms = chain.steps.last().map_or(0, |last| last.wall_ms);
            let people = everybody(chain);
            strange.extend(strangers(chain, &people));
            for person in people {
                let newest_ms = met.entry(person).or_default();
                *newest_ms = used_ms.max(*newest_ms);
            }
        }
        if met.is_empty() && strange.is_empty() {
            return Ok(aliases);
        }
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        for (Person { player, session, name }, used_ms) in met {
            aliases.add_player(player, key(&transaction, player)?);
            aliases.add_session(session, session_alias(&transaction, Some(player), session)?);
            let alias = name_alias(&transaction, player, &name, used_ms)?;
            aliases.add_name(player, name, alias);
        }
        for session in strange {
            aliases.add_session(session, session_alias(&transaction, None, session)?);
        }
        transaction.commit()?;
        Ok(aliases)
    }
}

fn key(store: &Connection, player: PlayerId) -> Result<PlayerKey, PeopleError> {
    let mut find = store.prepare("SELECT key FROM players WHERE id = ?1")?;
    let found = find.query_row([kept(player.0)], |row| row.get(0)).optional()?;
    if let Some(bytes) = found {
        return Ok(PlayerKey(Uuid::from_bytes(bytes)));
    }
    let key = PlayerKey(uuid::Builder::from_random_bytes(random()?).into_uuid());
    // Two keys with one alias are an error here, once in 2^60 pairs of players; the next try has
    // another key.
    store.prepare("INSERT INTO players (id, key, alias) VALUES (?1, ?2, ?3)")?.execute(params![
        kept(player.0),
        key.0.as_bytes(),
        kept(key.alias().0)
    ])?;
    Ok(key)
}

fn session_alias(
    store: &Connection,
    player: Option<PlayerId>,
    session: SessionId,
) -> Result<SessionId, PeopleError> {
    let mut find = store.prepare("SELECT alias FROM sessions WHERE session = ?1")?;
    let found: Option<i64> = find.query_row([kept(session.0)], |row| row.get(0)).optional()?;
    if let Some(alias) = found {
        return Ok(SessionId(alias as u64));
    }
    let alias = u64::from_le_bytes(random()?);
    store
        .prepare("INSERT INTO sessions (alias, session, player) VALUES (?1, ?2, ?3)")?
        .execute(params![kept(alias), kept(session.0), player.map(|player| kept(player.0))])?;
    Ok(SessionId(alias))
}

fn name_alias(
    store: &Connection,
    player: PlayerId,
    name: &Name,
    used_ms: u64,
) -> Result<Name, PeopleError> {
    let used_ms = i64::try_from(used_ms).unwrap_or(i64::MAX);
    let mut find = store.prepare("SELECT alias FROM names WHERE player = ?1 AND name = ?2")?;
    let named = params![kept(player.0), name.as_str()];
    let found: Option<String> = find.query_row(named, |row| row.get(0)).optional()?;
    if let Some(alias) = found {
        store
            .prepare("UPDATE names SET used_ms = max(used_ms, ?2) WHERE alias = ?1")?
            .execute(params![alias, used_ms])?;
        return Ok(alias.into());
    }
    let mut alias = String::from(ALIAS);
    let bits: [u8; ALIAS_CHARS] = random()?;
    alias.extend(bits.map(|bits| char::from(ALPHABET[usize::from(bits & 31)])));
    store
        .prepare(
            "INSERT INTO names (alias, player, name, folded, used_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![alias, kept(player.0), name.as_str(), name.to_lowercase(), used_ms])?;
    Ok(alias.into())
}

fn random<const N: usize>() -> Result<[u8; N], PeopleError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| PeopleError::Random(error.to_string()))?;
    Ok(bytes)
}
