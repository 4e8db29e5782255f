//! The names of players, out of the one store that has them. They are asked for with each answer
//! and never cached: who is forgotten is without a name at once.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use archive::{Found, People, PeopleError, PlayerKey};
use uuid::Uuid;

use crate::ask::AskError;

/// The store of people, if there is one.
#[derive(Debug, Clone, Default)]
pub struct Names {
    people: Option<Arc<Mutex<People>>>,
}

impl Names {
    /// Those in this file, which is only read.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(file: &Path) -> Result<Self, PeopleError> {
        let people = People::open_read_only(file)?;
        Ok(Self { people: Some(Arc::new(Mutex::new(people))) })
    }

    /// The names of these players; who has none, or was forgotten, is left out. So is everybody
    /// while the store cannot be read: an answer without names is better than none.
    pub async fn of(&self, keys: Vec<Uuid>) -> HashMap<Uuid, String> {
        if keys.is_empty() {
            return HashMap::new();
        }
        let keys: Vec<PlayerKey> = keys.into_iter().map(PlayerKey).collect();
        match self.ask(move |people| people.names_of(&keys)).await {
            Ok(names) => {
                let names = names.unwrap_or_default().into_iter();
                names.map(|(key, name)| (key.0, name)).collect()
            }
            Err(error) => {
                tracing::warn!(%error, "names are left out");
                HashMap::new()
            }
        }
    }

    /// The players whom a text may mean: an id, a key or a name. `None` without a store.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn find(&self, text: String) -> Result<Option<Vec<Found>>, AskError> {
        self.ask(move |people| people.find(&text)).await
    }

    async fn ask<Answer: Send + 'static>(
        &self,
        question: impl FnOnce(&People) -> Result<Answer, PeopleError> + Send + 'static,
    ) -> Result<Option<Answer>, AskError> {
        let Some(people) = self.people.clone() else { return Ok(None) };
        let asked = move || question(&people.lock().unwrap_or_else(PoisonError::into_inner));
        let answer = tokio::task::spawn_blocking(asked).await;
        let answer = answer.map_err(|died| AskError::Internal(died.to_string()))?;
        answer.map(Some).map_err(|error| AskError::Unavailable(error.to_string()))
    }
}
