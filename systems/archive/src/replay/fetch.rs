//! A match out of a place that can be read, with aliases for the people in it.

use components::MatchId;
use journal::Chain;
use uuid::Uuid;

use super::chain_of;
use crate::{Catalog, StoreError};

impl Catalog {
    /// The match of this id; none if it is not here. See [`restore`](crate::restore) for who is in it.
    ///
    /// # Errors
    /// As [`find_match`](Self::find_match); `Damaged`, if it is no match that can be run again.
    pub async fn fetch_chain(&mut self, id: MatchId) -> Result<Option<Chain>, StoreError> {
        let rows = self.fetch_events(Uuid::from_bytes(id.0)).await?;
        for rows in rows.into_iter().flatten() {
            let chain = chain_of(&rows, id).map_err(|error| StoreError::Damaged(error.to_string()));
            if let Some(chain) = chain? {
                return Ok(Some(chain));
            }
        }
        Ok(None)
    }
}

#[cfg(feature = "postgres")]
impl crate::PostgresTarget {
    /// The match of this id; none if it is not here. See [`restore`](crate::restore) for who is in it.
    ///
    /// # Errors
    /// As [`read_events`](Self::read_events); `Refused`, if it is no match that can be run again.
    pub async fn fetch_chain(&self, id: MatchId) -> Result<Option<Chain>, crate::TargetError> {
        let rows = self.read_events(&Uuid::from_bytes(id.0).to_string()).await?;
        let Some(rows) = rows else { return Ok(None) };
        chain_of(&rows, id).map_err(|error| crate::TargetError::Refused(error.to_string()))
    }
}
