//! Rooms that live made-up lives, and a witness who knows what must never be lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use components::{
    Act, Action, BotLevel, By, Cause, Charter, CloseReason, Commit, Control, Decider, Decision,
    Durable, EndReason, Epoch, Event, Fact, Human, Match, MatchEnd, MatchId, MatchStart, Name,
    Pace, PerSeat, Phase, PieceSet, Player, PlayerId, Presence, Recent, RequestId, RoomCode,
    RoomId, RoomState, Seat, SeatSet, SessionId, Settings, Tally, Version,
};

use crate::{Chain, Disk, Inspection, Journal, Options, Recovered};

/// The wall clock when everything begins.
pub(crate) const WALL_MS: u64 = 1_700_000_000_000;

/// What may happen to a room of the witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Open,
    Join,
    Start,
    Play,
    End,
    Close,
}

/// Everything that was recorded.
#[derive(Debug, Default)]
pub(crate) struct Witness {
    pub(crate) now_ms: u64,
    rooms: BTreeMap<RoomId, RoomState>,
    /// Every state there ever was, and the events that made it.
    past: BTreeMap<(RoomId, Version), (RoomState, Vec<Event>)>,
    closed: BTreeSet<RoomId>,
    /// The version at which each match ended.
    finished: BTreeMap<MatchId, (RoomId, Version)>,
    /// What may have been shown.
    flushed: Flushed,
}

#[derive(Debug, Default, Clone)]
struct Flushed {
    rooms: BTreeMap<RoomId, Version>,
    closed: BTreeSet<RoomId>,
    finished: BTreeSet<MatchId>,
}

impl Witness {
    pub(crate) fn state(&self, room: RoomId) -> &RoomState {
        &self.rooms[&room]
    }

    pub(crate) fn known(&self, room: RoomId) -> Option<&RoomState> {
        self.rooms.get(&room)
    }

    /// The room as it was at this version.
    pub(crate) fn past(&self, room: RoomId, version: Version) -> &RoomState {
        &self.past[&(room, version)].0
    }

