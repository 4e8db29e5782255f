//! An object store as a target: a folder, or any store that knows "put only if absent".

mod error;
mod names;
mod publish;
mod rows;
mod source;
mod standing;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::lock::Mutex;
use object_store::path::Path as Location;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutPayload};

use crate::catalog::{Catalog, CatalogLimits};
use crate::local::Folder;
use crate::{Applied, Change, Ended, Kind, Manifest, ManifestId, Standing, Target, TargetError};

pub use error::StoreError;
pub use names::part_path;
pub(crate) use names::{manifest_at, manifest_of, sha256_hex, step_id, step_of, step_path};
pub(crate) use publish::{Published, delete, publish};
pub(crate) use rows::{Footer, Span, Wanted, absent, unreadable};

/// What a probe writes over and over. Readers of Hive partitions pass over it.
const PROBE: &str = "_probe";

/// How much a probe of a folder writes, and removes again: a disk that has so little left is full.
const FOLDER_PROBE_BYTES: usize = 1 << 20;

/// A target that is an object store.
pub struct ObjectTarget {
    store: Arc<dyn ObjectStore>,
    name: String,
    limits: CatalogLimits,
    /// What was merged since: read once, then only what is new.
    catalog: Mutex<Catalog>,
    /// Which matches files may have, as far as that was asked.
    spans: Mutex<HashMap<String, Span>>,
    /// What makes durable what another process may have written without telling us so.
    folder: Option<Folder>,
}

impl ObjectTarget {
    /// A target in this store, named as operators know it. The store must refuse a put with
    /// `PutMode::Create` where something is (S3: `If-None-Match`, which `object_store` uses unless
    /// told otherwise), and must bound each request in time by itself: `ClientOptions` and
    /// `RetryConfig` do for S3.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>, name: &str, limits: CatalogLimits) -> Self {
        let catalog = Mutex::new(Catalog::new(Arc::clone(&store), limits));
        let (name, spans) = (name.to_owned(), Mutex::default());
        Self { store, name, limits, catalog, spans, folder: None }
    }

    /// A target in this folder, which is created if need be. Whatever it applied is on the disk.
    ///
    /// # Errors
    /// `Unavailable`, if the folder cannot be created or read, with its name and the reason.
    pub fn local(folder: &Path, limits: CatalogLimits) -> Result<Self, TargetError> {
        let opened = Folder::open(folder).map_err(|error| {
            TargetError::Unavailable(format!("archive folder {}: {error}", folder.display()))
        })?;
        let mut target = Self::new(Arc::new(opened.clone()), "local", limits);
        target.folder = Some(opened);
        Ok(target)
    }

    /// The store itself: to read from it, and to keep it.
    #[must_use]
    pub fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    async fn apply_change(&self, change: &Change) -> Result<Applied, StoreError> {
        publish::check(change)?;
        let id = change.manifest.id;
        if change.manifest.kind == Kind::Batch && self.holds_batch(id).await? {
            return Ok(Applied::Before);
        }
        match publish(&*self.store, &change.manifest, &change.parts).await? {
            Published::Now => Ok(Applied::Now),
            Published::Before => {
                self.settle(id)?;
                Ok(Applied::Before)
            }
            Published::Lost => Err(StoreError::Refused(format!(
                "{} is there with other files: another process kept this hour meanwhile",
                Manifest::path(id)
            ))),
        }
    }

    async fn holds_batch(&self, batch: ManifestId) -> Result<bool, StoreError> {
        let mut catalog = self.catalog.lock().await;
        catalog.refresh().await?;
        let Some(witness) = catalog.witness(batch) else { return Ok(false) };
        self.settle(witness)?;
        Ok(true)
    }

    /// Who wrote it may have been killed before it was on the disk.
    fn settle(&self, id: ManifestId) -> Result<(), StoreError> {
        match &self.folder {
            Some(folder) => Ok(folder.sync(&Location::from(Manifest::path(id)))?),
            None => Ok(()),
        }
    }

    async fn try_probe(&self) -> Result<(), StoreError> {
        let location = Location::from(PROBE);
        let few = || PutPayload::from_static(b"liap\n");
        let payload = if self.folder.is_some() { noise()? } else { few() };
        self.store.put(&location, payload).await?;
        match self.store.put_opts(&location, few(), PutMode::Create.into()).await {
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => {
                return Err(StoreError::Unavailable(
                    "the store overwrites where it was told not to (If-None-Match): two writers \
                     could harm each other; use one with conditional writes"
                        .into(),
                ));
            }
        }
        if self.folder.is_some() {
            self.store.delete(&location).await?;
        }
        Ok(())
    }
}

/// As much as a probe of a folder writes, which no file system can make small.
fn noise() -> Result<PutPayload, StoreError> {
    let mut bytes = vec![0; FOLDER_PROBE_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(bytes.into())
}

impl Target for ObjectTarget {
    fn name(&self) -> &str {
        &self.name
    }

    fn apply<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied, TargetError>> {
        async move {
            match self.apply_change(change).await {
                // What refuses everything has nothing against this change.
                Err(StoreError::Refused(why)) => match self.try_probe().await {
                    Ok(()) => Err(TargetError::Refused(why)),
                    Err(_) => Err(TargetError::Unavailable(why)),
                },
                other => Ok(other?),
            }
        }
        .boxed()
    }

    fn holds(&self, batch: ManifestId) -> BoxFuture<'_, Result<bool, TargetError>> {
        async move { Ok(self.holds_batch(batch).await?) }.boxed()
    }

    fn standing<'a>(
        &'a self,
        matches: &'a [Ended],
    ) -> BoxFuture<'a, Result<Vec<Standing>, TargetError>> {
        async move { Ok(self.standing_of(matches).await?) }.boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        async move {
            self.try_probe().await.map_err(|error| match error {
                StoreError::Refused(why) => TargetError::Unavailable(why),
                other => other.into(),
            })
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests;
