//! Requests that bring somebody into a room, or let them look on.

use std::borrow::Cow;

use components::{
    Act, Action, Ask, By, Charter, Epoch, Guest, Opening, RequestId, RoomCode, RoomId,
};
use protocol::{CreateRoom, ErrorCode, JoinRoom, Seated, UnwatchRoom, WatchRoom, Watching};

use super::actions::Lane;
use super::{Asker, Hub};
use crate::convert;
use crate::credits::Allowance;
use crate::directory::NoRoom;
use crate::outside::Now;
use crate::readiness::NotReady;
use crate::refusal::No;
use crate::session::Wanted;

/// Credits a new room costs.
const CREATE_COST: u32 = 10;

impl Hub {
    /// `create_room`. `grows` says whether the request's id is above all before it.
    pub(super) fn create_room(
        &mut self,
        asker: Asker,
        grows: Result<(), No>,
        wish: CreateRoom,
        now: Now,
    ) -> Result<(), No> {
        let session = self.session(asker)?;
        let created = session.created.filter(|(request, _)| *request == asker.request);
        if let (Some((_, room)), Some((held, seat))) = (created, session.seat)
            && room == held
        {
            return self.seated_again(asker, room, seat);
        }
        let session = self.session(asker)?;
        if let Some(room) = session.room().filter(|_| session.may_have_created(asker.request)) {
            return self.ask_again(asker, room);
        }
        grows?;
        let guest = self.guest(asker)?;
        if let Some(room) = self.session(asker)?.room() {
            return Err(self.seated_in(room));
        }
        self.check_open()?;
        let made = self.gate.make_room(self.client(asker.connection))?;
        self.pay(asker, CREATE_COST, now)?;
        let secret = self.random.bytes().ok_or_else(|| overloaded("no secret could be made"))?;
        let (room, code) =
            self.directory.reserve(&mut self.random, made).map_err(|none| match none {
                NoRoom::TooMany => overloaded("there are as many rooms as there may be"),
                NoRoom::NoCode => overloaded("no free code was found"),
            })?;
        let level = wish.bot_level.map_or(self.settings.default_bot_level, convert::level_from);
        let charter = Charter {
            code,
            pace: wish.pace.map_or(self.settings.default_pace, convert::pace_from),
            private: wish.private,
            endless: false,
            secret,
        };
        let bots = vec![level; wish.bots.into()];
        let opening = Box::new(Opening { charter, guest: Some(guest), bots });
        let ask = Ask::Act(Action { by: By::Nobody, act: Act::Open(opening) });
        let sent = self.submit(asker, room, Wanted::Create(room), ask, Lane::Requests);
        if sent.is_err() {
            self.directory.release(room);
        }
        self.stats.rooms.set(self.directory.len());
        sent
    }

    /// A `create_room` that may be a repeat, of which the room alone knows. It is asked with what
    /// changes nothing, a connection older than any: of a request it has accepted it says that it
    /// is a repeat, and of any other that it is not due.
    fn ask_again(&mut self, asker: Asker, room: RoomId) -> Result<(), No> {
        let act = Act::Connected(Epoch(0));
        let ask = Ask::Act(Action { by: By::Session(asker.session), act });
        self.submit(asker, room, Wanted::CreateAgain(room), ask, Lane::Requests)
    }

    /// `join_room`.
    pub(super) fn join_room(
        &mut self,
        asker: Asker,
        grows: Result<(), No>,
        wish: &JoinRoom,
    ) -> Result<(), No> {
        let room = self.find(&wish.room)?;
        match self.session(asker)?.room() {
            // The tick says that it has that seat already, whatever the request's number.
            Some(own) if own == room => {}
            Some(other) => return Err(self.seated_in(other)),
            None => grows?,
        }
        let guest = self.guest(asker)?;
        let act = Act::Join(guest, wish.seat.map(convert::seat_from));
        let ask = Ask::Act(Action { by: By::Session(asker.session), act });
        self.submit(asker, room, Wanted::Join(room), ask, Lane::Requests)
    }

