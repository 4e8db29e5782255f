//! Reading a journal at its opening: the state stream in order, and the end of the events.

use std::collections::BTreeMap;

use components::{Fault, MatchId, RoomId};

use crate::body::{Finished, Kept};
use crate::codec::{FORMAT, Malformed, Reader};
use crate::damage::{Case, Damage, OpenError};
use crate::disk::read_range;
use crate::image::{Ends, Image, Torn};
use crate::intent::{Intent, read_matches};
use crate::listing::{self, Listed, Listing};
use crate::live::{ByRoom, Live, hash};
use crate::pending::{Loaded, Pending};
use crate::scan::{End, Record, Scan};
use crate::segment::{HEADER_BYTES, Kind, Segment, Segments, StreamKind, name, values};
use crate::{Disk, Durability, Options};

/// What has gone by so far.
#[derive(Default)]
struct Reading {
    rooms: ByRoom<Pending>,
    kept: Option<Kept>,
    settings_hash: u64,
    /// Open batches, with the positions of their records.
    intents: BTreeMap<[u8; 16], (u64, Intent)>,
    image: Image,
}

/// Reads a journal without changing anything. Whatever is damaged is in [`Image::damages`].
///
/// # Errors
/// When the disk cannot be read, or a newer version has written it.
pub(crate) fn load<D: Disk>(disk: &D) -> Result<Image, OpenError> {
    let mut reading = Reading::default();
    reading.image.next_room = 1;
    let state = listing::list(disk, StreamKind::State)?;
    let mut files = Vec::new();
    for (index, listed) in state.segments.iter().enumerate() {
        let bytes = read_range(disk, &listed.name, HEADER_BYTES as u64, listed.physical as usize)?;
        let is_last = index + 1 == state.segments.len();
        let counted = if is_last { &bytes[..] } else { cut(&bytes, listed) };
        let good = reading.read_state(listed, counted, is_last);
        reading.image.state_segments.0.push_back(segment(listed, good));
        files.push(bytes);
    }
    reading.image.state_end = ends(&state, &reading.image.state_segments, 0);
    // Events after states, as they are written before them: also while somebody writes.
    let events = listing::list(disk, StreamKind::Events)?;
    for (index, listed) in events.segments.iter().enumerate() {
        let is_last = index + 1 == events.segments.len();
        let len = if is_last { reading.last_events(disk, listed)? } else { listed.len };
        reading.image.event_segments.0.push_back(segment(listed, len));
    }
    reading.check_kept(&state, &events);
    for listing in [&events, &state] {
        for listed in &listing.segments {
            reading.image.files.push(listed.name.clone());
            reading.image.next_room = reading.image.next_room.max(listed.header.next_room);
        }
        reading.image.unbegun.extend(listing.unbegun.iter().cloned());
        reading.image.damages.extend(listing.damages.iter().cloned());
    }
    reading.finish(&files, &state, &events)
}

/// Makes sure that what was read is as safe as what is written from now on, and clears away what
/// never began.
pub(crate) fn settle<D: Disk>(
    disk: &mut D,
    image: &Image,
    options: &Options,
) -> Result<(), OpenError> {
    for name in &image.unbegun {
        disk.remove(name)?;
    }
    if options.durability == Durability::Disk && !options.faults.has(Fault::UnsyncedRecovery) {
        for name in &image.files {
            disk.open_sync(name)?;
        }
        disk.sync_dir()?;
    }
    Ok(())
}

impl Reading {
    /// Takes a segment of the state. Returns how many of its bytes are good.
    fn read_state(&mut self, listed: &Listed, bytes: &[u8], is_last: bool) -> u64 {
        let start = listed.header.start;
        let mut scan = Scan::new(StreamKind::State, bytes, start);
        loop {
            for (at, record) in scan.by_ref() {
                if let Err(error) = self.take(listed, start + at as u64, record) {
                    self.bad(&listed.name, at, error.to_string());
                }
            }
            match scan.end(is_last) {
                End::Clean => return bytes.len() as u64,
                End::Torn(at) => return self.tear(&listed.name, at, bytes.len()),
                End::Bad(at) => self.bad(&listed.name, at, "a record is damaged".to_owned()),
            }
            if !scan.resync() {
                return bytes.len() as u64;
            }
        }
    }

