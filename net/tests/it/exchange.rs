//! The outside without sockets: the same calls give the same frames, byte for byte.

use std::sync::Arc;

use components::{
    Act, Action, Ask, Audience, Cause, Fact, Frame, Inbound, Pace, Phase, Presence, Release,
    RoomCode, RoomId, RoomSummary, RoomView, Round, Seat, SeatSummary, SessionId, Settings, Stage,
    Version, ViewEvent,
};
use crossbeam_channel::{Receiver, bounded};
use net::{Exchange, Lanes, NetSettings, Recovered, RecoveredSeat, snapshot_json, update_json};
use protocol::{Encoding, Envelope, Hello, Request, ServerMessage, decode_message, encode_request};

use crate::house::keys;

struct Desk {
    exchange: Exchange,
    lanes: [Receiver<Inbound>; 2],
}

fn desk(settings: NetSettings, recovered: Recovered) -> Desk {
    let (request_sender, requests) = bounded(64);
    let (control_sender, control) = bounded(64);
    let lanes = Lanes { requests: vec![request_sender], control: vec![control_sender] };
    let mut next = 0_u8;
    let random = move |bytes: &mut [u8]| {
        next += 1;
        bytes.fill(next);
    };
    let ready = Arc::new(|| Ok(()));
    let exchange = Exchange::new(settings, lanes, 1, keys(), recovered, ready, random).unwrap();
    Desk { exchange, lanes: [control, requests] }
}

impl Desk {
    fn ask(&mut self, connection: u64, id: u32, request: Request) {
        let mut bytes = Vec::new();
        encode_request(Encoding::Json, &Envelope { id, request }, &mut bytes);
        self.exchange.receive(connection, &bytes, 10, 20_000);
    }

    /// Says hello on a new connection; gives it and what was said to it.
    fn greet(&mut self, hello: Hello) -> (u64, ServerMessage) {
        let connection = self.exchange.connect(true);
        self.ask(connection, 1, Request::Hello(hello));
        let told = self.exchange.take(connection).pop().unwrap();
        (connection, decode_message(Encoding::Json, &told).unwrap())
    }

    fn arrived(&self) -> Vec<Inbound> {
        self.lanes.iter().flat_map(Receiver::try_iter).collect()
    }
}

fn seated(session: u64, epoch: u32) -> Recovered {
    let (session, name) = (SessionId(session), "Ada");
    let human = SeatSummary::Human { session, name: name.into(), presence: Presence::Here };
    let room = RoomId::nth(1);
    let summary = RoomSummary {
        room,
        code: RoomCode(*b"ABCDEF"),
        version: Version(3),
        pace: Pace::Fast,
        private: false,
        stage: Stage::Running,
        host: None,
        seats: [Some(human), None, None, None],
    };
    let seat = RecoveredSeat {
        session,
        player: components::PlayerId(2),
        epoch: components::Epoch(epoch),
        name: name.into(),
        room,
        seat: Seat::ALL[0],
        present: true,
    };
    Recovered { rooms: vec![summary], seats: vec![seat], grace_ms: 100 }
}

/// A paused room before its first match, as a spectator sees it.
fn view() -> RoomView {
    RoomView {
        room: RoomId::nth(1),
        code: RoomCode(*b"ABCDEF"),
        version: Version(4),
        viewer: None,
        pace: Pace::Fast,
        durations: *Settings::default().pace(Pace::Fast),
        private: false,
        host: None,
        game: None,
        round: Round::default(),
        phase: Phase::Open,
        ms_left: None,
        paused: true,
        hand: None,
        seats: [const { None }; 4],
    }
}

