//! One of everything that may be said.

use std::borrow::Cow;

use protocol::*;

pub(crate) fn seat(number: u8) -> Seat {
    Seat::new(number).unwrap()
}

pub(crate) fn pieces<const N: usize>(indices: [u8; N]) -> Pieces {
    indices.into_iter().collect()
}

pub(crate) fn encoded(encoding: Encoding, write: impl Fn(Encoding, &mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(encoding, &mut bytes);
    bytes
}

pub(crate) fn request_bytes(encoding: Encoding, id: u32, request: &Request) -> Vec<u8> {
    let envelope = Envelope { id, request: request.clone() };
    encoded(encoding, |encoding, out| encode_request(encoding, &envelope, out))
}

/// Every request, once with as little and once with as much as it can say.
pub(crate) fn requests() -> Vec<Request> {
    let turn = Some(Turn { round: 2, turn: 3 });
    let text = |text: &str| Some(text.to_owned());
    vec![
        Request::Hello(Hello::default()),
        Request::Hello(Hello {
            name: text("Ada"),
            token: text("t.0kEn"),
            room: text("K7MPQ2"),
            version: Some(u64::MAX),
            client: text("an example"),
        }),
        Request::Ping(Ping { t: None }),
        Request::Ping(Ping { t: Some(1_795_000_000_000) }),
        Request::ListRooms(ListRooms::default()),
        Request::ListRooms(ListRooms { after: text("K7MPQ2"), limit: Some(100) }),
        Request::WatchLobby,
        Request::UnwatchLobby,
        Request::CreateRoom(CreateRoom::default()),
        Request::CreateRoom(CreateRoom {
            pace: Some(Pace::Instant),
            private: true,
            bots: 3,
            bot_level: Some(BotLevel::Simple),
        }),
        Request::JoinRoom(JoinRoom { room: "K7MPQ2".to_owned(), seat: None }),
        Request::JoinRoom(JoinRoom { room: "k7mpq2".to_owned(), seat: Some(seat(3)) }),
        Request::WatchRoom(WatchRoom { room: "K7MPQ2".to_owned() }),
        Request::UnwatchRoom(UnwatchRoom { room: "K7MPQ2".to_owned() }),
        Request::LeaveRoom,
        Request::AddBot(AddBot::default()),
        Request::AddBot(AddBot { seat: Some(seat(1)), level: Some(BotLevel::Standard) }),
        Request::RemovePlayer(RemovePlayer { seat: seat(2) }),
        Request::StartMatch,
        Request::Rematch,
        Request::Redeal(Redeal { accept: true, turn: None }),
        Request::Redeal(Redeal { accept: false, turn }),
        Request::Declare(Declare { piles: 8, turn: None }),
        Request::Declare(Declare { piles: 255, turn }),
        Request::Play(Play { pieces: Pieces::default(), turn: None }),
        Request::Play(Play { pieces: pieces([3, 4]), turn }),
        Request::Play(Play { pieces: Pieces(u32::MAX), turn }),
        Request::Resync(Resync::default()),
        Request::Resync(Resync { version: Some(41) }),
    ]
}

/// Every event, with values of every sign and size.
pub(crate) fn events() -> Vec<Event<'static>> {
    let id = MatchId(0x0193_4a5b_6c7d_7e8f_9a0b_1c2d_3e4f_5061);
    vec![
        Event::PlayerJoined { seat: seat(1), name: "Zoë \"Z\" 象".into(), bot: None },
        Event::PlayerJoined { seat: seat(2), name: "Bot 3".into(), bot: Some(BotLevel::Simple) },
        Event::PlayerLeft { seat: seat(1), reason: LeaveReason::Away, bot: None },
        Event::PlayerAway { seat: seat(0) },
        Event::PlayerBack { seat: seat(0) },
        Event::HostChanged { seat: seat(3) },
        Event::MatchStarted { r#match: id, number: 70_000, seed_hash: Hex([0xa5; 32]) },
        Event::Dealt { round: 1, redeal: 0, multiplier: 1, hand: Some(hand()) },
        Event::Dealt { round: 1, redeal: 9, multiplier: 10, hand: None },
        Event::RedealOffered { seats: [seat(0), seat(3)].into_iter().collect() },
        Event::RedealWarned { ms_left: 10_000 },
        Event::RedealDecided { seat: seat(3), accept: true, decider: Decider::Person },
        Event::RoundStarted {
            round: 20,
            starter: seat(2),
            reason: StarterReason::WonLastTurn,
            multiplier: 2,
        },
        Event::DeclareStarted { seat: seat(2) },
        Event::Declared { seat: seat(2), piles: 8, next: Some(seat(3)), decider: Decider::TimeOut },
        Event::TurnStarted { turn: 1, seat: seat(2) },
        played(),
        Event::Played {
            seat: seat(1),
            pieces: pieces([0, 31]),
            kind: None,
            points: 300,
            next: None,
            decider: Decider::Absence,
        },
        Event::TurnWon { turn: 8, seat: seat(2), piles: 6 },
        Event::RoundScored {
            round: 20,
            multiplier: 1,
            declared: [0, 1, 2, 8],
            captured: [8, 0, 0, 0],
            points: [-8, -1, -200, 130],
            scores: [-300, 0, 49, 32_767],
        },
        Event::MatchOver {
            r#match: id,
            reason: EndReason::ScoreReached,
            rounds: 7,
            winners: [seat(3)].into_iter().collect(),
            scores: [-300, 0, 49, 51],
            ranks: [4, 3, 2, 1],
            turns_won: [1, 2, 3, 300],
            perfect_rounds: [0, 0, 1, 7],
            seed: Hex(std::array::from_fn(|byte| byte as u8)),
        },
        Event::RoomPaused,
        Event::RoomResumed,
        Event::RoomClosed { reason: CloseReason::Server },
    ]
}

/// The event most often sent.
pub(crate) fn played() -> Event<'static> {
    Event::Played {
        seat: seat(2),
        pieces: pieces([3, 4]),
        kind: Some(SetKind::Pair),
        points: 20,
        next: Some(seat(3)),
        decider: Decider::Person,
    }
}

