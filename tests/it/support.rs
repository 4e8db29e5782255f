//! The one place that drives the line: a script in, a transcript out.
//!
//! Steps, separated by commas or lines; NAME is a lower-case word whose first letter is its session:
//!
//! - `open ROOM NAME PACE BOTS`, `join ROOM NAME [SEAT]`, `leave ROOM NAME`
//! - `bot ROOM NAME [SEAT]`, `remove ROOM NAME SEAT`, `start ROOM NAME`, `rematch ROOM NAME`
//! - `decide ROOM NAME`: does what a bot would in that seat; `declare ROOM NAME PILES`;
//!   `redeal ROOM NAME yes|no`; `play ROOM NAME PIECE...`
//! - `again N`: sends the newest request once more, N requests back
//! - `pause ROOM server`, `resume ROOM server`, `close ROOM server`
//! - `lost ROOM NAME`, `back ROOM NAME`: its connection; `look ROOM NAME`, `watch ROOM NAME`
//! - `wait MS`, `tick`, `settle` (ticks while anything is due), `hush` (forgets the transcript)
//! - `restart`: the process ends, and another begins with what each room's last commit says

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::iter;

use bevy_ecs::schedule::ScheduleBuildSettings;
use components::{
    Act, Action, Ask, BotLevel, By, Cause, Charter, Decider, Decision, Epoch, Faults, Guest,
    Inbound, Opening, Pace, Phase, Piece, PieceSet, PlayerId, RequestId, RoomCode, RoomId,
    RoomState, Seat, SessionId, Settings, TickBatch,
};
use liap::Shard;

use crate::words;

/// More ticks than any match takes without time passing.
const SETTLE_TICKS_MAX: u64 = 20_000;

/// What becomes of a touched room after the tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Memory {
    Kept,
    /// It is despawned and rebuilt from its last commit.
    Lost,
}

/// The transcript is `expected`, in whatever legal order the systems run, with and without memory.
#[track_caller]
pub(crate) fn check(settings: &Settings, script: &str, expected: &str) {
    let expected: Vec<_> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    for shuffle in iter::once(None).chain((0..16).map(Some)) {
        for memory in [Memory::Kept, Memory::Lost] {
            let mut table = Table::new(settings, memory, shuffle);
            table.run(script);
            let lines: Vec<_> = table.transcript.lines().collect();
            let shown = table.transcript.as_str();
            assert_eq!(lines, expected, "shuffle {shuffle:?}, memory {memory:?}:\n{shown}");
        }
    }
}

/// A shard with hands on both ends of its line.
pub(crate) struct Table {
    pub(crate) shard: Shard,
    pub(crate) batches: Vec<TickBatch>,
    pub(crate) transcript: String,
    settings: Settings,
    memory: Memory,
    /// What each restart forgets.
    pub(crate) faults: Faults,
    /// When the process was restarted.
    pub(crate) restarts: Vec<u64>,
    now_ms: u64,
    ticks: u64,
    asked: Vec<Inbound>,
    epochs: [u32; 256],
}

impl Table {
    pub(crate) fn new(settings: &Settings, memory: Memory, shuffle_seed: Option<u64>) -> Self {
        let order = ScheduleBuildSettings { shuffle_seed, ..Default::default() };
        Self {
            shard: Shard::new(settings.clone(), Default::default(), order),
            batches: Vec::new(),
            transcript: String::new(),
            settings: settings.clone(),
            memory,
            faults: Faults::NONE,
            restarts: Vec::new(),
            now_ms: 0,
            ticks: 0,
            asked: Vec::new(),
            epochs: [1; 256],
        }
    }

    pub(crate) fn run(&mut self, script: &str) {
        for step in script.split([',', '\n']).map(str::trim).filter(|step| !step.is_empty()) {
            self.take(step);
        }
    }

    pub(crate) fn state(&mut self, room: u64) -> RoomState {
        self.shard.room(RoomId(room)).expect("a live room")
    }

    fn take(&mut self, step: &str) {
        let words: Vec<&str> = step.split(' ').collect();
        match words[..] {
            ["wait", ms] => self.now_ms += number::<u64>(ms),
            ["tick"] => self.tick(),
            ["settle"] => self.settle(),
            ["hush"] => self.transcript.clear(),
            ["restart"] => self.restart(),
            ["again", back] => {
                let asked = self.asked[self.asked.len() - number::<usize>(back)].clone();
                self.shard.push(asked).expect("space in the lane");
            }
            [verb, room, name, ref rest @ ..] => {
                self.ask(verb, RoomId(number(room)), name, rest);
            }
            _ => panic!("not a step: {step}"),
        }
    }

    fn ask(&mut self, verb: &str, room: RoomId, name: &str, rest: &[&str]) {
        let session = session(name);
        let (mut cause, ask) =
            (Cause::Client(session, self.next_request()), self.verb(verb, room, name, rest));
        if matches!(verb, "lost" | "back") {
            cause = Cause::Connection(session);
        } else if name == "server" {
            cause = Cause::Server;
        }
        let asked = Inbound { room, cause, ask };
        self.asked.push(asked.clone());
        self.shard.push(asked).expect("space in the lane");
    }

