//! What the server has settled, written and shown, kept outside of it: nothing here is ever lost.

mod audit;
mod grace;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use components::{
    Act, Cause, Commit, Durable, Event, Frame, Phase, Release, RequestId, RoomId, RoomState, Seat,
    SessionId, Version,
};
use protocol::Snapshot;

use super::Checked;
pub(super) use shown::settled;

/// All rooms there ever were.
#[derive(Debug, Default)]
pub(super) struct Book {
    rooms: BTreeMap<RoomId, Room>,
    /// By code: those of all times.
    codes: BTreeMap<String, RoomId>,
    /// Which commit each request made that a seat remembers.
    requests: BTreeMap<(SessionId, RequestId), (RoomId, Version)>,
    /// What anybody was shown: by room, seat (4 is a spectator) and version.
    updates: BTreeMap<(RoomId, u8, u64), Vec<u8>>,
    states: BTreeMap<(RoomId, u8, u64), Snapshot<'static>>,
    /// The rooms that the last start found, as they were then.
    recovered: BTreeMap<RoomId, RoomState>,
    /// Who has said hello since then.
    returned: BTreeSet<SessionId>,
    /// What nobody pays for after a start, in ms.
    grace_ms: u64,
    /// Commits, over all lives.
    pub(super) commits: u64,
    /// Matches that came to their end.
    pub(super) ended: u64,
}

/// One room.
#[derive(Debug, Default)]
struct Room {
    code: String,
    /// Every commit in order; the first makes version 1.
    commits: Vec<Done>,
    /// Up to this version the journal has said that it is written.
    written: u64,
    /// Up to this version the outside was told.
    shown: u64,
    is_gone: bool,
}

/// What was settled.
#[derive(Debug)]
struct Done {
    cause: Cause,
    events: Vec<Event>,
    state: RoomState,
}

impl Room {
    fn at(&self, version: u64) -> Option<&Done> {
        self.commits.get(usize::try_from(version.checked_sub(1)?).ok()?)
    }

    fn closed_at(&self) -> Option<u64> {
        let last = self.commits.last()?;
        matches!(last.state.phase, Phase::Closed).then_some(last.state.version.0)
    }
}

impl Book {
    /// Of a server that begins with nothing, and gives this grace when it starts again.
    pub(super) fn new(grace_ms: u64) -> Self {
        Self { grace_ms, ..Self::default() }
    }

    /// The journal takes these commits.
    pub(super) fn settled(&mut self, durable: &Durable) -> Checked {
        for commit in &durable.commits {
            let events = commit.events.start as usize..commit.events.end as usize;
            self.settled_one(commit, &durable.events[events])?;
        }
        Ok(())
    }

    fn settled_one(&mut self, commit: &Commit, events: &[Event]) -> Checked {
        self.check_grace(commit, events)?;
        let (id, version) = (commit.room, commit.state.version);
        if version.0 == 1 {
            let before = self.rooms.get(&id).map_or(0, |room| room.shown.max(room.written));
            if before > 0 {
                return Err(format!("the name of room {:#x} is given away again", id.0));
            }
            let code = commit.state.charter.map(|it| it.code.as_str().to_owned());
            let code = code.unwrap_or_default();
            self.codes.insert(code.clone(), id);
            self.rooms.insert(id, Room { code, ..Room::default() });
        }
        let Some(room) = self.rooms.get_mut(&id) else {
            return Err(format!("room {:#x} was never opened, but is at {}", id.0, version.0));
        };
        if room.commits.len() as u64 + 1 != version.0 {
            return Err(format!(
                "{} goes on with {} after {}",
                room.code,
                version.0,
                room.commits.len()
            ));
        }
        let (cause, state) = (commit.cause, commit.state.clone());
        room.commits.push(Done { cause, events: events.to_vec(), state });
        self.commits += 1;
        self.note_request(commit)
    }

    /// A request that a seat remembers is done once.
    fn note_request(&mut self, commit: &Commit) -> Checked {
        let Cause::Client(session, request) = commit.cause else { return Ok(()) };
        if !is_remembered(&commit.action.act) {
            return Ok(());
        }
        let place = (commit.room, commit.state.version);
        match self.requests.insert((session, request), place) {
            None => Ok(()),
            Some((room, version)) => Err(format!(
                "request {} of {:x} is done twice: at {} of {:#x}, and at {} of {:#x}",
                request.0, session.0, version.0, room.0, place.1.0, place.0.0
            )),
        }
    }

    /// The journal says that all it took is written.
    pub(super) fn written(&mut self) {
        for room in self.rooms.values_mut().filter(|room| !room.is_gone) {
            room.written = room.commits.len() as u64;
        }
    }