    pub(crate) fn flushed_rooms(&self) -> impl Iterator<Item = RoomId> + '_ {
        self.flushed.rooms.keys().copied()
    }

    /// One tick: each of these happens, 100 ms after the last tick.
    pub(crate) fn tick(&mut self, all: &[(RoomId, What)]) -> Durable {
        self.now_ms += 100;
        let mut durable = Durable::default();
        for (room, what) in all {
            self.happen(*room, *what, &mut durable);
        }
        durable
    }

    /// All that was recorded so far is durable.
    pub(crate) fn flushed(&mut self) {
        let versions = self.rooms.iter().map(|(room, state)| (*room, state.version));
        self.flushed = Flushed {
            rooms: versions.collect(),
            closed: self.closed.clone(),
            finished: self.finished.keys().copied().collect(),
        };
    }

    pub(crate) fn forget(&mut self, id: MatchId) {
        self.finished.remove(&id);
        self.flushed.finished.remove(&id);
    }

    /// After a restart, the rooms are what was recovered, and logical time begins anew.
    pub(crate) fn restart(&mut self, recovered: &Recovered) {
        self.rooms = recovered.rooms.iter().cloned().collect();
        self.now_ms = 0;
        self.closed.retain(|room| !self.rooms.contains_key(room));
        let rooms = &self.rooms;
        let is_past = |(room, at): &(RoomId, Version)| {
            rooms.get(room).is_none_or(|state| *at <= state.version)
        };
        self.finished.retain(|_, at| is_past(at));
        self.past.retain(|at, _| is_past(at));
        self.flushed();
    }

    fn happen(&mut self, room: RoomId, what: What, durable: &mut Durable) {
        let mut state = self.rooms.get(&room).cloned().unwrap_or(RoomState::VACANT);
        state.version.0 += 1;
        let seat = Seat::ALL[(state.version.0 % 4) as usize];
        let (cause, act, event) = apply(room, what, seat, &mut state);
        let from = durable.events.len() as u32;
        durable.events.extend(event);
        let events = from..durable.events.len() as u32;
        let made = durable.events[from as usize..].to_vec();
        durable.commits.push(Commit {
            owner_epoch: 1,
            room,
            at_ms: self.now_ms,
            wall_ms: WALL_MS + self.now_ms,
            cause,
            action: act,
            events,
            state: state.clone(),
        });
        self.past.insert((room, state.version), (state.clone(), made));
        if what == What::End {
            self.finished.insert(state.game.id, (room, state.version));
        }
        if what == What::Close {
            self.closed.insert(room);
            self.rooms.remove(&room);
        } else {
            self.rooms.insert(room, state);
        }
    }

    /// Nothing that was flushed is lost, and nothing is there that was not recorded.
    pub(crate) fn check(&self, recovered: &Recovered) -> Result<(), String> {
        let rooms: BTreeMap<_, _> = recovered.rooms.iter().cloned().collect();
        for (room, state) in &rooms {
            let Some((past, _)) = self.past.get(&(*room, state.version)) else {
                return Err(format!("{room:?} was never at {:?}", state.version));
            };
            if past != state {
                return Err(format!("{room:?} was another at {:?}", state.version));
            }
            if self.flushed.closed.contains(room) {
                return Err(format!("{room:?} was closed"));
            }
            if room.0 & ((1 << 56) - 1) >= recovered.next_room {
                return Err(format!("{room:?} would be used again"));
            }
        }
        for (room, version) in &self.flushed.rooms {
            match rooms.get(room) {
                Some(state) if state.version >= *version => {}
                None if self.closed.contains(room) => {}
                other => return Err(format!("{room:?} lost {version:?}: {other:?}")),
            }
        }
        Ok(())
    }

    /// Every chain tells how its room came to be what it is.
    pub(crate) fn check_chains<D: Disk>(&self, journal: &Journal<D>) -> Result<(), String> {
        for room in journal.live() {
            let state = journal.read_room(room).map_err(|error| error.to_string())?;
            let version = state.ok_or("no state")?.version;
            if let Some(chain) = journal.read_chain(room).map_err(|error| error.to_string())? {
                self.check_chain(&chain, room, version)?;
            } else if !matches!(self.past[&(room, version)].0.phase, Phase::Finished { .. }) {
                return Err(format!("{room:?} has no chain"));
            }
        }
        for id in &self.flushed.finished {
            let (room, version) = self.finished[id];
            let chain = journal.read_match(*id).map_err(|error| error.to_string())?;
            self.check_chain(&chain.ok_or(format!("{id:?} is gone"))?, room, version)?;
        }
        Ok(())
    }

    /// The chain ends at `version`, and each of its steps is what was recorded.
    pub(crate) fn check_chain(
        &self,
        chain: &Chain,
        room: RoomId,
        version: Version,
    ) -> Result<(), String> {
        let first = chain.steps[0].version;
        let versions: Vec<u64> = chain.steps.iter().map(|step| step.version.0).collect();
        let expected: Vec<u64> = (first.0..=version.0).collect();
        if chain.room != room || versions != expected {
            return Err(format!("{room:?} up to {version:?}: {versions:?}"));
        }
        if chain.base != self.past[&(room, first)].0 {
            return Err(format!("{room:?} began otherwise"));
        }
        for step in &chain.steps {
            if step.events != self.past[&(room, step.version)].1 {
                return Err(format!("{room:?} came to {:?} otherwise", step.version));
            }
        }
        if chain.match_id.is_some() && !matches!(chain.steps[0].events[0], Event::MatchStarted(_)) {
            return Err(format!("{room:?}: the match's beginning is not there"));
        }
        Ok(())
    }
}

