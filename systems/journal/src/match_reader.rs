//! Finished matches read back beside the journal that is being written, on a thread of its own.

use std::io;

use crate::chain::{self, Chain};
use crate::codec::Malformed;
use crate::disk::read_range;
use crate::segment::{
    HEADER_BYTES, Header, HeaderError, Segment, Segments, StreamKind, name, parse_name,
};
use crate::source::{ReadError, Source, Window};
use crate::{Disk, FILE_FORMAT, Finished};

/// Reads finished matches through a disk handle of its own, while a [`Journal`](crate::Journal)
/// writes the same files on another thread: nothing is locked, and none of the state is read. It
/// knows the events' files by their headers, and looks for new ones when it misses something.
///
/// What is to be read must have been flushed, and be there still: with `keep_finished` that is so,
/// and its chain stays where it is, until it is forgotten. Without, it may have been forgotten or
/// (in an open batch) copied forward meanwhile: ask
/// [`Journal::finished_match`](crate::Journal::finished_match) again.
#[derive(Debug)]
pub struct MatchReader<D> {
    disk: D,
    segments: Segments,
    window: Window,
}

impl<D: Disk> MatchReader<D> {
    /// Reads from this disk; nothing is read yet.
    #[must_use]
    pub fn new(disk: D) -> Self {
        Self { disk, segments: Segments::default(), window: Window::default() }
    }

    /// All commits of a finished match.
    ///
    /// # Errors
    /// When its records cannot be read: the disk fails, or they are damaged, not flushed yet, or not
    /// there any more.
    pub fn read(&mut self, done: &Finished) -> Result<Chain, ReadError> {
        if let Ok(chain) = self.try_read(done) {
            return Ok(chain);
        }
        self.look_again()?;
        self.try_read(done)
    }

    /// The files of the events that the chain of this match is in, as far as they are there.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub fn files(&mut self, done: &Finished) -> Result<Vec<String>, ReadError> {
        self.look_again()?;
        let all = self.segments.0.iter();
        let of = all.filter(|segment| segment.start <= done.head && done.start < segment.end);
        Ok(of.map(|segment| name(StreamKind::Events, segment.start)).collect())
    }

    fn try_read(&mut self, done: &Finished) -> Result<Chain, ReadError> {
        let Self { disk, segments, window } = self;
        let tail = (u64::MAX, &[][..]);
        let source = Source { disk: &*disk, stream: StreamKind::Events, segments, tail };
        window.begin(done.head - done.start);
        let read = chain::read_through(&source, done.room, done.head, usize::MAX, window)?;
        let chain = chain::decode(done.room, &read.unwrap_or_default())
            .map_err(|error| source.malformed(done.head, error))?;
        if chain.match_id == Some(done.match_id) {
            return Ok(chain);
        }
        let what = Malformed { what: "chain of another match", at: 0 };
        Err(source.malformed(done.head, what))
    }

    /// Lists the files of the events: new ones are looked into, those that are gone are forgotten, and
    /// so is all that was read.
    fn look_again(&mut self) -> Result<(), ReadError> {
        self.window.clear();
        let names = self.disk.list().map_err(|error| {
            let file = "the journal's directory".to_owned();
            ReadError::Io { file, error }
        })?;
        let mut starts: Vec<u64> = names
            .iter()
            .filter_map(|name| parse_name(name))
            .filter_map(|(of, start)| (of == StreamKind::Events).then_some(start))
            .collect();
        starts.sort_unstable();
        let mut segments = Segments::default();
        for start in starts {
            let known = self.segments.holding(start).filter(|segment| segment.start == start);
            let segment = match known.copied() {
                Some(segment) => Some(segment),
                None => self.header(start)?,
            };
            segments.0.extend(segment);
        }
        // Where a file ends is not looked up: behind its records there is nothing good, and where the
        // next one starts this one has ended.
        let ends: Vec<u64> = segments.0.iter().skip(1).map(|segment| segment.start).collect();
        for (segment, end) in segments.0.iter_mut().zip(ends.into_iter().chain([u64::MAX])) {
            segment.end = end;
        }
        self.segments = segments;
        Ok(())
    }

    /// `None` where it is gone again, or not begun yet.
    fn header(&self, start: u64) -> Result<Option<Segment>, ReadError> {
        let file = name(StreamKind::Events, start);
        let damaged = |what: String| ReadError::Damaged { file: file.clone(), offset: 0, what };
        let bytes = match read_range(&self.disk, &file, 0, HEADER_BYTES) {
            Ok(bytes) if bytes.len() < HEADER_BYTES => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ReadError::Io { file, error }),
            Ok(bytes) => bytes,
        };
        match Header::decode(&bytes) {
            Ok(Header { format, created_ms, .. }) => {
                let (pins, waiting, held) = (0, 0, 0);
                Ok(Some(Segment { start, end: u64::MAX, format, created_ms, pins, waiting, held }))
            }
            Err(HeaderError::Damaged) => {
                Err(damaged("the header is not as it was written".to_owned()))
            }
            Err(HeaderError::Newer(format)) => Err(damaged(format!(
                "it is in format {format}, and {FILE_FORMAT} is the newest known"
            ))),
        }
    }
}
