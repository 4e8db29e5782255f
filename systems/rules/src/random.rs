//! The only randomness of the game besides deals: a number that follows from where the match is.

use components::{Match, Seat, Version};
use sha2::{Digest, Sha256};

/// What a random number is for: numbers for different purposes are independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// How long a bot thinks.
    Think,
    /// What a bot decides.
    Choice,
}

/// A random number: SHA-256("liap rand v1" + match seed + purpose + seat + version), of which the
/// first 8 bytes count.
///
/// It is one-way, so that what a bot is seen to do tells nothing of the seed, and with it of
/// hands. All of it fits one block of the hash (55 bytes at most), which is what keeps it cheap.
#[must_use]
pub fn random(game: &Match, purpose: Purpose, seat: Seat, version: Version) -> u64 {
    let mut block = [0; 54];
    block[..12].copy_from_slice(b"liap rand v1");
    block[12..44].copy_from_slice(&game.seed);
    block[44] = purpose as u8;
    block[45] = seat.number();
    block[46..].copy_from_slice(&version.0.to_be_bytes());
    let hash: [u8; 32] = Sha256::digest(block).into();
    hash.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use components::{Match, Seat, Version};

    use super::{Purpose, random};

    #[test]
    fn it_follows_from_all_it_is_given_and_from_nothing_else() {
        let game = Match { seed: [7; 32], ..Match::default() };
        let other = Match { seed: [8; 32], ..Match::default() };
        let number = random(&game, Purpose::Think, Seat::ALL[1], Version(5));
        let renamed = Match { number: 9, ..game };
        assert_eq!(number, random(&renamed, Purpose::Think, Seat::ALL[1], Version(5)));
        assert_ne!(number, random(&other, Purpose::Think, Seat::ALL[1], Version(5)));
        assert_ne!(number, random(&game, Purpose::Choice, Seat::ALL[1], Version(5)));
        assert_ne!(number, random(&game, Purpose::Think, Seat::ALL[2], Version(5)));
        assert_ne!(number, random(&game, Purpose::Think, Seat::ALL[1], Version(6)));
    }

    #[test]
    fn it_is_the_documented_hash() {
        // python3: sha256(b"liap rand v1" + b"\x07" * 32 + b"\x00\x01" + (5).to_bytes(8)).digest()[:8]
        let game = Match { seed: [7; 32], ..Match::default() };
        let number = random(&game, Purpose::Think, Seat::ALL[1], Version(5));
        assert_eq!(number, 0x1771_b925_d38a_4ab6);
    }
}
