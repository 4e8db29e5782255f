//! Answers that are kept: bounded by bytes, made once even if many ask at once, counted.

use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::future::Cache;

use crate::ask::AskError;

/// A cache whose keys say what of the archive the answer rests on: what is stale is never asked
/// for again, and leaves when room is needed.
pub struct Kept<Key, Value> {
    /// What metrics know it by.
    pub name: &'static str,
    cache: Cache<Key, Arc<Value>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl<Key, Value> Kept<Key, Value>
where
    Key: Hash + Eq + Send + Sync + 'static,
    Value: Send + Sync + 'static,
{
    /// Keeps at most so many bytes, as `weigh` counts them.
    #[must_use]
    pub fn new(name: &'static str, bytes_max: u64, weigh: fn(&Value) -> usize) -> Self {
        let cache = Cache::builder()
            .name(name)
            .max_capacity(bytes_max)
            .weigher(move |_: &Key, value: &Arc<Value>| {
                u32::try_from(weigh(value)).unwrap_or(u32::MAX)
            })
            .build();
        Self { name, cache, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// What is kept, or else what `make` makes of it.
    ///
    /// # Errors
    /// What `make` says; that is not kept.
    pub async fn get(
        &self,
        key: Key,
        make: impl Future<Output = Result<Value, AskError>>,
    ) -> Result<Arc<Value>, AskError> {
        let made = async { make.await.map(Arc::new) };
        let entry = self.cache.entry(key).or_try_insert_with(made).await;
        let entry = entry.map_err(|error: Arc<AskError>| AskError::clone(&error));
        let fresh = entry.as_ref().map_or(true, moka::Entry::is_fresh);
        let counter = if fresh { &self.misses } else { &self.hits };
        counter.fetch_add(1, Ordering::Relaxed);
        entry.map(moka::Entry::into_value)
    }

    /// As [`get`](Self::get), but nobody asked: it counts neither as a hit nor as a miss.
    ///
    /// # Errors
    /// What `make` says.
    pub async fn warm(
        &self,
        key: Key,
        make: impl Future<Output = Result<Value, AskError>>,
    ) -> Result<(), AskError> {
        let made = async { make.await.map(Arc::new) };
        let entry = self.cache.entry(key).or_try_insert_with(made).await;
        entry.map(|_| ()).map_err(|error: Arc<AskError>| AskError::clone(&error))
    }

    /// How it does.
    #[must_use]
    pub fn count(&self) -> Count {
        Count {
            name: self.name,
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            entries: self.cache.entry_count(),
            bytes: self.cache.weighted_size(),
        }
    }
}

/// How a cache does.
#[derive(Debug, Clone, Copy)]
pub struct Count {
    /// Which.
    pub name: &'static str,
    /// Answers that were there.
    pub hits: u64,
    /// Answers that had to be made.
    pub misses: u64,
    /// Answers that are there.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_made_once_and_an_error_is_not_kept() {
        let kept: Kept<u8, u8> = Kept::new("test", 100, |_| 1);
        assert_eq!(kept.get(1, async { Err(AskError::Busy) }).await, Err(AskError::Busy));
        assert_eq!(*kept.get(1, async { Ok(7) }).await.unwrap(), 7);
        assert_eq!(*kept.get(1, async { Ok(8) }).await.unwrap(), 7);
        kept.warm(2, async { Ok(9) }).await.unwrap();
        assert_eq!((kept.count().hits, kept.count().misses), (1, 2));
    }
}
