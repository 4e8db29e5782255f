//! Bytes of every format there was, as they were written then: they are read for ever. Those of the
//! newest format are also what is written today: a layout cannot change and keep its number.

mod steps;

use std::{collections::HashSet, mem::discriminant};

use components::{
    BotLevel, Charter, Clocks, Control, Epoch, Event, Human, Match, MatchId, Pace, Phase, PieceSet,
    Player, PlayerId, Presence, Recent, RequestId, RoomCode, RoomState, Round, Seat, SeatSet,
    SessionId, SetKind, Settings, StarterReason, Table, Tally, Version,
};

use super::{settings_written, step_written, written};
use crate::codec::*;

const STATES_1: &[u8] = include_bytes!("../../../tests/data/state-v1.bin");
const STATES_2: &[u8] = include_bytes!("../../../tests/data/state-v2.bin");
const STEPS_1: &[u8] = include_bytes!("../../../tests/data/step-v1.bin");
const STEPS_2: &[u8] = include_bytes!("../../../tests/data/step-v2.bin");
const SETTINGS_1: &[u8] = include_bytes!("../../../tests/data/settings-v1.bin");
const SETTINGS_2: &[u8] = include_bytes!("../../../tests/data/settings-v2.bin");

#[test]
fn rooms_of_every_format_are_read() {
    assert_eq!(states_read(1, STATES_1), states_before_they_paused());
    assert_eq!(states_read(2, STATES_2), states());
}

#[test]
fn steps_of_every_format_are_read() {
    assert_eq!(steps_read(1, STEPS_1), steps::before_rooms_paused());
    assert_eq!(steps_read(2, STEPS_2), steps::all());
}

#[test]
fn settings_of_every_format_are_read() {
    assert_eq!(read_settings(1, SETTINGS_1), Ok(Settings::default()));
    assert_eq!(read_settings(2, SETTINGS_2), Ok(Settings::default()));
}

#[test]
fn what_is_written_today_is_the_newest_format() {
    let mut rooms = Vec::new();
    for (fixed, moving) in states().iter().map(written) {
        put_bytes(&mut rooms, &fixed);
        put_bytes(&mut rooms, &moving);
    }
    let mut steps = Vec::new();
    for step in steps::all() {
        put_bytes(&mut steps, &step_written(&step));
    }
    assert_eq!(FORMAT, 2);
    assert_eq!(rooms, STATES_2);
    assert_eq!(steps, STEPS_2);
    assert_eq!(settings_written(&Settings::default()), SETTINGS_2);
}

#[test]
fn what_was_written_before_is_format_1() {
    let mut rooms = Vec::new();
    for state in states_before_they_paused() {
        let (fixed, moving) = written(&state);
        put_bytes(&mut rooms, &fixed);
        put_bytes(&mut rooms, &moving_1(&moving));
    }
    let mut steps = Vec::new();
    for step in steps::before_rooms_paused() {
        put_bytes(&mut steps, &step_written(&step));
    }
    assert_eq!(rooms, STATES_1);
    assert_eq!(steps, STEPS_1);
    assert_eq!(settings_written(&Settings::default()), SETTINGS_1);
}

#[test]
fn a_format_that_is_not_known_is_refused() {
    let (fixed, moving) = written(&room());
    let step = step_written(&steps::all()[0]);
    let settings = settings_written(&Settings::default());
    for format in [0, FORMAT + 1, u16::MAX] {
        let what = "format, which is none that this server knows";
        let refused = Malformed { what, at: 0 };
        assert_eq!(read_state(format, &fixed, &moving), Err(refused));
        assert_eq!(read_step(format, &step), Err(refused));
        assert_eq!(read_settings(format, &settings), Err(refused));
    }
}

#[test]
fn the_fixtures_hold_every_phase_act_and_event() {
    let phases: HashSet<_> = states().iter().map(|state| discriminant(&state.phase)).collect();
    assert_eq!(phases.len(), 12);
    let (mut acts, mut events, mut facts) = (HashSet::new(), HashSet::new(), HashSet::new());
    for step in steps::all() {
        acts.insert(discriminant(&step.action.act));
        for event in step.events {
            events.insert(discriminant(&event));
            if let Event::Public(fact) = event {
                facts.insert(discriminant(&fact));
            }
        }
    }
    assert_eq!((acts.len(), events.len(), facts.len()), (16, 3, 19));
}

/// A moving part as format 1 had it: a byte for the phase and one for the host, and no pause.
fn moving_1(moving: &[u8]) -> Vec<u8> {
    [&[moving[0] & 15, moving[0] >> 4 & 7], &moving[1..]].concat()
}

fn states_read(format: u16, bytes: &[u8]) -> Vec<RoomState> {
    let mut reader = Reader::new(bytes);
    let mut states = Vec::new();
    while !reader.is_finished() {
        let fixed = reader.counted("fixed part").unwrap();
        let moving = reader.counted("moving part").unwrap();
        states.push(read_state(format, fixed, moving).unwrap());
    }
    states
}

