//! A segment: one file of a stream, its name and its header.

use std::collections::VecDeque;

use crate::codec::FORMAT;

/// Bytes before a segment's first record. They do not count as positions.
pub(crate) const HEADER_BYTES: usize = 64;

const MAGIC: &[u8; 8] = b"LIAPJRNL";

/// The format of the files that are written. A file of another number may hold records that a server
/// of before does not know, so that it must not even open them.
pub const FILE_FORMAT: u16 = 3;

/// What a segment's header says came before it when nothing did.
pub(crate) const NONE_BEFORE: u64 = u64::MAX;

/// One of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreamKind {
    /// What happened.
    Events,
    /// What is.
    State,
}

/// What a record is. The numbers are those on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Events: a commit.
    Commit = 1,
    /// Events: a piece of a chain, copied forward.
    Carried = 2,
    /// State: a whole room.
    Full = 3,
    /// State: what moves of a room; its fixed part is the one before it in the stream.
    Moving = 4,
    /// State: the fixed part of a room, copied forward.
    Fixed = 5,
    /// State: the room is gone.
    Closed = 6,
    /// State: a match is over, and its chain waits to be read.
    Finished = 7,
    /// State: a finished match's chain is given up.
    Forgotten = 8,
    /// State: the oldest segments that are still needed.
    Kept = 9,
    /// State: the rules' numbers in force from here on.
    Settings = 10,
    /// State: a batch of finished matches is going to be archived.
    Intent = 11,
    /// State: a batch is archived; it is closed, and its matches are forgotten.
    Archived = 12,
    /// State: a batch is closed, and its matches wait as before.
    Withdrawn = 13,
}

impl Kind {
    /// The kind of this number in this stream.
    pub(crate) const fn of(stream: StreamKind, number: u8) -> Option<Self> {
        Some(match (stream, number) {
            (StreamKind::Events, 1) => Self::Commit,
            (StreamKind::Events, 2) => Self::Carried,
            (StreamKind::State, 3) => Self::Full,
            (StreamKind::State, 4) => Self::Moving,
            (StreamKind::State, 5) => Self::Fixed,
            (StreamKind::State, 6) => Self::Closed,
            (StreamKind::State, 7) => Self::Finished,
            (StreamKind::State, 8) => Self::Forgotten,
            (StreamKind::State, 9) => Self::Kept,
            (StreamKind::State, 10) => Self::Settings,
            (StreamKind::State, 11) => Self::Intent,
            (StreamKind::State, 12) => Self::Archived,
            (StreamKind::State, 13) => Self::Withdrawn,
            _ => return None,
        })
    }
}

/// What a segment says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// The format of the file.
    pub(crate) format: u16,
    /// Of which stream.
    pub(crate) stream: StreamKind,
    /// The position of its first record.
    pub(crate) start: u64,
    /// The start of the segment before it; [`NONE_BEFORE`] for a stream's first.
    pub(crate) previous: u64,
    /// The position where that one ends: bytes behind it count for nothing.
    pub(crate) follows: u64,
    /// The lowest room number that no room has had.
    pub(crate) next_room: u64,
    /// When it was begun, in ms since 1970.
    pub(crate) created_ms: u64,
    /// Which owner of the shards wrote it.
    pub(crate) owner_epoch: u32,
}

/// Why bytes are no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderError {
    /// They are none.
    Damaged,
    /// It is of a layout that is not known yet.
    Newer(u16),
}

/// The format of the values in a file of this format: files have changed since values have.
pub(crate) fn values(file: u16) -> u16 {
    file.min(FORMAT)
}

impl Header {
    /// The header as it is written.
    pub(crate) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..10].copy_from_slice(&self.format.to_le_bytes());
        bytes[10] = letter(self.stream);
        bytes[16..24].copy_from_slice(&self.start.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.previous.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.follows.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.next_room.to_le_bytes());
        bytes[48..56].copy_from_slice(&self.created_ms.to_le_bytes());
        bytes[56..60].copy_from_slice(&self.owner_epoch.to_le_bytes());
        let sum = crc32fast::hash(&bytes);
        bytes[12..16].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// Reads a header.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, HeaderError> {
        let mut bytes: [u8; HEADER_BYTES] = bytes
            .get(..HEADER_BYTES)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(HeaderError::Damaged)?;
        let format = u16::from_le_bytes([bytes[8], bytes[9]]);
        if bytes[..8] != *MAGIC {
            return Err(HeaderError::Damaged);
        }
        if format > FILE_FORMAT {
            // Not even the checksum need be where this version has it.
            return Err(HeaderError::Newer(format));
        }
        let sum = [bytes[12], bytes[13], bytes[14], bytes[15]];
        bytes[12..16].fill(0);
        let stream = match bytes[10] {
            b'e' => StreamKind::Events,
            b's' => StreamKind::State,
            _ => return Err(HeaderError::Damaged),
        };
        if crc32fast::hash(&bytes) != u32::from_le_bytes(sum) {
            return Err(HeaderError::Damaged);
        }
        let number = |at: usize| {
            bytes[at..at + 8].iter().rev().fold(0, |high, low| high << 8 | u64::from(*low))
        };
        let owner_epoch = u32::from_le_bytes([bytes[56], bytes[57], bytes[58], bytes[59]]);
        Ok(Self {
            format,
            stream,
            start: number(16),
            previous: number(24),
            follows: number(32),
            next_room: number(40),
            created_ms: number(48),
            owner_epoch,
        })
    }
}

