//! The clock and a shard stepped together, as the shard's thread steps them.

use components::{
    Act, Action, Ask, BotLevel, By, Cause, Charter, Inbound, Opening, Pace, Phase, RoomCode,
    RoomId, RoomState, Settings,
};

use super::{LogicalTime, STALL_MS};
use crate::Shard;

const ROOM: RoomId = RoomId(3);
const HOUR_MS: u64 = 3_600_000;

/// A shard thread without a thread: it ticks when something is due or asked.
struct Machine {
    shard: Shard,
    time: LogicalTime,
    /// How long it has been up.
    elapsed_ms: u64,
    /// What its room became, and how long after the start of the server that was.
    seen: Vec<(u64, RoomState)>,
}

impl Machine {
    fn new() -> Self {
        let shard = Shard::new(Settings::default(), Default::default(), Default::default());
        Self { shard, time: LogicalTime::default(), elapsed_ms: 0, seen: Vec::new() }
    }

    fn tick(&mut self) {
        let now_ms = self.time.at(self.elapsed_ms, self.shard.next_deadline_ms());
        self.shard.tick(now_ms, 0);
        let commits = self.shard.drain().flat_map(|batch| batch.durable.commits);
        self.seen.extend(commits.map(|commit| (self.elapsed_ms, commit.state)));
    }

    /// Goes on for so long.
    fn run(&mut self, ms: u64) {
        let end_ms = self.elapsed_ms + ms;
        while let Some(due_ms) = self.shard.next_due_ms() {
            let wakes_ms = self.time.elapsed_ms(due_ms).max(self.elapsed_ms);
            if wakes_ms > end_ms {
                break;
            }
            self.elapsed_ms = wakes_ms;
            self.tick();
        }
        self.elapsed_ms = end_ms;
    }

    /// A room of bots that play at once.
    fn open(&mut self) {
        let charter = Charter {
            code: RoomCode(*b"ABCDEF"),
            pace: Pace::Fast,
            private: false,
            endless: true,
            secret: [3; 32],
        };
        let opening = Opening { charter, guest: None, bots: vec![BotLevel::Simple; 4] };
        let ask = Ask::Act(Action { by: By::Nobody, act: Act::Open(Box::new(opening)) });
        let opened = self.shard.push_control(Inbound { room: ROOM, cause: Cause::Server, ask });
        opened.expect("space in the lane");
    }

    /// What its room became, with the time since `from_ms`.
    fn since(&self, from_ms: u64) -> Vec<(u64, RoomState)> {
        let since = |(at_ms, state): &(u64, RoomState)| (at_ms - from_ms, state.clone());
        self.seen.iter().map(since).collect()
    }
}

#[test]
fn a_room_plays_at_once_however_long_the_shard_was_idle() {
    let mut fresh = Machine::new();
    fresh.open();
    fresh.run(5_000);
    let expected = fresh.since(0);
    assert!(expected.len() > 30, "{}", expected.len());
    for idle_ms in [292_000, HOUR_MS, 24 * HOUR_MS] {
        let mut machine = Machine::new();
        machine.tick();
        machine.run(idle_ms);
        machine.open();
        machine.run(5_000);
        assert!(machine.since(idle_ms) == expected, "after {idle_ms} ms");
        assert_eq!(machine.time.held_ms, 0);
    }
}

#[test]
fn a_room_plays_on_at_once_in_a_shard_rebuilt_after_an_hour() {
    let mut machine = Machine::new();
    machine.run(HOUR_MS);
    machine.open();
    machine.run(2_000);
    let (_, state) = machine.seen.pop().expect("it plays");
    let now_ms = machine.time.at(machine.elapsed_ms, machine.shard.next_deadline_ms());
    _ = machine.shard.rebuild(now_ms, &[(ROOM, state)]);
    assert_eq!(machine.shard.now_ms(), now_ms);
    machine.seen.clear();
    machine.run(2_000);
    assert!(machine.seen.len() > 10, "{}", machine.seen.len());
    assert!(machine.since(HOUR_MS + 2_000)[0].0 <= 200);
    assert_eq!(machine.time.held_ms, 0);
}

#[test]
fn a_stall_takes_nothing_from_who_is_to_act() {
    let mut machine = Machine::new();
    machine.open();
    machine.run(2_000);
    let before = machine.shard.room(ROOM).expect("it plays");
    let due_ms = machine.shard.next_deadline_ms().expect("a bot thinks");
    machine.elapsed_ms += 3_000;
    machine.tick();
    assert_eq!(machine.time.newest_ms, due_ms, "the clock stood still from its deadline on");
    assert!(machine.time.held_ms > 2_000);
    let commits = machine.shard.room(ROOM).expect("it plays").version.0 - before.version.0;
    assert!(commits <= 1, "{commits}");
    assert_ne!(before.phase, Phase::Open);
    machine.run(2_000);
    let held_ms = machine.time.held_ms;
    assert_eq!(machine.time.at(machine.elapsed_ms, None), 7_000 - held_ms, "and goes on");
}

#[test]
fn a_tick_that_is_a_little_late_is_no_stall() {
    let mut time = LogicalTime::default();
    assert_eq!(time.at(5_000 + STALL_MS, Some(5_000)), 5_000 + STALL_MS);
    assert_eq!(time.at(20_000 + STALL_MS + 1, Some(20_000)), 20_000);
    assert_eq!(time.at(20_000 + STALL_MS + 2, None), 20_001);
}

#[test]
fn what_was_due_before_the_tick_before_is_no_stall() {
    let mut time = LogicalTime::default();
    assert_eq!(time.at(60_000, None), 60_000);
    assert_eq!(time.at(60_200, Some(7_000)), 60_200);
    assert_eq!(time.at(60_200 + STALL_MS + 1, Some(7_000)), 60_200, "but this one is");
}

#[test]
fn time_never_runs_backwards_whatever_is_said_to_be_due() {
    let (mut time, mut random, mut elapsed_ms, mut before) = (LogicalTime::default(), 7_u64, 0, 0);
    for _ in 0..10_000 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        elapsed_ms += (random >> 40) % 5_000;
        let due_ms = (random >> 33) % 3 > 0;
        let due_ms = due_ms.then(|| (random >> 20) % (elapsed_ms + 5_000));
        let now_ms = time.at(elapsed_ms, due_ms);
        assert!(before <= now_ms && now_ms <= elapsed_ms, "{before}, {now_ms}, {elapsed_ms}");
        before = now_ms;
    }
}
