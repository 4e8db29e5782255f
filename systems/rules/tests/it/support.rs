//! A room under test: it takes actions one after the other and lets time pass.

use components::{
    Act, Action, BotLevel, By, Charter, Decider, Decision, Epoch, Event, Fact, Guest, Opening,
    Pace, PerSeat, Phase, Piece, PieceSet, PlayerId, Rejection, RoomCode, RoomState, Seat,
    SessionId, Settings, Tally, TurnMark,
};
use rules::{after_ms, due, next_due_ms, step};

/// The wall clock of every test, in ms.
pub(crate) const WALL_MS: u64 = 1_795_000_000_000;

pub(crate) const S0: Seat = Seat::ALL[0];
pub(crate) const S1: Seat = Seat::ALL[1];
pub(crate) const S2: Seat = Seat::ALL[2];
pub(crate) const S3: Seat = Seat::ALL[3];

/// The session of the person who sits down in this seat, in tests.
pub(crate) fn session(seat: Seat) -> SessionId {
    SessionId(100 + u64::from(seat.number()))
}

pub(crate) fn guest(name: &str, session: SessionId) -> Guest {
    Guest { name: name.into(), player: PlayerId(session.0), session, epoch: Epoch(1) }
}

pub(crate) fn charter(secret: u8, pace: Pace) -> Charter {
    let code = RoomCode(*b"TABLE2");
    Charter { code, pace, private: false, endless: false, secret: [secret; 32] }
}

pub(crate) fn pieces(indices: &[u8]) -> PieceSet {
    indices.iter().map(|index| Piece::new(*index).unwrap()).collect()
}

pub(crate) struct Room {
    pub(crate) state: RoomState,
    pub(crate) settings: Settings,
}

impl Room {
    pub(crate) fn vacant(settings: Settings) -> Self {
        Self { state: RoomState::VACANT, settings }
    }

    /// A room whose host sits in seat 0, with so many bots after it.
    pub(crate) fn open(secret: u8, pace: Pace, bots: usize) -> Self {
        Self::open_with(Settings::default(), charter(secret, pace), Some("Ann"), bots)
    }

    pub(crate) fn open_with(
        settings: Settings,
        charter: Charter,
        host: Option<&str>,
        bots: usize,
    ) -> Self {
        let mut room = Self::vacant(settings);
        let guest = host.map(|name| guest(name, session(S0)));
        let bots = vec![BotLevel::Simple; bots];
        room.nobody(Act::Open(Box::new(Opening { charter, guest, bots })));
        room
    }

    /// A room of four persons: Ann, Ben, Cat and Dan, in order of seats.
    pub(crate) fn of_four(secret: u8, pace: Pace) -> Self {
        Self::of_four_with(Settings::default(), secret, pace)
    }

    pub(crate) fn of_four_with(settings: Settings, secret: u8, pace: Pace) -> Self {
        let mut room = Self::open_with(settings, charter(secret, pace), Some("Ann"), 0);
        for (seat, name) in [(S1, "Ben"), (S2, "Cat"), (S3, "Dan")] {
            room.join(name, seat);
        }
        room
    }

    /// Four persons in a match of which `hands` were just dealt, at pace `instant`: as after a deal
    /// in which they came, with `starter` to declare first.
    pub(crate) fn with_hands(hands: PerSeat<PieceSet>, starter: Seat) -> Self {
        let mut room = Self::of_four(1, Pace::Instant);
        room.start();
        room.state.round.number = 2;
        room.state.round.last_winner = Some(starter);
        room.put_hands(hands);
        room.state.phase = Phase::Dealt;
        room.state.clocks.phase = Some(0);
        room.nobody(Act::PhaseOver);
        room
    }

    pub(crate) fn put_hands(&mut self, hands: PerSeat<PieceSet>) {
        for (seat, hand) in Seat::ALL.into_iter().zip(hands) {
            self.tally_mut(seat).hand = hand;
        }
    }

    pub(crate) fn join(&mut self, name: &str, seat: Seat) -> Vec<Event> {
        let session = session(seat);
        self.act(By::Session(session), Act::Join(guest(name, session), Some(seat)))
    }

    pub(crate) fn start(&mut self) -> Vec<Event> {
        self.by(S0, Act::Start { wall_ms: WALL_MS })
    }

    /// What must be accepted.
    #[track_caller]
    pub(crate) fn act(&mut self, by: By, act: Act) -> Vec<Event> {
        let action = Action { by, act };
        match step(&self.state, &action, &self.settings) {
            Ok((state, events)) => {
                assert_eq!(state.version.0, self.state.version.0 + 1);
                self.state = state;
                events.to_vec()
            }
            Err(rejection) => panic!("{action:?} in {:?}: {rejection:?}", self.state.phase),
        }
    }

    #[track_caller]
    pub(crate) fn nobody(&mut self, act: Act) -> Vec<Event> {
        self.act(By::Nobody, act)
    }

