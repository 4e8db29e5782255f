//! The hub with all its ends held by the test: clients that read their outboxes, and a tick that
//! reads the lanes and releases what the test says.

mod address;
mod answers;
mod fanout;
mod lobby;
mod provider;
mod restart;
mod sessions;

use std::sync::{Arc, Mutex};

use components::{
    Act, Action, Answer, Ask, Audience, Cause, Epoch, Frame, Inbound, Pace, PaceSettings, Phase,
    PlayerId, Presence, Refusal, Release, RequestId, RoomCode, RoomId, RoomSummary, RoomView,
    Round, Seat, SeatSummary, SessionId, Settings, Stage, Version,
};
use crossbeam_channel::{Receiver, bounded};
use protocol::{Encoding, Envelope, Request, ServerMessage, decode_message, encode_request};

use super::{Hub, Incoming, Means};
use crate::gate::Gate;
use crate::lanes::Lanes;
use crate::outbox::Outbox;
use crate::outside::Now;
use crate::random::Random;
use crate::readiness::{NotReady, Ready};
use crate::recovered::{Recovered, RecoveredSeat};
use crate::session::ConnectionId;
use crate::settings::NetSettings;
use crate::stats::Stats;
use crate::token::{Key, TokenKeys};

/// The first room a test makes; its code is [`code`] of the same, as the draws fall.
const FIRST_ROOM: u64 = 5;

pub(super) struct House {
    pub(super) hub: Hub,
    settings: Arc<NetSettings>,
    keys: TokenKeys,
    pub(super) not_ready: Arc<Mutex<Option<NotReady>>>,
    pub(super) stats: Arc<Stats>,
    pub(super) now: Now,
    requests: Receiver<Inbound>,
    control: Receiver<Inbound>,
}

pub(super) struct Client {
    id: ConnectionId,
    outbox: Arc<Outbox>,
    pub(super) token: String,
    pub(super) session: SessionId,
}

pub(super) fn house(change: impl FnOnce(&mut NetSettings)) -> House {
    let mut settings = NetSettings { send_queue: 2, ..NetSettings::default() };
    change(&mut settings);
    begin(settings, key(1), Recovered::default(), Now { ms: 1_000, wall_ms: 5_000 })
}

pub(super) fn key(byte: u8) -> TokenKeys {
    TokenKeys { current: Key::new([byte; 32]), previous: None }
}

fn begin(settings: NetSettings, keys: TokenKeys, recovered: Recovered, now: Now) -> House {
    let (request_sender, requests) = bounded(16);
    let (control_sender, control) = bounded(16);
    let lanes = Lanes { requests: vec![request_sender], control: vec![control_sender] };
    let mut next = 1_u8;
    let random = Random::new(move |bytes| {
        // Below 31 it is a letter of a code; never twice the same before 255 draws.
        next += 1;
        bytes.fill(next);
        true
    });
    let stats = Arc::new(Stats::default());
    let not_ready = Arc::new(Mutex::new(None));
    let asked = Arc::clone(&not_ready);
    let ready: Ready = Arc::new(move || asked.lock().unwrap().clone().map_or(Ok(()), Err));
    let (settings, kept) = (Arc::new(settings), keys.clone());
    let means = Means {
        settings: Arc::clone(&settings),
        lanes,
        first_room: FIRST_ROOM,
        ready,
        keys,
        identity: None,
        random,
        stats: Arc::clone(&stats),
        gate: Arc::new(Gate::new(settings.limits.clone(), Arc::clone(&stats))),
    };
    let hub = Hub::new(means, recovered);
    House { hub, settings, keys: kept, not_ready, stats, now, requests, control }
}

impl House {
    /// The process died and is back: what it knew is what it finds.
    pub(super) fn restart(&mut self, recovered: Recovered) {
        self.restart_with(self.keys.clone(), recovered);
    }

    pub(super) fn restart_with(&mut self, keys: TokenKeys, recovered: Recovered) {
        *self = begin((*self.settings).clone(), keys, recovered, self.now);
    }

    pub(super) fn open(&mut self) -> Client {
        self.open_from(None)
    }

    /// A connection from this address.
    pub(super) fn open_from(&mut self, ip: Option<&str>) -> Client {
        let limits = self.hub.gate.limits();
        let client = ip.map(|ip| limits.client(ip.parse().unwrap()));
        let (id, outbox) = self.hub.connect(Encoding::MessagePack, client);
        Client { id, outbox, token: String::new(), session: SessionId(0) }
    }

