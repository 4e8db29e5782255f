//! A room that makes the rules panic is tried again, then stopped, and the others never notice.

use bevy_ecs::prelude::*;
use components::{
    Act, Action, Ask, BotLevel, By, Cause, Charter, DeadLetter, Inbound, Opening, Pace,
    QueuedAction, Refusal, Rejection, RequestId, RoomCode, RoomId, SessionId, Settings, TickBatch,
    TickClock,
};
use crossbeam_channel::{Sender, unbounded};

use super::{PlantedPanics, Sickbay};
use crate::{InboundQueue, TickStats, Timers};

const SICK: RoomId = RoomId(1);
const HEALTHY: RoomId = RoomId(2);
const ANN: SessionId = SessionId(7);

/// A world with two rooms of bots that play by themselves, and Ann, who asks for what she may not.
struct House {
    world: World,
    tick: Schedule,
    asks: Sender<Inbound>,
    requests: u32,
}

impl House {
    fn new(panics: fn(&QueuedAction) -> bool) -> Self {
        let (asks, control) = unbounded();
        let (_, requests) = unbounded();
        let mut world = World::new();
        let inbound = InboundQueue { control, requests };
        crate::insert_resources(&mut world, Settings::default(), inbound);
        let tick = crate::tick_schedule(Default::default());
        let mut house = Self { world, tick, asks, requests: 0 };
        for room in [SICK, HEALTHY] {
            let charter = Charter {
                code: RoomCode(*b"ABCDEF"),
                pace: Pace::Instant,
                private: false,
                endless: true,
                secret: [room.0 as u8; 32],
            };
            let opening = Opening { charter, guest: None, bots: vec![BotLevel::Simple; 4] };
            house.server(room, Act::Open(Box::new(opening)));
        }
        house.tick(0);
        house.world.insert_resource(PlantedPanics(panics));
        house
    }

    fn ask(&mut self, room: RoomId, cause: Cause, by: By, act: Act) {
        let ask = Ask::Act(Action { by, act });
        self.asks.send(Inbound { room, cause, ask }).expect("a lane");
    }

    fn server(&mut self, room: RoomId, act: Act) {
        self.ask(room, Cause::Server, By::Nobody, act);
    }

    fn ann(&mut self, room: RoomId, act: Act) {
        self.requests += 1;
        let cause = Cause::Client(ANN, RequestId(self.requests));
        self.ask(room, cause, By::Session(ANN), act);
    }

    fn tick(&mut self, now_ms: u64) -> TickBatch {
        self.world.resource_mut::<TickClock>().now_ms = now_ms;
        self.tick.run(&mut self.world);
        std::mem::take(&mut *self.world.resource_mut::<TickBatch>())
    }

    fn stats(&self) -> TickStats {
        *self.world.resource::<TickStats>()
    }

    fn is_paused(&mut self, room: RoomId) -> bool {
        crate::read_room(&mut self.world, room).expect("a live room").paused
    }
}

fn is_sick_wake(queued: &QueuedAction) -> bool {
    queued.room == SICK && queued.ask == Ask::Wake
}

fn is_of_ann(queued: &QueuedAction) -> bool {
    queued.room == SICK && matches!(queued.cause, Cause::Client(..))
}

fn is_any(queued: &QueuedAction) -> bool {
    queued.room == SICK
}

/// What the sick room settled in these batches, and the dead letters.
fn told(batches: impl IntoIterator<Item = TickBatch>) -> (Vec<Act>, Vec<DeadLetter>) {
    let (mut acts, mut letters) = (Vec::new(), Vec::new());
    for batch in batches {
        let commits = batch.durable.commits.into_iter().filter(|commit| commit.room == SICK);
        acts.extend(commits.map(|commit| commit.action.act));
        letters.extend(batch.dead_letters);
    }
    (acts, letters)
}

#[test]
fn a_wake_that_panics_is_tried_again_after_one_and_two_seconds_and_then_no_more() {
    let mut house = House::new(is_sick_wake);
    let batches: Vec<_> = (0..10_000).step_by(50).map(|now_ms| house.tick(now_ms)).collect();
    let healthy = batches.iter().flat_map(|batch| &batch.durable.commits);
    assert!(healthy.filter(|commit| commit.room == HEALTHY).count() > 50, "the other plays on");
    let pause = batches.iter().flat_map(|batch| &batch.durable.commits);
    let pause =
        pause.filter(|commit| commit.room == SICK).map(|commit| (commit.at_ms, commit.cause));
    assert_eq!(pause.collect::<Vec<_>>(), [(3_000, Cause::Server)]);
    let (acts, letters) = told(batches);
    assert_eq!(acts, [Act::Pause]);
    let letters: Vec<_> = letters.iter().map(|it| (it.at_ms, it.quarantined)).collect();
    assert_eq!(letters, [(0, false), (1_000, false), (3_000, true)]);
    assert!(house.is_paused(SICK));
    assert_eq!((house.stats().panicked, house.stats().quarantined), (3, 1));
}

#[test]
fn a_commit_in_between_starts_the_count_anew() {
    let mut house = House::new(is_sick_wake);
    house.tick(0);
    house.tick(1_000);
    house.server(SICK, Act::Pause);
    house.tick(1_500);
    house.server(SICK, Act::Resume);
    house.tick(2_000);
    assert!(house.world.resource::<Sickbay>().0.is_empty());
    let batches: Vec<_> = (2_001..5_500).map(|now_ms| house.tick(now_ms)).collect();
    let (_, letters) = told(batches);
    let letters: Vec<_> = letters.iter().map(|it| (it.at_ms, it.quarantined)).collect();
    assert_eq!(letters, [(2_001, false), (3_001, false), (5_001, true)]);
}

