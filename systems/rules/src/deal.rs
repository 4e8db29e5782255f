//! Deals: which hands follow from a match's seed. What is here is told to clients in
//! `docs/protocol.md`, and may change only together with [`DEAL_VERSION`].

use components::{MatchId, PerSeat, PieceSet, Seat};
use sha2::{Digest, Sha256};

/// The version of how deals follow from seeds.
pub const DEAL_VERSION: u8 = 1;

/// The four hands of a deal. `round` counts from 1; `redeal` is how many redeals the round had
/// before.
#[must_use]
pub fn deal(seed: &[u8; 32], round: u8, redeal: u8) -> PerSeat<PieceSet> {
    let mut deck: [u8; 32] = std::array::from_fn(|index| index as u8);
    let mut stream = Stream::new(seed, round, redeal);
    for last in (1..deck.len()).rev() {
        let other = stream.below(last as u8 + 1);
        deck.swap(last, usize::from(other));
    }
    let mut hands = [PieceSet::EMPTY; Seat::COUNT];
    for (hand, pieces) in hands.iter_mut().zip(deck.chunks_exact(8)) {
        hand.0 = pieces.iter().fold(0, |mask, index| mask | 1 << index);
    }
    hands
}

/// The bytes of a deal: hashes of seed, round, redeal and a counter, joined.
struct Stream {
    prefix: Sha256,
    counter: u32,
    block: [u8; 32],
    used: usize,
}

impl Stream {
    fn new(seed: &[u8; 32], round: u8, redeal: u8) -> Self {
        let prefix = Sha256::new()
            .chain_update(b"liap deal v1")
            .chain_update(seed)
            .chain_update([round, redeal]);
        Self { prefix, counter: 0, block: [0; 32], used: 32 }
    }

    fn next(&mut self) -> u8 {
        if self.used == self.block.len() {
            let counter = self.counter.to_be_bytes();
            self.block = self.prefix.clone().chain_update(counter).finalize().into();
            self.counter += 1;
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }

    /// A number below `limit` (1..=32), each equally likely: bytes past the last whole multiple of
    /// `limit` are skipped. Fewer than 1 in 8 is, so this ends.
    fn below(&mut self, limit: u8) -> u8 {
        let limit = u16::from(limit);
        let end = 256 - 256 % limit;
        loop {
            let byte = u16::from(self.next());
            if byte < end {
                return (byte % limit) as u8;
            }
        }
    }
}

/// What is shown of a seed when its match begins: SHA-256("liap seed v1" + seed).
#[must_use]
pub fn seed_hash(seed: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update(b"liap seed v1").chain_update(seed).finalize().into()
}

/// The seed of a room's `number`-th match: SHA-256("liap match v1" + secret + number, big-endian).
/// It is shown in the end; the room's secret, from which later seeds follow, never is.
#[must_use]
pub fn match_seed(secret: &[u8; 32], number: u32) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"liap match v1")
        .chain_update(secret)
        .chain_update(number.to_be_bytes())
        .finalize()
        .into()
}

/// The name of a room's `number`-th match: a UUID version 7 of the wall clock, whose other bits
/// are the first 10 bytes of SHA-256("liap id v1" + secret + number, big-endian).
#[must_use]
pub fn match_id(secret: &[u8; 32], number: u32, wall_ms: u64) -> MatchId {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(b"liap id v1")
        .chain_update(secret)
        .chain_update(number.to_be_bytes())
        .finalize()
        .into();
    let mut tail = [0; 10];
    tail.copy_from_slice(&hash[..10]);
    MatchId(uuid::Builder::from_unix_timestamp_millis(wall_ms, &tail).into_uuid().into_bytes())
}

#[cfg(test)]
mod tests;
