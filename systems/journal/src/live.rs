//! What is kept in memory of each live room: where its newest state and its chain are.

use std::hash::BuildHasherDefault;

use components::{IdHasher, MatchId, RoomId};

/// Every live room by id.
pub(crate) type LiveRooms = ByRoom<Live>;

/// Something of each room.
#[expect(clippy::disallowed_types, reason = "the hasher is fixed, and so is the order")]
pub(crate) type ByRoom<T> = std::collections::HashMap<RoomId, T, BuildHasherDefault<IdHasher>>;

/// A live room: 56 bytes, since there are hundreds of thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Live {
    /// The hash of its fixed part.
    pub(crate) fixed: u64,
    /// In the events: the newest record of its chain.
    pub(crate) head: u64,
    /// In the events: where its chain begins.
    pub(crate) start: u64,
    /// In the state: its newest record, with its moving part.
    pub(crate) newest: u64,
    /// In the state: the record with its fixed part.
    pub(crate) full: u64,
    /// The wall clock at its newest commit, in ms since 1970.
    pub(crate) wall_ms: u64,
    /// The logical time, in ms, at its newest commit or when its clocks were armed again; low half.
    pub(crate) at_ms: u32,
    /// A part of its match's id, so that a match is found among live rooms; see [`tag`].
    pub(crate) tag: u16,
    /// Which of the following hold.
    pub(crate) flags: u8,
}

impl Live {
    /// It has a chain to which its next commit belongs.
    pub(crate) const CHAIN: u8 = 1;
    /// That chain is a match's.
    pub(crate) const MATCH: u8 = 2;
    /// The chain tells of the settings in force.
    pub(crate) const SETTINGS: u8 = 4;
    /// Its clocks were armed again since its newest commit.
    pub(crate) const RECOVERED: u8 = 8;

    /// A room before its first commit.
    pub(crate) const NEW: Self = Self {
        fixed: 0,
        head: 0,
        start: 0,
        newest: 0,
        full: u64::MAX,
        wall_ms: 0,
        at_ms: 0,
        tag: 0,
        flags: 0,
    };

    /// Whether all of these flags are set.
    pub(crate) const fn has(&self, flags: u8) -> bool {
        self.flags & flags == flags
    }
}

/// A part of a match's id that is random.
pub(crate) const fn tag(id: MatchId) -> u16 {
    u16::from_le_bytes([id.0[14], id.0[15]])
}

/// A 64-bit hash of bytes which nobody outside can choose all of: a charter's secret is among them.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    const KEY: u64 = 0x9E37_79B9_7F4A_7C15;
    let fold = |state: u64, word: u64| {
        let product = u128::from(state ^ word) * u128::from(KEY);
        (product as u64) ^ ((product >> 64) as u64).rotate_left(29)
    };
    let mut words = bytes.chunks_exact(8);
    let mut state = KEY ^ bytes.len() as u64;
    for word in &mut words {
        state = fold(state, word.try_into().map_or(0, u64::from_le_bytes));
    }
    let last = words.remainder().iter().rev().fold(0, |high, low| high << 8 | u64::from(*low));
    fold(fold(state, last), KEY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_the_length_count_in_the_hash() {
        let bytes: Vec<u8> = (0..61).collect();
        let whole = hash(&bytes);
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x80;
            assert_ne!(hash(&bytes), whole, "byte {at}");
            assert_ne!(hash(&bytes[..at]), whole, "{at} bytes");
        }
    }

    #[test]
    fn a_live_room_takes_no_more_than_it_says() {
        assert_eq!(size_of::<Live>(), 56);
    }
}
