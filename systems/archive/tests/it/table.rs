//! A table at which matches are played by the rules alone, and recorded as the journal would.

use std::sync::Arc;

use components::{
    Act, Action, BotLevel, By, Cause, Charter, Decider, Decision, Epoch, Event, Fact, Guest,
    Opening, Pace, Phase, PlayerId, Presence, RequestId, RoomCode, RoomId, RoomState, Seat,
    SessionId, Settings,
};
use journal::{Chain, Recorded};
use rules::Events;

/// 2026-11-18 11:06:40 UTC.
pub(crate) const WALL_MS: u64 = 1_795_000_000_000;

/// More commits than any match has.
const COMMITS_MAX: usize = 20_000;

/// Who plays, and what happens to them.
#[derive(Debug, Clone)]
pub(crate) struct Play {
    /// What all randomness comes from.
    pub(crate) seed: u64,
    pub(crate) pace: Pace,
    pub(crate) level: BotLevel,
    /// How many of the seats are people's, from seat 0.
    pub(crate) people: u64,
    /// In how many of 1,000 commits something goes wrong: connections are lost, people leave, the
    /// room is paused, the server starts anew.
    pub(crate) mishaps: u64,
    pub(crate) settings: Settings,
    /// When the room was opened.
    pub(crate) wall_ms: u64,
}

impl Play {
    /// Bots alone, in one of the server's own rooms.
    pub(crate) fn bots(seed: u64, pace: Pace) -> Self {
        Self {
            seed,
            pace,
            level: BotLevel::Simple,
            people: 0,
            mishaps: 0,
            settings: Settings::default(),
            wall_ms: WALL_MS + seed * 60_000,
        }
    }

    /// People and bots, and a world in which things go wrong.
    pub(crate) fn people(seed: u64) -> Self {
        let mut settings = Settings { rounds_max: 4, ..Settings::default() };
        // Weak hands are the rule, so that there are redeals.
        settings.weak_points_max = 11;
        let people = 1 + seed % 4;
        Self { people, mishaps: 25, settings, ..Self::bots(seed, Pace::Standard) }
    }

    /// The match, from its first commit to its last.
    pub(crate) fn chain(self) -> Chain {
        let mut table = Table::open(self);
        for _ in 0..COMMITS_MAX {
            if let Some(chain) = table.over() {
                return chain;
            }
            table.go_on();
        }
        panic!("a match that never ends");
    }
}

/// A room as it goes on.
struct Table {
    play: Play,
    room: RoomId,
    state: RoomState,
    base: Option<RoomState>,
    steps: Vec<Recorded>,
    /// Since the last commit.
    elapsed_ms: u32,
    recovered: bool,
    wall_ms: u64,
    random: u64,
    requests: u32,
    epoch: u32,
}

