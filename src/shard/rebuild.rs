//! A shard whose tick broke: its world goes and another is built on the same lanes, so that who
//! sends into them notices nothing.

use components::{Cause, Inbound, RequestId, RoomId, RoomState, SessionId, Settings, TickClock};
use systems::{InboundQueue, TickStats, Timers};

use super::{Shard, build};

impl Shard {
    /// Builds the world anew, after a tick that panicked: nothing that tick did has left it, and
    /// `rooms`, as their last commits say, are all that is there. As after a restart, nobody pays
    /// for it ([`Self::recover`]). Time goes on from `now_ms`, or where it was if that is later
    /// ([`Self::now_ms`] says which).
    ///
    /// What the network and the server itself had reported is queued again, before what waits in
    /// the lanes: it is true already, and nobody would say it twice. What clients had asked, also
    /// what the broken tick had settled, is given back in order of arrival: they are to be told
    /// that it was not done.
    ///
    /// What whole ticks emitted before stays where it is, to be drained. Systems of a test's own
    /// ([`Self::extend`]) are gone.
    #[must_use]
    pub fn rebuild(
        &mut self,
        now_ms: u64,
        rooms: &[(RoomId, RoomState)],
    ) -> Vec<(SessionId, RequestId, RoomId)> {
        let (lost, reports) = sort(systems::unanswered(&mut self.world));
        let settings = self.world.resource::<Settings>().clone();
        let mut clock = *self.world.resource::<TickClock>();
        let stats = *self.world.resource::<TickStats>();
        let [control, requests] = self.receivers();
        let inbound = InboundQueue { control, requests };
        (self.world, self.schedule) = build(settings, inbound, self.order.clone());
        #[cfg(feature = "faults")]
        self.plant_panics();
        clock.now_ms = clock.now_ms.max(now_ms);
        self.world.insert_resource(clock);
        // Else the wheel takes its first deadlines for long past: it has seen no tick.
        _ = self.world.resource_mut::<Timers>().0.pop_due(clock.now_ms);
        // At once, if there is anything to do.
        let waiting = reports.len() as u64;
        self.world.insert_resource(TickStats { waiting, ..stats });
        for (room, state) in rooms {
            self.recover(*room, state);
        }
        systems::requeue(&mut self.world, reports);
        lost
    }
}

/// What clients asked, and what is true whoever asks.
fn sort(asked: Vec<Inbound>) -> (Vec<(SessionId, RequestId, RoomId)>, Vec<Inbound>) {
    let (mut requests, mut reports) = (Vec::new(), Vec::new());
    for inbound in asked {
        match inbound.cause {
            Cause::Client(session, request) => requests.push((session, request, inbound.room)),
            Cause::Connection(_) | Cause::Server => reports.push(inbound),
            // A room's own action follows from its clocks again.
            Cause::Bot(_) | Cause::Timer => {}
        }
    }
    (requests, reports)
}
