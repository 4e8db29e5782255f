//! What is shown, and that nothing else is.

use components::{
    Act, BotLevel, Control, Epoch, Event, Fact, MatchShown, Pace, Phase, Presence, RoomCode,
    RoomId, RoomState, SeatSummary, Settings, Stage, ViewEvent,
};
use rules::{room_view, seed_hash, summary, tells_lobby, view_event};

use crate::support::{Room, S0, S1, S2, S3, facts, session};

const ROOM: RoomId = RoomId(77);

fn running() -> (Room, Vec<Event>) {
    let mut room = Room::of_four(4, Pace::Standard);
    room.by(S0, Act::Remove(S3));
    room.by(S0, Act::AddBot(None, BotLevel::Simple));
    let events = room.start();
    (room, events)
}

#[test]
fn a_seat_sees_its_own_hand_and_a_spectator_none() {
    let (room, _) = running();
    let view = room_view(&room.state, ROOM, Some(S2), &room.settings);
    assert_eq!((view.viewer, view.hand), (Some(S2), Some(room.tally(S2).hand)));
    let watched = room_view(&room.state, ROOM, None, &room.settings);
    assert_eq!((watched.viewer, watched.hand), (None, None));
    assert_eq!(watched.seats, view.seats);
}

#[test]
fn views_that_differ_in_other_hands_and_secrets_alone_are_equal() {
    let (room, _) = running();
    let mut other = room.state.clone();
    let hands = [S0, S1, S3].map(|seat| room.tally(seat).hand);
    for (seat, hand) in [S1, S3, S0].into_iter().zip(hands) {
        other.players[seat.index()].as_mut().unwrap().tally.hand = hand;
    }
    other.charter.as_mut().unwrap().secret = [0; 32];
    assert_ne!(other, room.state);
    let view = |state: &RoomState| room_view(state, ROOM, Some(S2), &room.settings);
    assert_eq!(view(&other), view(&room.state));
}

#[test]
fn a_view_says_where_the_room_is() {
    let (mut room, _) = running();
    room.pass(300);
    let view = room_view(&room.state, ROOM, Some(S0), &room.settings);
    assert_eq!((view.room, view.code), (ROOM, RoomCode(*b"TABLE2")));
    assert_eq!((view.version, view.host), (room.state.version, Some(S0)));
    assert_eq!((view.phase, view.ms_left), (Phase::Dealt, Some(1_700)));
    let game = room.state.game;
    let seed_hash = seed_hash(&game.seed);
    assert_eq!(view.game, Some(MatchShown { id: game.id, number: 1, seed_hash }));
    assert_eq!(view.durations, room.settings.paces[0]);
    let seat = view.seats[1].as_ref().unwrap();
    assert_eq!((seat.name.as_deref(), seat.bot, seat.held), (Some("Ben"), None, 8));
    let bot = view.seats[3].as_ref().unwrap();
    assert_eq!((&bot.name, bot.bot), (&None, Some(BotLevel::Simple)));
    assert_eq!(bot.presence, Presence::Here);
}

#[test]
fn before_its_first_match_a_room_shows_none() {
    let room = Room::open(1, Pace::Fast, 1);
    let view = room_view(&room.state, ROOM, Some(S0), &room.settings);
    assert_eq!((view.game, view.ms_left), (None, None));
    assert_eq!(view.seats[3], None);
    let vacant = room_view(&RoomState::VACANT, ROOM, None, &Settings::default());
    assert_eq!(vacant.code, RoomCode(*b"??????"));
}

#[test]
fn a_redeals_time_is_told_to_its_end_before_and_after_the_warning() {
    let settings = Settings { weak_points_max: 99, ..Settings::default() };
    let mut room = Room::of_four_with(settings, 1, Pace::Standard);
    room.start();
    room.next();
    let left = |room: &Room| room_view(&room.state, ROOM, None, &room.settings).ms_left;
    assert_eq!(left(&room), Some(30_000));
    room.pass(5_000);
    assert_eq!(left(&room), Some(25_000));
    room.next();
    assert_eq!(left(&room), Some(10_000));
}