impl Table {
    fn open(play: Play) -> Self {
        let room = RoomId::nth(play.seed + 1);
        let mut table = Self {
            room,
            state: RoomState::VACANT,
            base: None,
            steps: Vec::new(),
            elapsed_ms: 0,
            recovered: false,
            wall_ms: play.wall_ms,
            random: play.seed,
            requests: 0,
            epoch: 1,
            play,
        };
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&table.play.seed.to_be_bytes());
        let people = table.play.people;
        let bots = vec![table.play.level; 4 - people as usize];
        let mut code = *b"AAAAAA";
        code[5] = RoomCode::ALPHABET[(table.play.seed % 31) as usize];
        let charter = Charter {
            code: RoomCode(code),
            pace: table.play.pace,
            private: table.play.seed.is_multiple_of(2),
            endless: people == 0,
            secret,
        };
        let guest = (people > 0).then(|| table.guest(0));
        let opening = Opening { charter, guest, bots };
        table.settle(Cause::Server, nobody(Act::Open(Box::new(opening))));
        for number in 1..people {
            let guest = table.guest(number);
            table.ask(guest.session, Act::Join(guest, None));
        }
        if people > 0 {
            let wall_ms = table.wall_ms;
            table.ask(table.session(0), Act::Start { wall_ms });
        }
        table
    }

    fn session(&self, number: u64) -> SessionId {
        SessionId(0x5E55_1000_0000_0000 | self.play.seed << 8 | number)
    }

    /// Everybody plays again and again, under the same or another name.
    fn guest(&self, number: u64) -> Guest {
        let who = (self.play.seed + number) % 7;
        let name = format!(
            "{} {number}",
            ["Ann", "Bo", "Chang", "Dora", "Émile", "Fritz", "G"][who as usize]
        );
        let (player, session) = (PlayerId(0x91A7_E400_0000_0000 | who), self.session(number));
        Guest { name: name.into(), player, session, epoch: Epoch(1) }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn pass(&mut self, ms: u32) {
        self.elapsed_ms += ms;
        self.wall_ms += u64::from(ms);
    }

    fn grace_ms(&self) -> Option<u32> {
        self.recovered.then_some(self.play.settings.rooms.recovery_grace_ms)
    }

    /// The room with the time left now.
    fn now(&self) -> RoomState {
        let mut now = self.state.clone();
        if let Some(grace_ms) = self.grace_ms() {
            rules::rearm(&mut now, grace_ms);
        }
        let after = rules::after_ms(&now.clocks, self.elapsed_ms);
        if now.paused {
            now.clocks.empty = after.empty;
        } else {
            now.clocks = after;
        }
        now
    }

    fn settle(&mut self, cause: Cause, action: Action) {
        let mut events = Events::new();
        let (elapsed_ms, grace_ms) = (self.elapsed_ms, self.grace_ms());
        let settings = &self.play.settings;
        rules::rerun(&mut self.state, elapsed_ms, grace_ms, &action, cause, settings, &mut events)
            .unwrap_or_else(|why| panic!("{action:?} is refused: {why:?}"));
        let begins = matches!(events.first(), Some(Event::MatchStarted(_)));
        if begins {
            self.base = Some(self.state.clone());
        }
        if self.base.is_some() {
            self.steps.push(Recorded {
                version: self.state.version,
                elapsed_ms,
                recovered: self.recovered,
                settings: begins.then(|| Arc::new(settings.clone())),
                wall_ms: self.wall_ms,
                cause,
                action,
                events: events.to_vec(),
            });
        }
        (self.elapsed_ms, self.recovered) = (0, false);
    }

    fn ask(&mut self, session: SessionId, act: Act) {
        self.requests += 1;
        let by = By::Session(session);
        self.settle(Cause::Client(session, RequestId(self.requests)), Action { by, act });
    }

    /// One commit on, by whoever is first.
    fn go_on(&mut self) {
        if self.play.people > 0 && self.below(1_000) < self.play.mishaps {
            self.go_wrong();
            return;
        }
        if self.state.paused {
            self.pass(1_234);
            self.settle(Cause::Server, nobody(Act::Resume));
            return;
        }
        let due_ms = rules::next_due_ms(&self.now().clocks);
        let think_ms = 200 + self.below(9_000) as u32;
        if let Some((seat, session)) = self.asked_person()
            && due_ms.is_none_or(|ms| think_ms < ms)
        {
            self.pass(think_ms);
            let random = self.random;
            let sight = rules::bot::sight(&self.state, seat);
            let decide = |decision| Act::Decide { decision, turn: None, decider: Decider::Person };
            let level = self.play.level;
            let mut decision = rules::bot::decide(&sight, level, || random, &self.play.settings);
            if let Decision::Redeal(accept) = &mut decision {
                *accept = random.is_multiple_of(3);
            }
            self.ask(session, decide(decision));
            return;
        }
        self.pass(due_ms.expect("a room in which nothing will happen"));
        let wall_ms = self.wall_ms;
        let (cause, action) = rules::due(&self.now(), wall_ms, &self.play.settings).expect("due");
        self.settle(cause, action);
    }

    /// A person who is there and asked.
    fn asked_person(&self) -> Option<(Seat, SessionId)> {
        let may = |seat: &Seat| match self.state.phase {
            Phase::Declaring { seat: asked } | Phase::Playing { seat: asked, .. } => asked == *seat,
            Phase::Redealing { asked, accepted, declined, .. } => {
                asked.minus(accepted).minus(declined).contains(*seat)
            }
            _ => false,
        };
        let seats = Seat::ALL.into_iter().filter(may);
        let mut people = seats.filter_map(|seat| Some((seat, self.human(seat, Presence::Here)?)));
        people.next()
    }

    fn human(&self, seat: Seat, presence: Presence) -> Option<SessionId> {
        let human = self.state.players[seat.index()].as_ref()?.control.human()?;
        (human.presence == presence).then_some(human.session)
    }

    fn go_wrong(&mut self) {
        let seat = Seat::ALL[self.below(4) as usize];
        let ms = self.below(400) as u32;
        let limit_ms = rules::next_due_ms(&self.now().clocks).unwrap_or(u32::MAX);
        self.pass(ms.min(limit_ms));
        self.epoch += 1;
        let epoch = Epoch(self.epoch);
        let connection =
            |session, act| (Cause::Connection(session), Action { by: By::Session(session), act });
        let here = self.human(seat, Presence::Here);
        let cut_off = self.human(seat, Presence::Away).or(self.human(seat, Presence::Lost));
        let what = match (self.below(10), here, cut_off) {
            (0..=4, Some(session), _) => connection(session, Act::Disconnected(epoch)),
            (0..=4, _, Some(session)) => connection(session, Act::Connected(epoch)),
            (5, Some(session), _) => {
                self.ask(session, Act::Leave);
                return;
            }
            (6 | 7, ..) => {
                // While the server is down, no time passes in the room.
                self.wall_ms += 60_000;
                (self.elapsed_ms, self.recovered) = (0, true);
                return;
            }
            (8, ..) if !self.state.paused => (Cause::Server, nobody(Act::Pause)),
            _ => return,
        };
        self.settle(what.0, what.1);
    }

    fn over(&self) -> Option<Chain> {
        let is_over = |event: &Event| matches!(event, Event::Public(Fact::MatchOver(_)));
        let last = self.steps.last().filter(|last| last.events.iter().any(is_over));
        last.and(self.base.as_ref()).map(|base| Chain {
            room: self.room,
            match_id: Some(base.game.id),
            owner_epoch: 1,
            base: base.clone(),
            steps: self.steps.clone(),
        })
    }
}

fn nobody(act: Act) -> Action {
    Action { by: By::Nobody, act }
}
