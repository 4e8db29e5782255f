//! Who is told what happens in a room: its seats' and spectators' connections.

use std::collections::HashMap;
use std::sync::Arc;

use components::{Audience, RoomCode, RoomId, Seat, SessionId, Version, ViewEvent};
use protocol::{Encoding, encode_update};

use crate::convert;
use crate::outbox::Outbox;
use crate::session::ConnectionId;
use crate::stats::Stats;
use crate::wire::{Shared, Wire};

/// All rooms that somebody connected sits in or watches.
#[derive(Debug, Default)]
pub(crate) struct Fanout {
    rooms: HashMap<RoomId, Audiences>,
}

#[derive(Debug)]
struct Audiences {
    code: RoomCode,
    members: Vec<Follower>,
}

#[derive(Debug)]
struct Follower {
    member: Member,
    progress: Progress,
}

/// A connection that is told of a room.
#[derive(Debug)]
pub(crate) struct Member {
    /// Whose it is.
    pub(crate) session: SessionId,
    /// Which.
    pub(crate) connection: ConnectionId,
    /// In which seat; `None` is a spectator.
    pub(crate) seat: Option<Seat>,
    /// How its frames are written.
    pub(crate) encoding: Encoding,
    /// Where they go.
    pub(crate) outbox: Arc<Outbox>,
}

/// What a member already has of its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Nothing yet: its snapshot is on the way.
    Waiting,
    /// All up to this version.
    At(Version),
    /// Not what was skipped: it needs a snapshot once its queue has drained.
    Behind,
}

/// What an update says: who, of what, and the events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Update<'a> {
    /// The room.
    pub(crate) room: RoomId,
    /// Its version after it.
    pub(crate) version: Version,
    /// Who is told.
    pub(crate) to: Audience,
    /// What has happened.
    pub(crate) events: &'a [ViewEvent],
}

impl Fanout {
    /// Has this connection told of the room once its snapshot has passed. A connection that is a
    /// member already stays as far as it was, unless it takes a seat now: its snapshot follows.
    pub(crate) fn admit(&mut self, room: RoomId, code: RoomCode, member: Member) {
        let audiences =
            self.rooms.entry(room).or_insert_with(|| Audiences { code, members: Vec::new() });
        match audiences.members.iter_mut().find(|it| it.member.session == member.session) {
            Some(known) if known.member.connection == member.connection => {
                if known.member.seat.is_none() && member.seat.is_some() {
                    known.progress = Progress::Waiting;
                }
                known.member.seat = member.seat;
            }
            Some(known) => *known = Follower { member, progress: Progress::Waiting },
            None => audiences.members.push(Follower { member, progress: Progress::Waiting }),
        }
    }

    /// Has this session told of the room no more.
    pub(crate) fn dismiss(&mut self, room: RoomId, session: SessionId) {
        let Some(audiences) = self.rooms.get_mut(&room) else { return };
        audiences.members.retain(|it| it.member.session != session);
        if audiences.members.is_empty() {
            self.rooms.remove(&room);
        }
    }

    /// Forgets the room. Returns who watched it.
    pub(crate) fn close(&mut self, room: RoomId) -> Vec<SessionId> {
        let members = self.rooms.remove(&room).map(|it| it.members).unwrap_or_default();
        members.into_iter().map(|it| it.member.session).collect()
    }

    /// How many watch the room without a seat.
    pub(crate) fn spectators(&self, room: RoomId) -> usize {
        self.watching(room).count()
    }

    /// Whose connections those are.
    pub(crate) fn watching(&self, room: RoomId) -> impl Iterator<Item = ConnectionId> {
        let members = self.rooms.get(&room).map_or(&[][..], |it| &it.members);
        members.iter().filter(|it| it.member.seat.is_none()).map(|it| it.member.connection)
    }

    /// A snapshot of this version passes: the session's updates go on from there.
    pub(crate) fn passed(&mut self, room: RoomId, session: SessionId, version: Version) {
        if let Some(follower) = self.follower(room, session) {
            follower.progress = Progress::At(version);
        }
    }

    /// Whether updates were skipped for the session. From then on a snapshot is on the way to it.
    pub(crate) fn needs_snapshot(&mut self, room: RoomId, session: SessionId) -> bool {
        let follower = self.follower(room, session);
        follower.is_some_and(|it| {
            let is_behind = it.progress == Progress::Behind;
            if is_behind {
                it.progress = Progress::Waiting;
            }
            is_behind
        })
    }

    /// Whether the session has not been shown the room yet.
    pub(crate) fn awaits_first(&mut self, room: RoomId, session: SessionId) -> bool {
        self.follower(room, session).is_some_and(|it| it.progress == Progress::Waiting)
    }

    fn follower(&mut self, room: RoomId, session: SessionId) -> Option<&mut Follower> {
        let members = &mut self.rooms.get_mut(&room)?.members;
        members.iter_mut().find(|it| it.member.session == session)
    }

    /// Tells those an update is for, and who have everything before it.
    pub(crate) fn update(&mut self, update: Update<'_>, wire: &mut Wire, stats: &Stats) {
        let Some(Audiences { code, members }) = self.rooms.get_mut(&update.room) else { return };
        let mut shared = Shared::default();
        for Follower { member, progress } in members {
            let Progress::At(version) = *progress else { continue };
            if update.version <= version || !is_for(update.to, member.seat) {
                continue;
            }
            let bytes = shared.bytes(member.encoding, wire, |out| {
                let events = update.events.iter().map(convert::event);
                encode_update(member.encoding, code.as_str(), update.version.0, events, out);
            });
            if !member.outbox.offer(bytes) {
                *progress = Progress::Behind;
                stats.behind.count();
            }
        }
    }
}

fn is_for(to: Audience, seat: Option<Seat>) -> bool {
    match to {
        Audience::Everyone => true,
        Audience::Seat(only) => seat == Some(only),
        Audience::Spectators => seat.is_none(),
    }
}
