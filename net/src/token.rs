//! Tokens: what proves a session to this process, and to those after it that have the same keys.
//!
//! A token is 42 bytes, in base64url (RFC 4648, section 5) 56 characters, without padding:
//!
//! | bytes | is |
//! |---|---|
//! | 1 | what it is: 1, or 2 if somebody else vouches for the player until it expires |
//! | 1 | which key signed it |
//! | 8 | the player |
//! | 8 | the session |
//! | 4 | the generation: the epoch of the connection that got it |
//! | 4 | when it expires, in seconds since 1970 |
//! | 16 | the first half of the HMAC-SHA256 of all before it |
//!
//! Numbers are big-endian.

use components::{Epoch, PlayerId, SessionId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A token whose successors may live longer than it does.
const OWN: u8 = 1;

/// A token whose successors may not: a provider vouches for its player for as long.
const VOUCHED: u8 = 2;

/// Bytes before the signature.
const CLAIMS_BYTES: usize = 26;

/// Bytes of the signature: nobody guesses half of it either.
const SIGNATURE_BYTES: usize = 16;

/// Bytes of a token: a multiple of 3, so that its text has no spare bits.
const BYTES: usize = CLAIMS_BYTES + SIGNATURE_BYTES;

/// Characters of a token.
const CHARS: usize = BYTES / 3 * 4;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A secret that signs tokens. Whoever knows it can be anybody.
#[derive(Clone)]
pub struct Key {
    secret: [u8; 32],
    id: u8,
}

impl Key {
    /// From 32 bytes nobody can guess.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> Self {
        let mut key = Self { secret, id: 0 };
        key.id = key.signature(b"liap key").finalize().into_bytes()[0];
        key
    }

    fn signature(&self, of: &[u8]) -> Hmac<Sha256> {
        // A key of a block is taken as it is: the 32 bytes and zeros, as HMAC itself fills it up.
        let mut block = [0; 64];
        block[..self.secret.len()].copy_from_slice(&self.secret);
        Hmac::<Sha256>::new(&block.into()).chain_update(of)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key(#{:02x})", self.id)
    }
}

/// The keys in force.
#[derive(Debug, Clone)]
pub struct TokenKeys {
    /// Signs, and is believed.
    pub current: Key,
    /// Is still believed.
    pub previous: Option<Key>,
}

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) player: PlayerId,
    pub(crate) session: SessionId,
    /// The epoch of the connection that got it.
    pub(crate) generation: Epoch,
    /// In seconds since 1970.
    pub(crate) expires_s: u32,
    /// Whether a provider vouches for the player until then, and no token of the session may live
    /// longer.
    pub(crate) is_vouched: bool,
}

/// Why a token proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadToken {
    /// No key of ours signed it.
    Unknown,
    /// Its time is over.
    Expired,
}

impl TokenKeys {
    /// The token that says this.
    pub(crate) fn issue(&self, claims: &Claims) -> String {
        let mut bytes = [0; BYTES];
        bytes[0] = if claims.is_vouched { VOUCHED } else { OWN };
        bytes[1] = self.current.id;
        bytes[2..10].copy_from_slice(&claims.player.0.to_be_bytes());
        bytes[10..18].copy_from_slice(&claims.session.0.to_be_bytes());
        bytes[18..22].copy_from_slice(&claims.generation.0.to_be_bytes());
        bytes[22..CLAIMS_BYTES].copy_from_slice(&claims.expires_s.to_be_bytes());
        let signature = self.current.signature(&bytes[..CLAIMS_BYTES]).finalize().into_bytes();
        bytes[CLAIMS_BYTES..].copy_from_slice(&signature[..SIGNATURE_BYTES]);
        encode(&bytes)
    }

    /// What a token says, if it is one of ours and still good at `now_s`, in seconds since 1970.
    pub(crate) fn verify(&self, token: &str, now_s: u64) -> Result<Claims, BadToken> {
        let bytes = decode(token).ok_or(BadToken::Unknown)?;
        let (said, signature) = bytes.split_at(CLAIMS_BYTES);
        let is_ours = [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .filter(|key| key.id == said[1])
            // It takes as long wherever the first difference is.
            .any(|key| key.signature(said).verify_truncated_left(signature).is_ok());
        if !matches!(said[0], OWN | VOUCHED) || !is_ours {
            return Err(BadToken::Unknown);
        }
        let claims = Claims {
            player: PlayerId(u64::from_be_bytes(part(said, 2))),
            session: SessionId(u64::from_be_bytes(part(said, 10))),
            generation: Epoch(u32::from_be_bytes(part(said, 18))),
            expires_s: u32::from_be_bytes(part(said, 22)),
            is_vouched: said[0] == VOUCHED,
        };
        if u64::from(claims.expires_s) <= now_s { Err(BadToken::Expired) } else { Ok(claims) }
    }
}

/// The `N` bytes from `at` on.
fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    std::array::from_fn(|n| bytes[at + n])
}

