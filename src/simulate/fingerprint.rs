//! A match as a hash: every commit's version, cause and events, and the state it ended in.

use std::hash::{Hash, Hasher};

use components::{Commit, Event};
use sha2::{Digest, Sha256};

/// Collects what is hashed; all numbers little-endian, so that machines agree.
#[derive(Debug, Default)]
pub(crate) struct Fingerprint(Vec<u8>);

impl Fingerprint {
    pub(crate) fn commit(&mut self, commit: &Commit, events: &[Event]) {
        commit.state.version.hash(self);
        commit.cause.hash(self);
        events.hash(self);
    }

    pub(crate) fn finish(mut self, last: &Commit) -> [u8; 32] {
        last.state.hash(&mut self);
        Sha256::digest(&self.0).into()
    }
}

impl Hasher for Fingerprint {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn write_u8(&mut self, value: u8) {
        self.0.push(value);
    }

    fn write_u16(&mut self, value: u16) {
        self.write(&value.to_le_bytes());
    }

    fn write_u32(&mut self, value: u32) {
        self.write(&value.to_le_bytes());
    }

    fn write_u64(&mut self, value: u64) {
        self.write(&value.to_le_bytes());
    }

    fn write_u128(&mut self, value: u128) {
        self.write(&value.to_le_bytes());
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_i16(&mut self, value: i16) {
        self.write(&value.to_le_bytes());
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }
}
