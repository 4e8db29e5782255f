//! Sessions: identities that outlive their connections.

use std::collections::{HashMap, VecDeque};

use components::{Epoch, Name, PlayerId, RequestId, RoomId, Seat, SessionId};
use protocol::RequestType;

use crate::credits::Bucket;
use crate::identity::{Vouched, anonymous};
use crate::random::Random;
use crate::recovered::RecoveredSeat;
use crate::token::Claims;

/// One socket, as the hub calls it; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// A token so many generations older than a recovered seat's epoch is still good: each answer to a
/// `hello` that was lost lets a client fall one behind, and nobody remembers how many were.
const LOST_WELCOMES_MAX: u32 = 8;

/// Which tokens of a session are good beside the newest known, and any newer: only our key can have
/// signed one, before a restart or before the session was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Good {
    /// The one presented last, until the newest is.
    Presented(Epoch),
    /// All from this generation on: which one was presented last is not known.
    From(Epoch),
}

/// One identity.
#[derive(Debug)]
pub(crate) struct Session {
    /// Who it is.
    pub(crate) player: PlayerId,
    /// What others read; `None` until a `hello` brought one.
    pub(crate) name: Option<Name>,
    /// The number of its newest connection.
    pub(crate) epoch: Epoch,
    /// The epoch its seat's room knows of, or will when its `join_room` is settled.
    pub(crate) told: Epoch,
    /// The connection it has now.
    pub(crate) connection: Option<ConnectionId>,
    /// The seat it holds.
    pub(crate) seat: Option<(RoomId, Seat)>,
    /// The room it watches; ends with the connection.
    pub(crate) watching: Option<RoomId>,
    /// Requests that rooms have not answered yet; at most [`Session::PENDING_MAX`].
    pub(crate) pending: Vec<Pending>,
    /// The request that made the room it sits in, so that it can be repeated.
    pub(crate) created: Option<(RequestId, RoomId)>,
    /// What it may still spend outside rooms.
    pub(crate) credits: Bucket,
    good: Good,
    idle_since_ms: Option<u64>,
}

/// A request that a room is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pending {
    /// Its id.
    pub(crate) request: RequestId,
    /// What is wanted.
    pub(crate) wanted: Wanted,
    /// The connection it was read from.
    pub(crate) connection: ConnectionId,
}

/// What a pending request is about, as far as its answer depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// What this request asks of the room: answered with a version.
    Action(RequestType),
    /// A seat in a new room.
    Create(RoomId),
    /// The seat in this room again, if it was this request that made it.
    CreateAgain(RoomId),
    /// A seat.
    Join(RoomId),
    /// To watch.
    Watch(RoomId),
}

impl Wanted {
    /// The request it came in.
    pub(crate) const fn kind(self) -> RequestType {
        match self {
            Self::Action(kind) => kind,
            Self::Create(_) | Self::CreateAgain(_) => RequestType::CreateRoom,
            Self::Join(_) => RequestType::JoinRoom,
            Self::Watch(_) => RequestType::WatchRoom,
        }
    }
}

impl Session {
    /// Pending requests of a session: more than one connection may have, since those of lost
    /// connections count until they are answered.
    pub(crate) const PENDING_MAX: usize = 32;

    fn new(player: PlayerId, name: Option<Name>, epoch: Epoch, good: Good) -> Self {
        Self {
            player,
            name,
            epoch,
            told: epoch,
            connection: None,
            seat: None,
            watching: None,
            pending: Vec::new(),
            created: None,
            credits: Bucket::default(),
            good,
            idle_since_ms: None,
        }
    }

    /// Whether a token of this generation is good.
    pub(crate) fn accepts(&self, generation: Epoch) -> bool {
        match self.good {
            Good::Presented(last) => generation == last || generation >= self.epoch,
            Good::From(first) => generation >= first,
        }
    }

    /// Goes on to the next generation: the one presented stays good until the new one is.
    pub(crate) fn renew(&mut self, presented: Epoch) {
        self.epoch = Epoch(self.epoch.max(presented).0.saturating_add(1));
        self.good = Good::Presented(presented);
    }

