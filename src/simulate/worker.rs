//! One shard's share of a simulation.

use std::collections::HashMap;
use std::io;

use components::{
    Act, Action, Ask, BotLevel, By, Cause, Charter, Commit, Event, Fact, Inbound, MatchEnd,
    Opening, PerSeat, Phase, RoomCode, RoomId, TickBatch,
};

use super::fingerprint::Fingerprint;
use super::logbook::{Kept, LogReport, Logbook};
use super::{Plan, stuck};
use crate::Shard;

/// One finished match.
pub(crate) struct Played {
    pub(crate) index: u64,
    pub(crate) levels: PerSeat<BotLevel>,
    pub(crate) end: MatchEnd,
    pub(crate) actions: u64,
    pub(crate) hash: [u8; 32],
}

/// What became of one shard's share.
pub(crate) struct Share {
    pub(crate) played: Vec<Played>,
    pub(crate) log: Option<LogReport>,
}

/// Plays the matches that fall to `thread` of the plan's shards.
pub(crate) fn play(plan: &Plan, thread: usize, shard: Shard) -> io::Result<Share> {
    let rooms_max = plan.rooms.div_ceil(plan.shards).max(1);
    let logbook = plan.logging.as_ref();
    let (logbook, kept) =
        logbook.map(|logging| Logbook::open(logging, thread, &plan.settings)).transpose()?.unzip();
    let mut worker = Worker { plan, shard, live: HashMap::new(), played: Vec::new(), logbook };
    let kept = kept.unwrap_or_default();
    worker.resume(&kept)?;
    let mut indexes = (kept.next_room.saturating_sub(1)..plan.matches)
        .filter(|index| room_of(*index).thread(plan.shards) == thread);
    let mut now_ms = 0;
    loop {
        worker.hand_over()?;
        while worker.live.len() < rooms_max && !worker.is_behind() {
            let Some(index) = indexes.next() else { break };
            worker.open(index)?;
        }
        if worker.live.is_empty() && worker.is_behind() {
            continue;
        }
        if worker.live.is_empty() || worker.logbook.as_ref().is_some_and(Logbook::is_enough) {
            let Worker { played, mut logbook, .. } = worker;
            if let Some(logbook) = &mut logbook {
                logbook.finish()?;
            }
            let log = logbook.map(|logbook| logbook.report());
            return Ok(Share { played, log });
        }
        let Some(due_ms) = worker.shard.next_due_ms() else {
            let first = worker.live.keys().next().copied().unwrap_or(RoomId(0));
            panic!("{}", stuck(worker.shard.room(first)));
        };
        now_ms = due_ms.max(now_ms);
        worker.tick(now_ms)?;
    }
}

const fn index_of(room: RoomId) -> u64 {
    (room.0 & ((1 << 56) - 1)).saturating_sub(1)
}

pub(crate) fn room_of(index: u64) -> RoomId {
    RoomId::nth(index + 1)
}

struct Worker<'a> {
    plan: &'a Plan,
    shard: Shard,
    live: HashMap<RoomId, Live>,
    played: Vec<Played>,
    logbook: Option<Logbook>,
}

/// A match going on.
struct Live {
    index: u64,
    actions: u64,
    fingerprint: Fingerprint,
    /// It is over; the room is closing.
    over: bool,
}

impl Worker<'_> {
    /// Goes on with the rooms that an earlier simulation left.
    fn resume(&mut self, kept: &Kept) -> io::Result<()> {
        for (room, state) in &kept.rooms {
            self.shard.recover(*room, state);
            let over = matches!(state.phase, Phase::Finished { .. });
            let index = index_of(*room);
            let fingerprint = Fingerprint::default();
            self.live.insert(*room, Live { index, actions: 0, fingerprint, over });
            if over {
                self.ask(*room, Act::Close)?;
            }
        }
        Ok(())
    }

    fn is_behind(&self) -> bool {
        self.logbook.as_ref().is_some_and(Logbook::is_behind)
    }

    /// Lets the archive have what it asks for. Where only it can go on, its next question is waited
    /// for.
    fn hand_over(&mut self) -> io::Result<()> {
        let waits = self.live.is_empty() && self.is_behind();
        match &mut self.logbook {
            Some(logbook) => logbook.hand_over(waits),
            None => Ok(()),
        }
    }

    fn open(&mut self, index: u64) -> io::Result<()> {
        let room = room_of(index);
        let charter = Charter {
            code: RoomCode(*b"AAAAAA"),
            pace: self.plan.pace,
            private: true,
            endless: true,
            secret: self.plan.secret(index),
        };
        let bots = self.plan.lineup.levels(index).to_vec();
        let opening = Opening { charter, guest: None, bots };
        self.ask(room, Act::Open(Box::new(opening)))?;
        let fingerprint = Fingerprint::default();
        self.live.insert(room, Live { index, actions: 0, fingerprint, over: false });
        Ok(())
    }

    /// The lane holds more than the rooms of a plan ask for at once, or the plan waits a tick.
    fn ask(&mut self, room: RoomId, act: Act) -> io::Result<()> {
        let ask = Ask::Act(Action { by: By::Nobody, act });
        let mut message = Inbound { room, cause: Cause::Server, ask };
        while let Err(refused) = self.shard.push_control(message) {
            message = refused;
            self.tick(0)?;
        }
        Ok(())
    }

    fn tick(&mut self, now_ms: u64) -> io::Result<()> {
        self.shard.tick(now_ms, self.plan.wall_ms.map_or(0, |wall_ms| wall_ms + now_ms));
        let batches: Vec<TickBatch> = self.shard.drain().collect();
        for batch in batches {
            if let Some(letter) = batch.dead_letters.first() {
                panic!("the rules panicked: {letter:?}");
            }
            if let Some(logbook) = &mut self.logbook {
                logbook.keep(&batch.durable)?;
            }
            for commit in &batch.durable.commits {
                let range = commit.events.start as usize..commit.events.end as usize;
                self.record(commit, &batch.durable.events[range])?;
            }
            self.shard.recycle(batch.durable);
        }
        Ok(())
    }

    fn record(&mut self, commit: &Commit, events: &[Event]) -> io::Result<()> {
        if self.plan.amnesia {
            self.shard.restore(commit.room, &commit.state);
        }
        let Some(live) = self.live.get_mut(&commit.room) else { return Ok(()) };
        if live.over {
            self.live.remove(&commit.room);
            return Ok(());
        }
        live.actions += 1;
        live.fingerprint.commit(commit, events);
        let end = events.iter().find_map(|event| match event {
            Event::Public(Fact::MatchOver(end)) => Some(end),
            _ => None,
        });
        if let Some(end) = end {
            live.over = true;
            let (index, actions) = (live.index, live.actions);
            let hash = std::mem::take(&mut live.fingerprint).finish(commit);
            let levels = self.plan.lineup.levels(index);
            let end = MatchEnd::clone(end);
            self.played.push(Played { index, levels, end, actions, hash });
            self.ask(commit.room, Act::Close)?;
        }
        Ok(())
    }
}
