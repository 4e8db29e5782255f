//! Reading a segment from front to back, and judging what is behind its last good record.

use crate::frame::{self, FRAME_BYTES, Frame};
use crate::segment::{Kind, StreamKind};

/// Bytes that are checksummed at most in search of a good record behind a bad one: enough for the
/// whole of a flush, and over in a tenth of a second.
const SEARCH_BYTES_MAX: usize = 256 << 20;

/// Where the good records of a segment end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// R1: with the last byte.
    Clean,
    /// R2: at this offset; what follows is a part of one write that did not come to its end.
    Torn(usize),
    /// R3: at this offset; but what follows was once written completely.
    Bad(usize),
}

/// The good records of a segment: their offsets in `bytes`, which begin at position `start`.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    stream: StreamKind,
    bytes: &'a [u8],
    start: u64,
    at: usize,
}

impl<'a> Scan<'a> {
    pub(crate) const fn new(stream: StreamKind, bytes: &'a [u8], start: u64) -> Self {
        Self { stream, bytes, start, at: 0 }
    }

    /// What is wrong where it stopped. In a stream's last segment, `is_last`, a tail may be torn.
    pub(crate) fn end(&self, is_last: bool) -> End {
        if self.at == self.bytes.len() {
            End::Clean
        } else if is_last && !self.flush_after() {
            End::Torn(self.at)
        } else {
            End::Bad(self.at)
        }
    }

    /// Goes on behind a bad place, at the next good record. `false` if there is none.
    pub(crate) fn resync(&mut self) -> bool {
        match self.good_after(self.at + 1, &mut 0) {
            Some(at) => self.at = at,
            None => self.at = self.bytes.len(),
        }
        self.at < self.bytes.len()
    }

    /// Whether a flush began behind this place: then all before it had been written completely.
    fn flush_after(&self) -> bool {
        let mut at = self.at + 1;
        let mut searched = 0;
        while let Some(good) = self.good_after(at, &mut searched) {
            let mut rest = Self { at: good, ..*self };
            for (_, frame) in rest.by_ref() {
                if frame.is_first {
                    return true;
                }
            }
            at = rest.at + 1;
        }
        // Without an end to the search, nothing is taken for a mere tear.
        searched > SEARCH_BYTES_MAX
    }

    fn good_after(&self, from: usize, searched: &mut usize) -> Option<usize> {
        (from..self.bytes.len().saturating_sub(FRAME_BYTES)).find(|at| {
            let rest = &self.bytes[*at..];
            let Some(len) = frame::claimed(rest) else { return false };
            if len + 8 > rest.len() || Kind::of(self.stream, rest[8] & 0x7f).is_none() {
                return false;
            }
            *searched += len;
            *searched <= SEARCH_BYTES_MAX && self.read(*at).is_some()
        })
    }

    fn read(&self, at: usize) -> Option<(Kind, Frame<'a>)> {
        let frame = frame::read(self.bytes.get(at..)?, self.start + at as u64)?;
        Some((Kind::of(self.stream, frame.kind)?, frame))
    }
}

/// The records: where each is in the bytes, and what.
impl<'a> Iterator for Scan<'a> {
    type Item = (usize, Record<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let (kind, Frame { is_first, body, .. }) = self.read(at)?;
        self.at += FRAME_BYTES + body.len();
        Some((at, Record { kind, is_first, body }))
    }
}

/// A record that was scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    pub(crate) kind: Kind,
    pub(crate) is_first: bool,
    pub(crate) body: &'a [u8],
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flushes of records, each of `len` bytes of body.
    fn segment(flushes: &[&[usize]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for flush in flushes {
            for (n, len) in flush.iter().enumerate() {
                let at = frame::begin(&mut bytes, Kind::Commit as u8, n == 0);
                bytes.extend(std::iter::repeat_n(0x55, *len));
                frame::finish(&mut bytes, at, 1_000 + at as u64);
            }
        }
        bytes
    }

    fn end(bytes: &[u8], is_last: bool) -> End {
        let mut scan = Scan::new(StreamKind::Events, bytes, 1_000);
        while scan.next().is_some() {}
        scan.end(is_last)
    }

    #[test]
    fn whole_records_end_cleanly() {
        assert_eq!(end(&segment(&[&[3, 4], &[5]]), true), End::Clean);
        assert_eq!(end(&[], true), End::Clean);
    }

    #[test]
    fn a_last_flush_cut_anywhere_is_torn_where_its_good_records_end() {
        let bytes = segment(&[&[30], &[3, 4, 5]]);
        for len in 40..bytes.len() {
            let good = [39, 51, 64].into_iter().rfind(|at| *at <= len).unwrap();
            let expected = if good == len { End::Clean } else { End::Torn(good) };
            assert_eq!(end(&bytes[..len], true), expected, "{len} bytes");
        }
    }

    #[test]
    fn a_hole_in_the_last_flush_is_a_tear_but_in_an_earlier_one_damage() {
        let mut bytes = segment(&[&[30], &[30, 30, 30]]);
        bytes[50..60].fill(0);
        assert_eq!(end(&bytes, true), End::Torn(39));
        let mut bytes = segment(&[&[30], &[30, 30], &[30]]);
        bytes[50..60].fill(0);
        assert_eq!(end(&bytes, true), End::Bad(39));
    }

    #[test]
    fn only_the_last_segment_may_be_torn() {
        let bytes = segment(&[&[3, 4]]);
        assert_eq!(end(&bytes[..bytes.len() - 1], false), End::Bad(12));
    }

    #[test]
    fn behind_damage_reading_goes_on_with_the_next_good_record() {
        let mut bytes = segment(&[&[3], &[4], &[5]]);
        bytes[15] ^= 1;
        let mut scan = Scan::new(StreamKind::Events, &bytes, 1_000);
        assert_eq!(scan.by_ref().count(), 1);
        assert!(scan.resync());
        assert_eq!(scan.next().unwrap().1.body.len(), 5);
    }
}
