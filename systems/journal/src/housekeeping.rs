//! Space is given back: each flush earns a little work, so that none of them stalls.

use std::collections::VecDeque;
use std::fmt;
use std::io;

use components::MatchId;

use crate::body::{Finished, StateHead};
use crate::carry::Pinned;
use crate::chain;
use crate::codec::{self, FORMAT, Malformed, Reader, put_bytes, put_room};
use crate::disk::read_range;
use crate::frame;
use crate::live::{Live, hash};
use crate::segment::{HEADER_BYTES, Kind, Segment, StreamKind, name};
use crate::source::{Found, ReadError, Window};
use crate::stream::CreateError;
use crate::{Disk, Durability, Intent, Journal};

/// Work of a flush that wrote nothing, in bytes looked at.
const WORK_BYTES_MIN: u64 = 64 << 10;

/// The state may be this many times as large as what is live in it: each file is then mostly dead
/// when its turn comes, and copying forward adds about a fifth to what is written.
const STATE_TIMES_MAX: u64 = 5;

/// More files than this of the state are too many, however small: each start begins one.
const STATE_FILES_MAX: usize = 64;

/// One byte of events may be copied forward for so many that were written: it costs an eighth at
/// most, however small the disk's share is. Where live chains alone are larger than that share, the
/// events grow to about three times what lives in them, and no further.
const CARRIED_OF_WRITTEN: u64 = 8;

/// Where the disk has no more room, a file of the events ends at this part of its size: all of it goes
/// or nothing.
const TIGHT_PARTS: u64 = 16;

/// While its oldest file cannot be read, the state may grow to this many times what it may be; then
/// the journal ends, rather than fill the disk with what nobody needs.
const STATE_GROWN_TIMES_MAX: u64 = 4;

/// What is under way.
#[derive(Debug, Default)]
pub(crate) struct Housekeeping {
    /// How far the oldest state segment has been copied forward: a position.
    copied: Option<u64>,
    /// Chains that begin in the oldest events segment, and the end of that segment.
    pub(crate) carrying: Option<(u64, VecDeque<Pinned>)>,
    /// Bytes of events that may be copied forward.
    pub(crate) credit: u64,
    /// What the next flush must make durable before these files go: their streams and starts.
    condemned: Vec<(StreamKind, u64)>,
}

/// Why old files stay for now.
#[derive(Debug)]
pub(crate) enum KeepError {
    Io(io::Error),
    Read(ReadError),
    /// The journal cannot go on.
    Fatal(io::Error),
}

impl KeepError {
    /// Whether it ends the journal: it may not be tried again, or a live room's newest state is lost.
    pub(crate) const fn is_fatal(&self) -> bool {
        matches!(self, Self::Fatal(_) | Self::Read(ReadError::Damaged { .. }))
    }
}

impl fmt::Display for KeepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) | Self::Fatal(error) => error.fmt(f),
            Self::Read(error) => error.fmt(f),
        }
    }
}

impl From<io::Error> for KeepError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<CreateError> for KeepError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Io(error) => Self::Io(error),
            CreateError::Sync(error) => Self::Fatal(error),
        }
    }
}

impl From<ReadError> for KeepError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl<D: Disk> Journal<D> {
    /// Rotates, removes and copies forward, about twice as many bytes as were `written`. What is
    /// copied waits in the buffers for the next flush.
    pub(crate) fn keep_house(&mut self, written: u64, wall_ms: u64) -> Result<(), KeepError> {
        let work = (2 * written).max(WORK_BYTES_MIN);
        let earned = if self.is_tight() { work } else { written / CARRIED_OF_WRITTEN };
        self.housekeeping.credit =
            (self.housekeeping.credit + earned).min(self.options.event_segment_bytes);
        self.remove_condemned()?;
        self.rotate(wall_ms)?;
        let events = self.give_up_events(work);
        // Whatever is wrong there.
        self.give_up_state(work)?;
        events
    }

