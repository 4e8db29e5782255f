//! The writing end of a stream: records gather in a buffer, a flush appends them at once.

use std::{fmt, io};

use components::{Fault, Faults};

use crate::Disk;
use crate::frame;
use crate::segment::{
    FILE_FORMAT, HEADER_BYTES, Header, Kind, NONE_BEFORE, Segment, Segments, StreamKind, name,
};

/// Why a flush did not come to its end. Nothing that it should have made durable may be shown.
#[derive(Debug)]
pub enum WriteError {
    /// There is no room on the disk now (recovery case R9). What was to be written is kept: flush
    /// again later.
    Full(io::Error),
    /// The disk failed. What is on it is uncertain: the journal takes nothing more, and the process
    /// must start again from what can be read.
    Failed(io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(error) => write!(f, "no room for the journal: {error}"),
            Self::Failed(error) => write!(f, "the journal cannot be written: {error}"),
        }
    }
}

impl std::error::Error for WriteError {}

/// Why a segment was not begun. All is as before.
#[derive(Debug)]
pub(crate) enum CreateError {
    /// The file cannot be made or written: it may be tried again.
    Io(io::Error),
    /// A sync failed: nothing may be tried after that.
    Sync(io::Error),
}

impl From<io::Error> for CreateError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<CreateError> for WriteError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Io(error) => Self::from(error),
            CreateError::Sync(error) => Self::Failed(error),
        }
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        if matches!(error.kind(), StorageFull | QuotaExceeded) {
            Self::Full(error)
        } else {
            Self::Failed(error)
        }
    }
}

/// What a new segment's header says beside its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Label {
    /// See [`Header::next_room`].
    pub(crate) next_room: u64,
    /// See [`Header::created_ms`].
    pub(crate) created_ms: u64,
    /// See [`Header::owner_epoch`].
    pub(crate) owner_epoch: u32,
    /// Whether the file and its name are synced before it is written to.
    pub(crate) is_synced: bool,
    /// What is planted.
    pub(crate) faults: Faults,
}

/// A stream that is written.
#[derive(Debug)]
pub(crate) struct Stream<D: Disk> {
    kind: StreamKind,
    /// All its segments; the last one is being written.
    pub(crate) segments: Segments,
    /// The last one's file; `None` until there is something to write.
    file: Option<D::File>,
    /// What that file is to begin with.
    header: Header,
    /// Bytes of the buffer that are no reason to begin a file.
    idle_bytes: usize,
    /// The position behind the last byte that was appended.
    end: u64,
    /// Records that come there.
    buffer: Vec<u8>,
    /// Whether bytes lie behind `end` that a failed append has left.
    is_ragged: bool,
    /// Whether something was appended since the last sync.
    is_unsynced: bool,
    /// Whether a new segment was begun while records waited, to go past what a failed append left.
    has_gone_past: bool,
}

impl<D: Disk> Stream<D> {
    /// Goes on with a stream, in a new segment at `start`, the one before ending at `follows`. There
    /// is no file of it before [`Stream::begin_file`].
    pub(crate) fn begin(
        kind: StreamKind,
        mut segments: Segments,
        (start, follows): (u64, u64),
        label: Label,
    ) -> Self {
        let header = header(kind, &segments, start, follows, label);
        segments.0.push_back(segment(&header));
        Self {
            kind,
            segments,
            file: None,
            header,
            idle_bytes: 0,
            end: start,
            buffer: Vec::new(),
            is_ragged: false,
            is_unsynced: false,
            has_gone_past: false,
        }
    }

    /// What waits now is how a segment begins, and no reason to begin one.
    pub(crate) fn idle(&mut self) {
        self.idle_bytes = self.buffer.len();
    }

    /// Whether there is a reason to write.
    pub(crate) fn has_something(&self) -> bool {
        self.buffer.len() > self.idle_bytes
    }

    /// Begins the newest segment's file, if there is none.
    pub(crate) fn begin_file(&mut self, disk: &mut D, label: Label) -> Result<(), CreateError> {
        if self.file.is_none() {
            self.file = Some(create(disk, &self.header, label)?);
            self.idle_bytes = 0;
        }
        Ok(())
    }

    /// Opens a record; its body is to be appended to [`Stream::out`].
    #[inline]
    pub(crate) fn open(&mut self, kind: Kind) -> usize {
        let is_first = self.buffer.is_empty();
        frame::begin(&mut self.buffer, kind as u8, is_first)
    }

    /// Where the body of the opened record goes.
    #[inline]
    pub(crate) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Closes the record that [`Stream::open`] returned `at` for.
    #[inline]
    pub(crate) fn close(&mut self, at: usize) {
        let position = self.end + at as u64;
        frame::finish(&mut self.buffer, at, position);
    }

    /// The position of the next record.
    #[inline]
    pub(crate) fn position(&self) -> u64 {
        self.end + self.buffer.len() as u64
    }

    /// What waits to be written, and the position where it will be.
    pub(crate) fn tail(&self) -> (u64, &[u8]) {
        (self.end, &self.buffer)
    }

