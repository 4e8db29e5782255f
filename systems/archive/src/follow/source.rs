//! What a follower reads: the target that gates, as a source.

use futures_util::future::BoxFuture;

use crate::{FileEntry, Manifest, ManifestId, Part, TargetError};

/// The target that gates, to be read by followers.
///
/// A manifest that takes the place of files of another must list in [`Manifest::replaces`] what that
/// one replaced, too: a follower may meet the last of a row of compactions without ever having seen
/// those between.
pub trait Source: Send + Sync {
    /// All manifests that are there, in any order.
    fn manifests(&self) -> BoxFuture<'_, Result<Vec<ManifestId>, TargetError>>;

    /// A manifest; `None` if it is gone since. `Refused` if it cannot be understood.
    fn manifest(&self, id: ManifestId) -> BoxFuture<'_, Result<Option<Manifest>, TargetError>>;

    /// A file of a manifest, checked against its size and hash; `None` if it is gone since: another
    /// manifest has taken its place. `Refused` if it is not as the manifest says.
    fn part<'a>(&'a self, file: &'a FileEntry) -> BoxFuture<'a, Result<Option<Part>, TargetError>>;
}

/// How a future is brought to its end: a handle to a runtime.
pub trait BlockOn {
    /// Waits for it.
    fn block_on<T: Send>(&mut self, future: BoxFuture<'_, T>) -> T;
}