fn apply(
    room: RoomId,
    what: What,
    seat: Seat,
    state: &mut RoomState,
) -> (Cause, Action, Option<Event>) {
    let by = By::Nobody;
    match what {
        What::Open => {
            state.charter = Some(Charter {
                code: RoomCode(*b"ABCDEF"),
                pace: Pace::Standard,
                private: false,
                endless: false,
                secret: [room.0 as u8; 32],
            });
            state.phase = Phase::Open;
            let bot = |_| {
                let control = Control::Bot(BotLevel::Standard);
                Some(Player { control, tally: Tally::default() })
            };
            state.players = Seat::ALL.map(bot);
            state.clocks.empty = Some(30_000);
            (Cause::Timer, Action { by, act: Act::PhaseOver }, None)
        }
        What::Join => {
            state.players[seat.index()] = Some(human(room, state.version));
            let bot = None;
            let fact = Fact::PlayerJoined { seat, name: Some(Name::new("Ann")), bot };
            (Cause::Server, Action { by, act: Act::Resume }, Some(Event::Public(fact)))
        }
        What::Start => {
            let number = state.game.number + 1;
            let mut id = MatchId((u128::from(room.0) << 32).to_be_bytes());
            id.0[12..].copy_from_slice(&number.to_be_bytes());
            state.game = Match { id, number, seed: [number as u8; 32] };
            state.phase = Phase::Dealt;
            let start = MatchStart { id, number, seed: state.game.seed };
            let act = Act::Start { wall_ms: WALL_MS };
            (Cause::Timer, Action { by, act }, Some(Event::MatchStarted(Arc::new(start))))
        }
        What::Play => {
            state.phase = Phase::Declaring { seat };
            state.clocks.phase = Some(45_000 - (state.version.0 % 7) as u32);
            if let Some(player) = &mut state.players[seat.index()] {
                player.tally.hand = PieceSet(state.version.0 as u32);
            }
            let decider = Decider::Bot;
            let act = Act::Decide { decision: Decision::Declare(1), turn: None, decider };
            let fact = Fact::Declared { seat, piles: 1, next: Some(seat.next()), decider };
            let action = Action { by: By::Seat(seat), act };
            (Cause::Bot(seat), action, Some(Event::Public(fact)))
        }
        What::End => {
            state.phase = Phase::Finished { winners: SeatSet(1) };
            let fact = Fact::MatchOver(Arc::new(end(state.game)));
            (Cause::Timer, Action { by, act: Act::PhaseOver }, Some(Event::Public(fact)))
        }
        What::Close => {
            state.phase = Phase::Closed;
            let fact = Fact::RoomClosed { reason: CloseReason::Server };
            (Cause::Server, Action { by, act: Act::Close }, Some(Event::Public(fact)))
        }
    }
}

fn human(room: RoomId, version: Version) -> Player {
    let mut recent = Recent::default();
    recent.push(RequestId(version.0 as u32), version);
    let control = Control::Human(Human {
        name: Name::new("Ann"),
        player: PlayerId(room.0),
        session: SessionId(version.0),
        epoch: Epoch(1),
        presence: Presence::Here,
        recent,
    });
    Player { control, tally: Tally::default() }
}

fn end(game: Match) -> MatchEnd {
    let zeros: PerSeat<i16> = [0; 4];
    MatchEnd {
        id: game.id,
        reason: EndReason::RoundsPlayed,
        rounds: 1,
        winners: SeatSet(1),
        scores: zeros,
        ranks: [1; 4],
        turns_won: [0; 4],
        perfect_rounds: [0; 4],
        seed: game.seed,
    }
}

/// A journal of small files, so that much happens to them.
pub(crate) fn small() -> Options {
    Options {
        state_segment_bytes: 2_000,
        event_segment_bytes: 2_000,
        events_bytes_max: 8_000,
        keep_finished: true,
        ..Options::default()
    }
}

pub(crate) fn open<D: Disk>(disk: D, options: Options) -> (Journal<D>, Recovered) {
    Journal::open(disk, &Settings::default(), options, WALL_MS).unwrap()
}

pub(crate) fn inspect<D: Disk>(disk: D) -> Inspection<D> {
    Inspection::open(disk).unwrap()
}

/// The `n`-th tick of a life in which a few rooms open, play, end and close at different times.
pub(crate) fn life(n: u64) -> Vec<(RoomId, What)> {
    let mut all = Vec::new();
    for number in 1..=5 {
        let age = n.wrapping_sub(number * 2);
        let what = match age {
            0 => What::Open,
            1 | 2 => What::Join,
            3 => What::Start,
            _ if age > 1_000 => continue,
            _ if number == 5 => What::Play,
            age if age == 8 + number => What::End,
            age if age < 8 + number => What::Play,
            age if age == 9 + number && number % 2 == 1 => What::Close,
            age if age == 9 + number => What::Start,
            _ if number % 2 == 1 => continue,
            _ => What::Play,
        };
        all.push((RoomId::nth(number), what));
    }
    all
}

impl Witness {
    /// What may happen next to the rooms there are: a match begins, or goes on.
    pub(crate) fn next(&self) -> Vec<(RoomId, What)> {
        let next = |state: &RoomState| {
            if state.phase.is_running() { What::Play } else { What::Start }
        };
        self.rooms.iter().map(|(room, state)| (*room, next(state))).collect()
    }
}