#[test]
fn clients_that_make_a_room_panic_have_it_stopped_too() {
    let mut house = House::new(is_of_ann);
    for _ in 0..5 {
        house.ann(SICK, Act::Start { wall_ms: 0 });
    }
    // The room's own turn comes first.
    house.tick(0);
    let (acts, letters) = told([house.tick(1)]);
    assert_eq!(acts, [Act::Pause]);
    assert_eq!(letters.len(), 3);
    assert_eq!(letters[0].reason, "planted");
    house.world.insert_resource(PlantedPanics(|_| false));
    let frames = house.tick(2).release.frames;
    let paused = Refusal::Rejected(Rejection::Paused);
    let refused = frames.iter().filter(
        |frame| matches!(frame, components::Frame::Refused { refusal, .. } if *refusal == paused),
    );
    assert_eq!(refused.count(), 2, "they waited behind the pause");
}

#[test]
fn a_room_that_was_stopped_goes_on_when_the_server_says_so() {
    let mut house = House::new(is_sick_wake);
    (0..4_000).for_each(|now_ms| _ = house.tick(now_ms));
    assert!(house.is_paused(SICK));
    house.world.insert_resource(PlantedPanics(|_| false));
    house.server(SICK, Act::Resume);
    let (acts, letters) = told((4_000..4_010).map(|now_ms| house.tick(now_ms)));
    assert!(acts.len() > 5 && acts[0] == Act::Resume, "{acts:?}");
    assert_eq!(letters, []);
}

#[test]
fn a_stopped_room_that_nobody_is_in_closes_and_leaves_its_place_to_another() {
    let mut house = House::new(is_sick_wake);
    (0..=3_000).step_by(50).for_each(|now_ms| _ = house.tick(now_ms));
    assert!(house.is_paused(SICK));
    house.world.insert_resource(PlantedPanics(|_| false));
    let (acts, letters) = told((3_050..33_000).step_by(50).map(|now_ms| house.tick(now_ms)));
    assert_eq!((acts, letters), (vec![], vec![]));
    let (acts, letters) = told([house.tick(33_000)]);
    assert_eq!((acts, letters), (vec![Act::EmptyOver], vec![]));
    house.tick(33_050);
    let index = house.world.resource::<crate::RoomIndex>();
    assert_eq!((index.entity(SICK), index.len()), (None, 1));
}

#[test]
fn a_stopped_room_that_cannot_even_close_is_tried_three_times() {
    let mut house = House::new(is_sick_wake);
    let (acts, letters) = told((0..60_000).step_by(50).map(|now_ms| house.tick(now_ms)));
    assert_eq!(acts, [Act::Pause]);
    let letters: Vec<_> = letters.iter().skip(3).map(|it| (it.at_ms, it.quarantined)).collect();
    assert_eq!(letters, [(33_000, false), (34_000, false), (36_000, true)]);
}

#[test]
fn a_room_that_cannot_even_pause_is_left_alone() {
    let mut house = House::new(is_any);
    let (acts, letters) = told((0..10_000).step_by(50).map(|now_ms| house.tick(now_ms)));
    assert_eq!(acts, []);
    let letters: Vec<_> = letters.iter().map(|it| (it.at_ms, it.quarantined)).collect();
    assert_eq!(letters, [(0, false), (1_000, false), (3_000, true), (3_000, false)]);
    house.ann(SICK, Act::Leave);
    let batch = house.tick(10_000);
    let internal = Refusal::Internal(SICK);
    assert!(batch.release.frames.iter().any(|frame| {
        matches!(frame, components::Frame::Refused { refusal, .. } if *refusal == internal)
    }));
    assert_eq!(batch.dead_letters, [], "nobody asked the rules");
    assert_eq!((house.stats().panicked, house.stats().quarantined), (4, 1));
}

#[test]
fn a_room_that_was_left_alone_may_still_be_closed() {
    let mut house = House::new(is_any);
    (0..4_000).step_by(50).for_each(|now_ms| _ = house.tick(now_ms));
    house.world.insert_resource(PlantedPanics(|_| false));
    house.server(SICK, Act::Close);
    let (acts, _) = told([house.tick(4_000)]);
    assert_eq!(acts, [Act::Close]);
    house.server(HEALTHY, Act::Close);
    house.tick(4_001);
    house.tick(4_002);
    assert!(house.world.resource::<Sickbay>().0.is_empty());
    assert_eq!(house.world.resource::<Timers>().0.armed(), 0);
}

#[test]
fn a_room_that_never_was_is_not_remembered_for_its_panic() {
    let mut house = House::new(|queued| queued.room == RoomId(9));
    for _ in 0..4 {
        house.server(RoomId(9), Act::Close);
    }
    assert_eq!(house.tick(0).dead_letters.len(), 4);
    assert!(house.world.resource::<Sickbay>().0.is_empty());
}

#[test]
fn an_error_of_a_system_ends_the_tick_as_a_panic_does() {
    let mut house = House::new(|_| false);
    house.tick.add_systems(|| -> Result { Err("planted".into()) });
    let broke = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| house.tick(0)));
    assert!(broke.is_err());
}
