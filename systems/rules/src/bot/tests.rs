//! Bots against the law and against each other.

mod matches;

use components::{
    BotLevel, Decision, PerSeat, Phase, Piece, PieceSet, Round, Seat, Settings, Table,
};

use super::{Sight, decide, sight};
use crate::{legal_leads, points};
use matches::{Report, run, states};

const SIMPLE: BotLevel = BotLevel::Simple;
const STANDARD: BotLevel = BotLevel::Standard;

/// Debug builds play as many matches as fit in a second or two, release builds enough to measure.
const fn count(debug: u32, release: u32) -> u32 {
    if cfg!(debug_assertions) { debug } else { release }
}

/// The lower end of the 99 % interval of a share, in thousandths.
fn lower_bound(hits: u32, of: u32) -> u32 {
    let share = f64::from(hits) / f64::from(of);
    let margin = 2.576 * (share * (1.0 - share) / f64::from(of)).sqrt();
    ((share - margin) * 1000.0) as u32
}

#[test]
fn a_standard_bot_beats_three_simple_ones_from_every_seat() {
    let each = count(50, 2_500);
    let mut all = Report::default();
    for seat in Seat::ALL {
        let mut levels = [SIMPLE; 4];
        levels[seat.index()] = STANDARD;
        let report = run(levels, each, &Settings::default());
        assert!(lower_bound(report.wins[seat.index()], each) >= 400, "{seat:?}: {report:?}");
        all.add(&report, seat);
    }
    all.show("one standard (as seat 0) against three simple");
}

#[test]
fn standard_bots_among_themselves_mostly_reach_the_target() {
    let matches = count(24, 2_500);
    let report = run([STANDARD; 4], matches, &Settings::default());
    report.show("four standard");
    assert!(report.by_score * 10 >= matches * 9, "{report:?}");
}

#[test]
fn simple_bots_are_never_refused_and_often_reach_the_target() {
    let matches = count(100, 10_000);
    let report = run([SIMPLE; 4], matches, &Settings::default());
    report.show("four simple");
    assert!(report.by_score * 2 >= matches, "{report:?}");
}

#[test]
fn odd_settings_do_not_make_a_bot_break_the_law() {
    let default = Settings::default();
    let flat = Settings { red_points: [7; 7], black_points: [7; 7], ..default.clone() };
    let upside_down = Settings {
        red_points: [1, 2, 3, 4, 5, 6, 7],
        black_points: [99, 98, 97, 96, 95, 94, 93],
        weak_points_max: 0,
        ..default.clone()
    };
    let never_zero_twice = Settings { zero_streak_max: 1, redeals_max: 0, ..default.clone() };
    let all_weak = Settings { weak_points_max: 99, exact_bonus: -30_000, ..default };
    for settings in [flat, upside_down, never_zero_twice, all_weak] {
        run([STANDARD, SIMPLE, STANDARD, SIMPLE], count(4, 1_000), &settings);
    }
}

#[test]
fn the_same_arguments_give_the_same_decision() {
    for state in states([SIMPLE; 4], 5, 200) {
        let seen = sight(&state, Seat::ALL[1]);
        for level in [SIMPLE, STANDARD] {
            let decision = || decide(&seen, level, || 77, &Settings::default());
            assert_eq!(decision(), decision());
        }
    }
}

#[test]
fn a_sight_does_not_tell_the_others_hands_apart() {
    for mut state in states([SIMPLE; 4], 9, 200) {
        let seen = Seat::ALL.map(|seat| sight(&state, seat));
        let [a, b] = [1, 2].map(|at: usize| state.players[at].as_ref().unwrap().tally.hand);
        if a.len() == b.len() {
            state.players[1].as_mut().unwrap().tally.hand = b;
            state.players[2].as_mut().unwrap().tally.hand = a;
        }
        for seat in [0, 3] {
            assert_eq!(sight(&state, Seat::ALL[seat]), seen[seat]);
        }
    }
}

/// A seat 3 that plays last to a single led by seat 0, with these captured of `declared`.
fn last_to(lead: u8, hand: &[u8], declared: u8, captured: u8) -> Sight {
    let set = |pieces: &[u8]| -> PieceSet {
        pieces.iter().map(|index| Piece::new(*index).unwrap()).collect()
    };
    let hand = set(hand);
    let mut table = Table::led_by(Seat::ALL[0]);
    table.kind = Some(components::SetKind::Single);
    table.plays = [set(&[lead]), set(&[30]), set(&[31]), PieceSet::EMPTY];
    let held = hand.len();
    let others: PieceSet = PieceSet::ALL.minus(hand).minus(table.plays[0]).minus(set(&[30, 31]));
    // The strongest are still out.
    let out: PieceSet = others.iter().take(3 * (held - 1) as usize).collect();
    let declared_by: PerSeat<Option<u8>> = [Some(2), Some(2), Some(1), Some(declared)];
    Sight {
        seat: Seat::ALL[3],
        hand,
        phase: Phase::Playing { seat: Seat::ALL[3], table },
        round: Round { number: 2, multiplier: 1, turn: 3, ..Round::default() },
        declared: declared_by,
        captured: [1, 1, 0, captured],
        scores: [0; 4],
        held: [held - 1, held - 1, held - 1, held],
        gone: PieceSet::ALL.minus(hand).minus(out),
        zero_streak: 0,
    }
}

/// What a standard bot plays in most of 20 cases.
fn mostly(sight: &Sight) -> PieceSet {
    let choices: Vec<PieceSet> = (0..20)
        .map(|random| match decide(sight, STANDARD, || random, &Settings::default()) {
            Decision::Play(pieces) => pieces,
            other => panic!("{other:?}"),
        })
        .collect();
    let times = |pieces: &PieceSet| choices.iter().filter(|other| *other == pieces).count();
    *choices.iter().max_by_key(|pieces| times(pieces)).unwrap()
}

#[test]
fn the_last_to_play_takes_a_pile_it_lacks_and_keeps_its_surest_winner() {
    // Red General, red Horse, three black pieces; a black Cannon leads.
    let sight = last_to(25, &[0, 7, 23, 28, 29], 2, 0);
    let played = mostly(&sight);
    let settings = Settings::default();
    let worth = points(played.iter().next().unwrap(), &settings);
    assert!(worth > 3 && worth < 14, "{played:?}");
}

#[test]
fn who_has_its_piles_throws_a_strong_piece_under_a_stronger_one() {
    // The red General leads; a red Advisor, a black Chariot and Soldiers in hand.
    let sight = last_to(0, &[1, 21, 11, 12, 28], 1, 1);
    assert_eq!(mostly(&sight), PieceSet::of(Piece::new(1).unwrap()));
}

#[test]
fn every_lead_of_a_standard_bot_is_one_the_hand_allows() {
    let mut leads = 0;
    for state in states([STANDARD; 4], 11, 200) {
        let Phase::Playing { seat, table } = state.phase else { continue };
        if table.kind.is_none() {
            let seen = sight(&state, seat);
            let decision = decide(&seen, STANDARD, || 1, &Settings::default());
            let Decision::Play(played) = decision else { panic!("{decision:?}") };
            assert!(legal_leads(seen.hand).any(|(pieces, _)| pieces == played));
            leads += 1;
        }
    }
    assert!(leads > 20, "{leads}");
}
