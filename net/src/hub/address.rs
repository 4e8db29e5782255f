//! What is allowed by the address somebody comes from.

use components::RoomId;
use protocol::{CloseCode, ErrorCode};

use super::Hub;
use crate::gate::Limit;
use crate::limits::Client;
use crate::outside::Now;
use crate::refusal::No;
use crate::session::ConnectionId;

/// When somebody may try again to watch a room: nobody knows when another one stops.
const WATCH_RETRY_MS: u32 = 10_000;

impl Hub {
    /// Where a connection comes from, if anywhere.
    pub(super) fn client(&self, id: ConnectionId) -> Option<Client> {
        self.connections.get(&id)?.client
    }

    /// A stranger's message was refused: an address may do that a few times a minute.
    pub(super) fn note_failed_hello(&mut self, id: ConnectionId, code: ErrorCode, now: Now) {
        let Some(connection) = self.connections.get(&id) else { return };
        let is_fault = matches!(
            code,
            ErrorCode::BadFrame
                | ErrorCode::BadMessage
                | ErrorCode::UnknownType
                | ErrorCode::HelloFirst
                | ErrorCode::Unauthorized
        );
        let Some(client) = connection.client.filter(|_| is_fault) else { return };
        if connection.session.is_none() && !self.gate.note_fault(client, now) {
            let reason = "too many hellos from this address came to nothing";
            connection.outbox.close(CloseCode::RATE_LIMITED, reason);
        }
    }

    /// Whether one more from this address may watch the room.
    pub(super) fn check_spectators(&self, id: ConnectionId, room: RoomId) -> Result<(), No> {
        let Some(address) = self.client(id).and_then(|it| it.address) else { return Ok(()) };
        let Some(most) = self.gate.limits().address_spectators else { return Ok(()) };
        let from = |id| self.client(id).and_then(|it| it.address);
        let there = self.fanout.watching(room).filter(|id| from(*id) == Some(address)).count();
        if there < most as usize {
            return Ok(());
        }
        Err(self.gate.refuse(Limit::Spectators, WATCH_RETRY_MS).into())
    }

    /// Ends the connections of networks that were banned since the last time.
    pub(super) fn close_banned(&self, now: Now) {
        if !self.gate.take_new_bans() {
            return;
        }
        for connection in self.connections.values() {
            if connection.client.is_some_and(|it| self.gate.is_banned(it.ip, now)) {
                connection.outbox.close(CloseCode::POLICY, "this address is banned");
            }
        }
    }
}
