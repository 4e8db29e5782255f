//! Reading manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use object_store::path::Path as Location;
use object_store::{Error, ObjectStore, ObjectStoreExt};
use serde::Deserialize;

use super::{CatalogLimits, DamagedManifest};
use crate::object::{StoreError, manifest_at, step_of};
use crate::{FileEntry, Kind, Manifest, ManifestId};

/// Manifests asked for at a time: what hides the way to a distant store.
const READS: usize = 16;

/// One manifest: some 100,000 merged batches.
const MANIFEST_BYTES_MAX: u64 = 16 << 20;

/// What was found where a manifest may be.
pub(crate) enum Reading {
    /// Nothing.
    Absent,
    /// A manifest.
    Whole(Box<Manifest>),
    /// Something that is none, and why.
    Damaged(String),
}

/// What a refresh read.
#[derive(Default)]
pub(super) struct Fresh {
    pub(super) whole: BTreeMap<ManifestId, Arc<Manifest>>,
    pub(super) damaged: Vec<DamagedManifest>,
}

/// The ids of all manifests.
pub(crate) async fn list_manifests(
    store: &dyn ObjectStore,
    limits: CatalogLimits,
) -> Result<BTreeSet<ManifestId>, StoreError> {
    let (mut found, mut bytes) = (BTreeSet::new(), 0);
    let mut objects = store.list(Some(&Location::from(Manifest::FOLDER)));
    while let Some(object) = objects.try_next().await? {
        let Some(id) = manifest_at(object.location.as_ref()) else { continue };
        bytes += object.size;
        found.insert(id);
        if found.len() > limits.manifests_max || bytes > limits.bytes_max {
            return Err(StoreError::TooLarge(format!(
                "more than {} manifests or {} MiB of them: merge hours with `liap archive compact`",
                limits.manifests_max,
                limits.bytes_max >> 20
            )));
        }
    }
    Ok(found)
}

/// Reads those that are listed and not held. None, if one went meanwhile: then what took its place
/// was not listed yet.
pub(super) async fn read_new(
    store: &dyn ObjectStore,
    listed: &BTreeSet<ManifestId>,
    held: &BTreeMap<ManifestId, Arc<Manifest>>,
) -> Result<Option<Fresh>, StoreError> {
    let new: Vec<ManifestId> = listed.iter().filter(|id| !held.contains_key(id)).copied().collect();
    let mut fresh = Fresh::default();
    for some in new.chunks(READS) {
        let readings = try_join_all(some.iter().map(|id| read_manifest(store, *id))).await?;
        for (id, reading) in some.iter().copied().zip(readings) {
            match reading {
                Reading::Whole(manifest) => {
                    fresh.whole.insert(id, Arc::from(manifest));
                }
                Reading::Damaged(why) => fresh.damaged.push(DamagedManifest { id, why }),
                Reading::Absent => return Ok(None),
            }
        }
    }
    Ok(Some(fresh))
}

/// Reads the manifest of this id.
pub(crate) async fn read_manifest(
    store: &dyn ObjectStore,
    id: ManifestId,
) -> Result<Reading, StoreError> {
    let location = Location::from(Manifest::path(id));
    let found = match store.get(&location).await {
        Ok(found) => found,
        Err(Error::NotFound { .. }) => return Ok(Reading::Absent),
        Err(error) => return Err(error.into()),
    };
    if found.meta.size > MANIFEST_BYTES_MAX {
        return Err(StoreError::TooLarge(format!(
            "{location} has {} bytes, and {MANIFEST_BYTES_MAX} is the most",
            found.meta.size
        )));
    }
    parse(id, &found.bytes().await?)
}

/// What every format has.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

fn parse(id: ManifestId, text: &[u8]) -> Result<Reading, StoreError> {
    if let Ok(Format { format }) = serde_json::from_slice(text)
        && format > Manifest::FORMAT
    {
        return Err(StoreError::Newer(format!(
            "{} has format {format}, and this program knows {}: use a newer one",
            Manifest::path(id),
            Manifest::FORMAT
        )));
    }
    let manifest: Manifest = match serde_json::from_slice(text) {
        Ok(manifest) => manifest,
        Err(error) => return Ok(Reading::Damaged(error.to_string())),
    };
    Ok(match check(id, &manifest) {
        Ok(()) => Reading::Whole(Box::new(manifest)),
        Err(why) => Reading::Damaged(why),
    })
}

fn check(id: ManifestId, manifest: &Manifest) -> Result<(), String> {
    if manifest.id != id {
        return Err(format!("it says to be {}", manifest.id));
    }
    let step = step_of(id);
    if manifest.kind != Kind::Batch && step.is_none() {
        return Err("it is no batch, and its name is not that of a step of keeping".into());
    }
    for file in &manifest.files {
        check_file(file)?;
        if manifest.kind != Kind::Batch && step.is_some_and(|(hour, _)| hour != file.hour) {
            return Err(format!("it lists {}, which is of another hour", file.path));
        }
    }
    Ok(())
}

/// Whether a file is where its table and hour are.
pub(crate) fn check_file(file: &FileEntry) -> Result<(), String> {
    let folder = format!("{}/{}/", file.table.name(), file.hour);
    let name = file.path.strip_prefix(&folder).and_then(|name| name.strip_suffix(".parquet"));
    match name {
        Some(name) if !name.is_empty() && !name.contains(['/', '\\', '#']) => Ok(()),
        _ => Err(format!("{} is not of the form {folder}{{name}}.parquet", file.path)),
    }
}
