//! What a greeted connection asks: answered here, or sent on to a room.

use components::{Act, Action, Ask, By, Cause, Decider, Decision, Inbound, RoomId, TurnMark};
use protocol::{ErrorCode, Pong, Request, RequestType};

use super::{Asker, Hub};
use crate::convert;
use crate::outside::Now;
use crate::refusal::No;
use crate::session::{Pending, Session, Wanted};

/// Which way a request goes into its shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// In turn.
    Requests,
    /// Before those: leaving, and looking at one's own room.
    Control,
}

impl Hub {
    /// Takes any request but the first `hello`.
    pub(super) fn request(&mut self, asker: Asker, request: Request, now: Now) -> Result<(), No> {
        let grows = self.note_id(asker);
        let kind = request.kind();
        match request {
            Request::Hello(_) => {
                Err(No::new(ErrorCode::BadMessage, "Only the first message is a hello."))
            }
            Request::Ping(ping) => {
                grows?;
                self.ok(asker, &Pong { t: ping.t, server_ms: now.wall_ms });
                Ok(())
            }
            Request::ListRooms(wish) => grows.and_then(|()| self.list_rooms(asker, &wish, now)),
            Request::WatchLobby => grows.map(|()| self.watch_lobby(asker)),
            Request::UnwatchLobby => grows.map(|()| self.unwatch_lobby(asker)),
            Request::CreateRoom(wish) => self.create_room(asker, grows, wish, now),
            Request::JoinRoom(wish) => self.join_room(asker, grows, &wish),
            Request::WatchRoom(wish) => grows.and_then(|()| self.watch_room(asker, &wish)),
            Request::UnwatchRoom(wish) => grows.and_then(|()| self.unwatch_room(asker, &wish)),
            Request::Resync(_) => grows.and_then(|()| self.resync(asker)),
            // Of a room's actions the room knows which are repeats, whatever their number.
            Request::LeaveRoom => self.act(asker, kind, Act::Leave, Lane::Control),
            Request::AddBot(wish) => {
                let level = wish.level.map_or(self.settings.default_bot_level, convert::level_from);
                let act = Act::AddBot(wish.seat.map(convert::seat_from), level);
                self.act(asker, kind, act, Lane::Requests)
            }
            Request::RemovePlayer(wish) => {
                self.act(asker, kind, Act::Remove(convert::seat_from(wish.seat)), Lane::Requests)
            }
            Request::StartMatch => {
                self.act(asker, kind, Act::Start { wall_ms: now.wall_ms }, Lane::Requests)
            }
            Request::Rematch => {
                self.act(asker, kind, Act::Rematch { wall_ms: now.wall_ms }, Lane::Requests)
            }
            Request::Redeal(wish) => {
                self.decide(asker, kind, Decision::Redeal(wish.accept), wish.turn)
            }
            Request::Declare(wish) => {
                self.decide(asker, kind, Decision::Declare(wish.piles), wish.turn)
            }
            Request::Play(wish) => {
                self.decide(asker, kind, convert::play_from(wish.pieces), wish.turn)
            }
        }
    }

    /// Notes a request's number; it is stale unless above all before it on its connection.
    fn note_id(&mut self, asker: Asker) -> Result<(), No> {
        let Some(connection) = self.connections.get_mut(&asker.connection) else { return Ok(()) };
        match connection.last_id {
            Some(last) if asker.request.0 <= last => Err(No::stale(last)),
            _ => {
                connection.last_id = Some(asker.request.0);
                Ok(())
            }
        }
    }

    fn decide(
        &mut self,
        asker: Asker,
        kind: RequestType,
        decision: Decision,
        turn: Option<protocol::Turn>,
    ) -> Result<(), No> {
        let turn: Option<TurnMark> = turn.map(convert::turn_from);
        let decider = Decider::Person;
        self.act(asker, kind, Act::Decide { decision, turn, decider }, Lane::Requests)
    }

    /// Sends an act to the room in which the asker holds a seat, or is about to.
    fn act(&mut self, asker: Asker, kind: RequestType, act: Act, lane: Lane) -> Result<(), No> {
        let room = self.session(asker)?.room().ok_or_else(No::not_in_room)?;
        let ask = Ask::Act(Action { by: By::Session(asker.session), act });
        self.submit(asker, room, Wanted::Action(kind), ask, lane)
    }

    /// `resync`: the whole of the own room, or of the one watched.
    fn resync(&mut self, asker: Asker) -> Result<(), No> {
        let session = self.session(asker)?;
        let (room, ask) = match (session.room(), session.watching) {
            (Some(room), _) => (room, Ask::Look),
            (None, Some(room)) => (room, Ask::Watch),
            (None, None) => {
                let message = "You neither hold a seat nor watch a room.";
                return Err(No::new(ErrorCode::NotInRoom, message));
            }
        };
        self.submit(asker, room, Wanted::Action(RequestType::Resync), ask, Lane::Control)
    }

    /// Sends a request to a room, which will answer it.
    pub(super) fn submit(
        &mut self,
        asker: Asker,
        room: RoomId,
        wanted: Wanted,
        ask: Ask,
        lane: Lane,
    ) -> Result<(), No> {
        let Asker { connection, session: id, request } = asker;
        if self.session(asker)?.pending.len() >= Session::PENDING_MAX {
            return Err(No::busy());
        }
        let inbound = Inbound { room, cause: Cause::Client(id, request), ask };
        match lane {
            Lane::Requests => self.outlet.request(inbound),
            Lane::Control => self.outlet.ask(inbound),
        }
        .map_err(|_| No::busy())?;
        self.session(asker)?.pending.push(Pending { request, wanted, connection });
        Ok(())
    }
}
