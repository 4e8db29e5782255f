//! The journal: what it is made of, and the flush.

use components::{Fault, MatchId, RoomId, RoomState, Settings};

use crate::body::{Finished, Kept};
use crate::chain::Chain;
use crate::codec::write_settings;
use crate::housekeeping::Housekeeping;
use crate::image::{Ends, Image, Recovered};
use crate::live::{Live, LiveRooms};
use crate::reserve::Reserve;
use crate::segment::{Kind, StreamKind};
use crate::source::{ReadError, Source};
use crate::stream::{Label, Stream};
use crate::waiting::Waiting;
use crate::{Disk, Durability, OpenError, Options, Stats, WriteError, chain, recovery};

/// The durable log of live rooms: see the crate's README. Holds the whole of its disk.
#[derive(Debug)]
pub struct Journal<D: Disk> {
    pub(crate) disk: D,
    pub(crate) options: Options,
    pub(crate) events: Stream<D>,
    pub(crate) state: Stream<D>,
    pub(crate) live: LiveRooms,
    pub(crate) waiting: Waiting,
    /// The lowest room number that no room has had.
    pub(crate) next_room: u64,
    /// The settings in force, encoded.
    pub(crate) settings: Vec<u8>,
    pub(crate) housekeeping: Housekeeping,
    pub(crate) stats: Stats,
    pub(crate) reserve: Reserve,
    /// The two parts of the room being recorded.
    pub(crate) fixed: Vec<u8>,
    pub(crate) moving: Vec<u8>,
    /// Why nothing is taken any more.
    failed: Option<String>,
}

impl<D: Disk> Journal<D> {
    /// Opens the journal on this disk, or begins one, and says what lives in it. `settings` are the
    /// rules' numbers in force from now on, `wall_ms` is ms since 1970.
    ///
    /// # Errors
    /// When it holds what this version cannot read or what is damaged: see the recovery cases in the
    /// README. Then nothing on the disk was changed.
    pub fn open(
        mut disk: D,
        settings: &Settings,
        options: Options,
        wall_ms: u64,
    ) -> Result<(Self, Recovered), OpenError> {
        let mut encoded = Vec::new();
        write_settings(settings, &mut encoded);
        disk.may_write()?;
        let image = recovery::load(&disk)?;
        if let Some(damage) = image.damages.iter().find(|damage| damage.is_fatal()) {
            return Err(OpenError::Damaged(damage.clone()));
        }
        recovery::settle(&mut disk, &image, &options)?;
        let Image { event_segments, state_segments, mut rooms, finished, intents, .. } = image;
        let next_room = if options.faults.has(Fault::RoomIdsReused) { 1 } else { image.next_room };
        let label = Label {
            next_room,
            created_ms: wall_ms,
            owner_epoch: options.owner_epoch,
            is_synced: options.durability == Durability::Disk,
            faults: options.faults,
        };
        let begin = |kind, segments, ends: Ends| {
            let follows =
                if options.faults.has(Fault::TornTailKept) { ends.physical } else { ends.good };
            Stream::begin(kind, segments, (ends.next, follows), label)
        };
        let events = begin(StreamKind::Events, event_segments, image.events_end);
        let state = begin(StreamKind::State, state_segments, image.state_end);
        let is_same = image.settings.as_ref() == Some(&encoded);
        let mut live = LiveRooms::default();
        live.reserve(rooms.len());
        for room in &mut rooms {
            if !is_same {
                room.live.flags &= !Live::SETTINGS;
            }
            live.insert(room.id, room.live);
        }
        let recovered = Recovered {
            rooms: rooms.into_iter().map(|room| (room.id, room.state)).collect(),
            next_room,
            finished: finished.len(),
            torn: image.torn,
            damages: image.damages,
        };
        let mut journal = Self {
            disk,
            options,
            events,
            state,
            live,
            waiting: Waiting::new(finished, intents),
            next_room,
            settings: encoded,
            housekeeping: Housekeeping::default(),
            stats: Stats::default(),
            reserve: Reserve::default(),
            fixed: Vec::new(),
            moving: Vec::new(),
            failed: None,
        };
        journal.pin_chains();
        journal.begin_state_segment();
        for id in image.unfinished {
            journal.write_forgotten(id);
        }
        for id in image.emptied {
            journal.write_withdrawn(id);
        }
        journal.state.idle();
        Ok((journal, recovered))
    }

