//! Pieces of the events that were read and are kept, since many chains lie side by side in them.

use std::collections::{BTreeMap, VecDeque};

/// Positions of one block.
const BLOCK_BYTES: u64 = 64 << 10;

/// Bytes behind a block that are read with it: most records that begin in it end in there.
const BYTES_AHEAD: u64 = 1 << 10;

/// Blocks that are kept: 32 MiB.
const BLOCKS_MAX: usize = 512;

/// The blocks that were read last.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    /// By their first position.
    blocks: BTreeMap<u64, Vec<u8>>,
    /// In the order in which they were read.
    order: VecDeque<u64>,
}

impl Blocks {
    /// A chain that lies across more bytes than this has few records in each block, and would drive
    /// out what others need.
    pub(crate) const SPAN_MAX: u64 = BLOCKS_MAX as u64 * BLOCK_BYTES / 2;

    /// The first position of the block of this position, in a segment that starts at `start`.
    pub(crate) const fn key(start: u64, position: u64) -> u64 {
        position - (position - start) % BLOCK_BYTES
    }

    /// The position behind what is read of the block of this first position.
    pub(crate) const fn end(key: u64) -> u64 {
        key + BLOCK_BYTES + BYTES_AHEAD
    }

    /// What is kept from `position` on, of the block that begins at `key`.
    pub(crate) fn from(&self, key: u64, position: u64) -> &[u8] {
        let block = self.blocks.get(&key).and_then(|block| block.get((position - key) as usize..));
        block.unwrap_or_default()
    }

    /// The block to be read anew, empty; the one that was read first makes room for it.
    pub(crate) fn renew(&mut self, key: u64) -> &mut Vec<u8> {
        if !self.blocks.contains_key(&key) {
            let oldest = (self.order.len() >= BLOCKS_MAX).then(|| self.order.pop_front()).flatten();
            let mut block = oldest.and_then(|key| self.blocks.remove(&key)).unwrap_or_default();
            block.clear();
            self.order.push_back(key);
            self.blocks.insert(key, block);
        }
        self.blocks.entry(key).or_default()
    }

    /// Nothing is kept any more.
    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.order.clear();
    }
}
