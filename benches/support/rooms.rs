//! Shards with rooms in them, for benchmarks.

use components::{
    Act, Action, Ask, BotLevel, By, Cause, Charter, Epoch, Guest, Inbound, Opening, Pace, PlayerId,
    RequestId, RoomCode, RoomId, SessionId, Settings,
};
use liap::Shard;

fn charter(number: u64, pace: Pace, endless: bool) -> Charter {
    let mut secret = [0; 32];
    secret[..8].copy_from_slice(&number.to_le_bytes());
    Charter { code: RoomCode(*b"ABCDEF"), pace, private: false, endless, secret }
}

/// Rooms of four bots that play match after match without a pause.
pub(crate) fn playing(rooms: u64, level: BotLevel) -> Shard {
    let mut settings = Settings::default();
    settings.rooms.endless_rest_ms = 0;
    let mut shard = Shard::new(settings, Default::default(), Default::default());
    for number in 0..rooms {
        let charter = charter(number, Pace::Instant, true);
        let opening = Opening { charter, guest: None, bots: vec![level; 4] };
        ask(&mut shard, number, Cause::Server, By::Nobody, Act::Open(Box::new(opening)));
    }
    shard
}

/// Rooms of four people whose hands are dealt, each with a deadline ahead.
pub(crate) fn waiting(rooms: u64) -> Shard {
    let mut shard = Shard::new(Settings::default(), Default::default(), Default::default());
    for number in 0..rooms {
        let cause = |seat, request| Cause::Client(guest(number, seat).session, RequestId(request));
        let charter = charter(number, Pace::Standard, false);
        let opening = Opening { charter, guest: Some(guest(number, 0)), bots: Vec::new() };
        ask(&mut shard, number, cause(0, 1), By::Nobody, Act::Open(Box::new(opening)));
        for seat in 1..4 {
            let join = Act::Join(guest(number, seat), None);
            ask(&mut shard, number, cause(seat, 1), By::Nobody, join);
        }
        let host = By::Session(guest(number, 0).session);
        ask(&mut shard, number, cause(0, 2), host, Act::Start { wall_ms: 0 });
    }
    settle(&mut shard);
    shard
}

fn guest(room: u64, seat: u64) -> Guest {
    let session = SessionId(room * 4 + seat);
    let name = format!("player {}", session.0).into();
    Guest { name, player: PlayerId(session.0), session, epoch: Epoch(1) }
}

fn ask(shard: &mut Shard, number: u64, cause: Cause, by: By, act: Act) {
    let ask = Ask::Act(Action { by, act });
    let mut message = Inbound { room: RoomId::nth(number + 1), cause, ask };
    while let Err(refused) = shard.push(message) {
        message = refused;
        settle(shard);
    }
}

fn settle(shard: &mut Shard) {
    while shard.has_mail() || shard.stats().waiting > 0 {
        shard.tick(0, 0);
        let batches: Vec<_> = shard.drain().collect();
        batches.into_iter().for_each(|batch| shard.recycle(batch.durable));
    }
}
