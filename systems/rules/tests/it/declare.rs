//! Declarations: whose turn, and what is barred.

use components::{Decision, DeclarationBar, Fact, Phase, Rejection, Seat, Table};
use rules::{declaration_bar, legal_declarations};

use crate::support::{Room, S0, S1, S2, S3, facts, plain_hands};

fn room() -> Room {
    Room::with_hands(plain_hands(), S1)
}

fn declare(room: &mut Room, seat: Seat, piles: u8) -> Vec<Fact> {
    facts(&room.decide(seat, Decision::Declare(piles)))
}

#[track_caller]
fn check_barred(room: &Room, seat: Seat, piles: u8, bar: DeclarationBar) {
    let rejection = room.not_decided(seat, Decision::Declare(piles));
    assert_eq!(rejection, Rejection::BadDeclaration(bar));
    assert_eq!(declaration_bar(&room.state, seat, piles, &room.settings), Some(bar));
}

fn legal(room: &Room, seat: Seat) -> Vec<u8> {
    legal_declarations(&room.state, seat, &room.settings).collect()
}

#[test]
fn seats_declare_in_play_order_from_the_starter_and_the_first_turn_follows() {
    let mut room = room();
    assert_eq!(room.state.phase, Phase::Declaring { seat: S1 });
    for (seat, next) in [(S1, Some(S2)), (S2, Some(S3)), (S3, Some(S0)), (S0, None)] {
        let facts = declare(&mut room, seat, 1);
        let Fact::Declared { seat: told, piles: 1, next: told_next, .. } = facts[0] else {
            panic!("{facts:?}");
        };
        assert_eq!((told, told_next), (seat, next));
        assert_eq!(facts.len(), if next.is_some() { 1 } else { 2 });
    }
    let table = Table::led_by(S1);
    assert_eq!(room.state.phase, Phase::Playing { seat: S1, table });
    assert_eq!(room.state.round.turn, 1);
}

#[test]
fn only_the_seat_that_is_asked_declares_and_only_once() {
    let mut room = room();
    let zero = Decision::Declare(0);
    assert_eq!(room.not_decided(S0, zero), Rejection::NotYourTurn(S1));
    declare(&mut room, S1, 3);
    assert_eq!(room.not_decided(S1, zero), Rejection::AlreadyDeclared(3));
    assert_eq!(room.not_decided(S3, zero), Rejection::NotYourTurn(S2));
}

#[test]
fn nobody_declares_more_than_eight() {
    let room = room();
    check_barred(&room, S1, 9, DeclarationBar::AboveMost(8));
    check_barred(&room, S1, 255, DeclarationBar::AboveMost(8));
    assert_eq!(legal(&room, S1), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn the_last_may_not_bring_the_total_to_eight() {
    let mut room = room();
    for (seat, piles) in [(S1, 2), (S2, 0), (S3, 3)] {
        declare(&mut room, seat, piles);
    }
    check_barred(&room, S0, 3, DeclarationBar::TotalIsExact(3));
    assert_eq!(legal(&room, S0), [0, 1, 2, 4, 5, 6, 7, 8]);
    declare(&mut room, S0, 4);
}

#[test]
fn the_third_may_bring_the_total_to_eight() {
    let mut room = room();
    declare(&mut room, S1, 4);
    declare(&mut room, S2, 3);
    declare(&mut room, S3, 1);
    check_barred(&room, S0, 0, DeclarationBar::TotalIsExact(0));
    assert_eq!(legal(&room, S0), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn with_more_than_eight_declared_the_last_is_free() {
    let mut room = room();
    for (seat, piles) in [(S1, 8), (S2, 0), (S3, 8)] {
        declare(&mut room, seat, piles);
    }
    assert_eq!(legal(&room, S0).len(), 9);
}

#[test]
fn after_two_zeros_a_third_is_barred() {
    let mut room = room();
    room.tally_mut(S1).zero_streak = 1;
    assert!(legal(&room, S1).contains(&0));
    room.tally_mut(S1).zero_streak = 2;
    check_barred(&room, S1, 0, DeclarationBar::ThirdZero);
    assert_eq!(legal(&room, S1), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn both_bars_can_hold_at_once_and_something_remains() {
    let mut room = room();
    room.tally_mut(S0).zero_streak = 2;
    for (seat, piles) in [(S1, 2), (S2, 2), (S3, 2)] {
        declare(&mut room, seat, piles);
    }
    check_barred(&room, S0, 0, DeclarationBar::ThirdZero);
    check_barred(&room, S0, 2, DeclarationBar::TotalIsExact(2));
    assert_eq!(legal(&room, S0), [1, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn both_bars_can_hold_for_zero_itself() {
    let mut room = room();
    room.tally_mut(S0).zero_streak = 2;
    for (seat, piles) in [(S1, 8), (S2, 0), (S3, 0)] {
        declare(&mut room, seat, piles);
    }
    check_barred(&room, S0, 0, DeclarationBar::TotalIsExact(0));
    assert_eq!(legal(&room, S0), [1, 2, 3, 4, 5, 6, 7, 8]);
}