#[test]
fn events_show_a_seeds_hash_and_the_viewers_own_hand() {
    let (room, events) = running();
    let hash = seed_hash(&room.state.game.seed);
    let view = |event: &Event, viewer| view_event(event, &room.state, viewer);
    let ViewEvent::MatchStarted(shown) = view(&events[0], Some(S1)) else { panic!("{events:?}") };
    assert_eq!((shown.number, shown.seed_hash), (1, hash));
    let dealt = |hand| ViewEvent::Dealt { round: 1, redeal: 0, multiplier: 1, hand };
    assert_eq!(view(&events[1], Some(S1)), dealt(Some(room.tally(S1).hand)));
    assert_eq!(view(&events[1], None), dealt(None));
    let fact = Fact::PlayerAway { seat: S1 };
    let public = view(&Event::Public(fact.clone()), None);
    assert_eq!(public, ViewEvent::Public(fact));
}

#[test]
fn after_a_play_that_ends_a_round_the_hands_shown_are_the_new_ones() {
    let mut room = Room::open(1, Pace::Instant, 3);
    room.start();
    let mut rounds = 0;
    while room.state.phase.is_running() {
        let events = room.next();
        let is_played =
            facts(&events).first().is_some_and(|fact| matches!(fact, Fact::Played { .. }));
        for event in events.iter().filter(|event| matches!(event, Event::Dealt { .. })) {
            let ViewEvent::Dealt { round, redeal, hand, .. } =
                view_event(event, &room.state, Some(S0))
            else {
                panic!()
            };
            let hands = rules::deal(&room.state.game.seed, round, redeal);
            assert_eq!(hand, Some(hands[0]));
            rounds += u32::from(is_played);
        }
    }
    assert!(rounds > 0);
}

#[test]
fn a_summary_says_who_sits_where_and_what_the_room_is_up_to() {
    let (mut room, _) = running();
    room.by(S1, Act::Disconnected(Epoch(1)));
    let told = summary(&room.state, ROOM);
    assert_eq!((told.room, told.stage, told.host), (ROOM, Stage::Running, Some(S0)));
    let human =
        SeatSummary::Human { session: session(S1), name: "Ben".into(), presence: Presence::Lost };
    assert_eq!(told.seats[1], Some(human));
    assert_eq!(told.seats[3], Some(SeatSummary::Bot(BotLevel::Simple)));
    room.nobody(Act::Close);
    assert_eq!(summary(&room.state, ROOM).stage, Stage::Closed);
    assert_eq!(summary(&RoomState::VACANT, ROOM).stage, Stage::Open);
}

#[test]
fn the_lobby_is_told_whenever_the_summary_changes_with_an_event() {
    let mut room = Room::open(1, Pace::Instant, 2);
    let said = |room: &RoomState| {
        let told = summary(room, ROOM);
        (told.stage, told.host, told.seats)
    };
    let check = |room: &mut Room, act: &mut dyn FnMut(&mut Room) -> Vec<Event>| {
        let before = said(&room.state);
        let events = act(room);
        let is_told = events.iter().any(tells_lobby);
        assert_eq!(is_told, said(&room.state) != before, "{events:?}");
        is_told
    };
    assert!(check(&mut room, &mut |room| room.join("Dan", S3)));
    assert!(check(&mut room, &mut Room::start));
    while room.state.phase.is_running() {
        check(&mut room, &mut Room::next);
    }
    assert!(check(&mut room, &mut |room| room.by(S0, Act::Leave)));
    assert!(check(&mut room, &mut |room| room.nobody(Act::Close)));
    assert!(matches!(room.state.players[1].as_ref().unwrap().control, Control::Bot(_)));
}
