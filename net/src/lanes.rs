//! The two ways into each shard: requests, which a full lane refuses, and control, which waits.

use std::collections::VecDeque;

use components::{Inbound, RoomId};
use crossbeam_channel::{Sender, TrySendError};

/// The sending ends of every shard thread's lanes, by [`RoomId::thread`].
#[derive(Debug, Clone)]
pub struct Lanes {
    /// Requests: what a full lane does not take is answered `busy`.
    pub requests: Vec<Sender<Inbound>>,
    /// Connections opened and closed, leaving, looking: what a full lane does not take waits.
    pub control: Vec<Sender<Inbound>>,
}

impl Lanes {
    /// Says whether a shard lacks a lane.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.control.is_empty() || self.requests.len() != self.control.len() {
            return Err("as many request lanes as control lanes, at least one".to_owned());
        }
        Ok(())
    }
}

/// The lanes, with what the control lanes did not take yet.
#[derive(Debug)]
pub(crate) struct Outlet {
    lanes: Lanes,
    backlog: Vec<VecDeque<Inbound>>,
}

/// A lane is full.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// What clients ask for on a control lane is refused while so many wait for one shard; reports of
/// connections are kept beyond it: two a connection, so sessions bound them.
const BACKLOG_MAX: usize = 65_536;

impl Outlet {
    /// Over these lanes; there must be as many of one kind as of the other, and at least one.
    pub(crate) fn new(lanes: Lanes) -> Self {
        let backlog = lanes.control.iter().map(|_| VecDeque::new()).collect();
        Self { lanes, backlog }
    }

    fn thread(&self, room: RoomId) -> usize {
        room.thread(self.lanes.control.len())
    }

    /// A request: refused while its lane, or anything before it, is stuck.
    pub(crate) fn request(&mut self, inbound: Inbound) -> Result<(), Full> {
        let thread = self.thread(inbound.room);
        if !self.flush_one(thread) {
            return Err(Full);
        }
        self.lanes.requests[thread].try_send(inbound).map_err(|_| Full)
    }

    /// What a client asks that comes before requests.
    pub(crate) fn ask(&mut self, inbound: Inbound) -> Result<(), Full> {
        if self.backlog[self.thread(inbound.room)].len() >= BACKLOG_MAX {
            return Err(Full);
        }
        self.report(inbound);
        Ok(())
    }

    /// What must not get lost: it waits where the lane does not take it.
    pub(crate) fn report(&mut self, inbound: Inbound) {
        let thread = self.thread(inbound.room);
        self.backlog[thread].push_back(inbound);
        self.flush_one(thread);
    }

    /// Tries again with what waits.
    pub(crate) fn flush(&mut self) {
        for thread in 0..self.backlog.len() {
            self.flush_one(thread);
        }
    }

    /// Whether a control lane did not take everything.
    pub(crate) fn is_waiting(&self) -> bool {
        self.backlog.iter().any(|waiting| !waiting.is_empty())
    }

    /// Whether nothing waits for this shard any more.
    fn flush_one(&mut self, thread: usize) -> bool {
        let (lane, backlog) = (&self.lanes.control[thread], &mut self.backlog[thread]);
        while let Some(inbound) = backlog.pop_front() {
            match lane.try_send(inbound) {
                // Gone with its shard: the server is going down.
                Ok(()) | Err(TrySendError::Disconnected(_)) => {}
                Err(TrySendError::Full(inbound)) => {
                    backlog.push_front(inbound);
                    return false;
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use components::{Ask, Cause, SessionId};
    use crossbeam_channel::bounded;

    use super::*;

    fn look(n: u64) -> Inbound {
        Inbound { room: RoomId::nth(0), cause: Cause::Connection(SessionId(n)), ask: Ask::Look }
    }

    #[test]
    fn what_a_full_control_lane_does_not_take_waits_in_order_and_holds_requests_up() {
        let (requests, request_lane) = bounded(8);
        let (control, control_lane) = bounded(1);
        let lanes = Lanes { requests: vec![requests], control: vec![control] };
        let mut outlet = Outlet::new(lanes);
        for n in 0..3 {
            outlet.report(look(n));
        }
        assert_eq!(outlet.request(look(9)), Err(Full));

        assert_eq!(control_lane.try_recv(), Ok(look(0)));
        outlet.flush();
        assert_eq!(control_lane.try_recv(), Ok(look(1)));
        outlet.flush();
        assert_eq!(control_lane.try_recv(), Ok(look(2)));
        assert_eq!(outlet.request(look(9)), Ok(()));
        assert_eq!(request_lane.try_recv(), Ok(look(9)));
    }
}
