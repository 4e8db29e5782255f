//! Sessions: identities that outlive their connections, and the tokens that prove them.

use std::collections::{HashMap, VecDeque};

use components::{Epoch, Name, PlayerId, RequestId, RoomId, Seat, SessionId};
use protocol::RequestType;

use crate::credits::Bucket;
use crate::random::Random;

/// One socket, as the hub calls it; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// What proves a session: 128 random bits, 32 hex digits on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Token(u128);

impl Token {
    /// Reads what a client presented.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_token = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_token.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }

    /// As text.
    pub(crate) fn text(self) -> String {
        format!("{:032x}", self.0)
    }
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
    token: Token,
    previous: Option<Token>,
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
            Self::Create(_) => RequestType::CreateRoom,
            Self::Join(_) => RequestType::JoinRoom,
            Self::Watch(_) => RequestType::WatchRoom,
        }
    }
}

impl Session {
    /// Pending requests of a session: more than one connection may have, since those of lost
    /// connections count until they are answered.
    pub(crate) const PENDING_MAX: usize = 32;

    /// The room in which it holds a seat, or is about to.
    pub(crate) fn room(&self) -> Option<RoomId> {
        self.seat.map(|(room, _)| room).or_else(|| {
            self.pending.iter().find_map(|pending| match pending.wanted {
                Wanted::Create(room) | Wanted::Join(room) => Some(room),
                Wanted::Action(_) | Wanted::Watch(_) => None,
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
    tokens: HashMap<Token, SessionId>,
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

    /// Whose token this is: the newest, or the one before it.
    pub(crate) fn find(&self, token: Token) -> Option<SessionId> {
        self.tokens.get(&token).copied()
    }

    /// A new session with its first token; `None` if the source of chance fails.
    pub(crate) fn create(
        &mut self,
        name: Option<Name>,
        random: &mut Random,
    ) -> Option<(SessionId, Token)> {
        let token = Token(u128::from_be_bytes(random.bytes()?));
        let id = SessionId(u64::from_be_bytes(random.bytes()?));
        let player = PlayerId(u64::from_be_bytes(random.bytes()?));
        if self.sessions.contains_key(&id) || self.tokens.contains_key(&token) {
            return None;
        }
        let session = Session {
            player,
            name,
            epoch: Epoch(0),
            told: Epoch(0),
            connection: None,
            seat: None,
            watching: None,
            pending: Vec::new(),
            created: None,
            credits: Bucket::default(),
            token,
            previous: None,
            idle_since_ms: None,
        };
        self.sessions.insert(id, session);
        self.tokens.insert(token, id);
        Some((id, token))
    }

    /// A new token for the one presented, which stays good until the new one is presented.
    pub(crate) fn renew(&mut self, presented: Token, random: &mut Random) -> Option<Token> {
        let id = self.find(presented)?;
        let token = Token(u128::from_be_bytes(random.bytes()?));
        let session = self.sessions.get_mut(&id)?;
        for old in [Some(session.token), session.previous].into_iter().flatten() {
            if old != presented {
                self.tokens.remove(&old);
            }
        }
        (session.token, session.previous) = (token, Some(presented));
        self.tokens.insert(token, id);
        Some(token)
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
            if self.sessions.get(&id).is_some_and(|it| it.idle_since_ms == Some(since_ms)) {
                self.forget(id);
            }
        }
    }

    fn forget(&mut self, id: SessionId) {
        let Some(session) = self.sessions.remove(&id) else { return };
        for token in [Some(session.token), session.previous].into_iter().flatten() {
            self.tokens.remove(&token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting() -> Random {
        let mut next = 0;
        Random::new(move |bytes| {
            bytes.fill(next);
            next += 1;
            true
        })
    }

    #[test]
    fn the_token_presented_stays_good_until_the_new_one_is_used() {
        let (mut sessions, mut random) = (Sessions::default(), counting());
        let (id, first) = sessions.create(None, &mut random).unwrap();
        let second = sessions.renew(first, &mut random).unwrap();
        let third = sessions.renew(first, &mut random).unwrap();
        assert_eq!(sessions.find(second), None, "the client never used it, and got another");
        assert_eq!(sessions.find(first), Some(id));
        sessions.renew(third, &mut random).unwrap();
        assert_eq!(sessions.find(first), None);
        assert_eq!(sessions.find(third), Some(id));
    }

    #[test]
    fn a_token_reads_back_and_nothing_else_does() {
        let token = Token(7);
        assert_eq!(Token::parse(&token.text()), Some(token));
        for text in ["", "7", "+0000000000000000000000000000007", &"g".repeat(32)] {
            assert_eq!(Token::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_who_stayed_idle_is_forgotten() {
        let (mut sessions, mut random) = (Sessions::default(), counting());
        let (gone, token) = sessions.create(None, &mut random).unwrap();
        let (back, _) = sessions.create(None, &mut random).unwrap();
        sessions.note_idle(gone, 0);
        sessions.note_idle(back, 0);
        sessions.get_mut(back).unwrap().connection = Some(ConnectionId(1));
        sessions.note_idle(back, 50);
        sessions.forget_idle(100, 99);
        assert_eq!(sessions.len(), 2);
        sessions.forget_idle(100, 100);
        assert!(sessions.get(gone).is_none() && sessions.get(back).is_some());
        assert_eq!(sessions.find(token), None);
    }
}