    pub(super) fn send(&mut self, client: &Client, id: u32, request: Request) {
        let mut bytes = Vec::new();
        encode_request(Encoding::MessagePack, &Envelope { id, request }, &mut bytes);
        self.hub.receive(client.id, Incoming { text: false, bytes: &bytes }, self.now);
    }

    /// A connection that has said hello, under a name or with a token; and the code of the room
    /// it got back.
    pub(super) fn greet(&mut self, hello: protocol::Hello) -> (Client, Option<String>) {
        self.greet_from(None, hello)
    }

    pub(super) fn greet_from(
        &mut self,
        ip: Option<&str>,
        hello: protocol::Hello,
    ) -> (Client, Option<String>) {
        let mut client = self.open_from(ip);
        self.send(&client, 1, Request::Hello(hello));
        let Some(ServerMessage::Ok { id: 1, data }) = client.messages().pop() else {
            panic!("no welcome")
        };
        client.token = data.token.clone().unwrap();
        client.session =
            SessionId(u64::from_str_radix(data.session.as_ref().unwrap(), 16).unwrap());
        (client, data.room_code().map(str::to_owned))
    }

    pub(super) fn named_from(&mut self, ip: &str, name: &str) -> Client {
        self.greet_from(Some(ip), protocol::Hello { name: Some(name.into()), ..Default::default() })
            .0
    }

    pub(super) fn named(&mut self, name: &str) -> Client {
        self.greet(protocol::Hello { name: Some(name.into()), ..Default::default() }).0
    }

    pub(super) fn again(&mut self, client: &Client) -> (Client, Option<String>) {
        let token = Some(client.token.clone());
        self.greet(protocol::Hello { token, ..Default::default() })
    }

    pub(super) fn disconnect(&mut self, client: &Client) {
        self.hub.disconnect(client.id, self.now);
    }

    /// What arrived at the shard: control first, as the tick takes it.
    pub(super) fn arrived(&self) -> Vec<String> {
        self.control.try_iter().chain(self.requests.try_iter()).map(|it| short(&it)).collect()
    }

    pub(super) fn release(&mut self, frames: Vec<Frame>) {
        let release = Release { frames, events: Vec::new() };
        let mut next = Some(0);
        while let Some(start) = next {
            next = self.hub.release(&release, start, self.now);
        }
    }

    /// Somebody sits in seat 0 of the room, told of all up to version 1.
    pub(super) fn seated(&mut self, name: &str, n: u64) -> Client {
        let client = self.named(name);
        self.release(vec![
            room(n, 1, Stage::Open, [human(&client), None, None, None]),
            snapshot(n, 1, &client, Some(0)),
        ]);
        assert_eq!(client.read(), ["snapshot 1 seat 0"]);
        // It never asked for the seat: its room was told who is connected.
        assert_eq!(self.arrived(), ["connection: connected 1", "connection: look"]);
        client
    }
}

impl Client {
    pub(super) fn messages(&self) -> Vec<ServerMessage> {
        let mut frames = Vec::new();
        self.outbox.take(&mut frames);
        frames.iter().map(|it| decode_message(Encoding::MessagePack, it).unwrap()).collect()
    }

    /// What was written to it, in short.
    pub(super) fn read(&self) -> Vec<String> {
        self.messages().iter().map(said).collect()
    }

    pub(super) fn closed_with(&self) -> Option<u16> {
        self.outbox.take(&mut Vec::new());
        self.outbox.closing().map(|closing| closing.code.0)
    }

    /// The socket's task has written everything.
    pub(super) fn drain(&self, house: &mut House) -> Vec<String> {
        let read = self.read();
        if self.outbox.has_caught_up() {
            house.hub.caught_up(self.id);
        }
        read
    }
}

fn said(message: &ServerMessage) -> String {
    match message {
        ServerMessage::Ok { id, data } => {
            let mut said = format!("ok {id}");
            for part in [
                data.room_code().map(|code| format!(" {code}")),
                data.seat.map(|seat| format!(" seat {}", seat.number())),
                data.version.map(|version| format!(" version {version}")),
                data.duplicate.then(|| " duplicate".to_owned()),
            ] {
                said.extend(part);
            }
            said
        }
        ServerMessage::Error { id, data } => {
            format!(
                "error {} {}",
                id.map_or("null".into(), |id| id.to_string()),
                data.code.as_str()
            )
        }
        ServerMessage::Snapshot(it) => match it.seat {
            Some(seat) => format!("snapshot {} seat {}", it.version, seat.number()),
            None => format!("snapshot {}", it.version),
        },
        ServerMessage::Update(it) => format!("update {}", it.version),
        ServerMessage::Lobby(it) => {
            let changed = it.changed.iter().map(|room| format!(" +{}", room.room));
            let gone = it.gone.iter().map(|code| format!(" -{code}"));
            let counts = format!(" of {}", it.counts.rooms);
            format!("lobby{}", changed.chain(gone).chain([counts]).collect::<String>())
        }
        ServerMessage::Notice(it) => format!("notice {}", it.kind.as_str()),
        ServerMessage::Other => "other".into(),
    }
}

