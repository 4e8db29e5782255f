//! What each kind of player is told to be legal.

use protocol::{Phase, Pieces, Seat};

use super::super::{command::Asked, sample, style::Style};
use super::{asked, lines};

fn shown(room: &protocol::Snapshot<'_>) -> String {
    lines(room, Style::Plain).join("\n")
}

#[test]
fn a_weak_hand_is_asked_until_it_has_answered() {
    let mut room = sample::playing();
    let all: protocol::Seats = Seat::ALL.into_iter().collect();
    let none = protocol::Seats::default();
    room.phase = Phase::Redealing { asked: all, accepted: none, declined: none };
    assert_eq!(asked(&room), Asked::Redeal);
    assert!(shown(&room).contains("points count x2. Type yes or no."));
    room.phase = Phase::Redealing { asked: all, accepted: none, declined: all };
    assert_eq!(asked(&room), Asked::Nothing);
}

#[test]
fn the_last_to_declare_hears_what_is_barred_and_why() {
    let mut room = sample::declaring();
    assert_eq!(asked(&room), Asked::Piles);
    let text = shown(&room);
    assert!(text.contains("capture: 0 1 3 4 5 6 7 8. Not 2: the last"), "{text}");
    room.seats[0].as_mut().unwrap().zero_streak = 2;
    let text = shown(&room);
    assert!(text.contains("capture: 1 3 4 5 6 7 8. Not 0: you declared 0"), "{text}");
}

#[test]
fn the_first_to_declare_may_say_anything() {
    let mut room = sample::declaring();
    for seat in room.seats.iter_mut().flatten() {
        seat.declared = None;
    }
    assert!(shown(&room).contains("capture: 0 1 2 3 4 5 6 7 8. Type a number."));
}

#[test]
fn a_leader_sees_the_sets_in_hand() {
    let text = shown(&sample::leading());
    assert!(text.contains("[1] R-General(14)  [2] R-Cannon(4)"), "{text}");
    assert!(text.contains("You lead. Play 1 to 6 pieces that form a set"), "{text}");
    assert!(text.contains("  5 6          pair 2: b-Soldier(1) b-Soldier(1)\n"), "{text}");
    assert_eq!(text.lines().count(), 4);
}

#[test]
fn a_follower_sees_how_many_and_what_would_be_ahead() {
    let mut room = sample::playing();
    let text = shown(&room);
    assert!(text.contains("Bot 3 led pair 20. Play 2 pieces"), "{text}");
    assert!(text.contains("no set of yours can take this turn"), "{text}");
    let advisors = 0b11 << 1;
    room.hand = Some(Pieces(advisors | 1 << 31));
    let text = shown(&room);
    let choice = "these would be ahead:\n  1 2          pair 24: R-Advisor(12) R-Advisor(12)\n";
    assert!(text.contains(choice), "{text}");
}

#[test]
fn a_follower_sees_who_has_overtaken_the_leader() {
    let mut room = sample::playing();
    let plays = [None, None, Some(Pieces(1 << 31)), Some(Pieces(1 << 16))];
    let kind = Some(protocol::SetKind::Single);
    let [own, _, leader, _] = Seat::ALL;
    room.phase = Phase::Playing { seat: own, leader, kind, plays };
    let text = shown(&room);
    assert!(text.contains("Bot 3 led single 1; Max is ahead with single 13."), "{text}");
    assert!(text.contains("Play 1 piece, any you hold: type numbers"), "{text}");
    assert!(text.contains("\n  1            single 14: R-General(14)\n"), "{text}");
}

#[test]
fn between_matches_the_host_hears_what_is_missing() {
    assert!(shown(&sample::open(2)).starts_with("2 seats are free: wait"));
    assert!(shown(&sample::open(3)).starts_with("1 seat is free: wait"));
    assert!(shown(&sample::open(4)).starts_with("Type start to begin"));
    let mut room = sample::open(4);
    room.phase = Phase::Finished { winners: protocol::Seats(1) };
    assert!(shown(&room).starts_with("Type rematch to begin"));
    room.host = Some(Seat::ALL[3]);
    assert_eq!(shown(&room), "The host begins the match: wait, or quit.");
}

#[test]
fn who_is_not_asked_hears_who_is() {
    let mut room = sample::playing();
    room.seat = Some(Seat::ALL[3]);
    assert_eq!(asked(&room), Asked::Nothing);
    assert_eq!(shown(&room), "You are not asked now: Ada is to play.");
}