    /// The segment that is being written.
    pub(crate) fn newest(&self) -> Segment {
        self.segments.0.back().copied().unwrap_or(Segment {
            start: self.end,
            end: self.end,
            format: FILE_FORMAT,
            created_ms: 0,
            pins: 0,
            waiting: 0,
            held: 0,
        })
    }

    /// Takes away what a failed append has left, if that was not possible at once. Returns whether
    /// a new segment was begun for that since the last time: then what waits is in that one.
    pub(crate) fn mend(&mut self, disk: &mut D, label: Label) -> Result<bool, WriteError> {
        if self.is_ragged && !label.faults.has(Fault::ShortWriteKept) {
            self.cut(disk, label)?;
        }
        Ok(std::mem::take(&mut self.has_gone_past))
    }

    /// Appends what waits, in one write, once the file was begun and mended. After `Full`, the file
    /// is as it was, or will be when it is mended. Returns how many bytes were written.
    pub(crate) fn write(&mut self, disk: &mut D, label: Label) -> Result<usize, WriteError> {
        let Some(file) = self.file.as_mut().filter(|_| !self.buffer.is_empty()) else {
            return Ok(0);
        };
        if let Err(error) = disk.append(file, &self.buffer) {
            self.is_ragged = true;
            let error = WriteError::from(error);
            if matches!(error, WriteError::Full(_)) && !label.faults.has(Fault::ShortWriteKept) {
                // Cut back at once, that the room is there for others; if not, before the next try.
                if let Err(CreateError::Sync(error)) = self.cut(disk, label) {
                    return Err(WriteError::Failed(error));
                }
            }
            return Err(error);
        }
        let written = self.buffer.len();
        self.is_ragged = false;
        self.is_unsynced = true;
        self.end += written as u64;
        if let Some(segment) = self.segments.0.back_mut() {
            segment.end = self.end;
        }
        self.buffer.clear();
        self.give_back_memory();
        Ok(written)
    }

    /// Returns once what was appended is safe. Never tried again: a second sync may well say yes to
    /// bytes that the first one lost. Returns whether there was anything to sync.
    pub(crate) fn sync(&mut self, disk: &mut D) -> Result<bool, WriteError> {
        let Some(file) = self.file.as_mut().filter(|_| self.is_unsynced) else {
            return Ok(false);
        };
        disk.sync(file).map_err(WriteError::Failed)?;
        self.is_unsynced = false;
        Ok(true)
    }

    /// Goes on in a new segment. On an error all is as before.
    pub(crate) fn rotate(&mut self, disk: &mut D, label: Label) -> Result<(), CreateError> {
        let header = header(self.kind, &self.segments, self.end, self.end, label);
        self.file = Some(create(disk, &header, label)?);
        self.segments.0.push_back(segment(&header));
        Ok(())
    }

    /// Takes the bytes away that a failed append has left. Where that is not possible, goes on in a
    /// new segment, whose header says where this one ends.
    fn cut(&mut self, disk: &mut D, label: Label) -> Result<(), CreateError> {
        let newest = self.newest();
        let len = HEADER_BYTES as u64 + (self.end - newest.start);
        if self.file.as_mut().is_some_and(|file| disk.truncate(file, len).is_err()) {
            if newest.start == self.end {
                // A new segment would have this one's name.
                let what = "a failed write can be neither cut back nor gone past";
                return Err(CreateError::Io(io::Error::other(what)));
            }
            // The waiting records are relative to the old header's moment: the new one has the same.
            self.rotate(disk, Label { created_ms: newest.created_ms, ..label })?;
            self.has_gone_past = true;
        }
        self.is_ragged = false;
        Ok(())
    }

    /// A flood's buffer is not kept for ever.
    fn give_back_memory(&mut self) {
        const KEPT_BYTES: usize = 4 << 20;
        if self.buffer.capacity() > KEPT_BYTES {
            self.buffer = Vec::new();
        }
    }
}

fn header(
    stream: StreamKind,
    segments: &Segments,
    start: u64,
    follows: u64,
    label: Label,
) -> Header {
    let Label { next_room, created_ms, owner_epoch, .. } = label;
    let previous = segments.0.back().map_or(NONE_BEFORE, |segment| segment.start);
    let format = FILE_FORMAT;
    Header { format, stream, start, previous, follows, next_room, created_ms, owner_epoch }
}

const fn segment(header: &Header) -> Segment {
    let Header { start, format, created_ms, .. } = *header;
    Segment { start, end: start, format, created_ms, pins: 0, waiting: 0, held: 0 }
}

fn create<D: Disk>(disk: &mut D, header: &Header, label: Label) -> Result<D::File, CreateError> {
    let name = name(header.stream, header.start);
    let mut file = disk.create(&name)?;
    let mut begin = || {
        disk.append(&mut file, &header.encode())?;
        if label.is_synced {
            disk.sync(&mut file).map_err(CreateError::Sync)?;
        }
        if label.is_synced && !label.faults.has(Fault::UnsyncedCreate) {
            disk.sync_dir().map_err(CreateError::Sync)?;
        }
        Ok(())
    };
    if let Err(error) = begin() {
        // What is left of it is no segment: recovery takes it for one that never began.
        _ = disk.remove(&name);
        return Err(error);
    }
    Ok(file)
}
