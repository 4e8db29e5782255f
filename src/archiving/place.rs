//! The places of an archive, as configured.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use archive::{Catalog, CatalogLimits, Keeper, KeepingLimits, ObjectTarget, Target, layout};

use super::writer;
use crate::config::{ArchiveConfig, ArchiveTarget, Named};

/// Where an archive is kept in a data directory, unless told otherwise.
const FOLDER: &str = "archive";

const MINUTE_MS: u64 = 60_000;

/// To reach the database at most so long, whatever `archive.timeout_seconds` allows, in ms.
#[cfg(feature = "postgres")]
const CONNECT_MS_MAX: u64 = 5_000;

/// The place that gates, and those that follow.
pub(crate) struct Places {
    /// The first, if it is a folder or S3: it can be read, kept and followed.
    pub(crate) objects: Option<Arc<ObjectTarget>>,
    /// The first.
    pub(crate) first: Arc<dyn Target>,
    /// Those that follow it.
    pub(crate) followers: Vec<Follows>,
}

/// A place that follows.
pub(crate) struct Follows {
    /// The place.
    pub(crate) target: Arc<dyn Target>,
    /// Who deletes what was replaced in it, if it does not by itself. Nothing else is done to it:
    /// it does what the first did.
    pub(crate) keeper: Option<Keeper>,
}

impl Places {
    /// Opens them. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// What is configured cannot be used at all.
    pub(crate) fn open(config: &ArchiveConfig, data: &Path) -> io::Result<Self> {
        let first_objects = objects(config, config.target, data)?;
        let first = match &first_objects {
            Some(objects) => Arc::clone(objects) as Arc<dyn Target>,
            None => other(config, config.target)?,
        };
        let follower = |name: &String| {
            let target = ArchiveTarget::named(name).unwrap_or(ArchiveTarget::None);
            Ok::<_, io::Error>(match objects(config, target, data)? {
                Some(objects) => {
                    let keeper = Some(keeper(config, &objects));
                    Follows { target: objects, keeper }
                }
                None => Follows { target: other(config, target)?, keeper: None },
            })
        };
        let followers = config.followers.iter().map(follower).collect::<io::Result<_>>()?;
        Ok(Self { objects: first_objects, first, followers })
    }
}

/// Who keeps the archive in these objects tidy.
pub(crate) fn keeper(config: &ArchiveConfig, objects: &ObjectTarget) -> Keeper {
    let limits = KeepingLimits {
        settle_ms: config
            .compact_minutes
            .map_or(u64::MAX, |minutes| u64::from(minutes) * MINUTE_MS),
        grace_ms: config.grace_minutes * MINUTE_MS,
        ..KeepingLimits::default()
    };
    let catalog = Catalog::new(objects.store(), CatalogLimits::default());
    Keeper::new(catalog, limits, layout(writer(config)))
}

/// The object store of this kind, if it is one.
pub(super) fn objects(
    config: &ArchiveConfig,
    target: ArchiveTarget,
    data: &Path,
) -> io::Result<Option<Arc<ObjectTarget>>> {
    match target {
        ArchiveTarget::Folder => {
            let folder = folder_of(config, data);
            let target = ObjectTarget::local(&folder, CatalogLimits::default());
            Ok(Some(Arc::new(target.map_err(io::Error::other)?)))
        }
        #[cfg(feature = "s3")]
        ArchiveTarget::S3 => {
            let text = |text: &String| (!text.is_empty()).then(|| text.clone());
            let options = archive::S3Options {
                prefix: config.s3.prefix.clone(),
                endpoint: text(&config.s3.endpoint),
                region: text(&config.s3.region),
                request_ms: config.timeout_seconds * 1000,
                ..archive::S3Options::new(&config.s3.bucket)
            };
            let store = options.open().map_err(io::Error::other)?;
            let target = ObjectTarget::new(store, "s3", CatalogLimits::default());
            Ok(Some(Arc::new(target)))
        }
        _ => Ok(None),
    }
}

/// A target that is no object store.
#[cfg_attr(not(feature = "postgres"), expect(unused_variables, reason = "nothing to configure"))]
fn other(config: &ArchiveConfig, target: ArchiveTarget) -> io::Result<Arc<dyn Target>> {
    match target {
        #[cfg(feature = "postgres")]
        ArchiveTarget::Postgres => Ok(Arc::new(postgres(config)?)),
        _ => Err(io::Error::other(format!(
            "archive.target {} is not in this program",
            target.name()
        ))),
    }
}

/// The database.
#[cfg(feature = "postgres")]
pub(super) fn postgres(config: &ArchiveConfig) -> io::Result<archive::PostgresTarget> {
    let mut options =
        archive::PostgresOptions::parse(&config.postgres.connection).map_err(io::Error::other)?;
    // With the 30 s of the default: 5 s to connect, 15 s for a chunk, 60 s for a statement, 10 s for
    // a lock. A call is given up after the time-out, and the server ends it after twice that.
    let timeout_ms = config.timeout_seconds * 1000;
    let connect_ms = timeout_ms.min(CONNECT_MS_MAX);
    options = options.limits(connect_ms, timeout_ms / 2, timeout_ms * 2, timeout_ms / 3);
    let file = &config.postgres.password_file;
    if !file.is_empty() {
        options = options.password(std::fs::read_to_string(file)?.trim_end());
    }
    Ok(archive::PostgresTarget::new(options))
}

/// The folder of an archive.
pub(crate) fn folder_of(config: &ArchiveConfig, data: &Path) -> PathBuf {
    if config.folder.is_empty() { data.join(FOLDER) } else { PathBuf::from(&config.folder) }
}
