#![doc = include_str!("../README.md")]
#![warn(clippy::unwrap_used)]

mod any_disk;
mod backup;
mod blocks;
mod body;
mod carry;
mod chain;
mod codec;
mod damage;
mod disk;
mod file_disk;
mod frame;
mod gap;
mod housekeeping;
mod image;
mod inspection;
mod intent;
mod journal;
mod listing;
mod live;
mod match_reader;
mod memory_disk;
mod options;
mod pending;
mod record;
mod recovery;
mod repair;
mod replay_file;
mod reserve;
mod scan;
mod segment;
#[cfg(any(test, feature = "faults"))]
mod sim_disk;
mod source;
mod stream;
mod waiting;

#[cfg(test)]
mod tests;

pub use any_disk::{AnyDisk, AnyFile};
pub use backup::Backup;
pub use body::Finished;
pub use chain::{Chain, Recorded};
pub use codec::{FORMAT, Malformed};
pub use damage::{Case, Damage, OpenError};
pub use disk::Disk;
pub use file_disk::FileDisk;
pub use image::{Recovered, Torn};
pub use inspection::{Inspection, RoomInfo, SegmentInfo};
pub use intent::{Intent, IntentError};
pub use journal::Journal;
pub use match_reader::MatchReader;
pub use memory_disk::{MemoryDisk, MemoryFile};
pub use options::{Durability, Options, Stats};
pub use repair::{Mended, Repaired, Rerun, repair};
pub use replay_file::ReplayFileError;
pub use segment::{FILE_FORMAT, StreamKind};
#[cfg(any(test, feature = "faults"))]
pub use sim_disk::{Crash, Plan, SimDisk, SimFile};
pub use source::ReadError;
pub use stream::WriteError;