    /// Whether this may be the request that made the room it sits in, or is about to: one that
    /// sits there since before a restart does not know any more.
    pub(crate) fn may_have_created(&self, request: RequestId) -> bool {
        let is_pending =
            |it: &Pending| it.request == request && matches!(it.wanted, Wanted::Create(_));
        match self.seat {
            Some(_) => self.created.is_none(),
            None => self.pending.iter().any(is_pending),
        }
    }

    /// The room in which it holds a seat, or is about to.
    pub(crate) fn room(&self) -> Option<RoomId> {
        self.seat.map(|(room, _)| room).or_else(|| {
            self.pending.iter().find_map(|pending| match pending.wanted {
                Wanted::Create(room) | Wanted::Join(room) => Some(room),
                Wanted::Action(_) | Wanted::CreateAgain(_) | Wanted::Watch(_) => None,
            })
        })
    }

    /// Takes the oldest pending request of this id.
    pub(crate) fn settle(&mut self, request: RequestId) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| pending.request == request)?;
        Some(self.pending.remove(at))
    }
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    sessions: HashMap<SessionId, Session>,
    /// Who became idle when, in that order; an entry is void if its session has moved on since.
    idle: VecDeque<(u64, SessionId)>,
}

impl Sessions {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.sessions.len()
    }

    /// This session, if it is remembered.
    pub(crate) fn get(&self, id: SessionId) -> Option<&Session> {
        self.sessions.get(&id)
    }

    /// This session, if it is remembered.
    pub(crate) fn get_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.sessions.get_mut(&id)
    }

    /// A new session; `None` if the source of chance fails.
    pub(crate) fn create(&mut self, name: Option<Name>, random: &mut Random) -> Option<SessionId> {
        let id = SessionId(anonymous(u64::from_be_bytes(random.bytes()?)));
        let player = PlayerId(anonymous(u64::from_be_bytes(random.bytes()?)));
        if self.sessions.contains_key(&id) {
            return None;
        }
        let epoch = Epoch(0);
        self.sessions.insert(id, Session::new(player, name, epoch, Good::Presented(epoch)));
        Some(id)
    }

    /// The session of a player whom a provider vouches for. Its name is the provider's, but does not
    /// change while the session is in a room. `None` if somebody else has its number.
    pub(crate) fn vouch(&mut self, vouched: &Vouched) -> Option<&mut Session> {
        let Vouched { player, session, name, .. } = vouched;
        let first = Epoch(0);
        let session = self
            .sessions
            .entry(*session)
            .or_insert_with(|| Session::new(*player, None, first, Good::Presented(first)));
        if session.player != *player {
            return None;
        }
        if session.name.is_none() || session.room().is_none() {
            session.name = Some(name.clone());
        }
        Some(session)
    }

    /// The session of a token, which may have to be made anew: of one without a seat nothing is
    /// kept but what its token says.
    pub(crate) fn rebuild(&mut self, claims: &Claims) {
        let epoch = claims.generation;
        self.sessions
            .entry(claims.session)
            .or_insert_with(|| Session::new(claims.player, None, epoch, Good::Presented(epoch)));
    }

    /// The sessions that hold these seats since before a restart. A repair may leave one in two
    /// rooms: it holds the seat that knew its newest connection.
    pub(crate) fn restore(&mut self, seats: Vec<RecoveredSeat>) {
        self.sessions.reserve(seats.len());
        for RecoveredSeat { session, player, epoch, name, room, seat, present: _ } in seats {
            if self.sessions.get(&session).is_some_and(|known| known.epoch > epoch) {
                continue;
            }
            let good = Good::From(Epoch(epoch.0.saturating_sub(LOST_WELCOMES_MAX)));
            let mut restored = Session::new(player, Some(name), epoch, good);
            restored.seat = Some((room, seat));
            self.sessions.insert(session, restored);
        }
    }

    /// Whether there is room for one more among `most`: the longest idle one is forgotten for it.
    pub(crate) fn make_room(&mut self, most: usize) -> bool {
        while self.sessions.len() >= most {
            let Some((since_ms, id)) = self.idle.pop_front() else { return false };
            self.forget_since(id, since_ms);
        }
        true
    }

    /// Notes that a session has, or no longer has, neither connection nor seat.
    pub(crate) fn note_idle(&mut self, id: SessionId, now_ms: u64) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let is_idle =
            session.connection.is_none() && session.seat.is_none() && session.pending.is_empty();
        if !is_idle {
            session.idle_since_ms = None;
        } else if session.idle_since_ms.is_none() {
            session.idle_since_ms = Some(now_ms);
            self.idle.push_back((now_ms, id));
        }
    }

    /// Forgets those that have been idle for `idle_ms`.
    pub(crate) fn forget_idle(&mut self, idle_ms: u64, now_ms: u64) {
        while let Some(&(since_ms, id)) = self.idle.front() {
            if since_ms.saturating_add(idle_ms) > now_ms {
                return;
            }
            self.idle.pop_front();
            self.forget_since(id, since_ms);
        }
    }

    /// Forgets a session that is idle since then.
    fn forget_since(&mut self, id: SessionId, since_ms: u64) {
        if self.sessions.get(&id).is_some_and(|it| it.idle_since_ms == Some(since_ms)) {
            self.sessions.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use components::Seat;

    use super::*;

    fn counting() -> Random {
        let mut next = 0;
        Random::new(move |bytes| {
            bytes.fill(next);
            next += 1;
            true
        })
    }

    /// Which generations up to the newest known are good; all above it are.
    fn accepted(session: &Session) -> Vec<u32> {
        assert!((session.epoch.0..40).all(|newer| session.accepts(Epoch(newer))));
        (0..=session.epoch.0).filter(|generation| session.accepts(Epoch(*generation))).collect()
    }

    #[test]
    fn the_token_presented_stays_good_until_the_new_one_is_used() {
        let mut sessions = Sessions::default();
        let id = sessions.create(None, &mut counting()).unwrap();
        let session = sessions.get_mut(id).unwrap();
        session.renew(Epoch(0));
        session.renew(Epoch(1));
        assert_eq!(accepted(session), [1, 2]);
        session.renew(Epoch(1));
        assert_eq!(accepted(session), [1, 3], "the client never used 2, and got another");
        session.renew(Epoch(3));
        assert_eq!(accepted(session), [3, 4]);
    }

    #[test]
    fn after_a_restart_a_seat_takes_a_few_older_tokens_until_one_is_used() {
        let mut sessions = Sessions::default();
        let seat = RecoveredSeat {
            session: SessionId(1),
            player: PlayerId(2),
            epoch: Epoch(20),
            name: "Ada".into(),
            room: RoomId(3),
            seat: Seat::ALL[0],
            present: true,
        };
        sessions.restore(vec![seat]);
        let session = sessions.get_mut(SessionId(1)).unwrap();
        assert_eq!(accepted(session), (12..=20).collect::<Vec<_>>());
        session.renew(Epoch(15));
        assert_eq!(accepted(session), [15, 21]);
        session.renew(Epoch(21));
        assert_eq!(accepted(session), [21, 22]);
    }

    #[test]
    fn a_token_newer_than_what_its_room_knew_leads_on_from_itself() {
        let mut session = Session::new(PlayerId(1), None, Epoch(5), Good::From(Epoch(1)));
        session.renew(Epoch(30));
        assert_eq!(accepted(&session), [30, 31]);
    }

    #[test]
    fn only_who_stayed_idle_is_forgotten() {
        let (mut sessions, mut random) = (Sessions::default(), counting());
        let gone = sessions.create(None, &mut random).unwrap();
        let back = sessions.create(None, &mut random).unwrap();
        sessions.note_idle(gone, 0);
        sessions.note_idle(back, 0);
        sessions.get_mut(back).unwrap().connection = Some(ConnectionId(1));
        sessions.note_idle(back, 50);
        sessions.forget_idle(100, 99);
        assert_eq!(sessions.len(), 2);
        sessions.forget_idle(100, 100);
        assert!(sessions.get(gone).is_none() && sessions.get(back).is_some());
    }

    #[test]
    fn the_longest_idle_makes_room_and_nobody_else_does() {
        let (mut sessions, mut random) = (Sessions::default(), counting());
        let [first, second, third] =
            std::array::from_fn(|_| sessions.create(None, &mut random).unwrap());
        sessions.note_idle(second, 5);
        sessions.note_idle(first, 6);
        assert!(sessions.make_room(4) && sessions.len() == 3, "there is room already");
        assert!(sessions.make_room(3));
        assert!(sessions.get(second).is_none() && sessions.get(first).is_some());
        assert!(sessions.make_room(2) && !sessions.make_room(1));
        assert!(sessions.get(third).is_some());
    }
}
