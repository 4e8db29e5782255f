//! Which rooms there are and how people find them: fed by released summaries alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};

use components::{PerSeat, RoomCode, RoomId, RoomSummary, Seat, SeatSummary, SessionId, Stage};

use crate::gate::Lease;
use crate::random::Random;

/// All live rooms, those being made included.
#[derive(Debug)]
pub(crate) struct Directory {
    rooms: HashMap<RoomId, Entry>,
    codes: HashMap<RoomCode, RoomId>,
    /// The public ones, in the order pages show them.
    listed: BTreeMap<RoomCode, RoomId>,
    /// The sum of what every entry in `rooms` counts for; see [`Directory::put`].
    counts: Counts,
    /// Public rooms that appeared, changed or went since the lobby was last told.
    dirty: BTreeSet<RoomCode>,
    next: u64,
    rooms_max: usize,
}

#[derive(Debug)]
struct Entry {
    code: RoomCode,
    /// `None` while it is being made.
    summary: Option<RoomSummary>,
    /// The sessions in its seats.
    holders: PerSeat<Option<SessionId>>,
    /// Counts for the address that it was made from.
    made: Option<Lease>,
}

/// What all live rooms come to, private ones included.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Rooms.
    pub(crate) rooms: u32,
    /// Those before their first match.
    pub(crate) open: u32,
    /// Those with a match going on.
    pub(crate) running: u32,
    /// Those whose match is over.
    pub(crate) finished: u32,
    /// Seats with a person.
    pub(crate) players: u32,
    /// Seats with a bot.
    pub(crate) bots: u32,
    /// Seats with nobody.
    pub(crate) free_seats: u32,
}

impl Counts {
    fn of(summary: &RoomSummary) -> Self {
        let mut counts = Self { rooms: 1, ..Self::default() };
        match summary.stage {
            Stage::Open => counts.open = 1,
            Stage::Running => counts.running = 1,
            Stage::Finished => counts.finished = 1,
            Stage::Closed => return Self::default(),
        }
        for seat in &summary.seats {
            match seat {
                Some(SeatSummary::Human { .. }) => counts.players += 1,
                Some(SeatSummary::Bot(_)) => counts.bots += 1,
                None => counts.free_seats += 1,
            }
        }
        counts
    }

    fn each(&mut self, other: &Self, change: impl Fn(&mut u32, u32)) {
        change(&mut self.rooms, other.rooms);
        change(&mut self.open, other.open);
        change(&mut self.running, other.running);
        change(&mut self.finished, other.finished);
        change(&mut self.players, other.players);
        change(&mut self.bots, other.bots);
        change(&mut self.free_seats, other.free_seats);
    }
}

/// Why no room can be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoRoom {
    /// There are as many as there may be.
    TooMany,
    /// No free code was found.
    NoCode,
}

/// Draws for a code before giving up: with half of all codes taken, one in 2^32 fails.
const CODE_DRAWS_MAX: usize = 32;

impl Directory {
    /// Empty; the next room is the `next`-th of the server, and there may be `rooms_max`.
    pub(crate) fn new(next: u64, rooms_max: usize) -> Self {
        Self {
            rooms: HashMap::new(),
            codes: HashMap::new(),
            listed: BTreeMap::new(),
            counts: Counts::default(),
            dirty: BTreeSet::new(),
            next,
            rooms_max,
        }
    }

    /// Sets a name and a free code aside for a new room, which counts for whoever made it.
    pub(crate) fn reserve(
        &mut self,
        random: &mut Random,
        made: Option<Lease>,
    ) -> Result<(RoomId, RoomCode), NoRoom> {
        if self.rooms.len() >= self.rooms_max {
            return Err(NoRoom::TooMany);
        }
        let code = (0..CODE_DRAWS_MAX)
            .filter_map(|_| draw_code(random))
            .find(|code| !self.codes.contains_key(code))
            .ok_or(NoRoom::NoCode)?;
        let room = RoomId::nth(self.next);
        self.next += 1;
        self.codes.insert(code, room);
        self.rooms.insert(room, Entry { code, summary: None, holders: [None; Seat::COUNT], made });
        Ok((room, code))
    }

    /// Gives back what was set aside for a room that did not come to be.
    pub(crate) fn release(&mut self, room: RoomId) {
        if self.rooms.get(&room).is_some_and(|entry| entry.summary.is_none()) {
            self.remove(room);
        }
    }

    /// How many rooms there are, those being made included.
    pub(crate) fn len(&self) -> usize {
        self.rooms.len()
    }

    /// The live room of this code.
    pub(crate) fn find(&self, code: RoomCode) -> Option<RoomId> {
        let room = *self.codes.get(&code)?;
        self.rooms.get(&room)?.summary.is_some().then_some(room)
    }

