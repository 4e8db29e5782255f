//! A data directory for tests, in which bots have played.

use std::fs;
use std::path::PathBuf;

use components::{
    Act, Action, Ask, BotLevel, By, Cause, Charter, Inbound, Opening, Pace, RoomCode, RoomId,
    RoomState, Settings,
};
use journal::{FileDisk, Journal, Options};

use crate::Shard;
use crate::serve::storage::JOURNAL;

/// 2026, by the wall clock.
const WALL_MS: u64 = 1_780_000_000_000;

/// Rooms of bots, and the journal that their commits go to.
pub(super) struct Sample {
    /// The data directory; gone with this.
    pub(super) data: PathBuf,
    pub(super) journal: Journal<FileDisk>,
    shard: Shard,
    now_ms: u64,
}

impl Sample {
    /// An empty data directory.
    pub(super) fn new(name: &str, options: Options) -> Self {
        let name = format!("liap-tools-{}-{name}", std::process::id());
        let data = std::env::temp_dir().join(name);
        _ = fs::remove_dir_all(&data);
        fs::create_dir_all(&data).unwrap();
        let disk = FileDisk::open(&data.join(JOURNAL)).unwrap();
        let settings = settings();
        let (journal, _) = Journal::open(disk, &settings, options, WALL_MS).unwrap();
        let shard = Shard::new(settings, Default::default(), Default::default());
        Self { data, journal, shard, now_ms: 0 }
    }

    /// The journal's directory.
    pub(super) fn journal_dir(&self) -> PathBuf {
        self.data.join(JOURNAL)
    }

    /// Opens a room in which bots play for ever.
    pub(super) fn open(&mut self, number: u64, pace: Pace) {
        let charter = Charter {
            code: RoomCode(*b"ABCDEF"),
            pace,
            private: false,
            endless: true,
            secret: [number as u8; 32],
        };
        let opening = Opening { charter, guest: None, bots: vec![BotLevel::Simple; 4] };
        self.act(number, Act::Open(Box::new(opening)));
    }

    /// The server does something to a room.
    pub(super) fn act(&mut self, number: u64, act: Act) {
        let ask = Ask::Act(Action { by: By::Nobody, act });
        let inbound = Inbound { room: RoomId::nth(number), cause: Cause::Server, ask };
        self.shard.push_control(inbound).unwrap();
        self.play(1);
    }

    /// Runs ticks as they come due, and flushes what they emit, each by itself.
    pub(super) fn play(&mut self, ticks: usize) {
        for _ in 0..ticks {
            self.now_ms = self.shard.next_due_ms().map_or(self.now_ms, |due| due.max(self.now_ms));
            self.shard.tick(self.now_ms, WALL_MS + self.now_ms);
            for batch in self.shard.drain() {
                self.journal.record(&batch.durable);
            }
            self.journal.flush(WALL_MS + self.now_ms).unwrap();
        }
    }

    /// Every live room as of its last commit.
    pub(super) fn rooms(&self) -> Vec<(RoomId, RoomState)> {
        let mut rooms: Vec<_> = self.journal.live().collect();
        rooms.sort_unstable();
        let read = |room| (room, self.journal.read_room(room).unwrap().unwrap());
        rooms.into_iter().map(read).collect()
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.data);
    }
}

/// Matches of three rounds.
pub(super) fn settings() -> Settings {
    Settings { rounds_max: 3, ..Settings::default() }
}