    /// Writes all that was recorded since the last flush: one append to each stream, the events
    /// first. When it returns `Ok`, that may be shown. Then old files are given up, as much as this
    /// flush has earned; what goes wrong there is in [`Stats::housekeeping_error`] and tried again,
    /// unless it ends the journal: see the README. Until there is something to write, no file is
    /// begun.
    ///
    /// # Errors
    /// [`WriteError::Full`]: there is no room, what was set aside is spent, and all that was recorded is
    /// kept: call it again later. [`WriteError::Failed`]: the journal is done for,
    /// and every later flush says so too.
    pub fn flush(&mut self, wall_ms: u64) -> Result<(), WriteError> {
        if let Some(failed) = &self.failed {
            return Err(WriteError::Failed(std::io::Error::other(failed.clone())));
        }
        self.look_for_reserve();
        let written = match self.write_whatever_it_takes(wall_ms) {
            Ok(written) => written,
            Err(error) => {
                match &error {
                    WriteError::Full(_) => self.stats.full += 1,
                    WriteError::Failed(error) => self.failed = Some(error.to_string()),
                }
                return Err(error);
            }
        };
        self.stats.flushes += 1;
        if let Err(error) = self.keep_house(written, wall_ms) {
            if error.is_fatal() {
                self.failed = Some(error.to_string());
                return Err(WriteError::Failed(std::io::Error::other(error.to_string())));
            }
            let error = Some(error.to_string());
            if self.stats.housekeeping_error != error {
                tracing::warn!(?error, "the journal cannot give up old files yet");
                self.stats.housekeeping_error = error;
            }
        }
        Ok(())
    }

    /// With what was set aside, if there is no room otherwise.
    fn write_whatever_it_takes(&mut self, wall_ms: u64) -> Result<u64, WriteError> {
        match self.write(wall_ms) {
            Err(WriteError::Full(_)) if self.spend_reserve() => self.write(wall_ms),
            written => written,
        }
    }

    /// Both streams, each synced before the next is written, so that no state on the disk is ever
    /// ahead of its events.
    fn write(&mut self, wall_ms: u64) -> Result<u64, WriteError> {
        let label = self.label(wall_ms);
        let syncs = label.is_synced && !self.options.faults.has(Fault::SyncSkipped);
        self.ready(label)?;
        let mut streams = [
            (&mut self.events, &mut self.stats.event_bytes),
            (&mut self.state, &mut self.stats.state_bytes),
        ];
        if self.options.faults.has(Fault::StateBeforeEvents) {
            streams.reverse();
        }
        let mut written = 0;
        for (stream, total) in streams {
            let bytes = stream.write(&mut self.disk, label)? as u64;
            *total += bytes;
            written += bytes;
            if syncs && stream.sync(&mut self.disk)? {
                self.stats.syncs += 1;
            }
        }
        Ok(written)
    }

    /// Both streams can be appended to, if there is anything to append. The state names the newest
    /// file of the events, so both begin together.
    fn ready(&mut self, label: Label) -> Result<(), WriteError> {
        if self.events.has_something() || self.state.has_something() {
            self.events.begin_file(&mut self.disk, label)?;
            self.state.begin_file(&mut self.disk, label)?;
        }
        if self.events.mend(&mut self.disk, label)? {
            self.pin_chains();
            self.write_kept();
        }
        if self.state.mend(&mut self.disk, label)? {
            self.begin_state_segment();
        }
        Ok(())
    }

    /// Counts anew in which files chains begin.
    pub(crate) fn pin_chains(&mut self) {
        let segments = &mut self.events.segments;
        for segment in &mut segments.0 {
            (segment.pins, segment.waiting, segment.held) = (0, 0, 0);
        }
        for live in self.live.values().filter(|live| live.has(Live::CHAIN)) {
            segments.pin(live.start);
        }
        for done in self.waiting.matches().values() {
            segments.pin(done.start);
            segments.wait(done.start, 1);
        }
        for done in self.waiting.held() {
            segments.hold(done.start, 1);
        }
    }

