//! Names of things. Every id is a type of its own, so that none is taken for another.

use std::hash::Hasher;

use bevy_ecs::prelude::Component;

/// A room's name, never reused. Its top 8 bits are the virtual shard that owns the room for ever.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomId(pub u64);

impl RoomId {
    /// How many virtual shards share all rooms, for ever.
    pub const SHARDS: u64 = 256;

    /// The `n`-th room of a server: ids walk round the virtual shards. `n` is below 2^56.
    #[must_use]
    pub const fn nth(n: u64) -> Self {
        Self(((n % Self::SHARDS) << 56) | (n & ((1 << 56) - 1)))
    }

    /// The virtual shard that owns the room, 0..=255.
    #[must_use]
    pub const fn shard(self) -> u8 {
        (self.0 >> 56) as u8
    }

    /// Which of `threads` shard threads runs the room. `threads` is 1..=256.
    #[must_use]
    pub const fn thread(self, threads: usize) -> usize {
        self.shard() as usize % threads
    }
}

/// How many actions a room has settled: one action, one version.
#[derive(Component, Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

/// An identity that outlives its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// A person, as far as the server knows: outlives sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlayerId(pub u64);

/// Which connection of a session is meant: grows by one with each new one.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u32);

/// What a client calls one of its requests: strictly growing in a session.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

/// A match's name for ever: the bytes of a UUID version 7. Zero before a room's first match.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatchId(pub [u8; 16]);

impl MatchId {
    /// The UUID as a number.
    #[must_use]
    pub const fn as_u128(self) -> u128 {
        u128::from_be_bytes(self.0)
    }
}

/// What the others read of a person: 1..=50 characters. Up to 23 bytes are kept in place, so that a
/// room's names cost no memory of their own and copies of a room share nothing between threads.
pub type Name = smol_str::SmolStr;

/// What people tell each other to meet in a room: 6 upper-case ASCII letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomCode(pub [u8; 6]);

impl RoomCode {
    /// The characters of a code: none that reads like another.
    pub const ALPHABET: &[u8; 31] = b"ABCDEFGHJKLMNPQRSTUVWXYZ2345679";

    /// Reads a code without regard to case; `None` where it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut code: [u8; 6] = text.as_bytes().try_into().ok()?;
        code.make_ascii_uppercase();
        code.iter().all(|byte| Self::ALPHABET.contains(byte)).then_some(Self(code))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??????")
    }
}

/// Hashes room ids for tables: they are ours and sequential, so one multiplication spreads them and
/// nobody can attack it.
#[derive(Debug, Default, Clone, Copy)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, id: u64) {
        let spread = (self.0 ^ id).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = spread ^ (spread >> 32);
    }
}