fn steps_read(format: u16, bytes: &[u8]) -> Vec<Step> {
    let mut reader = Reader::new(bytes);
    let mut steps = Vec::new();
    while !reader.is_finished() {
        steps.push(read_step(format, reader.counted("step").unwrap()).unwrap());
    }
    steps
}

/// A room in the middle of a match: three people and a bot, with clocks of every kind.
pub(super) fn room() -> RoomState {
    let mut recent = Recent::default();
    for (request, version) in [(900, 260), (901, 281), (903, 290), (910, 311)] {
        recent.push(RequestId(request), Version(version));
    }
    let tally = |hand, declared, captured, score| Tally {
        hand: PieceSet(hand),
        declared: Some(declared),
        captured,
        zero_streak: 1,
        score,
        turns_won: 9,
        perfect_rounds: 2,
    };
    let bot =
        Player { control: Control::Bot(BotLevel::Standard), tally: tally(0x0000_f000, 0, 1, -15) };
    RoomState {
        charter: Some(Charter {
            code: RoomCode(*b"LIAP42"),
            pace: Pace::Fast,
            private: true,
            endless: false,
            secret: [0x5e; 32],
        }),
        version: Version(312),
        host: Some(Seat::ALL[2]),
        game: Match { id: MatchId(*b"0123456789abcdef"), number: 2, seed: [0xd1; 32] },
        round: Round {
            number: 7,
            redeals: 1,
            multiplier: 2,
            starter: Some(Seat::ALL[3]),
            reason: StarterReason::WonLastTurn,
            turn: 4,
            last_winner: Some(Seat::ALL[0]),
        },
        phase: Phase::Playing { seat: Seat::ALL[3], table: table() },
        clocks: Clocks {
            phase: Some(44_321),
            bot: Some(730),
            empty: Some(30_000),
            grace: [None, None, Some(0), Some(1_500)],
        },
        paused: true,
        players: [
            Some(person("Ada", Presence::Here, recent, tally(0x1100_00a0, 3, 1, 42))),
            Some(bot),
            Some(person("Bäcker", Presence::Away, Recent::default(), tally(0, 8, 8, 101))),
            Some(person("陳", Presence::Lost, recent, tally(0xf000_0000, 1, 0, -101))),
        ],
    }
}

fn person(name: &str, presence: Presence, recent: Recent, tally: Tally) -> Player {
    let human = Human {
        name: name.into(),
        player: PlayerId(0x0123_4567_89ab_cdef),
        session: SessionId(0xfedc_ba98_7654_3210),
        epoch: Epoch(3),
        presence,
        recent,
    };
    Player { control: Control::Human(human), tally }
}

fn table() -> Table {
    let pieces = [0b11 << 3, 1 << 21, 0, 0x001f_0000].map(PieceSet);
    Table { leader: Seat::ALL[1], kind: Some(SetKind::Pair), plays: pieces }
}

/// The room in every phase; a vacant one, and one with numbers as they hardly ever are.
fn states() -> Vec<RoomState> {
    let table = table();
    let [first, second, ..] = Seat::ALL;
    let phases = [
        Phase::Open,
        Phase::Dealt,
        Phase::Redealing {
            asked: SeatSet(0b1110),
            accepted: SeatSet(0b0010),
            declined: SeatSet(0b0100),
            warned: true,
        },
        Phase::Starting,
        Phase::Declaring { seat: second },
        Phase::Playing { seat: first, table },
        Phase::Staying { table },
        Phase::TurnWon { table, winner: second },
        Phase::Scored { points: [8, -3, 0, -1_000] },
        Phase::Finished { winners: SeatSet(0b0101) },
        Phase::Closed,
    ];
    let mut states = vec![RoomState::VACANT, extreme()];
    states.extend(phases.map(|phase| RoomState { phase, ..room() }));
    states
}

fn states_before_they_paused() -> Vec<RoomState> {
    states().into_iter().map(|state| RoomState { paused: false, ..state }).collect()
}

fn extreme() -> RoomState {
    let mut state = room();
    state.version = Version(u64::MAX);
    state.host = None;
    state.game.number = u32::MAX;
    state.clocks.phase = Some(u32::MAX);
    state.round = Round {
        number: 255,
        redeals: 15,
        multiplier: 16,
        starter: None,
        reason: StarterReason::RedealAccepted,
        turn: 255,
        last_winner: None,
    };
    let tally = Tally {
        hand: PieceSet::ALL,
        declared: Some(255),
        captured: 255,
        zero_streak: 255,
        score: i16::MIN,
        turns_won: u16::MAX,
        perfect_rounds: 255,
    };
    let mut recent = Recent::default();
    recent.push(RequestId(7), Version(u64::MAX));
    recent.push(RequestId(3), Version(u64::MAX - 5_000));
    state.players = [Some(person("x", Presence::Here, recent, tally)), None, None, None];
    state
}