    /// By the person in this seat.
    #[track_caller]
    pub(crate) fn by(&mut self, seat: Seat, act: Act) -> Vec<Event> {
        self.act(By::Session(session(seat)), act)
    }

    /// What must be refused.
    #[track_caller]
    pub(crate) fn refused(&self, by: By, act: Act) -> Rejection {
        step(&self.state, &Action { by, act }, &self.settings)
            .map(|(_, events)| events)
            .unwrap_err()
    }

    #[track_caller]
    pub(crate) fn refused_by(&self, seat: Seat, act: Act) -> Rejection {
        self.refused(By::Session(session(seat)), act)
    }

    #[track_caller]
    pub(crate) fn decide(&mut self, seat: Seat, decision: Decision) -> Vec<Event> {
        self.by(seat, person(decision))
    }

    #[track_caller]
    pub(crate) fn not_decided(&self, seat: Seat, decision: Decision) -> Rejection {
        self.refused_by(seat, person(decision))
    }

    /// All declare in play order from the starter; then the first turn begins.
    #[track_caller]
    pub(crate) fn declare_all(&mut self, piles: PerSeat<u8>) -> Vec<Event> {
        let starter = self.state.round.starter.unwrap();
        let mut events = Vec::new();
        for seat in starter.play_order() {
            events = self.decide(seat, Decision::Declare(piles[seat.index()]));
        }
        events
    }

    #[track_caller]
    pub(crate) fn play(&mut self, seat: Seat, indices: &[u8]) -> Vec<Event> {
        self.decide(seat, Decision::Play(pieces(indices)))
    }

    /// Lets time pass, of which a paused room sees only that nobody is there; what comes due
    /// meanwhile does not happen yet.
    pub(crate) fn pass(&mut self, ms: u32) {
        let after = after_ms(&self.state.clocks, ms);
        if self.state.paused {
            self.state.clocks.empty = after.empty;
        } else {
            self.state.clocks = after;
        }
    }

    /// How long until something happens by itself, in ms.
    pub(crate) fn next_ms(&self) -> Option<u32> {
        if self.state.paused { self.state.clocks.empty } else { next_due_ms(&self.state.clocks) }
    }

    /// What happens by itself now, if anything; it must be accepted.
    #[track_caller]
    pub(crate) fn due(&mut self) -> Option<Vec<Event>> {
        let (_, action) = due(&self.state, WALL_MS, &self.settings)?;
        Some(self.act(action.by, action.act))
    }

    /// Lets time pass up to the next thing that happens by itself, and has it happen.
    #[track_caller]
    pub(crate) fn next(&mut self) -> Vec<Event> {
        let ms = self.next_ms().expect("something will happen by itself");
        self.pass(ms);
        self.due().expect("something is due")
    }

    /// Has things happen by themselves until a fact is told; the events of that step.
    #[track_caller]
    pub(crate) fn until(&mut self, is_meant: impl Fn(&Fact) -> bool) -> Vec<Event> {
        for _ in 0..20_000 {
            let events = self.next();
            if facts(&events).iter().any(&is_meant) {
                return events;
            }
        }
        panic!("it never happens; last in {:?}", self.state.phase);
    }

    pub(crate) fn tally(&self, seat: Seat) -> Tally {
        self.state.players[seat.index()].as_ref().unwrap().tally
    }

    pub(crate) fn tally_mut(&mut self, seat: Seat) -> &mut Tally {
        &mut self.state.players[seat.index()].as_mut().unwrap().tally
    }

    pub(crate) fn mark(&self) -> TurnMark {
        TurnMark { round: self.state.round.number, turn: self.state.round.turn }
    }
}

pub(crate) fn person(decision: Decision) -> Act {
    decided(decision, Decider::Person)
}

pub(crate) fn decided(decision: Decision, decider: Decider) -> Act {
    Act::Decide { decision, turn: None, decider }
}

/// The public part of events.
pub(crate) fn facts(events: &[Event]) -> Vec<Fact> {
    let fact = |event: &Event| match event {
        Event::Public(fact) => Some(fact.clone()),
        _ => None,
    };
    events.iter().filter_map(fact).collect()
}

/// Four strong hands: seat 0 has the Generals, red Advisors and black Chariots, Horses; and so on.
pub(crate) fn plain_hands() -> PerSeat<PieceSet> {
    [
        // Red: General, Advisor, Elephant, Chariot, Horse, Cannon, 2 Soldiers.
        pieces(&[0, 1, 3, 5, 7, 9, 11, 12]),
        // Red: Advisor, Elephant, Chariot, Horse, Cannon, 3 Soldiers.
        pieces(&[2, 4, 6, 8, 10, 13, 14, 15]),
        // Black, as seat 0.
        pieces(&[16, 17, 19, 21, 23, 25, 27, 28]),
        // Black, as seat 1.
        pieces(&[18, 20, 22, 24, 26, 29, 30, 31]),
    ]
}
