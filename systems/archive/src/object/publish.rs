//! Bringing a change in: its files, those of `matches` last, then its manifest.

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::path::Path as Location;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutPayload};

use super::StoreError;
use crate::catalog::{Reading, read_manifest};
use crate::{Change, Kind, Manifest, Part, Table};

/// What became of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Published {
    /// It is there now.
    Now,
    /// It had been there.
    Before,
    /// Another with its name and other files is: somebody was quicker.
    Lost,
}

/// Whether the manifest says what its parts are.
pub(super) fn check(change: &Change) -> Result<(), StoreError> {
    let files = &change.manifest.files;
    if files.len() != change.parts.len() {
        return Err(StoreError::Refused(format!(
            "a manifest of {} files came with {} parts",
            files.len(),
            change.parts.len()
        )));
    }
    for (file, part) in files.iter().zip(&change.parts) {
        let same = file.table == part.table
            && file.hour == part.hour
            && file.rows == part.rows
            && file.bytes == part.bytes.len() as u64;
        if !same {
            return Err(StoreError::Refused(format!("{} is not the part it came with", file.path)));
        }
        crate::catalog::check_file(file).map_err(StoreError::Refused)?;
    }
    Ok(())
}

/// Puts the parts, which are the manifest's first files, then the manifest, which commits them.
pub(crate) async fn publish(
    store: &dyn ObjectStore,
    manifest: &Manifest,
    parts: &[Part],
) -> Result<Published, StoreError> {
    let there = read_manifest(store, manifest.id).await?;
    if let Reading::Whole(there) = &there {
        return Ok(met(there, manifest));
    }
    for table in Table::ALL {
        for (file, part) in manifest.files.iter().zip(parts).filter(|(_, part)| part.table == table)
        {
            let location = Location::from(file.path.as_str());
            if put_unless_there(store, &location, &part.bytes).await? {
                continue;
            }
            // What is there and differs was not committed: another version of this program tried
            // the same batch. Unless it has done so just now.
            if let Reading::Whole(there) = read_manifest(store, manifest.id).await? {
                return Ok(met(&there, manifest));
            }
            store.put(&location, part.bytes.clone().into()).await?;
        }
    }
    let location = Location::from(Manifest::path(manifest.id));
    let text = serde_json::to_vec(manifest)
        .map_err(|error| StoreError::Refused(format!("{location}: {error}")))?;
    if let Reading::Damaged(_) = there {
        // Half of a manifest commits nothing: it is what a power failure left of an attempt.
        store.put(&location, text.into()).await?;
        return Ok(Published::Now);
    }
    if put_if_absent(store, &location, text.into()).await? {
        return Ok(Published::Now);
    }
    match read_manifest(store, manifest.id).await? {
        Reading::Whole(there) => Ok(met(&there, manifest)),
        Reading::Absent => Err(StoreError::Unavailable(format!(
            "{location}: another write of it was under way, and left nothing"
        ))),
        Reading::Damaged(why) => Err(StoreError::Unavailable(format!("{location}: {why}"))),
    }
}

/// A batch's id is its own: whatever is there holds its matches. The id of a step of keeping may be
/// taken by another keeper.
fn met(there: &Manifest, ours: &Manifest) -> Published {
    let same = there.files == ours.files && there.replaces == ours.replaces;
    if ours.kind == Kind::Batch || (there.kind == ours.kind && same) {
        Published::Before
    } else {
        Published::Lost
    }
}

/// Puts a part, unless it is there. False, if something else is.
async fn put_unless_there(
    store: &dyn ObjectStore,
    location: &Location,
    bytes: &Bytes,
) -> Result<bool, StoreError> {
    if put_if_absent(store, location, bytes.clone().into()).await? {
        return Ok(true);
    }
    match store.get(location).await {
        Ok(found) if found.meta.size == bytes.len() as u64 => Ok(found.bytes().await? == *bytes),
        Ok(_) | Err(Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether it was put; if not, something is there.
async fn put_if_absent(
    store: &dyn ObjectStore,
    location: &Location,
    payload: PutPayload,
) -> Result<bool, StoreError> {
    match store.put_opts(location, payload, PutMode::Create.into()).await {
        Ok(_) => Ok(true),
        Err(Error::AlreadyExists { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Deletes what is there of these, and says how many there were.
pub(crate) async fn delete(store: &dyn ObjectStore, paths: &[String]) -> Result<u64, StoreError> {
    let locations: Vec<_> = paths.iter().map(|path| Ok(Location::from(path.as_str()))).collect();
    let mut answers = store.delete_stream(futures_util::stream::iter(locations).boxed());
    let mut deleted = 0;
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(_) => deleted += 1,
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(deleted)
}
