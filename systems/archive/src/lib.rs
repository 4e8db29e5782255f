#![doc = include_str!("../README.md")]
#![warn(clippy::unwrap_used)]

mod alias;
mod archiver;
mod backoff;
mod batch;
mod breaker;
mod catalog;
mod convert;
mod dead;
mod decode;
mod encode;
mod follow;
mod hour;
mod keeping;
mod local;
mod manifest;
mod merge;
mod object;
mod people;
mod port;
#[cfg(feature = "postgres")]
mod postgres;
mod progress;
mod replay;
mod rows;
#[cfg(feature = "s3")]
mod s3;
mod schema;
mod table;
mod tables;
mod target;
#[cfg(test)]
mod testing;

pub use alias::{Aliases, PlayerKey};
pub use archiver::{Archiver, ArchiverOptions, Did, Moment, Next};
pub use backoff::BackoffOptions;
pub use batch::{Batch, Ended};
pub use breaker::{Breaker, BreakerOptions, BreakerSeen, BreakerState, Leave};
pub use catalog::{Amount, Catalog, CatalogLimits, DamagedManifest, Summary};
pub use convert::{Builder, ConvertError, change};
pub use dead::{Dead, DeadError, DeadLetter, Reason, Retried, retry};
pub use decode::{ReadPartError, read_part};
pub use encode::{Compression, EncodeError, WRITER, WriterOptions, encode, layout};
pub use follow::{BlockOn, FollowCounts, FollowOptions, FollowStatus, Followed, Follower, Source};
pub use hour::Hour;
pub use keeping::{
    Activity, Cleaned, Compacted, Erased, Finding, Keeper, KeepingLimits, Outlook, Progress,
    Redact, Retired, Steady, Swept, Verified,
};
pub use local::{adopt_folder, check_folder};
pub use manifest::{FileEntry, Kind, Manifest, ManifestId};
pub use merge::Layout;
pub use object::{ObjectTarget, StoreError, part_path};
pub use people::{Forgotten, Found, People, PeopleError};
pub use port::{Free, Outlet, Port};
#[cfg(feature = "postgres")]
pub use postgres::{EVENTS_MAX, LAYOUT_VERSION, PostgresOptions, PostgresTarget};
pub use progress::{Counts, Failures, LastError, Status};
pub use replay::{Known, ReplayError, chain_of, erase, restore};
#[cfg(feature = "s3")]
pub use s3::S3Options;
pub use schema::{SCHEMA_VERSION, moment, schema};
pub use table::Table;
pub use target::{Applied, Change, Part, Standing, Target, TargetError};
