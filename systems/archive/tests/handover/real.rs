//! The same histories over the journal itself, on a disk that dies, too.

use std::collections::BTreeSet;
use std::sync::Arc;

use archive::{Batch, Ended, ManifestId};
use components::{
    Act, Action, By, Cause, Commit, Durable, EndReason, Event, Fact, MatchEnd, MatchId, MatchStart,
    PerSeat, Phase, RoomState, SeatSet, Settings, Version,
};
use journal::{Durability, Finished, Intent, Journal, MatchReader, Options, Plan, SimDisk};

use crate::histories::live_in;
use crate::house::House;
use crate::journal::Log;
use crate::world::{Crash, Tally, WALL_MS};

#[derive(Debug)]
struct RealJournal {
    disk: SimDisk,
    journal: Journal<SimDisk>,
    reader: MatchReader<SimDisk>,
    /// Matches whose end is on the disk.
    known: BTreeSet<MatchId>,
    unsynced: usize,
}

fn open(disk: &SimDisk) -> Journal<SimDisk> {
    let options = Options {
        durability: Durability::Disk,
        // Small, so that files come and go.
        state_segment_bytes: 2_000,
        event_segment_bytes: 2_000,
        keep_finished: true,
        ..Options::default()
    };
    Journal::open(disk.clone(), &Settings::default(), options, WALL_MS).unwrap().0
}

impl RealJournal {
    fn new(seed: u64) -> Self {
        let disk = SimDisk::new(seed);
        let (journal, reader) = (open(&disk), MatchReader::new(disk.clone()));
        Self { disk, journal, reader, known: BTreeSet::new(), unsynced: 0 }
    }

    fn flush(&mut self) -> Option<()> {
        self.unsynced = 0;
        self.journal.flush(WALL_MS).ok()
    }

    fn batch_of(&self, intent: &Intent) -> Batch {
        let done = intent.matches.iter().map(|id| self.journal.finished_match(*id).unwrap());
        Batch {
            id: ManifestId(uuid::Uuid::from_bytes(intent.id)),
            created_ms: intent.created_ms,
            matches: done.map(ended).collect(),
        }
    }
}

fn ended(done: Finished) -> Ended {
    Ended { match_id: done.match_id, room: done.room, ended_ms: done.wall_ms }
}

/// A match of two commits: it begins, it is over, and its room is closed.
fn durable(of: Ended) -> Durable {
    let id = of.match_id;
    let (number, seed) = (1, [0; 32]);
    let end = MatchEnd {
        id,
        reason: EndReason::Abandoned,
        rounds: 0,
        winners: SeatSet::default(),
        scores: PerSeat::default(),
        ranks: PerSeat::default(),
        turns_won: PerSeat::default(),
        perfect_rounds: PerSeat::default(),
        seed,
    };
    let mut state = RoomState { version: Version(1), ..RoomState::VACANT };
    state.game.id = id;
    state.phase = Phase::Dealt;
    let over = RoomState { version: Version(2), phase: Phase::Closed, ..state.clone() };
    let commit = |n: u32, state| Commit {
        owner_epoch: 1,
        room: of.room,
        at_ms: n.into(),
        wall_ms: of.ended_ms,
        cause: Cause::Server,
        action: Action { by: By::Nobody, act: Act::PhaseOver },
        events: n..n + 1,
        state,
    };
    Durable {
        commits: vec![commit(0, state), commit(1, over)],
        events: vec![
            Event::MatchStarted(Arc::new(MatchStart { id, number, seed })),
            Event::Public(Fact::MatchOver(Arc::new(end))),
        ],
        finished: vec![(of.room, id)],
    }
}

impl Log for RealJournal {
    fn finish(&mut self, of: Ended) -> Option<()> {
        self.journal.record(&durable(of));
        self.flush()?;
        self.known.insert(of.match_id);
        Some(())
    }

    fn intend(&mut self, batch: &Batch, _: bool) -> Option<bool> {
        let intent = Intent {
            id: batch.id.0.into_bytes(),
            created_ms: batch.created_ms,
            matches: batch.matches.iter().map(|of| of.match_id).collect(),
        };
        let fine = self.journal.intend(&intent).is_ok();
        self.flush().map(|()| fine)
    }

    fn archived(&mut self, id: ManifestId) -> Option<bool> {
        self.unsynced += 1;
        Some(self.journal.archived(id.0.into_bytes()))
    }

    fn withdraw(&mut self, id: ManifestId) -> Option<bool> {
        self.unsynced += 1;
        Some(self.journal.withdraw(id.0.into_bytes()))
    }

    fn read(&mut self, of: Ended) -> Option<Option<MatchId>> {
        let Some(done) = self.journal.finished_match(of.match_id) else { return Some(None) };
        let chain = self.reader.read(&done).ok()?;
        Some(chain.match_id)
    }

    fn open(&self) -> Vec<Batch> {
        self.journal.intents().map(|intent| self.batch_of(intent)).collect()
    }

    fn batch(&self, id: ManifestId) -> Option<Batch> {
        let intent = self.journal.intents().find(|intent| intent.id == id.0.into_bytes());
        intent.map(|intent| self.batch_of(intent))
    }

    fn free(&self) -> Vec<Ended> {
        self.journal.finished_free(|_| false, usize::MAX).into_iter().map(ended).collect()
    }

    fn len(&self) -> usize {
        self.journal.finished().len()
    }

    fn holds(&self, of: Ended) -> bool {
        self.journal.finished_match(of.match_id).is_some()
    }

    fn unsynced(&self) -> usize {
        self.unsynced
    }

    fn sync(&mut self) {
        _ = self.flush();
    }

    fn crash(&mut self, crash: Crash) -> BTreeSet<MatchId> {
        let kind = match crash {
            Crash::Process => journal::Crash::Process,
            Crash::Machine(_) => journal::Crash::Machine,
        };
        self.disk = self.disk.crash(kind);
        self.journal = open(&self.disk);
        self.reader = MatchReader::new(self.disk.clone());
        self.unsynced = 0;
        self.known.extend(self.journal.finished().map(|done| done.match_id));
        self.known.clone()
    }

    fn arm(&mut self, calls: u64) {
        let dies_at = Some(self.disk.calls() + calls);
        self.disk.plan(Plan { dies_at, ..Plan::default() });
    }

    fn copy(&self) -> Box<dyn Log> {
        let disk = self.disk.copy();
        let (journal, reader) = (open(&disk), MatchReader::new(disk.clone()));
        Box::new(Self { disk, journal, reader, known: self.known.clone(), unsynced: 0 })
    }
}

#[test]
fn over_the_journal_itself_each_match_is_archived_once() {
    let mut sum = Tally::default();
    for seed in 1..=500 {
        let house = House::on(Box::new(RealJournal::new(seed)), seed, None);
        let lived = live_in(house).unwrap_or_else(|what| panic!("seed {seed}: {what}"));
        sum.add(&lived);
    }
    println!("500 histories over the journal: {sum:?}");
    assert!(500 < sum.crashes && 500 < sum.faults && 500 < sum.buried);
    assert!(50 < sum.restores && 50 < sum.twice);
}