    /// Reads the last segment of the events for its end alone: rooms point into the others, and a
    /// record is checked when it is read. Returns how many of its bytes are good.
    fn last_events<D: Disk>(&mut self, disk: &D, listed: &Listed) -> Result<u64, OpenError> {
        let bytes = read_range(disk, &listed.name, HEADER_BYTES as u64, listed.physical as usize)?;
        let mut scan = Scan::new(StreamKind::Events, &bytes, listed.header.start);
        scan.by_ref().for_each(drop);
        Ok(match scan.end(true) {
            End::Clean => listed.physical,
            End::Torn(at) => self.tear(&listed.name, at, bytes.len()),
            End::Bad(at) => {
                self.bad(&listed.name, at, "a record is damaged".to_owned());
                listed.physical
            }
        })
    }

    /// R2.
    fn tear(&mut self, file: &str, at: usize, len: usize) -> u64 {
        let offset = (HEADER_BYTES + at) as u64;
        self.image.torn.push(Torn { file: file.to_owned(), offset, bytes: (len - at) as u64 });
        at as u64
    }

    /// R3.
    fn bad(&mut self, file: &str, at: usize, what: String) {
        let offset = (HEADER_BYTES + at) as u64;
        self.image.damages.push(Damage {
            case: Case::BadInside,
            file: file.to_owned(),
            offset,
            what,
        });
    }

    /// The newest record of a room counts.
    fn take(
        &mut self,
        listed: &Listed,
        position: u64,
        record: Record<'_>,
    ) -> Result<(), Malformed> {
        let mut reader = Reader::new(record.body);
        match record.kind {
            Kind::Full | Kind::Moving | Kind::Fixed => {
                let flags = if record.kind == Kind::Fixed { 0 } else { reader.u8("flags")? };
                let id = reader.room()?;
                self.saw(id);
                let settings = if flags & Live::SETTINGS == 0 { 0 } else { self.settings_hash };
                let room = self.rooms.entry(id).or_insert(Pending::NEW);
                if record.kind != Kind::Moving {
                    room.fixed = position;
                }
                if record.kind != Kind::Fixed {
                    room.moving = position;
                    room.settings = settings;
                }
            }
            Kind::Closed => {
                let room = reader.room()?;
                self.saw(room);
                self.rooms.remove(&room);
            }
            Kind::Finished => {
                let done = Finished::read(position, &mut reader)?;
                self.image.finished.insert(done.match_id, done);
            }
            Kind::Forgotten => {
                self.image.finished.remove(&MatchId(reader.array("match")?));
            }
            Kind::Intent => {
                let intent = Intent::read(&mut reader)?;
                self.intents.insert(intent.id, (position, intent));
            }
            Kind::Archived => {
                self.intents.remove(&reader.array("batch")?);
                for id in read_matches(&mut reader)? {
                    self.image.finished.remove(&id);
                }
            }
            Kind::Withdrawn => {
                self.intents.remove(&reader.array("batch")?);
            }
            Kind::Kept => self.kept = Some(Kept::read(&mut reader)?),
            Kind::Settings => {
                self.settings_hash = hash(record.body);
                self.image.settings =
                    (values(listed.header.format) == FORMAT).then(|| record.body.to_owned());
            }
            Kind::Commit | Kind::Carried => {}
        }
        Ok(())
    }

    fn saw(&mut self, room: RoomId) {
        let number = room.0 & ((1 << 56) - 1);
        self.image.next_room = self.image.next_room.max(number + 1);
    }

    /// R4: the journal itself says which files were there when it was last written.
    fn check_kept(&mut self, state: &Listing, events: &Listing) {
        let Some(kept) = self.kept else { return };
        let mut missing = |stream, start| {
            self.image.damages.push(Damage {
                case: Case::MissingFile,
                file: name(stream, start),
                offset: 0,
                what: "the file is missing".to_owned(),
            });
        };
        let first =
            |listing: &Listing| listing.segments.first().map_or(u64::MAX, |s| s.header.start);
        if first(state) > kept.state_first {
            missing(StreamKind::State, kept.state_first);
        }
        if first(events) > kept.events_first {
            missing(StreamKind::Events, kept.events_first);
        }
        let last = events.segments.last().map(|segment| segment.header.start);
        if last.is_none_or(|last| last < kept.events_last) {
            missing(StreamKind::Events, kept.events_last);
        }
    }

