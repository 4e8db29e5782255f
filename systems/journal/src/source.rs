//! Reading records by their position: from the files, and from what waits to be written.

use std::{fmt, io};

use crate::Disk;
use crate::blocks::Blocks;
use crate::codec::{FORMAT, Malformed};
use crate::frame::{self, FRAME_BYTES};
use crate::segment::{HEADER_BYTES, Kind, Segment, Segments, StreamKind, name};

/// Why what the journal should hold cannot be read.
#[derive(Debug)]
pub enum ReadError {
    /// The file cannot be read.
    Io {
        /// Which.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// There is no good record where one should be.
    Damaged {
        /// In which file.
        file: String,
        /// From which byte on.
        offset: u64,
        /// What is wrong.
        what: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { file, error } => write!(f, "{file} cannot be read: {error}"),
            Self::Damaged { file, offset, what } => write!(f, "{file}, byte {offset}: {what}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// A stream to be read at any position.
#[derive(Debug)]
pub(crate) struct Source<'a, D> {
    pub(crate) disk: &'a D,
    pub(crate) stream: StreamKind,
    pub(crate) segments: &'a Segments,
    /// What is not in the files yet, and its position.
    pub(crate) tail: (u64, &'a [u8]),
}

/// A record that was read by its position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) kind: Kind,
    /// The layout of the body.
    pub(crate) format: u16,
    pub(crate) body: &'a [u8],
    /// When the segment it is in was begun.
    pub(crate) created_ms: u64,
}

/// The piece of a stream that was read last: chains are read backwards, and one read brings many of
/// their records where they lie close.
#[derive(Debug)]
pub(crate) struct Window {
    start: u64,
    bytes: Vec<u8>,
    width: usize,
    hits: u32,
    /// Where chains are read side by side: what was read is kept in blocks, and read from there.
    is_kept: bool,
    blocks: Blocks,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            start: 0,
            bytes: Vec::new(),
            width: Self::BYTES_MIN,
            hits: 0,
            is_kept: false,
            blocks: Blocks::default(),
        }
    }
}

impl Window {
    /// Where records lie far apart, more bytes than this around one are read in vain.
    const BYTES_MIN: usize = 4 << 10;
    /// More than this at once is no faster.
    const BYTES_MAX: usize = 64 << 10;
    /// Bytes behind the beginning of a record: most are shorter.
    const BYTES_AHEAD: u64 = 512;

    /// A chain is read next, which lies across so many bytes; other chains beside it may follow. What
    /// was read last counts no more, since the file may have grown; how wide it was is how wide it
    /// begins.
    pub(crate) fn begin(&mut self, span: u64) {
        self.bytes.clear();
        self.is_kept = span <= Blocks::SPAN_MAX;
    }

    /// Nothing that was read counts any more.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.blocks.clear();
    }

    /// What it holds from `position` on.
    fn from(&self, position: u64) -> &[u8] {
        let at = position.checked_sub(self.start).map(|at| at as usize);
        at.and_then(|at| self.bytes.get(at..)).unwrap_or_default()
    }

    /// It is to move: wider if it was worth it, narrower if not.
    fn adapt(&mut self) {
        self.width = if self.hits > 0 {
            (self.width * 2).min(Self::BYTES_MAX)
        } else {
            (self.width / 2).max(Self::BYTES_MIN)
        };
        self.hits = 0;
    }
}

impl<D: Disk> Source<'_, D> {
    /// The record at this position.
    pub(crate) fn read<'w>(
        &'w self,
        position: u64,
        window: &'w mut Window,
    ) -> Result<Found<'w>, ReadError> {
        let Some(segment) = self.segments.holding(position) else {
            return Err(ReadError::Damaged {
                file: name(self.stream, position),
                offset: 0,
                what: format!("the file that should hold position {position} is missing"),
            });
        };
        let damaged = |what: &str| ReadError::Damaged {
            file: name(self.stream, segment.start),
            offset: HEADER_BYTES as u64 + (position - segment.start),
            what: what.to_owned(),
        };
        let bytes = if let Some(at) = position.checked_sub(self.tail.0) {
            self.tail.1.get(at as usize..).unwrap_or_default()
        } else {
            self.slide(window, segment, position)?
        };
        let frame = frame::read(bytes, position).ok_or_else(|| damaged("no good record"))?;
        let kind = Kind::of(self.stream, frame.kind).ok_or_else(|| damaged("a strange record"))?;
        let format = if position >= self.tail.0 { FORMAT } else { segment.values() };
        Ok(Found { kind, format, body: frame.body, created_ms: segment.created_ms })
    }

    /// What is malformed in the record at `position`.
    pub(crate) fn malformed(&self, position: u64, error: Malformed) -> ReadError {
        let start = self.segments.holding(position).map_or(0, |segment| segment.start);
        ReadError::Damaged {
            file: name(self.stream, start),
            offset: HEADER_BYTES as u64 + position.saturating_sub(start),
            what: error.to_string(),
        }
    }

    /// The bytes from `position` on, a whole record if there is one.
    fn slide<'w>(
        &self,
        window: &'w mut Window,
        segment: &Segment,
        position: u64,
    ) -> Result<&'w [u8], ReadError> {
        if window.is_kept {
            return self.block(&mut window.blocks, segment, position);
        }
        let read = |window: &mut Window, start: u64, end: u64| {
            window.start = start.max(segment.start);
            self.fill(&mut window.bytes, segment, window.start, end)
        };
        if window.from(position).len() >= FRAME_BYTES {
            window.hits += 1;
        } else {
            window.adapt();
            let end = position + Window::BYTES_AHEAD;
            read(window, end.saturating_sub(window.width as u64), end)?;
        }
        let len = frame::claimed(window.from(position)).unwrap_or(0) + 8;
        if window.from(position).len() < len {
            read(window, position, position + len as u64)?;
        }
        Ok(window.from(position))
    }

    /// The same out of a block; it is read again where the record is not in it as a whole: that is
    /// long, or was not written yet.
    fn block<'w>(
        &self,
        blocks: &'w mut Blocks,
        segment: &Segment,
        position: u64,
    ) -> Result<&'w [u8], ReadError> {
        let key = Blocks::key(segment.start, position);
        if blocks.from(key, position).len() < FRAME_BYTES {
            self.fill(blocks.renew(key), segment, key, Blocks::end(key))?;
        }
        let len = frame::claimed(blocks.from(key, position)).unwrap_or(0) + 8;
        if blocks.from(key, position).len() < len {
            let end = Blocks::end(key).max(position + len as u64);
            self.fill(blocks.renew(key), segment, key, end)?;
        }
        Ok(blocks.from(key, position))
    }

    /// Reads what the segment has between two positions.
    fn fill(
        &self,
        bytes: &mut Vec<u8>,
        segment: &Segment,
        start: u64,
        end: u64,
    ) -> Result<(), ReadError> {
        let end = end.min(segment.end).max(start);
        let file = name(self.stream, segment.start);
        bytes.resize((end - start) as usize, 0);
        let offset = HEADER_BYTES as u64 + (start - segment.start);
        let read = self
            .disk
            .read_at(&file, offset, bytes)
            .map_err(|error| ReadError::Io { file, error })?;
        bytes.truncate(read);
        Ok(())
    }
}