#[test]
fn the_same_calls_give_the_same_frames() {
    let run = || {
        let mut desk = desk(NetSettings::default(), Recovered::default());
        let connections: Vec<u64> = (0..20).map(|n| desk.exchange.connect(n % 2 == 0)).collect();
        for connection in &connections {
            desk.exchange.receive(*connection, br#"{"id":1,"type":"hello"}"#, 10, 20_000);
            desk.exchange.receive(*connection, br#"{"id":2,"type":"watch_lobby"}"#, 10, 20_000);
        }
        let rooms = seated(1, 1).rooms.into_iter();
        let frames = rooms.map(|room| Frame::Room(Box::new(room))).collect();
        desk.exchange.release(&Release { frames, events: Vec::new() }, 11);
        desk.exchange.shut_down();
        let taken = connections.iter().map(|it| desk.exchange.take(*it)).collect::<Vec<_>>();
        (taken, connections.iter().map(|it| desk.exchange.closed(*it)).collect::<Vec<_>>())
    };
    let (first, second) = (run(), run());
    assert_eq!(first, second);
    assert!(first.0.iter().flatten().count() >= 50 && first.1[0] == Some(4005));
}

#[test]
fn what_tools_show_is_what_a_client_gets() {
    let mut desk = desk(NetSettings::default(), Recovered::default());
    let (ada, ServerMessage::Ok { data, .. }) = desk.greet(Hello::default()) else {
        panic!("no welcome")
    };
    let session = SessionId(u64::from_str_radix(data.session.as_ref().unwrap(), 16).unwrap());
    let room = seated(session.0, 1).rooms.remove(0);
    let (code, version, to) = (room.code, Version(5), Audience::Everyone);
    let view = RoomView { room: room.room, code, viewer: Some(Seat::ALL[0]), ..view() };
    let events = vec![ViewEvent::Public(Fact::RoomPaused), ViewEvent::Public(Fact::RoomResumed)];
    let (update, snapshot) = (update_json(code, version, &events), snapshot_json(&view));
    let frames = vec![
        Frame::Room(Box::new(room)),
        Frame::Snapshot { session, view: Box::new(view) },
        Frame::Update { room: RoomId::nth(1), version, to, events: 0..2 },
    ];
    desk.exchange.release(&Release { frames, events }, 11);
    assert_eq!(desk.exchange.take(ada), [snapshot.into_bytes(), update.clone().into_bytes()]);
    let events = r#"[{"type":"room_paused"},{"type":"room_resumed"}]"#;
    let whole = format!(r#"{{"room":"ABCDEF","version":5,"events":{events}}}"#);
    assert_eq!(update, format!(r#"{{"type":"update","data":{whole}}}"#));
}

#[test]
fn a_client_that_does_not_return_after_a_restart_is_reported_in_virtual_time() {
    let mut desk = desk(NetSettings::default(), seated(1, 4));
    for now_ms in [0, 50, 99] {
        desk.exchange.keep_house(now_ms);
        assert_eq!(desk.arrived(), []);
    }
    desk.exchange.keep_house(100);
    let [Inbound { cause: Cause::Connection(SessionId(1)), ask: Ask::Act(action), .. }] =
        &desk.arrived()[..]
    else {
        panic!("one report")
    };
    assert_eq!(action.act, Act::Disconnected(components::Epoch(4)));
}

#[test]
fn a_message_of_a_connection_that_is_to_close_is_not_read() {
    let mut desk = desk(NetSettings::default(), Recovered::default());
    let (old, ServerMessage::Ok { data, .. }) = desk.greet(Hello::default()) else {
        panic!("no welcome")
    };
    assert!(desk.exchange.may_send(old));
    desk.greet(Hello { token: data.token, ..Hello::default() });
    assert_eq!((desk.exchange.closed(old), desk.exchange.may_send(old)), (Some(4000), false));
    desk.exchange.receive(old, b"?", 11, 20_000);
    assert!(desk.exchange.take(old).is_empty());
    desk.exchange.disconnect(old, 12);
    assert_eq!(desk.exchange.closed(old), None);
}

/// What its room is told when the older connection of a session closes after the newer opened.
fn told_of_a_stale_close(settings: NetSettings) -> Vec<Act> {
    let mut desk = desk(settings, Recovered::default());
    let (old, ServerMessage::Ok { data, .. }) = desk.greet(Hello::default()) else {
        panic!("no welcome")
    };
    let session = u64::from_str_radix(data.session.as_ref().unwrap(), 16).unwrap();
    let rooms = seated(session, 1).rooms.into_iter();
    let frames = rooms.map(|room| Frame::Room(Box::new(room))).collect();
    desk.exchange.release(&Release { frames, events: Vec::new() }, 11);
    desk.greet(Hello { token: data.token, ..Hello::default() });
    desk.arrived();
    desk.exchange.disconnect(old, 12);
    let acts = desk.arrived().into_iter().filter_map(|it| match it.ask {
        Ask::Act(Action { act, .. }) => Some(act),
        _ => None,
    });
    acts.collect()
}

#[test]
fn a_stale_close_is_nothing_to_the_room() {
    assert_eq!(told_of_a_stale_close(NetSettings::default()), []);
}

#[cfg(feature = "faults")]
#[test]
fn a_stale_close_evicts_where_that_is_planted() {
    let faults = components::Faults::planted(&[components::Fault::StaleCloseEvicts]);
    let settings = NetSettings { faults, ..NetSettings::default() };
    assert_eq!(told_of_a_stale_close(settings), [Act::Disconnected(components::Epoch(2))]);
}
