//! What a player is shown, and what is sent, as a game goes on.

use std::time::{Duration, Instant};

use client::Push;
use protocol::{
    Decider, Declare, ErrorCode, ErrorData, Event, LeaveReason, Phase, Pieces, Play, Redeal,
    Request, Seat, SetKind, Snapshot, Turn, Update,
};

use super::super::{sample, style::Style};
use super::{Game, Reply};

const NEXT: u64 = 42;

fn game(room: Snapshot<'static>) -> (Game, Instant) {
    let now = Instant::now();
    (Game::new(room, Style::Plain, now), now)
}

fn update(version: u64, events: Vec<Event<'static>>) -> Push {
    Push::Update(Update { room: "K7MPQ2".into(), version, events })
}

fn hear(game: &mut Game, events: Vec<Event<'static>>) -> String {
    let reply = game.hear(update(NEXT, events), Instant::now());
    assert_eq!((reply.request, reply.is_over), (None, false));
    reply.lines.join("\n")
}

fn sent(room: Snapshot<'static>, line: &str) -> Request {
    let (game, now) = game(room);
    game.obey(line, now).request.unwrap()
}

#[test]
fn decisions_carry_the_turn_they_are_meant_for() {
    let turn = Some(Turn { round: 2, turn: 3 });
    let pieces = Pieces(1 << 30 | 1 << 31);
    assert_eq!(sent(sample::playing(), "5 6"), Request::Play(Play { pieces, turn }));
    assert_eq!(sent(sample::declaring(), "3"), Request::Declare(Declare { piles: 3, turn }));
    let redeal = Redeal { accept: false, turn };
    assert_eq!(sent(sample::playing(), "no"), Request::Redeal(redeal));
    assert_eq!(sent(sample::open(4), "start"), Request::StartMatch);
}

#[test]
fn what_is_only_shown_sends_nothing() {
    let (game, now) = game(sample::playing());
    for (line, part) in [
        ("help", "Commands"),
        ("hand", "[6] b-Soldier(1)"),
        ("", "== Round 2, turn 3"),
        ("scores", "1. Bot 3"),
        ("legal", "Play 2 pieces"),
        ("7 8", "type numbers 1 to 6"),
        ("dance", "type help"),
    ] {
        let reply = game.obey(line, now);
        assert_eq!((reply.request, reply.is_over), (None, false), "{line}");
        assert!(reply.lines.join("\n").contains(part), "{line}: {:?}", reply.lines);
    }
    assert!(game.obey("quit", now).is_over);
}

#[test]
fn a_new_question_comes_with_the_table_and_what_is_legal_once() {
    let mut room = sample::playing();
    let [own, _, leader, last] = Seat::ALL;
    let plays = [None, None, Some(Pieces(0b11 << 3)), None];
    room.phase = Phase::Playing { seat: last, leader, kind: Some(SetKind::Pair), plays };
    let (mut game, _) = game(room);
    let pieces = Pieces(0b11 << 27);
    let (kind, decider) = (Some(SetKind::Pair), Decider::Person);
    let played = Event::Played { seat: last, pieces, kind, points: 2, next: Some(own), decider };
    let text = hear(&mut game, vec![played]);
    assert!(
        text.starts_with("Max plays pair 2: b-Soldier(1) b-Soldier(1).\n\n== Round 2"),
        "{text}"
    );
    assert!(text.contains("Play 2 pieces, any you hold:"), "{text}");
    let away = update(NEXT + 1, vec![Event::PlayerAway { seat: last }]);
    assert_eq!(game.hear(away, Instant::now()).lines, ["Max is away: a bot decides meanwhile."]);
}

#[test]
fn a_turn_that_is_won_shows_the_table() {
    let mut room = sample::playing();
    let [_, winner, leader, _] = Seat::ALL;
    room.phase = Phase::Staying { leader, kind: None, plays: [Some(Pieces(1)); 4] };
    let (mut game, _) = game(room);
    let text = hear(&mut game, vec![Event::TurnWon { turn: 3, seat: winner, piles: 2 }]);
    assert!(text.starts_with("Zoë takes the turn: 2 piles.\n\n== Round 2, turn 3"), "{text}");
    assert!(text.contains(" *   1   Zoë"), "{text}");
}

#[test]
fn a_person_who_is_waited_for_is_named() {
    let (mut game, _) = game(sample::declaring());
    let next = Some(Seat::ALL[1]);
    let decider = Decider::Person;
    let declared = Event::Declared { seat: Seat::ALL[0], piles: 3, next, decider };
    assert_eq!(hear(&mut game, vec![declared]), "You declare 3.\nZoë is to declare, 30 s left.");
}

#[test]
fn the_host_hears_when_a_match_can_begin() {
    let (mut game, _) = game(sample::open(3));
    let joined = Event::PlayerJoined { seat: Seat::ALL[3], name: "Eve".into(), bot: None };
    let text = hear(&mut game, vec![joined]);
    assert!(text.starts_with("Eve sits down in seat 3.\nType start to begin"), "{text}");
}

#[test]
fn a_gap_is_asked_about_once_and_a_snapshot_heals_it() {
    let (mut game, now) = game(sample::playing());
    let reply = game.hear(update(NEXT + 1, vec![]), now);
    assert!(matches!(reply.request, Some(Request::Resync(_))));
    assert_eq!(game.hear(update(NEXT + 2, vec![]), now), Reply::default());
    let fresh = Snapshot { version: NEXT + 2, ..sample::declaring() };
    let reply = game.hear(Push::Snapshot(Box::new(fresh)), now);
    assert!(reply.lines.join("\n").contains("Declare how many piles"));
}

#[test]
fn time_left_runs_down_and_is_reminded_of_once() {
    let (mut game, now) = game(sample::playing());
    let due = game.remind_at().unwrap();
    assert_eq!(due - now, Duration::from_millis(34_180));
    assert!(game.obey("table", due).lines[1].contains("10 s left"));
    assert_eq!(game.remind(due).lines, ["10 s left: then a bot decides for you."]);
    assert_eq!(game.remind_at(), None);
    assert!(game.obey("table", now + Duration::from_secs(99)).lines[1].contains("0 s left"));
}

#[test]
fn what_others_do_does_not_set_the_clock_back() {
    let (mut game, now) = game(sample::playing());
    let later = now + Duration::from_secs(20);
    game.hear(update(NEXT, vec![Event::PlayerBack { seat: Seat::ALL[1] }]), later);
    assert!(game.obey("table", later).lines[1].contains("25 s left"));
}

#[test]
fn refusals_are_shown_and_those_without_a_seat_go() {
    let refused = |code| {
        let (message, retry_after_ms) = ("Because.".into(), None);
        Game::answered::<()>(Err(Box::new(ErrorData { code, message, retry_after_ms })))
    };
    let reply = refused(ErrorCode::BadSet);
    assert_eq!((reply.lines, reply.is_over), (vec!["Not done: Because.".to_owned()], false));
    assert!(refused(ErrorCode::NotInRoom).is_over);
    assert_eq!(Game::answered(Ok(())), Reply::default());
}

#[test]
fn who_is_removed_goes() {
    let (mut game, now) = game(sample::open(4));
    let removed = |seat| Event::PlayerLeft { seat, reason: LeaveReason::Removed, bot: None };
    assert!(!game.hear(update(NEXT, vec![removed(Seat::ALL[2])]), now).is_over);
    assert!(game.hear(update(NEXT + 1, vec![removed(Seat::ALL[0])]), now).is_over);
}
