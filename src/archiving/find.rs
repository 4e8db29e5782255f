//! A match out of the archive.

use std::io;
use std::path::Path;

use archive::{Catalog, CatalogLimits, StoreError};
use components::MatchId;
use journal::Chain;

use super::place::{Use, is_unborn, objects};
use super::runtime;
use crate::config::{ArchiveConfig, ArchiveTarget};
use crate::journal_tools::Failure;

/// The match of this id, with aliases for the people in it; `None` if it is not there.
///
/// # Errors
///
/// The archive cannot be read.
pub(crate) fn find(
    config: &ArchiveConfig,
    data: &Path,
    id: MatchId,
) -> Result<Option<Chain>, Failure> {
    // Looking makes nothing.
    if config.target == ArchiveTarget::None || is_unborn(config, data) {
        return Ok(None);
    }
    let Some(objects) = objects(config, config.target, data, Use::Tool)? else {
        return in_postgres(config, id);
    };
    let found = runtime()?.block_on(async {
        let mut catalog = Catalog::load(objects.store(), CatalogLimits::default()).await?;
        catalog.fetch_chain(id).await
    });
    found.map_err(|error| match error {
        StoreError::Unavailable(_) => Failure::Io(io::Error::other(error.to_string())),
        _ => Failure::Data(error.to_string()),
    })
}

#[cfg(feature = "postgres")]
fn in_postgres(config: &ArchiveConfig, id: MatchId) -> Result<Option<Chain>, Failure> {
    let target = super::place::postgres(config)?;
    runtime()?.block_on(target.fetch_chain(id)).map_err(|error| match error {
        archive::TargetError::Unavailable(_) => Failure::Io(io::Error::other(error.to_string())),
        archive::TargetError::Refused(_) => Failure::Data(error.to_string()),
    })
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
fn in_postgres(_: &ArchiveConfig, _: MatchId) -> Result<Option<Chain>, Failure> {
    Ok(None)
}
