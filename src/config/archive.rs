//! Section `archive`: where finished matches go, and how.

/// Where an archive can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArchiveTarget {
    /// Nowhere: finished matches stay in the journal until their space is needed.
    None,
    /// A folder on this machine.
    Folder,
    /// An S3-compatible store.
    S3,
    /// A PostgreSQL database.
    Postgres,
}

/// How Parquet files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    /// Zstandard, level 3.
    Zstd,
    /// For readers that know nothing newer.
    Gzip,
}

/// Section `archive`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArchiveConfig {
    /// The journal forgets a match when it is durable here.
    pub(crate) target: ArchiveTarget,
    /// Names of further targets, which follow the first.
    pub(crate) followers: Vec<String>,
    /// The folder; empty for `archive` in the data directory.
    pub(crate) folder: String,
    /// How its files are compressed.
    pub(crate) compression: Compression,
    /// Matches that close a batch.
    pub(crate) batch_matches: usize,
    /// MiB of rows that close a batch.
    pub(crate) batch_mb: u32,
    /// A finished match waits no longer than this, in seconds.
    pub(crate) flush_seconds: u64,
    /// A target that does not answer for so many seconds is away.
    pub(crate) timeout_seconds: u64,
    /// Matches older than this go; `None` keeps them.
    pub(crate) retention_days: Option<u32>,
    /// An hour that ended so many minutes ago is merged into one file a table; `None` is never.
    pub(crate) compact_minutes: Option<u32>,
    /// Files that count no more are deleted after so many minutes.
    pub(crate) grace_minutes: u64,
    /// See [`ArchiveTarget::S3`].
    pub(crate) s3: S3Config,
    /// See [`ArchiveTarget::Postgres`].
    pub(crate) postgres: PostgresConfig,
}

/// Keys that begin with `archive.s3_`. Credentials come from `AWS_ACCESS_KEY_ID` and
/// `AWS_SECRET_ACCESS_KEY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct S3Config {
    /// The bucket, which must be there.
    pub(crate) bucket: String,
    /// What all names in it begin with; may be empty.
    pub(crate) prefix: String,
    /// The server's URL; empty for Amazon's.
    pub(crate) endpoint: String,
    /// The region.
    pub(crate) region: String,
}

/// Keys that begin with `archive.postgres`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PostgresConfig {
    /// `host=... user=... dbname=...`, without a password.
    pub(crate) connection: String,
    /// A file with the password; empty for none.
    pub(crate) password_file: String,
}

impl Default for ArchiveConfig {
    fn default() -> Self {
        Self {
            target: ArchiveTarget::Folder,
            followers: Vec::new(),
            folder: String::new(),
            compression: Compression::Zstd,
            batch_matches: 100,
            batch_mb: 64,
            flush_seconds: 60,
            timeout_seconds: 30,
            retention_days: Some(90),
            compact_minutes: Some(15),
            grace_minutes: 10,
            s3: S3Config::default(),
            postgres: PostgresConfig::default(),
        }
    }
}

impl Default for S3Config {
    fn default() -> Self {
        Self {
            bucket: String::new(),
            prefix: String::new(),
            endpoint: String::new(),
            region: "us-east-1".to_owned(),
        }
    }
}