    /// Matches that are over and not forgotten, by id: that is the order in which they began.
    pub fn finished(&self) -> impl ExactSizeIterator<Item = Finished> + '_ {
        self.waiting.matches().values().copied()
    }

    /// One of them, with where its chain is now.
    #[must_use]
    pub fn finished_match(&self, id: MatchId) -> Option<Finished> {
        self.waiting.get(id)
    }

    /// At most `max` matches that are over, in no open batch and not `except`ed, those that ended
    /// first first. Takes the longer the more of those in front are excepted, and no longer for how
    /// many there are.
    pub fn finished_free(
        &self,
        mut except: impl FnMut(MatchId) -> bool,
        max: usize,
    ) -> Vec<Finished> {
        let free = self.waiting.free().filter(|done| !except(done.match_id));
        free.take(max).collect()
    }

    /// When the first match ended that is not forgotten yet, in a batch or not, in ms since 1970.
    #[must_use]
    pub fn oldest_finished_ms(&self) -> Option<u64> {
        self.waiting.oldest_ms()
    }

    /// Gives a finished match's chain up, durably with the next flush. Returns whether it was there
    /// and in no open batch: else nothing is changed.
    pub fn forget(&mut self, match_id: MatchId) -> bool {
        let Some(done) = self.waiting.remove(match_id) else { return false };
        self.release(&done);
        self.write_forgotten(match_id);
        true
    }

    pub(crate) fn write_forgotten(&mut self, match_id: MatchId) {
        let at = self.state.open(Kind::Forgotten);
        self.state.out().extend_from_slice(&match_id.0);
        self.state.close(at);
    }

    /// All commits of a match, live or finished; `None` if the journal does not have it.
    ///
    /// # Errors
    /// When its records cannot be read.
    pub fn read_match(&self, id: MatchId) -> Result<Option<Chain>, ReadError> {
        chain::read_match(&self.events_source(), &self.live, self.waiting.matches(), id)
    }

    /// The commits of a live room since its match began, or since it was last over; `None` if no
    /// such room lives or it has none.
    ///
    /// # Errors
    /// When its records cannot be read.
    pub fn read_chain(&self, room: RoomId) -> Result<Option<Chain>, ReadError> {
        chain::read_live(&self.events_source(), &self.live, room)
    }

    /// The newest state of a live room, as of the last [`Journal::record`].
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn read_room(&self, room: RoomId) -> Result<Option<RoomState>, ReadError> {
        let Some(live) = self.live.get(&room) else { return Ok(None) };
        chain::read_state(&self.state_source(), live).map(Some)
    }

    /// Every live room, in no order.
    pub fn live(&self) -> impl Iterator<Item = RoomId> + '_ {
        self.live.keys().copied()
    }

    /// The room's clocks were armed again at this logical time, in ms, without a restart: its shard
    /// was built anew.
    pub fn rearm(&mut self, room: RoomId, at_ms: u64) {
        if let Some(live) = self.live.get_mut(&room) {
            live.at_ms = at_ms as u32;
            live.flags |= Live::RECOVERED;
        }
    }

    /// What it has done and what it holds.
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats {
            event_bytes_on_disk: self.events.segments.bytes(),
            state_bytes_on_disk: self.state.segments.bytes(),
            event_segments: self.events.segments.0.len(),
            state_segments: self.state.segments.0.len(),
            live_rooms: self.live.len(),
            finished: self.waiting.matches().len(),
            intents: self.waiting.intents().len(),
            memory_bytes: self.live.capacity() * (size_of::<(RoomId, Live)>() + 1) * 8 / 7,
            ..self.stats.clone()
        }
    }

    pub(crate) const fn label(&self, wall_ms: u64) -> Label {
        Label {
            next_room: self.next_room,
            created_ms: wall_ms,
            owner_epoch: self.options.owner_epoch,
            is_synced: matches!(self.options.durability, Durability::Disk),
            faults: self.options.faults,
        }
    }

    /// Every segment of the state begins with what must outlive those before it.
    pub(crate) fn begin_state_segment(&mut self) {
        self.write_kept();
        let at = self.state.open(Kind::Settings);
        self.state.out().extend_from_slice(&self.settings);
        self.state.close(at);
    }

    /// Which files recovery is to miss if they are gone.
    pub(crate) fn write_kept(&mut self) {
        let first = |stream: &Stream<D>| stream.segments.0.front().map_or(0, |first| first.start);
        let (state_first, events_first) = (first(&self.state), first(&self.events));
        let kept = Kept { state_first, events_first, events_last: self.events.newest().start };
        let at = self.state.open(Kind::Kept);
        kept.write(self.state.out());
        self.state.close(at);
    }

    pub(crate) fn events_source(&self) -> Source<'_, D> {
        Source {
            disk: &self.disk,
            stream: StreamKind::Events,
            segments: &self.events.segments,
            tail: self.events.tail(),
        }
    }

    pub(crate) fn state_source(&self) -> Source<'_, D> {
        Source {
            disk: &self.disk,
            stream: StreamKind::State,
            segments: &self.state.segments,
            tail: self.state.tail(),
        }
    }
}
