//! How a journal is to behave, and what it counts.

use components::Faults;

/// What a flush waits for before it says that all is durable.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The operating system has it: it survives the process.
    #[default]
    Process,
    /// The disk has it: it survives a loss of power.
    Disk,
}

/// How a journal is to behave. All sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What a flush waits for.
    pub durability: Durability,
    /// A file of the state stream is followed by another when it is larger than this: 16 MiB. All of
    /// them together are about 5 times what lives in them, and recovery has them all in memory.
    pub state_segment_bytes: u64,
    /// The same of the events stream: 64 MiB. The disk gets events back a file at a time.
    pub event_segment_bytes: u64,
    /// When all events together are larger than this, 1 GiB, chains of live rooms are copied
    /// forward out of the oldest file, so that it can go: see the README for how fast.
    pub events_bytes_max: u64,
    /// Whether finished matches wait until they are forgotten, however many: somebody reads them.
    /// Nothing but the disk limits the events then, and no chain of a finished match ever moves.
    /// Otherwise those in the oldest file are forgotten when events are larger than allowed, but for
    /// those in an open batch, which are copied forward as live rooms' are.
    pub keep_finished: bool,
    /// Space set aside for when the disk is full: 0, none. The first flush that finds it full gives it
    /// to the streams, so that what was recorded is written, and what gives space back can be; then
    /// [`Journal::is_tight`](crate::Journal::is_tight).
    pub reserve_bytes: u64,
    /// Which owner of the shards this is: in each segment's header.
    pub owner_epoch: u32,
    /// What is planted.
    pub faults: Faults,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Process,
            state_segment_bytes: 16 << 20,
            event_segment_bytes: 64 << 20,
            events_bytes_max: 1 << 30,
            keep_finished: false,
            reserve_bytes: 0,
            owner_epoch: 1,
            faults: Faults::NONE,
        }
    }
}

/// What a journal has done since it was opened, and what it holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Commits recorded.
    pub commits: u64,
    /// Bytes written to the events, copies forward included.
    pub event_bytes: u64,
    /// Bytes written to the state, copies forward included.
    pub state_bytes: u64,
    /// Flushes that came to their end.
    pub flushes: u64,
    /// Calls that waited for the disk.
    pub syncs: u64,
    /// Rooms whose state was copied forward.
    pub rooms_carried: u64,
    /// Chains that were copied forward.
    pub chains_carried: u64,
    /// Chains of live rooms that were given up instead: too long, or damaged.
    pub chains_given_up: u64,
    /// Damaged pieces of the oldest state that were passed over, since nothing needed them.
    pub damaged_pieces: u64,
    /// Finished matches forgotten: archived, on request or for want of room.
    pub forgotten: u64,
    /// Batches that were archived.
    pub archived: u64,
    /// Flushes that found the disk full.
    pub full: u64,
    /// What went wrong last while old files were given up; nothing is lost by it.
    pub housekeeping_error: Option<String>,
    /// Bytes of the events' files.
    pub event_bytes_on_disk: u64,
    /// Bytes of the state's files.
    pub state_bytes_on_disk: u64,
    /// Files of the events.
    pub event_segments: usize,
    /// Files of the state.
    pub state_segments: usize,
    /// Live rooms.
    pub live_rooms: usize,
    /// Finished matches that are not forgotten.
    pub finished: usize,
    /// Batches on their way into the archive: open intents.
    pub intents: usize,
    /// Bytes of memory that live rooms take in the journal's table.
    pub memory_bytes: usize,
    /// How many whole rooms were written, and their bytes: what a live room takes.
    pub(crate) full_records: u64,
    pub(crate) full_bytes: u64,
}