    /// Rooms become states, and their chains are looked for.
    fn finish(
        mut self,
        files: &[Vec<u8>],
        state: &Listing,
        events: &Listing,
    ) -> Result<Image, OpenError> {
        let mut rooms: Vec<_> = self.rooms.drain().collect();
        rooms.sort_unstable_by_key(|(room, _)| *room);
        let lacks = |segments: &Segments, position| {
            segments.holding(position).is_none_or(|segment| position >= segment.end)
        };
        let loaded = Loaded { segments: &state.segments, files };
        let mut head_max = 0;
        self.image.rooms.reserve(rooms.len());
        for (id, room) in rooms {
            let (segment, at) = loaded.place(room.newest()).unwrap_or_default();
            let file = &state.segments[segment].name;
            match loaded.decode(id, room, self.settings_hash) {
                Ok(mut read) => {
                    let Live { head, start, .. } = read.live;
                    head_max = head_max.max(head);
                    let segments = &self.image.event_segments;
                    let is_lost = lacks(segments, head) || lacks(segments, start);
                    if read.live.has(Live::CHAIN) && is_lost {
                        let version = read.state.version.0;
                        let what = format!("room {:#x} at version {version}", id.0);
                        self.beyond(file, at, &what);
                        read.live.flags &= !(Live::CHAIN | Live::MATCH);
                    }
                    self.image.rooms.push(read);
                }
                Err(error) => {
                    let what = format!("room {:#x}: {error}", id.0);
                    self.bad(file, at, what);
                }
            }
        }
        for done in std::mem::take(&mut self.image.finished).into_values() {
            head_max = head_max.max(done.head);
            let segments = &self.image.event_segments;
            if self.image.goes_on(&done) {
                self.image.unfinished.push(done.match_id);
            } else if lacks(segments, done.head) || lacks(segments, done.start) {
                let what = format!("match {:032x}, finished,", done.match_id.as_u128());
                self.beyond("", 0, &what);
            } else {
                self.image.finished.insert(done.match_id, done);
            }
        }
        self.settle_intents();
        self.image.events_end = ends(events, &self.image.event_segments, head_max);
        Ok(self.image)
    }

    /// A batch has those of its matches that are still there; one that has none is closed.
    fn settle_intents(&mut self) {
        for (position, mut intent) in std::mem::take(&mut self.intents).into_values() {
            intent.matches.retain(|id| self.image.finished.contains_key(id));
            if intent.matches.is_empty() {
                self.image.emptied.push(intent.id);
            } else {
                self.image.intents.push((position, intent));
            }
        }
    }

    /// R6: the room lives on; the record of its match begins anew.
    fn beyond(&mut self, file: &str, at: usize, what: &str) {
        self.image.damages.push(Damage {
            case: Case::StateBeyondEvents,
            file: file.to_owned(),
            offset: (HEADER_BYTES + at) as u64,
            what: format!("{what} is ahead of its events: its chain is given up"),
        });
    }
}

fn cut<'a>(bytes: &'a [u8], listed: &Listed) -> &'a [u8] {
    bytes.get(..listed.len as usize).unwrap_or(bytes)
}

fn segment(listed: &Listed, good: u64) -> Segment {
    Segment {
        start: listed.header.start,
        end: listed.header.start + good,
        format: listed.header.format,
        created_ms: listed.header.created_ms,
        pins: 0,
        waiting: 0,
        held: 0,
    }
}

/// Where the stream ends; `head_max` is the newest position that anything points to.
fn ends(listing: &Listing, segments: &Segments, head_max: u64) -> Ends {
    let Some((listed, segment)) = listing.segments.last().zip(segments.0.back()) else {
        return Ends { good: 0, physical: 0, next: if head_max > 0 { head_max + 1 } else { 0 } };
    };
    let physical = listed.header.start + listed.physical;
    let next = physical.max(listed.header.start + 1).max(head_max + 1);
    Ends { good: segment.end, physical, next }
}
