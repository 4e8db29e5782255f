//! Whole matches of bots, through the same `due` and `step` as on a server.

use components::{
    Act, Action, BotLevel, By, Charter, EndReason, Event, Fact, MatchEnd, Opening, Pace, PerSeat,
    RoomCode, RoomState, Seat, Settings,
};

use crate::{after_ms, due, next_due_ms, step};

const WALL_MS: u64 = 1_795_000_000_000;

/// The steps of the longest match are far fewer.
const STEPS_MAX: u32 = 20_000;

/// What came of some matches.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Matches.
    pub(super) matches: u32,
    /// How many each seat won, shared wins included.
    pub(super) wins: PerSeat<u32>,
    /// How many ended since the target was reached.
    pub(super) by_score: u32,
    /// By rounds played: how many; the first is 0 rounds.
    pub(super) rounds: Vec<u32>,
}

impl Report {
    fn count(&mut self, end: &MatchEnd) {
        self.matches += 1;
        self.by_score += u32::from(end.reason == EndReason::ScoreReached);
        for seat in end.winners.iter() {
            self.wins[seat.index()] += 1;
        }
        self.count_rounds(usize::from(end.rounds), 1);
    }

    fn count_rounds(&mut self, rounds: usize, times: u32) {
        if self.rounds.len() <= rounds {
            self.rounds.resize(rounds + 1, 0);
        }
        self.rounds[rounds] += times;
    }

    /// Adds `other` with its seat `first` as seat 0.
    pub(super) fn add(&mut self, other: &Self, first: Seat) {
        self.matches += other.matches;
        self.by_score += other.by_score;
        for (own, seat) in self.wins.iter_mut().zip(first.play_order()) {
            *own += other.wins[seat.index()];
        }
        for (rounds, times) in other.rounds.iter().enumerate() {
            self.count_rounds(rounds, *times);
        }
    }

    /// Prints it; seen with `--nocapture`.
    #[expect(clippy::print_stdout, reason = "what a release run measures is read by people")]
    pub(super) fn show(&self, what: &str) {
        let share = |part: u32| f64::from(part) / f64::from(self.matches.max(1));
        let wins = self.wins.map(|wins| {
            let margin =
                2.576 * (share(wins) * (1.0 - share(wins)) / f64::from(self.matches)).sqrt();
            format!("{:.1} +- {:.1} %", 100.0 * share(wins), 100.0 * margin)
        });
        println!("{what}: {} matches, wins by seat {wins:?}", self.matches);
        let rounds = (0_u32..).zip(&self.rounds).map(|(rounds, times)| rounds * times).sum();
        println!(
            "  target reached {:.1} %, {:.2} rounds",
            100.0 * share(self.by_score),
            share(rounds)
        );
        println!("  by rounds {:?}", self.rounds);
    }
}

/// Plays `count` matches of four bots; panics when one of them is refused anything.
pub(super) fn run(levels: PerSeat<BotLevel>, count: u32, settings: &Settings) -> Report {
    let mut report = Report::default();
    for number in 0..count {
        let mut state = begin(levels, number, settings);
        let mut end = None;
        for _ in 0..STEPS_MAX {
            let (next, events) = advance(&state, settings);
            state = next;
            end = events.into_iter().find_map(|event| match event {
                Event::Public(Fact::MatchOver(end)) => Some(end),
                _ => None,
            });
            if end.is_some() {
                break;
            }
        }
        report.count(&end.expect("a match ends"));
    }
    report
}

/// The first `count` states of match `number` of four bots.
pub(super) fn states(levels: PerSeat<BotLevel>, number: u32, count: usize) -> Vec<RoomState> {
    let settings = Settings::default();
    let first = advance(&begin(levels, number, &settings), &settings).0;
    let next = |state: &RoomState| Some(advance(state, &settings).0);
    std::iter::successors(Some(first), next).take(count).collect()
}

/// A room that plays by itself, its deals following from `number`.
fn begin(levels: PerSeat<BotLevel>, number: u32, settings: &Settings) -> RoomState {
    let mut secret = [0; 32];
    secret[..4].copy_from_slice(&number.to_le_bytes());
    let code = RoomCode(*b"BOTS22");
    let charter = Charter { code, pace: Pace::Instant, private: false, endless: true, secret };
    let act = Act::Open(Box::new(Opening { charter, guest: None, bots: levels.to_vec() }));
    accept(&RoomState::VACANT, &Action { by: By::Nobody, act }, settings).0
}

/// The next thing that happens by itself.
fn advance(state: &RoomState, settings: &Settings) -> (RoomState, Vec<Event>) {
    let mut state = state.clone();
    let ms = next_due_ms(&state.clocks).expect("something will happen by itself");
    state.clocks = after_ms(&state.clocks, ms);
    let (_, action) = due(&state, WALL_MS, settings).expect("something is due");
    accept(&state, &action, settings)
}

fn accept(state: &RoomState, action: &Action, settings: &Settings) -> (RoomState, Vec<Event>) {
    match step(state, action, settings) {
        Ok((state, events)) => (state, events.to_vec()),
        Err(rejection) => panic!("{action:?} in {:?}: {rejection:?}", state.phase),
    }
}