    fn rotate(&mut self, wall_ms: u64) -> Result<(), KeepError> {
        let label = self.label(wall_ms);
        let full = |segment: Segment, max: u64| segment.end - segment.start >= max;
        let parts = if self.is_tight() { TIGHT_PARTS } else { 1 };
        if full(self.events.newest(), (self.options.event_segment_bytes / parts).max(1)) {
            self.events.rotate(&mut self.disk, label)?;
            // Recovery is to miss it if it goes.
            self.write_kept();
        }
        let is_full = full(self.state.newest(), self.options.state_segment_bytes.max(1));
        // What waits was written for the segment it is to go to.
        if is_full && self.state.tail().1.is_empty() {
            self.state.rotate(&mut self.disk, label)?;
            self.begin_state_segment();
        }
        Ok(())
    }

    /// The segment's file goes after the next flush, which says so in the journal itself.
    pub(crate) fn condemn(&mut self, stream: StreamKind) {
        let segments = match stream {
            StreamKind::Events => &mut self.events.segments,
            StreamKind::State => &mut self.state.segments,
        };
        let Some(oldest) = segments.0.pop_front() else { return };
        self.housekeeping.condemned.push((stream, oldest.start));
        self.write_kept();
    }

    fn remove_condemned(&mut self) -> Result<(), KeepError> {
        while let Some((stream, start)) = self.housekeeping.condemned.first().copied() {
            match self.disk.remove(&name(stream, start)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
            self.housekeeping.condemned.remove(0);
            // One after the other, or an old file could come back without the tombstones of the next.
            if self.options.durability == Durability::Disk {
                self.disk.sync_dir().map_err(KeepError::Fatal)?;
            }
        }
        Ok(())
    }

    /// Copies forward what is newest in the oldest segment of the state, when there is too much of
    /// it.
    fn give_up_state(&mut self, work: u64) -> Result<(), KeepError> {
        let count = self.state.segments.0.len();
        let is_too_large = self.state.segments.bytes() > self.state_bytes_max();
        if count < 2 || (!is_too_large && count <= STATE_FILES_MAX) {
            return Ok(());
        }
        let Some(oldest) = self.state.segments.0.front().copied() else { return Ok(()) };
        let from = self.housekeeping.copied.unwrap_or(oldest.start);
        let copied = self.copy_forward(oldest, from, work).map_err(|error| match error {
            error if error.is_fatal() || !self.has_grown() => error,
            error => KeepError::Fatal(io::Error::other(error.to_string())),
        })?;
        if copied >= oldest.end {
            self.housekeeping.copied = None;
            self.condemn(StreamKind::State);
        } else {
            self.housekeeping.copied = Some(copied);
        }
        Ok(())
    }

    fn has_grown(&self) -> bool {
        self.state.segments.bytes() > STATE_GROWN_TIMES_MAX * self.state_bytes_max()
    }

    fn state_bytes_max(&self) -> u64 {
        /// Before any room was written, this is what one takes.
        const ROOM_BYTES: u64 = 400;
        let mean = self.stats.full_bytes.checked_div(self.stats.full_records);
        let live = self.live.len() as u64 * mean.unwrap_or(ROOM_BYTES) + self.waiting.bytes();
        (STATE_TIMES_MAX * live).max(2 * self.options.state_segment_bytes)
    }

    /// Looks at `work` bytes of the segment from a position on, at one record at least. Returns the
    /// position behind them.
    fn copy_forward(&mut self, oldest: Segment, from: u64, work: u64) -> Result<u64, KeepError> {
        let file = name(StreamKind::State, oldest.start);
        let offset = HEADER_BYTES as u64 + (from - oldest.start);
        let len = work.min(oldest.end - from) as usize;
        let mut bytes = read_range(&self.disk, &file, offset, len)?;
        let mut at = 0;
        while from + (at as u64) < oldest.end {
            let position = from + at as u64;
            let Some(frame) = frame::read(&bytes[at..], position) else {
                let claimed = frame::claimed(&bytes[at..]).map_or(0, |len| len + 8);
                if at > 0 && bytes.len() - at < claimed.max(frame::FRAME_BYTES) {
                    break;
                }
                let rest = (oldest.end - position).min(claimed as u64) as usize;
                if at == 0 && bytes.len() < rest {
                    bytes = read_range(&self.disk, &file, offset, rest)?;
                    if bytes.len() == rest {
                        continue;
                    }
                }
                return self.pass_over(oldest, position);
            };
            if let Some(kind) = Kind::of(StreamKind::State, frame.kind) {
                let (format, created_ms) = (oldest.values(), oldest.created_ms);
                let found = Found { kind, format, body: frame.body, created_ms };
                self.copy_record(position, &found)?;
            }
            at += frame.len();
        }
        Ok(from + at as u64)
    }

    fn copy_record(&mut self, position: u64, found: &Found<'_>) -> Result<(), KeepError> {
        match found.kind {
            Kind::Full | Kind::Moving | Kind::Fixed => self.copy_room(position, found),
            Kind::Finished => {
                let done = Finished::read(position, &mut Reader::new(found.body))
                    .map_err(|error| self.state_source().malformed(position, error))?;
                if self.waiting.get(done.match_id).is_some_and(|known| known.position == position) {
                    self.copy_finished(done.match_id);
                }
                Ok(())
            }
            Kind::Intent => {
                let intent = Intent::read(&mut Reader::new(found.body))
                    .map_err(|error| self.state_source().malformed(position, error))?;
                if self.waiting.intent_position(intent.id) == Some(position) {
                    self.copy_intent(intent.id);
                }
                Ok(())
            }
            // Tombstones outlive what they bury, since files go in order; the others are at the
            // beginning of every segment.
            _ => Ok(()),
        }
    }

    /// Says again that a match is over.
    pub(crate) fn copy_finished(&mut self, id: MatchId) {
        let position = self.state.position();
        let Some(done) = self.waiting.get_mut(id) else { return };
        done.position = position;
        let done = *done;
        let at = self.state.open(Kind::Finished);
        done.write(self.state.out());
        self.state.close(at);
    }

    /// Copies what is still the newest in a record of a room: either part, or both.
    fn copy_room(&mut self, position: u64, found: &Found<'_>) -> Result<(), KeepError> {
        let fault = |journal: &Self, error| journal.state_source().malformed(position, error);
        let body = chain::RoomBody::read(found).map_err(|error| fault(self, error))?;
        let Some(mut live) = self.live.get(&body.room).copied() else { return Ok(()) };
        let has_fixed = live.full == position;
        let has_moving = live.newest == position;
        if !has_fixed && !has_moving {
            return Ok(());
        }
        self.stats.rooms_carried += 1;
        if found.format != FORMAT {
            let parts = chain::read_parts(&self.state_source(), &live, &mut Window::default())?;
            self.write_full(body.room, &mut live, parts).map_err(|error| fault(self, error))?;
            self.live.insert(body.room, live);
            return Ok(());
        }
        let to = self.state.position();
        let created_ms = self.state.newest().created_ms;
        let at = self.state.open(match (has_fixed, has_moving) {
            (true, true) => Kind::Full,
            (true, false) => Kind::Fixed,
            (false, _) => Kind::Moving,
        });
        let out = self.state.out();
        let fixed = body.fixed.unwrap_or_default();
        if has_moving {
            StateHead::of(body.room, &live).write(created_ms, out);
            if has_fixed {
                put_bytes(out, fixed);
            } else {
                out.extend_from_slice(&body.tag.unwrap_or_default().to_le_bytes());
            }
            out.extend_from_slice(body.moving.map_or(&[], |(_, moving)| moving));
            live.newest = to;
        } else {
            put_room(out, body.room);
            out.extend_from_slice(fixed);
        }
        if has_fixed {
            live.full = to;
        }
        self.state.close(at);
        self.live.insert(body.room, live);
        Ok(())
    }

    /// Writes a room whole: `live` says where its chain is.
    pub(crate) fn write_full(
        &mut self,
        room: components::RoomId,
        live: &mut Live,
        parts: chain::Parts,
    ) -> Result<(), Malformed> {
        let chain::Parts { format, mut fixed, mut moving } = parts;
        if format != FORMAT {
            let state = codec::read_state(format, &fixed, &moving)?;
            fixed.clear();
            moving.clear();
            codec::write_fixed(&state, &mut fixed);
            codec::write_moving(&state, self.options.faults, &mut moving);
        }
        let position = self.state.position();
        let created_ms = self.state.newest().created_ms;
        live.full = position;
        live.newest = position;
        live.fixed = hash(&fixed);
        let at = self.state.open(Kind::Full);
        let out = self.state.out();
        StateHead::of(room, live).write(created_ms, out);
        put_bytes(out, &fixed);
        out.extend_from_slice(&moving);
        self.stats.full_records += 1;
        self.stats.full_bytes += self.state.position() - position;
        self.state.close(at);
        Ok(())
    }
}
