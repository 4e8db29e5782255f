//! The lobby: pages of rooms, and who is told how rooms come and go.

use std::borrow::Cow;

use components::RoomCode;
use protocol::{Done, ListRooms, Lobby, RoomEntry, RoomsPage, encode_lobby};

use super::{Asker, Hub};
use crate::convert;
use crate::directory::Directory;
use crate::outside::Now;
use crate::refusal::No;
use crate::session::ConnectionId;
use crate::wire::Shared;

/// Credits a page costs.
const LIST_COST: u32 = 2;

/// Rooms that one `lobby` message tells of, at most: some 25 KiB of JSON.
const LOBBY_ROOMS_MAX: usize = 100;

impl Hub {
    /// `list_rooms`.
    pub(super) fn list_rooms(
        &mut self,
        asker: Asker,
        wish: &ListRooms,
        now: Now,
    ) -> Result<(), No> {
        let after = match wish.after.as_deref().map(RoomCode::parse) {
            Some(None) => return Err(No::room_not_found()),
            Some(after) => after,
            None => None,
        };
        self.pay(asker, LIST_COST, now)?;
        let limit = usize::from(wish.limit.unwrap_or(ListRooms::LIMIT_DEFAULT));
        let Self { directory, connections, wire, .. } = self;
        let mut rest = directory.page(after);
        let rooms: Vec<RoomEntry<'_>> =
            rest.by_ref().take(limit).map(convert::room_entry).collect();
        let next = rest.next().and_then(|_| rooms.last()).map(|last| last.room.clone());
        let page = RoomsPage { rooms, next, counts: convert::counts(directory.counts()) };
        if let Some(connection) = connections.get_mut(&asker.connection) {
            connection.answer(wire, asker.request, &page, true);
        }
        Ok(())
    }

    /// `watch_lobby`.
    pub(super) fn watch_lobby(&mut self, asker: Asker) {
        self.lobby.entry(asker.connection).or_default();
        self.ok(asker, &Done {});
    }

    /// `unwatch_lobby`.
    pub(super) fn unwatch_lobby(&mut self, asker: Asker) {
        self.lobby.remove(&asker.connection);
        self.ok(asker, &Done {});
    }

    /// Tells everybody who watches the lobby what changed since the last time.
    pub(super) fn tell_lobby(&mut self) {
        let dirty = self.directory.take_dirty();
        if dirty.is_empty() || self.lobby.is_empty() {
            return;
        }
        let dirty: Vec<RoomCode> = dirty.into_iter().collect();
        for part in dirty.chunks(LOBBY_ROOMS_MAX) {
            let delta = delta(&self.directory, part);
            let mut shared = Shared::default();
            for (id, missed) in &mut self.lobby {
                let Some(connection) = self.connections.get(id) else { continue };
                let encoding = connection.encoding;
                let write = |out: &mut Vec<u8>| encode_lobby(encoding, &delta, out);
                let bytes = shared.bytes(encoding, &mut self.wire, write);
                // Who was not told of something is told of all later, in order.
                if !missed.is_empty() || !connection.outbox.offer(bytes) {
                    missed.extend_from_slice(part);
                    missed.sort_unstable();
                    missed.dedup();
                }
            }
        }
    }

    /// Tells one watcher what it was not told while too much waited for it.
    pub(super) fn tell_missed(&mut self, id: ConnectionId) {
        let Some(missed) = self.lobby.get_mut(&id).map(std::mem::take) else { return };
        let Some(connection) = self.connections.get(&id) else { return };
        for part in missed.chunks(LOBBY_ROOMS_MAX) {
            let delta = delta(&self.directory, part);
            let encoding = connection.encoding;
            let bytes = self.wire.bytes(|out| encode_lobby(encoding, &delta, out));
            connection.outbox.must_send(bytes);
        }
    }
}

/// What these rooms are now, or that they are gone.
fn delta<'a>(directory: &'a Directory, codes: &'a [RoomCode]) -> Lobby<'a> {
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    for code in codes {
        match directory.listed(*code) {
            Some(summary) => changed.push(convert::room_entry(summary)),
            None => gone.push(Cow::Borrowed(code.as_str())),
        }
    }
    Lobby { changed, gone, counts: convert::counts(directory.counts()) }
}
