//! A chain as a file of its own: what a match was, to be shown or run again anywhere.

use std::fmt;
use std::sync::Arc;

use components::{Faults, Version};

use crate::chain::{Chain, Recorded};
use crate::codec::{self, FORMAT, Malformed, Reader, Step};
use crate::codec::{put_bytes, put_room, put_varint, put_zigzag};
use crate::record::{RECOVERED, SETTINGS};

const MAGIC: &[u8; 8] = b"LIAPRPLY";

/// The layout of the file around the values in it.
const FILE_VERSION: u16 = 1;

/// Magic, version of the file, format of the values, checksum.
const HEADER_BYTES: usize = 16;

/// Why bytes are no replay file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayFileError {
    /// They do not begin like one.
    Other,
    /// A newer version of the server has written it.
    Newer {
        /// The layout of the file.
        file: u16,
        /// The layout of the values in it.
        format: u16,
    },
    /// They are not as they were written.
    Damaged,
    /// What they say makes no sense.
    Malformed(Malformed),
}

impl fmt::Display for ReplayFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other => f.write_str("it does not begin like a replay file"),
            Self::Newer { file, format } => write!(
                f,
                "it is of version {file} and format {format}, but this version reads up to version \
                 {FILE_VERSION} and format {FORMAT}: use the version that wrote it, or a newer one"
            ),
            Self::Damaged => f.write_str("it is damaged: its checksum is another"),
            Self::Malformed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReplayFileError {}

impl From<Malformed> for ReplayFileError {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

impl Chain {
    /// How the names of replay files end.
    pub const EXTENSION: &str = "liap";

    /// The chain as a replay file. It runs again from it alone; the room's secret, from which the
    /// seeds of its later matches follow, is left out: it is read back as zeros.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&FILE_VERSION.to_le_bytes());
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        self.write(&mut out);
        let sum = crc32fast::hash(&out);
        out[12..HEADER_BYTES].copy_from_slice(&sum.to_le_bytes());
        out
    }

    /// The chain of a replay file, of whatever version.
    ///
    /// # Errors
    /// When the bytes are none, or of a version that is not known yet.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReplayFileError> {
        let header: [u8; HEADER_BYTES] = bytes
            .get(..HEADER_BYTES)
            .and_then(|header| header.try_into().ok())
            .filter(|header: &[u8; HEADER_BYTES]| header.starts_with(MAGIC))
            .ok_or(ReplayFileError::Other)?;
        let file = u16::from_le_bytes([header[8], header[9]]);
        let format = u16::from_le_bytes([header[10], header[11]]);
        let sum = u32::from_le_bytes([header[12], header[13], header[14], header[15]]);
        if file > FILE_VERSION || format > FORMAT {
            // Not even the checksum need be where this version has it.
            return Err(ReplayFileError::Newer { file, format });
        }
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&header[..12]);
        hasher.update(&[0; 4]);
        hasher.update(&bytes[HEADER_BYTES..]);
        if hasher.finalize() != sum {
            return Err(ReplayFileError::Damaged);
        }
        Ok(read(format, &bytes[HEADER_BYTES..])?)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let Self { room, match_id, owner_epoch, base, steps } = self;
        put_room(out, *room);
        out.push(match_id.is_some().into());
        put_varint(out, (*owner_epoch).into());
        let mut base = base.clone();
        if let Some(charter) = &mut base.charter {
            charter.secret = [0; 32];
        }
        let mut part = Vec::new();
        codec::write_fixed(&base, &mut part);
        put_bytes(out, &part);
        part.clear();
        codec::write_moving(&base, Faults::NONE, &mut part);
        put_bytes(out, &part);
        let mut before = Clocks::default();
        for step in steps {
            part.clear();
            write_step(step, before, &mut part);
            put_bytes(out, &part);
            before = Clocks { version: step.version.0, wall_ms: step.wall_ms };
        }
    }
}

/// What the numbers of a step are relative to: the step before it.
#[derive(Debug, Default, Clone, Copy)]
struct Clocks {
    version: u64,
    wall_ms: u64,
}

fn write_step(step: &Recorded, before: Clocks, out: &mut Vec<u8>) {
    let mut flags = if step.recovered { RECOVERED } else { 0 };
    flags |= if step.settings.is_some() { SETTINGS } else { 0 };
    out.push(flags);
    put_varint(out, step.version.0.wrapping_sub(before.version));
    put_varint(out, step.elapsed_ms.into());
    let expected_ms = before.wall_ms.wrapping_add(step.elapsed_ms.into());
    put_zigzag(out, step.wall_ms.wrapping_sub(expected_ms) as i64);
    if let Some(settings) = &step.settings {
        let mut part = Vec::new();
        codec::write_settings(settings, &mut part);
        put_bytes(out, &part);
    }
    codec::write_step(step.cause, &step.action, &step.events, out);
}

