//! The places of an archive, as configured.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use archive::{
    Catalog, CatalogLimits, Keeper, KeepingLimits, ObjectTarget, Target, adopt_folder,
    check_folder, layout,
};

use super::{ARCHIVE_ID, writer};
use crate::clock::wall_ms;
use crate::config::{ArchiveConfig, ArchiveTarget, Named};

/// Where an archive is kept in a data directory, unless told otherwise.
const FOLDER: &str = "archive";

const MINUTE_MS: u64 = 60_000;

/// To reach the database at most so long, whatever `archive.timeout_seconds` allows, in ms.
#[cfg(feature = "postgres")]
const CONNECT_MS_MAX: u64 = 5_000;

/// Who opens an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Who fills it, and remembers which folder it is.
    Server,
    /// Who looks into one that is there, or tidies it.
    Tool,
}

/// The place that gates.
pub(crate) struct Places {
    /// The first, if it is a folder or S3: it can be read, kept and followed.
    pub(crate) objects: Option<Arc<ObjectTarget>>,
    /// The first.
    pub(crate) first: Arc<dyn Target>,
}

/// A place that follows it.
pub(crate) struct Follows {
    /// The place.
    pub(crate) target: Arc<dyn Target>,
    /// Who deletes what was replaced in it, if it does not by itself. Nothing else is done to it:
    /// it does what the first did.
    pub(crate) keeper: Option<Keeper>,
}

impl Places {
    /// Opens it. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// What is configured cannot be used at all.
    pub(crate) fn open(config: &ArchiveConfig, data: &Path, by: Use) -> io::Result<Self> {
        let first_objects = objects(config, config.target, data, by)?;
        let first = match &first_objects {
            Some(objects) => Arc::clone(objects) as Arc<dyn Target>,
            None => other(config, config.target)?,
        };
        Ok(Self { objects: first_objects, first })
    }
}

impl Follows {
    /// Opens it. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// It cannot be used now, or at all.
    pub(super) fn open(
        config: &ArchiveConfig,
        data: &Path,
        target: ArchiveTarget,
    ) -> io::Result<Self> {
        Ok(match objects(config, target, data, Use::Server)? {
            Some(objects) => {
                let keeper = Some(keeper(config, &objects));
                Self { target: objects, keeper }
            }
            None => Self { target: other(config, target)?, keeper: None },
        })
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
    by: Use,
) -> io::Result<Option<Arc<ObjectTarget>>> {
    match target {
        ArchiveTarget::Folder => {
            let (folder, memory) = (folder_of(config, data), data.join(ARCHIVE_ID));
            match by {
                Use::Server => adopt_folder(&folder, &memory, wall_ms())?,
                Use::Tool => check_folder(&folder, &memory)?,
            }
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
        let password = std::fs::read_to_string(file).map_err(|error| {
            io::Error::other(format!("archive.postgres_password_file {file}: {error}"))
        })?;
        options = options.password(password.trim_end());
    }
    Ok(archive::PostgresTarget::new(options))
}

/// Whether there is no archive in a folder yet, and none is missed.
pub(crate) fn is_unborn(config: &ArchiveConfig, data: &Path) -> bool {
    config.target == ArchiveTarget::Folder
        && !folder_of(config, data).is_dir()
        && !data.join(ARCHIVE_ID).exists()
}

/// The folder of an archive.
pub(crate) fn folder_of(config: &ArchiveConfig, data: &Path) -> PathBuf {
    if config.folder.is_empty() { data.join(FOLDER) } else { PathBuf::from(&config.folder) }
}
