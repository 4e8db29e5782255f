//! What followers of this target read of it.

use object_store::path::Path as Location;
use object_store::{Error, ObjectStoreExt};

use super::{ObjectTarget, StoreError, sha256_hex, unreadable};
use crate::catalog::{Reading, list_manifests, read_manifest};
use crate::{FileEntry, Manifest, ManifestId, Part, TargetError};

impl ObjectTarget {
    /// The ids of all manifests, in their order.
    ///
    /// # Errors
    /// `Unavailable`, if the store is, or has more manifests than the limits allow.
    pub async fn list_manifests(&self) -> Result<Vec<ManifestId>, TargetError> {
        let listed = list_manifests(&*self.store, self.limits).await?;
        Ok(listed.into_iter().collect())
    }

    /// A manifest; none, if it is gone.
    ///
    /// # Errors
    /// `Unavailable`, if the store is; `Refused`, if it cannot be understood.
    pub async fn read_manifest(&self, id: ManifestId) -> Result<Option<Manifest>, TargetError> {
        match read_manifest(&*self.store, id).await {
            Ok(Reading::Whole(manifest)) => Ok(Some(*manifest)),
            Ok(Reading::Absent) => Ok(None),
            Ok(Reading::Damaged(why)) => {
                Err(TargetError::Refused(format!("{}: {why}", Manifest::path(id))))
            }
            Err(error @ (StoreError::Newer(_) | StoreError::TooLarge(_))) => {
                Err(TargetError::Refused(error.to_string()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A file; none, if it is gone.
    ///
    /// # Errors
    /// `Unavailable`, if the store is; `Refused`, if it is not what its manifest says.
    pub async fn read_part(&self, file: &FileEntry) -> Result<Option<Part>, TargetError> {
        let found = match self.store.get(&Location::from(file.path.as_str())).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(StoreError::from(error).into()),
        };
        if found.meta.size != file.bytes {
            let why = format!("it has {} bytes, not {}", found.meta.size, file.bytes);
            return Err(TargetError::Refused(unreadable(&file.path, &why).to_string()));
        }
        let bytes = found.bytes().await.map_err(StoreError::from)?;
        if sha256_hex(&bytes) != file.sha256 {
            let error = unreadable(&file.path, "its SHA-256 is not what its manifest says");
            return Err(TargetError::Refused(error.to_string()));
        }
        Ok(Some(Part { table: file.table, hour: file.hour, rows: file.rows, bytes }))
    }
}