fn short(inbound: &Inbound) -> String {
    let who = match inbound.cause {
        Cause::Client(_, request) => format!("{}", request.0),
        Cause::Connection(_) => "connection".into(),
        other => format!("{other:?}"),
    };
    let what = match &inbound.ask {
        Ask::Act(Action { act, .. }) => match act {
            Act::Open(opening) => format!("open {}", opening.charter.code.as_str()),
            Act::Join(guest, _) => format!("join {}", guest.name),
            Act::Connected(epoch) => format!("connected {}", epoch.0),
            Act::Disconnected(epoch) => format!("disconnected {}", epoch.0),
            Act::Leave => "leave".into(),
            other => format!("{other:?}"),
        },
        ask => format!("{ask:?}").to_lowercase(),
    };
    format!("{who}: {what}")
}

pub(super) fn code(n: u64) -> RoomCode {
    RoomCode([RoomCode::ALPHABET[n as usize]; 6])
}

pub(super) fn human(client: &Client) -> Option<SeatSummary> {
    let name = "somebody".into();
    Some(SeatSummary::Human { session: client.session, name, presence: Presence::Here })
}

/// What a room says of itself. Rooms of an odd number are private.
pub(super) fn room(n: u64, version: u64, stage: Stage, seats: [Option<SeatSummary>; 4]) -> Frame {
    Frame::Room(Box::new(summary(n, version, stage, seats)))
}

pub(super) fn summary(
    n: u64,
    version: u64,
    stage: Stage,
    seats: [Option<SeatSummary>; 4],
) -> RoomSummary {
    RoomSummary {
        room: RoomId::nth(n),
        code: code(n),
        version: Version(version),
        pace: Pace::Standard,
        private: n % 2 == 1,
        stage,
        host: None,
        seats,
    }
}

/// What a restart finds of the n-th room, in whose seat 0 somebody sits since that epoch.
pub(super) fn found(n: u64, client: &Client, epoch: u32, present: bool) -> Recovered {
    let seat = RecoveredSeat {
        session: client.session,
        player: PlayerId(9),
        epoch: Epoch(epoch),
        name: "Ada".into(),
        room: RoomId::nth(n),
        seat: Seat::ALL[0],
        present,
    };
    let seats = [human(client), None, None, None];
    let rooms = vec![summary(n, 7, Stage::Running, seats)];
    Recovered { rooms, seats: vec![seat], grace_ms: 15_000 }
}

pub(super) fn refused(to: &Client, request: u32, n: u64, refusal: Refusal) -> Frame {
    let (session, request, room) = (to.session, RequestId(request), RoomId::nth(n));
    Frame::Refused { session, request, room, refusal }
}

pub(super) fn snapshot(n: u64, version: u64, to: &Client, seat: Option<usize>) -> Frame {
    let durations: PaceSettings = *Settings::default().pace(Pace::Standard);
    let view = RoomView {
        room: RoomId::nth(n),
        code: code(n),
        version: Version(version),
        viewer: seat.map(|seat| Seat::ALL[seat]),
        pace: Pace::Standard,
        durations,
        private: false,
        host: None,
        game: None,
        round: Round::default(),
        phase: Phase::Open,
        ms_left: None,
        paused: false,
        hand: None,
        seats: [const { None }; 4],
    };
    Frame::Snapshot { session: to.session, view: Box::new(view) }
}

pub(super) fn update(n: u64, version: u64, to: Audience) -> Frame {
    Frame::Update { room: RoomId::nth(n), version: Version(version), to, events: 0..0 }
}

pub(super) fn accepted(
    to: &Client,
    request: u32,
    version: u64,
    seat: Option<(u64, usize)>,
) -> Frame {
    let seated = seat.map(|(n, seat)| (RoomId::nth(n), code(n), Seat::ALL[seat]));
    let answer = Answer { version: Version(version), duplicate: false, seated };
    Frame::Accepted { session: to.session, request: RequestId(request), answer }
}
