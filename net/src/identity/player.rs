//! Who somebody is here whom a provider vouches for: the same player on every server that believes
//! the same provider, and the same session after every login.

use components::{Name, PlayerId, SessionId};
use sha2::{Digest, Sha256};

/// Set in the numbers of players and sessions that a provider vouches for, and in no others: so
/// nobody without a provider is ever taken for one of its players.
const VOUCHED: u64 = 1 << 63;

/// A player, as a provider's token tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vouched {
    /// Who.
    pub(crate) player: PlayerId,
    /// The one session this player has.
    pub(crate) session: SessionId,
    /// What the others read.
    pub(crate) name: Name,
    /// In seconds since 1970: nothing we hand out for it lives longer.
    pub(crate) until_s: u32,
}

impl Vouched {
    /// The numbers are the first and the second 8 bytes of SHA-256("liap player v1", the length of
    /// the issuer as 4 bytes, big-endian, the issuer, what tells its players apart).
    pub(super) fn new(issuer: &str, player: &str, name: &str, until_s: u32) -> Self {
        let mut hash = Sha256::new_with_prefix(b"liap player v1");
        hash.update((issuer.len() as u32).to_be_bytes());
        hash.update(issuer);
        hash.update(player);
        let hash = hash.finalize();
        let number = |at: usize| {
            let bytes: [u8; 8] = std::array::from_fn(|n| hash[at + n]);
            u64::from_be_bytes(bytes) | VOUCHED
        };
        let (player, session) = (PlayerId(number(0)), SessionId(number(8)));
        Self { player, session, name: name.into(), until_s }
    }
}

/// The number of somebody for whom no provider vouches.
pub(crate) const fn anonymous(number: u64) -> u64 {
    number & !VOUCHED
}