const fn letter(stream: StreamKind) -> u8 {
    match stream {
        StreamKind::Events => b'e',
        StreamKind::State => b's',
    }
}

/// The name of the segment that starts at `start`.
pub(crate) fn name(stream: StreamKind, start: u64) -> String {
    format!("{}-{start:016x}.liap", char::from(letter(stream)))
}

/// The stream and the start that a name tells of; `None` where it is no segment's name.
pub(crate) fn parse_name(name: &str) -> Option<(StreamKind, u64)> {
    let (stream, rest) = match name.as_bytes().first()? {
        b'e' => (StreamKind::Events, &name[1..]),
        b's' => (StreamKind::State, &name[1..]),
        _ => return None,
    };
    let digits = rest.strip_prefix('-')?.strip_suffix(".liap")?;
    if digits.len() != 16 {
        return None;
    }
    Some((stream, u64::from_str_radix(digits, 16).ok()?))
}

/// What is kept in memory of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The position of its first record.
    pub(crate) start: u64,
    /// The position behind its last good one.
    pub(crate) end: u64,
    /// The format of its file.
    pub(crate) format: u16,
    /// When it was begun, in ms since 1970.
    pub(crate) created_ms: u64,
    /// How many chains begin in it that are still needed. Events only.
    pub(crate) pins: u32,
    /// How many of those are of finished matches.
    pub(crate) waiting: u32,
    /// How many of those are in an open batch.
    pub(crate) held: u32,
}

impl Segment {
    /// The format of the values in it.
    pub(crate) fn values(&self) -> u16 {
        values(self.format)
    }
}

/// The segments of a stream, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Segments(pub(crate) VecDeque<Segment>);

impl Segments {
    /// The segment that holds this position, or would if it were longer.
    pub(crate) fn holding(&self, position: u64) -> Option<&Segment> {
        let after = self.0.partition_point(|segment| segment.start <= position);
        self.0.get(after.checked_sub(1)?)
    }

    /// A chain begins at this position.
    pub(crate) fn pin(&mut self, position: u64) {
        if let Some(segment) = self.holding_mut(position) {
            segment.pins += 1;
        }
    }

    /// The chain that begins at this position is not needed any more.
    pub(crate) fn unpin(&mut self, position: u64) {
        if let Some(segment) = self.holding_mut(position) {
            segment.pins = segment.pins.saturating_sub(1);
        }
    }

    /// The match whose chain begins at this position is over, or (`-1`) forgotten.
    pub(crate) fn wait(&mut self, position: u64, count: i32) {
        if let Some(segment) = self.holding_mut(position) {
            segment.waiting = segment.waiting.saturating_add_signed(count);
        }
    }

    /// The finished match whose chain begins at this position is in an open batch, or (`-1`) in none.
    pub(crate) fn hold(&mut self, position: u64, count: i32) {
        if let Some(segment) = self.holding_mut(position) {
            segment.held = segment.held.saturating_add_signed(count);
        }
    }

    /// Bytes of all files together.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.iter().map(|segment| segment.end - segment.start + HEADER_BYTES as u64).sum()
    }

    fn holding_mut(&mut self, position: u64) -> Option<&mut Segment> {
        let after = self.0.partition_point(|segment| segment.start <= position);
        self.0.get_mut(after.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header {
        format: FILE_FORMAT,
        stream: StreamKind::State,
        start: 0x0102_0304_0506,
        previous: NONE_BEFORE,
        follows: 7,
        next_room: 1 << 40,
        created_ms: 1_700_000_000_000,
        owner_epoch: 9,
    };

    #[test]
    fn a_header_reads_back_and_no_flipped_bit_passes() {
        let bytes = HEADER.encode();
        assert_eq!(Header::decode(&bytes), Ok(HEADER));
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Header::decode(&bytes).is_err(), "bit {bit}");
        }
        assert_eq!(Header::decode(&bytes[..63]), Err(HeaderError::Damaged));
    }

    #[test]
    fn a_newer_header_is_told_from_a_damaged_one() {
        let bytes = Header { format: FILE_FORMAT + 1, ..HEADER }.encode();
        assert_eq!(Header::decode(&bytes), Err(HeaderError::Newer(FILE_FORMAT + 1)));
    }

    #[test]
    fn a_name_reads_back_and_others_are_none() {
        let name = name(StreamKind::Events, 0xab);
        assert_eq!(name, "e-00000000000000ab.liap");
        assert_eq!(parse_name(&name), Some((StreamKind::Events, 0xab)));
        for other in ["LOCK", "", "e", "e-ab.liap", "x-00000000000000ab.liap", "é-0.liap"] {
            assert_eq!(parse_name(other), None, "{other}");
        }
    }
}