fn encode(bytes: &[u8; BYTES]) -> String {
    let digit = |bits: u32| char::from(DIGITS[(bits & 63) as usize]);
    let three = |three: &[u8]| {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        [18, 12, 6, 0].map(|shift| digit(bits >> shift))
    };
    bytes.chunks_exact(3).flat_map(three).collect()
}

fn decode(text: &str) -> Option<[u8; BYTES]> {
    if text.len() != CHARS {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (four, three) in text.as_bytes().chunks_exact(4).zip(bytes.chunks_exact_mut(3)) {
        let mut bits = 0;
        for digit in four {
            bits = bits << 6 | DIGITS.iter().position(|it| it == digit)? as u32;
        }
        three.copy_from_slice(&bits.to_be_bytes()[1..]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIMS: Claims = Claims {
        player: PlayerId(0x0102_0304_0506_0708),
        session: SessionId(0xF1F2_F3F4_F5F6_F7F8),
        generation: Epoch(7),
        expires_s: 2_000,
        is_vouched: false,
    };

    fn keys(current: u8, previous: Option<u8>) -> TokenKeys {
        let key = |byte| Key::new([byte; 32]);
        TokenKeys { current: key(current), previous: previous.map(key) }
    }

    #[test]
    fn a_token_says_after_a_restart_what_it_said_before() {
        let token = keys(1, None).issue(&CLAIMS);
        assert_eq!(token.len(), 56);
        assert_eq!(keys(1, None).verify(&token, 1_999), Ok(CLAIMS));
        assert_eq!(keys(1, None).verify(&token, 2_000), Err(BadToken::Expired));
    }

    #[test]
    fn the_format_is_this_and_stays_so() {
        // Computed elsewhere: HMAC-SHA256 with a key of 32 bytes 0x01.
        assert_eq!(keys(1, None).issue(&CLAIMS), FIXTURE);
    }

    const FIXTURE: &str = "AagBAgMEBQYHCPHy8_T19vf4AAAABwAAB9BfuK1KTMGWeze9vFjLu6ET";

    #[test]
    fn a_token_says_whether_somebody_vouches_for_its_player() {
        let vouched = Claims { is_vouched: true, ..CLAIMS };
        let token = keys(1, None).issue(&vouched);
        assert_eq!(keys(1, None).verify(&token, 0), Ok(vouched));
        assert_ne!(token[2..], FIXTURE[2..], "it is signed too");
    }

    #[test]
    fn the_previous_key_is_still_believed_and_the_one_before_it_is_not() {
        let token = keys(1, None).issue(&CLAIMS);
        assert_eq!(keys(2, Some(1)).verify(&token, 0), Ok(CLAIMS));
        assert_eq!(keys(3, Some(2)).verify(&token, 0), Err(BadToken::Unknown));
    }

    #[test]
    fn a_token_with_any_character_changed_proves_nothing() {
        let (keys, token) = (keys(1, None), keys(1, None).issue(&CLAIMS));
        for at in 0..token.len() {
            for digit in ["A", "_", "=", "+"] {
                let mut changed = token.clone();
                changed.replace_range(at..=at, digit);
                let expected = if changed == token { Ok(CLAIMS) } else { Err(BadToken::Unknown) };
                assert_eq!(keys.verify(&changed, 0), expected, "{digit} at {at}");
            }
        }
        for text in ["", "x", &token[1..], &format!("{token}A"), &"é".repeat(28)] {
            assert_eq!(keys.verify(text, 0), Err(BadToken::Unknown), "{text}");
        }
    }

    #[test]
    fn no_key_is_printed() {
        let printed = format!("{:?}", keys(0xAB, Some(0xCD)));
        assert!(!printed.to_lowercase().contains("abab") && !printed.contains("171"), "{printed}");
    }
}