    /// The code of a room, live or being made.
    pub(crate) fn code(&self, room: RoomId) -> Option<RoomCode> {
        self.rooms.get(&room).map(|entry| entry.code)
    }

    /// What a room last said of itself.
    pub(crate) fn summary(&self, room: RoomId) -> Option<&RoomSummary> {
        self.rooms.get(&room)?.summary.as_ref()
    }

    /// What the public room of this code last said of itself.
    pub(crate) fn listed(&self, code: RoomCode) -> Option<&RoomSummary> {
        self.summary(*self.listed.get(&code)?)
    }

    /// What all live rooms come to.
    pub(crate) const fn counts(&self) -> Counts {
        self.counts
    }

    /// Public rooms in order of code, from the first one after `after`.
    pub(crate) fn page(&self, after: Option<RoomCode>) -> impl Iterator<Item = &RoomSummary> {
        let from = after.map_or(Unbounded, Excluded);
        self.listed.range((from, Unbounded)).filter_map(|(_, room)| self.summary(*room))
    }

    /// Takes the codes of public rooms that appeared, changed or went since the last time.
    pub(crate) fn take_dirty(&mut self) -> BTreeSet<RoomCode> {
        std::mem::take(&mut self.dirty)
    }

    /// A session was given this seat, though no summary may say so yet.
    pub(crate) fn seat(&mut self, room: RoomId, seat: Seat, session: SessionId) {
        if let Some(entry) = self.rooms.get_mut(&room) {
            entry.holders[seat.index()] = Some(session);
        }
    }

    /// Takes in what a room says of itself. Returns who held its seats until now.
    pub(crate) fn put(&mut self, summary: RoomSummary) -> PerSeat<Option<SessionId>> {
        let (before, made) =
            self.remove(summary.room).map_or_else(Default::default, |it| (it.holders, it.made));
        if summary.stage != Stage::Closed {
            if !summary.private {
                self.listed.insert(summary.code, summary.room);
                self.dirty.insert(summary.code);
            }
            self.add(summary, made);
        }
        before
    }

    /// Takes in the rooms that a restart found, into an empty directory. Nobody watches the lobby
    /// yet: none is news.
    pub(crate) fn restore(&mut self, rooms: Vec<RoomSummary>) {
        let is_public = |it: &&RoomSummary| !it.private && it.stage != Stage::Closed;
        // Many at once are sorted once.
        self.listed = rooms.iter().filter(is_public).map(|it| (it.code, it.room)).collect();
        self.rooms.reserve(rooms.len());
        self.codes.reserve(rooms.len());
        for summary in rooms.into_iter().filter(|it| it.stage != Stage::Closed) {
            self.add(summary, None);
        }
    }

    /// The one place that adds to the counts, as `remove` is the one that takes away: so they are
    /// those of what is in `rooms`, at any time.
    fn add(&mut self, summary: RoomSummary, made: Option<Lease>) {
        self.counts.each(&Counts::of(&summary), |sum, one| *sum += one);
        let (room, code) = (summary.room, summary.code);
        self.codes.insert(code, room);
        let holders = summary.seats.each_ref().map(session_of);
        self.rooms.insert(room, Entry { code, summary: Some(summary), holders, made });
    }

    fn remove(&mut self, room: RoomId) -> Option<Entry> {
        let entry = self.rooms.remove(&room)?;
        self.codes.remove(&entry.code);
        if let Some(summary) = &entry.summary {
            self.counts.each(&Counts::of(summary), |sum, one| *sum -= one);
        }
        if self.listed.remove(&entry.code).is_some() {
            self.dirty.insert(entry.code);
        }
        Some(entry)
    }
}

/// The session in a seat, if a person sits there.
pub(crate) fn session_of(seat: &Option<SeatSummary>) -> Option<SessionId> {
    match seat {
        Some(SeatSummary::Human { session, .. }) => Some(*session),
        Some(SeatSummary::Bot(_)) | None => None,
    }
}

/// A code, every one as likely as any other; `None` if the draw was not fair enough.
fn draw_code(random: &mut Random) -> Option<RoomCode> {
    let letters = RoomCode::ALPHABET.len() as u8;
    // Bytes from the last, incomplete run of the alphabet would favour its first letters.
    let fair = u8::MAX - u8::MAX % letters;
    let mut bytes = random.bytes::<16>()?.into_iter().filter(|byte| *byte < fair);
    let mut code = [0; 6];
    for letter in &mut code {
        *letter = RoomCode::ALPHABET[usize::from(bytes.next()? % letters)];
    }
    Some(RoomCode(code))
}

#[cfg(test)]
mod tests;