    /// `watch_room`. Who watches another room, stops watching that one.
    pub(super) fn watch_room(&mut self, asker: Asker, wish: &WatchRoom) -> Result<(), No> {
        let room = self.find(&wish.room)?;
        let session = self.session(asker)?;
        if session.room() == Some(room) {
            return Err(self.seated_in(room));
        }
        let watched = session.watching.filter(|watched| *watched != room);
        let is_known = session.watching == Some(room);
        if !is_known && self.fanout.spectators(room) >= self.settings.spectators_max {
            let most = self.settings.spectators_max;
            let message = format!("{most} watch this room already: that is the most.");
            return Err(No::new(ErrorCode::RoomFull, message));
        }
        if !is_known {
            self.check_spectators(asker.connection, room)?;
        }
        self.submit(asker, room, Wanted::Watch(room), Ask::Watch, Lane::Requests)?;
        self.session(asker)?.watching = Some(room);
        if let Some(watched) = watched {
            self.fanout.dismiss(watched, asker.session);
        }
        if !is_known {
            self.follow(room, asker.session, None);
        }
        Ok(())
    }

    /// `unwatch_room`: also of a room that is gone, or was not watched.
    pub(super) fn unwatch_room(&mut self, asker: Asker, wish: &UnwatchRoom) -> Result<(), No> {
        let code = RoomCode::parse(&wish.room).ok_or_else(No::room_not_found)?;
        let room = self.directory.find(code);
        let session = self.session(asker)?;
        if let Some(room) = room.filter(|room| session.watching == Some(*room)) {
            session.watching = None;
            self.fanout.dismiss(room, asker.session);
        }
        self.ok(asker, &Watching { room: Cow::Borrowed(code.as_str()) });
        Ok(())
    }

    /// Takes credits from the session's bucket outside rooms.
    pub(super) fn pay(&mut self, asker: Asker, cost: u32, now: Now) -> Result<(), No> {
        let max = self.settings.lobby_credits_max;
        let per_second = self.settings.lobby_credits_per_second;
        let credits = &mut self.session(asker)?.credits;
        credits.take(cost, Allowance { max, per_second }, now.ms).map_err(No::rate_limited)
    }

    fn check_open(&self) -> Result<(), No> {
        let closed = if self.is_draining {
            Err(NotReady::Draining("The server is shutting down.".to_owned()))
        } else {
            (self.ready)()
        };
        closed.map_err(|why| {
            let code = match why {
                NotReady::Draining(_) => ErrorCode::Draining,
                NotReady::Storage(_) => ErrorCode::StorageUnavailable,
                NotReady::Overloaded(_) | NotReady::Starting(_) => ErrorCode::Overloaded,
            };
            No::new(code, format!("No new rooms here now: {why}"))
        })
    }

    fn find(&self, code: &str) -> Result<RoomId, No> {
        let code = RoomCode::parse(code);
        code.and_then(|code| self.directory.find(code)).ok_or_else(No::room_not_found)
    }

    /// Who is to sit down. The room will know of the connection of now.
    fn guest(&mut self, asker: Asker) -> Result<Guest, No> {
        let session = self.session(asker)?;
        let Some(name) = session.name.clone() else {
            let message = "To sit down you need a name: bring one in hello.";
            return Err(No::new(ErrorCode::BadName, message));
        };
        let (player, epoch) = (session.player, session.epoch);
        if session.seat.is_none() {
            session.told = epoch;
        }
        Ok(Guest { name, player, session: asker.session, epoch })
    }

    pub(super) fn seated_in(&self, room: RoomId) -> No {
        let code = self.directory.code(room);
        No::already_in_room(code.as_ref().map_or("a room", RoomCode::as_str))
    }

    fn seated_again(
        &mut self,
        asker: Asker,
        room: RoomId,
        seat: components::Seat,
    ) -> Result<(), No> {
        let code = self.directory.code(room).ok_or_else(No::room_not_found)?;
        let version = self.directory.summary(room).map_or(0, |summary| summary.version.0);
        let (room, seat) = (Cow::Borrowed(code.as_str()), convert::seat(seat));
        self.ok(asker, &Seated { room, seat, version, duplicate: true });
        Ok(())
    }

    /// Remembers which request made the room, so that it may be repeated.
    pub(super) fn note_created(&mut self, asker: Asker, request: RequestId, room: RoomId) {
        if let Ok(session) = self.session(asker) {
            session.created = Some((request, room));
        }
    }
}

fn overloaded(why: &str) -> No {
    No::new(ErrorCode::Overloaded, format!("No new room now: {why}; try again later."))
}
