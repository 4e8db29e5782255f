//! What people see, held against what others saw, and against what was settled.

use client::TableView;
use components::{RequestId, SessionId};
use protocol::{Event, Phase, Presence, Seat, Snapshot, StarterReason, Update};

use super::{Book, Cause, Checked, Done, Room, RoomId};

/// A spectator's place among the seats.
const SPECTATOR: u8 = 4;

impl Book {
    /// Somebody gets an update.
    pub(in crate::history) fn saw_update(
        &mut self,
        viewer: Option<Seat>,
        update: &Update<'static>,
        bytes: &[u8],
    ) -> Checked {
        let (id, done) = self.find(&update.room, update.version)?;
        for event in &update.events {
            if let Event::Dealt { hand, .. } = event {
                check_hand(done, viewer, *hand)?;
            }
        }
        let is_over = update.events.iter().any(|event| matches!(event, Event::MatchOver { .. }));
        if !is_over {
            check_seed(done, bytes)?;
        }
        let key = (id, place(viewer), update.version);
        match self.updates.get(&key) {
            Some(known) if known != bytes => Err(format!(
                "version {} of {} was once {}, and is now {}",
                update.version,
                update.room,
                String::from_utf8_lossy(known),
                String::from_utf8_lossy(bytes)
            )),
            Some(_) => Ok(()),
            None => {
                self.updates.insert(key, bytes.to_owned());
                Ok(())
            }
        }
    }

    /// Somebody gets a snapshot.
    pub(in crate::history) fn saw_snapshot(
        &mut self,
        shown: &Snapshot<'static>,
        bytes: &[u8],
    ) -> Checked {
        let (_, done) = self.find(&shown.room, shown.version)?;
        check_hand(done, shown.seat, shown.hand)?;
        check_seed(done, bytes)?;
        self.knows(shown)
    }

    /// Somebody has folded an update in: what comes out is what any snapshot of it says.
    pub(in crate::history) fn folded(&mut self, table: &TableView) -> Checked {
        self.knows(table.state())
    }

    fn knows(&mut self, state: &Snapshot<'static>) -> Checked {
        let id = self.codes.get(&*state.room).copied().unwrap_or(RoomId(0));
        let state = settled(state);
        let key = (id, place(state.seat), state.version);
        match self.states.get(&key) {
            Some(known) if *known != state => {
                Err(format!("one has seen {known:?}, and one {state:?}"))
            }
            Some(_) => Ok(()),
            None => {
                self.states.insert(key, state);
                Ok(())
            }
        }
    }

    /// A request was answered `ok` with this version: that is the commit it made.
    pub(in crate::history) fn check_done(
        &self,
        code: &str,
        version: u64,
        by: (SessionId, RequestId),
    ) -> Checked {
        let (_, done) = self.find(code, version)?;
        let cause = Cause::Client(by.0, by.1);
        if done.cause == cause {
            return Ok(());
        }
        Err(format!("{cause:?} was answered with {version} of {code}, made by {:?}", done.cause))
    }

    fn find(&self, code: &str, version: u64) -> Checked<(RoomId, &Done)> {
        let room = self.codes.get(code).and_then(|id| Some((*id, self.rooms.get(id)?)));
        let done = room.and_then(|(id, room): (RoomId, &Room)| Some((id, room.at(version)?)));
        done.ok_or_else(|| format!("version {version} of {code} is shown, but was never settled"))
    }
}

fn place(viewer: Option<Seat>) -> u8 {
    viewer.map_or(SPECTATOR, Seat::number)
}

/// Everybody sees their own hand, and no other.
fn check_hand(done: &Done, viewer: Option<Seat>, hand: Option<protocol::Pieces>) -> Checked {
    let held = viewer.map(|seat| {
        let player = done.state.players[seat.index()].as_ref();
        player.map_or(0, |player| player.tally.hand.0)
    });
    if hand.map(|hand| hand.0) == held {
        return Ok(());
    }
    Err(format!("{viewer:?} is shown {hand:?}, but holds {held:?}"))
}

/// What deals come from is nobody's to see while they go on.
fn check_seed(done: &Done, bytes: &[u8]) -> Checked {
    if !done.state.phase.is_running() {
        return Ok(());
    }
    let seed: String = done.state.game.seed.iter().map(|byte| format!("{byte:02x}")).collect();
    if bytes.windows(seed.len()).any(|window| window == seed.as_bytes()) {
        return Err(format!("the seed of a running match is shown: {seed}"));
    }
    Ok(())
}

/// A snapshot without what goes by without a version, the time left and a lost connection, and
/// without what a fold cannot always know: who would start a round that has not started.
pub(in crate::history) fn settled(snapshot: &Snapshot<'static>) -> Snapshot<'static> {
    let mut settled = snapshot.clone();
    settled.ms_left = None;
    if matches!(settled.phase, Phase::Dealt | Phase::Redealing { .. }) {
        (settled.round.starter, settled.round.reason) = (None, StarterReason::FirstSeat);
    }
    for seat in settled.seats.iter_mut().flatten() {
        if seat.presence == Presence::Lost {
            seat.presence = Presence::Here;
        }
    }
    settled
}