    fn verb(&mut self, verb: &str, room: RoomId, name: &str, rest: &[&str]) -> Ask {
        let decide = |decision| Act::Decide { decision, turn: None, decider: Decider::Person };
        let seat = || rest.first().map(|seat| Seat::new(number(seat)).expect("0..=3"));
        let mut by = By::Session(session(name));
        let act = match verb {
            "open" => {
                by = By::Nobody;
                Act::Open(Box::new(self.opening(room, name, rest)))
            }
            "join" => Act::Join(self.guest(name), seat()),
            "leave" => Act::Leave,
            "bot" => Act::AddBot(seat(), BotLevel::Simple),
            "remove" => Act::Remove(seat().expect("a seat")),
            "start" => Act::Start { wall_ms: 0 },
            "rematch" => Act::Rematch { wall_ms: 0 },
            "declare" => decide(Decision::Declare(number(rest[0]))),
            "redeal" => decide(Decision::Redeal(rest[0] == "yes")),
            "play" => decide(Decision::Play(
                rest.iter()
                    .map(|piece| Piece::new(number(piece)).expect("0..=31"))
                    .collect::<PieceSet>(),
            )),
            "decide" => decide(self.choice(room, name)),
            "lost" => Act::Disconnected(self.epoch(name)),
            "back" => {
                self.epochs[usize::from(name.as_bytes()[0])] += 1;
                Act::Connected(self.epoch(name))
            }
            "pause" => Act::Pause,
            "resume" => Act::Resume,
            "close" => Act::Close,
            "look" => return Ask::Look,
            "watch" => return Ask::Watch,
            _ => panic!("not a verb: {verb}"),
        };
        Ask::Act(Action { by, act })
    }

    fn opening(&self, room: RoomId, name: &str, rest: &[&str]) -> Opening {
        let pace = match rest[0] {
            "standard" => Pace::Standard,
            "classic" => Pace::Classic,
            "fast" => Pace::Fast,
            _ => Pace::Instant,
        };
        let mut secret = [0; 32];
        secret[0] = room.0 as u8;
        let endless = name == "nobody";
        let code = RoomCode(*b"ABCDEF");
        Opening {
            charter: Charter { code, pace, private: false, endless, secret },
            guest: (!endless).then(|| self.guest(name)),
            bots: vec![BotLevel::Simple; number(rest[1])],
        }
    }

    fn guest(&self, name: &str) -> Guest {
        let session = session(name);
        let (player, epoch) = (PlayerId(session.0), self.epoch(name));
        Guest { name: name.into(), player, session, epoch }
    }

    fn epoch(&self, name: &str) -> Epoch {
        Epoch(self.epochs[usize::from(name.as_bytes()[0])])
    }

    fn next_request(&self) -> RequestId {
        RequestId(self.asked.len() as u32 + 1)
    }

    /// What a bot would decide in that seat.
    fn choice(&mut self, room: RoomId, name: &str) -> Decision {
        let state = self.state(room.0);
        let seat = rules::seat_of(&state, session(name)).expect("a seat");
        rules::bot::decide(&rules::bot::sight(&state, seat), BotLevel::Simple, || 1, &self.settings)
    }

    /// Each live room as its last commit left it.
    pub(crate) fn kept(&self) -> Vec<(RoomId, RoomState)> {
        let commits = self.batches.iter().flat_map(|batch| &batch.durable.commits);
        let newest: BTreeMap<_, _> = commits.map(|it| (it.room, it.state.clone())).collect();
        newest.into_iter().filter(|(_, state)| state.phase != Phase::Closed).collect()
    }

    fn restart(&mut self) {
        let mut shard = Shard::new(self.settings.clone(), Default::default(), Default::default());
        shard.plant(self.faults);
        shard.tick(self.now_ms, 0);
        for (room, state) in self.kept() {
            shard.recover(room, &state);
        }
        self.shard = shard;
        self.restarts.push(self.now_ms);
    }

    pub(crate) fn settle(&mut self) {
        self.tick();
        let enough = self.ticks + SETTLE_TICKS_MAX;
        while self.shard.next_due_ms().is_some_and(|due_ms| due_ms <= self.now_ms) {
            self.tick();
            assert!(self.ticks < enough, "this never settles");
        }
    }

    fn tick(&mut self) {
        self.ticks += 1;
        self.shard.tick(self.now_ms, 1_000_000 + self.now_ms);
        let batches: Vec<TickBatch> = self.shard.drain().collect();
        for batch in batches {
            writeln!(self.transcript, "{}: {}", self.ticks, words::told(&batch)).unwrap();
            for commit in &batch.durable.commits {
                if self.memory == Memory::Lost {
                    self.shard.restore(commit.room, &commit.state);
                }
            }
            self.batches.push(batch);
        }
    }
}

pub(crate) fn session(name: &str) -> SessionId {
    SessionId(name.as_bytes()[0].into())
}

fn number<N: std::str::FromStr>(text: &str) -> N {
    text.parse().unwrap_or_else(|_| panic!("not a number: {text}"))
}