fn hand() -> Pieces {
    pieces([0, 3, 4, 9, 17, 22, 30, 31])
}

/// Every phase.
pub(crate) fn phases() -> Vec<Phase> {
    let plays = [None, None, Some(pieces([3, 4])), Some(pieces([27, 28]))];
    let kind = Some(SetKind::Pair);
    vec![
        Phase::Open,
        Phase::Dealt,
        Phase::Redealing {
            asked: Seats(0b1011),
            accepted: Seats(0b0001),
            declined: Seats::default(),
        },
        Phase::Starting,
        Phase::Declaring { seat: seat(1) },
        Phase::Playing { seat: seat(2), leader: seat(2), kind: None, plays: [None; 4] },
        Phase::Playing { seat: seat(0), leader: seat(2), kind, plays },
        Phase::Staying { leader: seat(2), kind, plays: [Some(pieces([1, 2])); 4] },
        Phase::TurnWon { winner: seat(2), leader: seat(2), kind, plays },
        Phase::Scored { points: [-3, 3, 7, 0] },
        Phase::Finished { winners: Seats(0b0101) },
        Phase::Closed,
    ]
}

/// A seat's snapshot in the middle of a turn.
pub(crate) fn snapshot(phase: Phase) -> Snapshot<'static> {
    let person = |name, held, captured, score| SeatInfo {
        name: Cow::Borrowed(name),
        bot: None,
        presence: Presence::Here,
        held,
        declared: Some(2),
        captured,
        score,
        zero_streak: 0,
        turns_won: captured.into(),
        perfect_rounds: u8::from(score > 4),
    };
    Snapshot {
        room: "K7MPQ2".into(),
        version: 41,
        seat: Some(seat(0)),
        pace: PaceInfo {
            name: Pace::Standard,
            deal_ms: 2_000,
            redealt_ms: 4_000,
            start_ms: 5_000,
            redeal_ms: 30_000,
            declare_ms: Some(30_000),
            play_ms: None,
            stay_ms: 0,
            turn_ms: 7_000,
            score_ms: 7_000,
        },
        private: false,
        host: Some(seat(0)),
        r#match: Some(MatchInfo {
            r#match: MatchId(0x0193_4a5b_6c7d_7e8f_9a0b_1c2d_3e4f_5061),
            number: 1,
            seed_hash: Hex(std::array::from_fn(|byte| byte as u8)),
        }),
        round: RoundInfo {
            number: 2,
            redeals: 0,
            multiplier: 1,
            starter: Some(seat(2)),
            reason: StarterReason::WonLastTurn,
            turn: 3,
        },
        phase,
        ms_left: Some(44_180),
        paused: false,
        hand: Some(pieces([0, 9, 12, 17, 30, 31])),
        seats: [
            Some(person("Ada", 6, 1, -3)),
            Some(SeatInfo {
                presence: Presence::Away,
                declared: Some(0),
                zero_streak: 1,
                ..person("Zoë", 6, 0, 3)
            }),
            Some(SeatInfo { bot: Some(BotLevel::Standard), ..person("Bot 3", 4, 1, 7) }),
            Some(person("Max", 4, 0, -2)),
        ],
    }
}

/// A spectator's snapshot of a room with a single person, whose connection is lost.
pub(crate) fn bare_snapshot() -> Snapshot<'static> {
    let room = snapshot(Phase::Open);
    let lost = room.seats[1].clone().map(|seat| SeatInfo {
        presence: Presence::Lost,
        declared: None,
        ..seat
    });
    Snapshot {
        seat: None,
        host: None,
        r#match: None,
        round: RoundInfo {
            number: 0,
            redeals: 0,
            multiplier: 1,
            starter: None,
            reason: StarterReason::FirstSeat,
            turn: 0,
        },
        ms_left: None,
        paused: true,
        hand: None,
        seats: [None, None, lost, None],
        ..room
    }
}

pub(crate) fn lobby() -> Lobby<'static> {
    Lobby {
        changed: vec![RoomEntry {
            room: "K7MPQ2".into(),
            pace: Pace::Fast,
            stage: Stage::Running,
            host: Some("Ada".into()),
            seats: [
                Some(SeatEntry { name: "Ada".into(), bot: None }),
                None,
                Some(SeatEntry { name: "Bot 3".into(), bot: Some(BotLevel::Simple) }),
                None,
            ],
            free_seats: 2,
        }],
        gone: vec!["ABCDEF".into()],
        counts: counts(),
    }
}

pub(crate) fn counts() -> Counts {
    Counts { rooms: 6, open: 1, running: 2, finished: 3, players: 400, bots: 70_000, free_seats: 0 }
}

/// The answer to a `hello` that came back to a seat, or to none.
pub(crate) fn welcome(room: Option<Held<'static>>) -> Welcome<'static> {
    Welcome {
        session: "s7f3a".into(),
        token: "t.0kEn".into(),
        epoch: 1,
        server: Server::new("liap", "0.1.0"),
        limits: Limits {
            frame_bytes: 4096,
            unanswered: 8,
            send_queue: 64,
            ping_seconds: 15,
            silence_seconds: 30,
        },
        room,
    }
}
