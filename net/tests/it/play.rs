//! From a socket to the shard and back, with the test as the shard.

use components::{
    Act, Action, Answer, Ask, Audience, Cause, Fact, Frame, Inbound, Pace, Phase, Presence,
    Release, RequestId, RoomCode, RoomId, RoomSummary, RoomView, Round, Seat, SeatSummary,
    Settings, Stage, Version, ViewEvent,
};
use protocol::{Declare, Encoding, Event, Hello, JoinRoom, Request, ServerMessage};

use crate::house::{Client, House, house, until};

const ROOM: RoomId = RoomId::nth(0);
const CODE: RoomCode = RoomCode(*b"ABCDEF");

fn summary(seats: [Option<SeatSummary>; 4]) -> Frame {
    Frame::Room(Box::new(RoomSummary {
        room: ROOM,
        code: CODE,
        version: Version(1),
        pace: Pace::Standard,
        private: false,
        stage: Stage::Open,
        host: Some(Seat::ALL[0]),
        seats,
    }))
}

fn snapshot(client: &Client, version: u64) -> Frame {
    let settings = Settings::default();
    let view = RoomView {
        room: ROOM,
        code: CODE,
        version: Version(version),
        viewer: Some(Seat::ALL[0]),
        pace: Pace::Standard,
        durations: *settings.pace(Pace::Standard),
        private: false,
        host: Some(Seat::ALL[0]),
        game: None,
        round: Round::default(),
        phase: Phase::Open,
        ms_left: None,
        paused: false,
        hand: None,
        seats: [const { None }; 4],
    };
    Frame::Snapshot { session: client.session, view: Box::new(view) }
}

fn accepted(client: &Client, request: u32, seated: bool) -> Frame {
    let seated = seated.then_some((ROOM, CODE, Seat::ALL[0]));
    let answer = Answer { version: Version(2), duplicate: false, seated };
    Frame::Accepted { session: client.session, request: RequestId(request), answer }
}

fn frames(frames: Vec<Frame>) -> Release {
    Release { frames, events: Vec::new() }
}

/// A client in seat 0 of a room, by way of its code.
async fn seated(house: &House, encoding: Encoding) -> Client {
    house.release(frames(vec![summary([const { None }; 4])])).await;
    let hello = Hello { name: Some("  Ada ".into()), ..Hello::default() };
    let mut client = house.greeted(encoding, hello).await;
    client.ask(2, Request::JoinRoom(JoinRoom { room: "abcdef".into(), seat: None })).await;
    let Inbound { room, cause, ask } = house.arrived(&house.requests).await;
    assert_eq!((room, cause), (ROOM, Cause::Client(client.session, RequestId(2))));
    let Ask::Act(Action { act: Act::Join(guest, None), .. }) = ask else { panic!("{ask:?}") };
    assert_eq!(&*guest.name, "Ada");
    let name = "Ada".into();
    let ada = SeatSummary::Human { session: client.session, name, presence: Presence::Here };
    house
        .release(frames(vec![
            accepted(&client, 2, true),
            summary([Some(ada), None, None, None]),
            snapshot(&client, 2),
        ]))
        .await;
    let ServerMessage::Ok { id: 2, data } = client.message().await else { panic!("no ok") };
    assert_eq!((data.room_code(), data.version), (Some("ABCDEF"), Some(2)));
    let ServerMessage::Snapshot(seen) = client.message().await else { panic!("no snapshot") };
    assert_eq!(
        (&*seen.room, seen.version, seen.seat.map(|it| it.number())),
        ("ABCDEF", 2, Some(0))
    );
    client
}

#[tokio::test]
async fn who_joins_is_answered_sees_the_room_and_is_told_what_happens() {
    let house = house(|_| {}).await;
    for encoding in Encoding::ALL {
        let mut client = seated(&house, encoding).await;
        let events = vec![ViewEvent::Public(Fact::Declared {
            seat: Seat::ALL[1],
            piles: 3,
            next: None,
            decider: components::Decider::Bot,
        })];
        let (room, version, to) = (ROOM, Version(3), Audience::Everyone);
        let update = Frame::Update { room, version, to, events: 0..1 };
        house.release(Release { frames: vec![update], events }).await;
        let ServerMessage::Update(update) = client.message().await else { panic!("no update") };
        assert_eq!((&*update.room, update.version), ("ABCDEF", 3));
        let [Event::Declared { piles: 3, next: None, .. }] = update.events[..] else {
            panic!("{:?}", update.events)
        };
        drop(client);
        let left = house.arrived(&house.control).await;
        assert!(matches!(left.ask, Ask::Act(Action { act: Act::Disconnected(_), .. })));
        house.release(frames(vec![summary([const { None }; 4])])).await;
    }
}

#[tokio::test]
async fn a_socket_with_as_many_unanswered_requests_as_it_may_have_is_not_read() {
    let house = house(|settings| settings.unanswered_max = 2).await;
    let mut client = seated(&house, Encoding::Json).await;
    for id in 3..7 {
        client.ask(id, Request::Declare(Declare { piles: 1, turn: None })).await;
    }
    for id in 3..5 {
        let arrived = house.arrived(&house.requests).await;
        assert_eq!(arrived.cause, Cause::Client(client.session, RequestId(id)));
    }
    // What another connection sent later has long come: the third request waits in its socket.
    let mut other = house.greeted(Encoding::Json, Hello::default()).await;
    other.ask(2, Request::WatchLobby).await;
    other.message().await;
    assert!(house.requests.is_empty());

    house.release(frames(vec![accepted(&client, 3, false)])).await;
    let arrived = house.arrived(&house.requests).await;
    assert_eq!(arrived.cause, Cause::Client(client.session, RequestId(5)));
    assert!(house.requests.is_empty());
}

#[tokio::test]
async fn who_takes_nothing_for_too_long_is_closed_and_reported() {
    let house = house(|settings| settings.behind_seconds_max = 1).await;
    let client = seated(&house, Encoding::Json).await;
    // Snapshots are never skipped: more than the buffers of both sockets hold.
    for _ in 0..100 {
        let many = (0..200).map(|_| snapshot(&client, 2)).collect();
        house.release(frames(many)).await;
    }
    until(|| house.stats.snapshot().closed.get(&4001) == Some(&1)).await;
    let left = house.arrived(&house.control).await;
    assert!(matches!(left.ask, Ask::Act(Action { act: Act::Disconnected(_), .. })));
}
