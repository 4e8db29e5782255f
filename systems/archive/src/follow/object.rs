//! An object store as what followers read. Its catalog is not asked, and so not locked.

use futures_util::future::{BoxFuture, FutureExt};

use super::Source;
use crate::{FileEntry, Manifest, ManifestId, ObjectTarget, Part, TargetError};

impl Source for ObjectTarget {
    fn manifests(&self) -> BoxFuture<'_, Result<Vec<ManifestId>, TargetError>> {
        self.list_manifests().boxed()
    }

    fn manifest(&self, id: ManifestId) -> BoxFuture<'_, Result<Option<Manifest>, TargetError>> {
        self.read_manifest(id).boxed()
    }

    fn part<'a>(&'a self, file: &'a FileEntry) -> BoxFuture<'a, Result<Option<Part>, TargetError>> {
        self.read_part(file).boxed()
    }
}