    /// The outside is told this.
    pub(super) fn told(&mut self, release: &Release) -> Checked {
        for frame in &release.frames {
            let (room, version) = match frame {
                Frame::Update { room, version, .. } => (*room, *version),
                Frame::Snapshot { view, .. } => (view.room, view.version),
                _ => continue,
            };
            let known = self.rooms.get_mut(&room).filter(|it| it.at(version.0).is_some());
            let Some(known) = known else {
                return Err(format!(
                    "version {} of {:#x} is shown, but nowhere",
                    version.0, room.0
                ));
            };
            known.shown = known.shown.max(version.0);
        }
        Ok(())
    }

    /// The server has started and found these rooms. `exactly` says that their states are looked at
    /// too, not only what anybody outside can see.
    pub(super) fn recovered(&mut self, rooms: &[(RoomId, RoomState)], exactly: bool) -> Checked {
        self.recovered = rooms.iter().cloned().collect();
        self.returned.clear();
        for id in self.recovered.keys() {
            if self.rooms.get(id).is_none_or(|room| room.is_gone) {
                return Err(format!("room {:#x} is there again after a restart", id.0));
            }
        }
        for (id, room) in &mut self.rooms {
            if !room.is_gone {
                room.recover(self.recovered.get(id), exactly)?;
            }
        }
        // What nobody was told, and was not written, has never been.
        let rooms = &self.rooms;
        let stands = |room, version: u64| {
            rooms.get(&room).is_some_and(|it: &Room| version <= it.commits.len() as u64)
        };
        self.requests.retain(|_, (room, version)| stands(*room, version.0));
        Ok(())
    }

    /// The seat the outside knows of a session, if it has one.
    pub(super) fn seat(&self, session: SessionId) -> Option<(&str, Seat)> {
        self.rooms.values().filter(|room| !room.is_gone).find_map(|room| {
            let state = &room.at(room.shown)?.state;
            let seat = rules::seat_of(state, session)?;
            (!matches!(state.phase, Phase::Closed)).then_some((room.code.as_str(), seat))
        })
    }

    /// The codes of rooms that are there, as far as the outside knows.
    pub(super) fn open_codes(&self) -> Vec<String> {
        let live = self.rooms.values().filter(|room| {
            let shown = room.at(room.shown);
            !room.is_gone && shown.is_some_and(|it| !matches!(it.state.phase, Phase::Closed))
        });
        live.map(|room| room.code.clone()).collect()
    }

    /// The newest states of all live rooms.
    pub(super) fn live(&self) -> impl Iterator<Item = (RoomId, &RoomState)> {
        self.rooms.iter().filter(|(_, room)| !room.is_gone).filter_map(|(id, room)| {
            let state = &room.commits.last()?.state;
            (!matches!(state.phase, Phase::Closed)).then_some((*id, state))
        })
    }

    /// A session says hello. Returns the seat it holds, as far as the outside knows.
    pub(super) fn greeted(&mut self, session: SessionId) -> Option<(&str, Seat)> {
        self.returned.insert(session);
        self.seat(session)
    }
}

impl Room {
    /// Holds what a start found of the room against what it must be.
    fn recover(&mut self, found: Option<&RoomState>, exactly: bool) -> Checked {
        let (code, least) = (&self.code, self.shown.max(self.written));
        let Some(state) = found else {
            let may_be_gone = least == 0 || self.closed_at().is_some();
            self.is_gone = true;
            return if may_be_gone {
                Ok(())
            } else {
                Err(format!("{code} was shown at {}, and is lost", self.shown))
            };
        };
        let version = state.version.0;
        if version < least {
            let (shown, written) = (self.shown, self.written);
            return Err(format!(
                "{code} comes back at {version}, but was shown at {shown} and written at {written}"
            ));
        }
        let Some(done) = self.at(version) else {
            return Err(format!("{code} comes back at {version}, where it has never been"));
        };
        if exactly && done.state != *state {
            return Err(format!("{code} at {version} was {:?}, and is {state:?}", done.state));
        }
        self.commits.truncate(version as usize);
        // What a start has found, it goes on to show.
        (self.written, self.shown) = (version, version);
        Ok(())
    }
}

/// Whether a seat remembers such a request as long as it is held.
const fn is_remembered(act: &Act) -> bool {
    matches!(
        act,
        Act::Decide { .. }
            | Act::Start { .. }
            | Act::Rematch { .. }
            | Act::AddBot(..)
            | Act::Remove(_)
    )
}