fn read(format: u16, bytes: &[u8]) -> Result<Chain, Malformed> {
    let mut reader = Reader::new(bytes);
    let room = reader.room()?;
    let is_match = match reader.u8("whether it is a match")? {
        0 => false,
        1 => true,
        _ => return Err(Malformed { what: "whether it is a match", at: 0 }),
    };
    let owner_epoch = reader.number("owner")?;
    let fixed = reader.counted("fixed part")?;
    let moving = reader.counted("moving part")?;
    let base = codec::read_state(format, fixed, moving)?;
    let mut before = Clocks::default();
    let mut steps = Vec::new();
    while !reader.is_finished() {
        let step = read_step(format, before, reader.counted("step")?)?;
        before = Clocks { version: step.version.0, wall_ms: step.wall_ms };
        steps.push(step);
    }
    let first = steps.first().ok_or(reader.malformed("chain without steps"))?;
    if first.version != base.version || first.settings.is_none() {
        return Err(reader.malformed("first step"));
    }
    let match_id = is_match.then_some(base.game.id);
    Ok(Chain { room, match_id, owner_epoch, base, steps })
}

fn read_step(format: u16, before: Clocks, bytes: &[u8]) -> Result<Recorded, Malformed> {
    let mut reader = Reader::new(bytes);
    let flags = reader.u8("flags")?;
    if flags & !(RECOVERED | SETTINGS) != 0 {
        return Err(Malformed { what: "flags", at: 0 });
    }
    let version = Version(before.version.wrapping_add(reader.varint("version")?));
    let elapsed_ms = reader.number("elapsed time")?;
    let expected_ms = before.wall_ms.wrapping_add(u64::from(elapsed_ms));
    let wall_ms = expected_ms.wrapping_add(reader.zigzag("wall clock")? as u64);
    let settings = if flags & SETTINGS == 0 {
        None
    } else {
        Some(Arc::new(codec::read_settings(format, reader.counted("settings")?)?))
    };
    let Step { cause, action, events } = codec::read_step(format, reader.rest())?;
    let recovered = flags & RECOVERED != 0;
    Ok(Recorded { version, elapsed_ms, recovered, settings, wall_ms, cause, action, events })
}

#[cfg(test)]
mod tests {
    use components::{Event, Fact};
    use proptest::prelude::*;

    use super::*;

    /// A match of two people and two bots, with restarts and pauses, as version 1 wrote it.
    const FILE_1: &[u8] = include_bytes!("../tests/data/replay-v1.liap");

    fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes[12..HEADER_BYTES].fill(0);
        let sum = crc32fast::hash(&bytes);
        bytes[12..HEADER_BYTES].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    #[test]
    fn files_of_version_1_are_read() {
        let chain = Chain::from_bytes(FILE_1).unwrap();
        assert_eq!(chain.match_id, Some(chain.base.game.id));
        assert!(matches!(chain.steps[0].events[0], Event::MatchStarted(_)));
        let last = chain.steps.last().unwrap();
        assert!(matches!(last.events.last(), Some(Event::Public(Fact::MatchOver(_)))));
        let versions = chain.steps.windows(2).all(|two| two[0].version.0 + 1 == two[1].version.0);
        assert!(versions && chain.steps.iter().any(|step| step.recovered));
    }

    #[test]
    fn what_was_read_is_written_as_it_was_but_for_the_rooms_secret() {
        let mut chain = Chain::from_bytes(FILE_1).unwrap();
        assert_eq!(chain.to_bytes(), FILE_1);
        chain.base.charter.as_mut().unwrap().secret = [7; 32];
        assert_eq!(chain.to_bytes(), FILE_1);
    }

    #[test]
    fn a_file_of_a_newer_version_is_refused_and_both_are_named() {
        for at in [8, 10] {
            let mut bytes = FILE_1.to_owned();
            bytes[at] = 77;
            let error = Chain::from_bytes(&bytes).unwrap_err();
            assert!(matches!(error, ReplayFileError::Newer { .. }));
            assert!(error.to_string().contains("77"), "{error}");
        }
    }

    #[test]
    fn a_file_with_any_bit_flipped_or_any_byte_missing_is_refused() {
        for at in (0..FILE_1.len()).step_by(7) {
            let mut bytes = FILE_1.to_owned();
            bytes[at] ^= 1 << (at % 8);
            assert!(Chain::from_bytes(&bytes).is_err(), "byte {at}");
            assert!(Chain::from_bytes(&FILE_1[..at]).is_err(), "{at} bytes");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_with_a_good_checksum_make_it_panic(
            changes in prop::collection::vec((16..FILE_1.len(), any::<u8>()), 1..6),
            len in 16..FILE_1.len(),
        ) {
            let mut bytes = FILE_1.to_owned();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            _ = Chain::from_bytes(&sealed(bytes.clone())).map(|chain| chain.to_bytes());
            bytes.truncate(len);
            _ = Chain::from_bytes(&sealed(bytes)).map(|chain| chain.to_bytes());
        }
    }
}
