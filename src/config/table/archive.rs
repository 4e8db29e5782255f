//! Section `archive`.

use super::super::archive::{ArchiveTarget, Compression};
use super::super::key::Key;
use super::super::kind::Kind::{Choice, Choices, Int, OptionalInt, Text};
use super::super::slot::Named;

/// Where followers can be.
const FOLLOWERS: &[&str] = &["folder", "s3", "postgres"];

/// Matches of a batch: closing one of 10,000 takes the journal's thread 12 ms, of 1,000 about one.
const BATCH_MATCHES_MAX: i64 = 1_000;

/// Minutes: up to a week.
const MINUTES_MAX: i64 = 7 * 24 * 60;

pub(super) fn keys() -> Vec<Key> {
    batches().into_iter().chain(keeping()).chain(places()).collect()
}

fn batches() -> Vec<Key> {
    vec![
        Key::new(
            "archive.target",
            Choice(ArchiveTarget::NAMES),
            "Where finished matches go before the journal forgets them; `none` leaves them there \
             until their space is needed (`journal.finished_mb`).",
            |config, _| &mut config.archive.target,
        ),
        Key::new(
            "archive.followers",
            Choices(FOLLOWERS),
            "Further targets, which follow the first without holding it up. The first must then be \
             a folder or S3.",
            |config, _| &mut config.archive.followers,
        ),
        Key::new(
            "archive.batch_matches",
            Int(1, BATCH_MATCHES_MAX),
            "So many finished matches close a batch.",
            |config, _| &mut config.archive.batch_matches,
        ),
        Key::new(
            "archive.batch_mb",
            Int(1, 1024),
            "About so many MiB of rows close a batch.",
            |config, _| &mut config.archive.batch_mb,
        ),
        Key::new(
            "archive.flush_seconds",
            Int(1, 86_400),
            "A finished match waits no longer than this for a batch to fill.",
            |config, _| &mut config.archive.flush_seconds,
        ),
        Key::new(
            "archive.timeout_seconds",
            Int(1, 3600),
            "A target that does not answer for so long is away; it is tried again.",
            |config, _| &mut config.archive.timeout_seconds,
        ),
        Key::new(
            "archive.compression",
            Choice(Compression::NAMES),
            "How Parquet files are compressed.",
            |config, _| &mut config.archive.compression,
        ),
    ]
}

fn keeping() -> Vec<Key> {
    vec![
        Key::new(
            "archive.retention_days",
            OptionalInt(1, 36_500),
            "Matches that ended longer ago are deleted.",
            |config, _| &mut config.archive.retention_days,
        ),
        Key::new(
            "archive.compact_minutes",
            OptionalInt(1, MINUTES_MAX),
            "An hour that ended so long ago is merged into one file a table.",
            |config, _| &mut config.archive.compact_minutes,
        ),
        Key::new(
            "archive.grace_minutes",
            Int(1, MINUTES_MAX),
            "Files that were merged into others are deleted after this; readers that list files by \
             a pattern may see a match twice so long.",
            |config, _| &mut config.archive.grace_minutes,
        ),
    ]
}

fn places() -> Vec<Key> {
    vec![
        Key::new(
            "archive.folder",
            Text,
            "The folder; empty is `archive` in the data directory.",
            |config, _| &mut config.archive.folder,
        ),
        Key::new(
            "archive.s3_bucket",
            Text,
            "The bucket, which must be there. Credentials come from `AWS_ACCESS_KEY_ID` and \
             `AWS_SECRET_ACCESS_KEY`. Needs the feature `s3`.",
            |config, _| &mut config.archive.s3.bucket,
        ),
        Key::new(
            "archive.s3_prefix",
            Text,
            "What all names in the bucket begin with.",
            |config, _| &mut config.archive.s3.prefix,
        ),
        Key::new(
            "archive.s3_endpoint",
            Text,
            "The URL of the S3-compatible server; empty is Amazon's. Plain `http` only on this \
             machine.",
            |config, _| &mut config.archive.s3.endpoint,
        ),
        Key::new("archive.s3_region", Text, "The region.", |config, _| {
            &mut config.archive.s3.region
        }),
        Key::new(
            "archive.postgres",
            Text,
            "The database: `host=... user=... dbname=...`, without a password. Needs the feature \
             `postgres`.",
            |config, _| &mut config.archive.postgres.connection,
        ),
        Key::new(
            "archive.postgres_password_file",
            Text,
            "A file with the database's password.",
            |config, _| &mut config.archive.postgres.password_file,
        ),
    ]
}
