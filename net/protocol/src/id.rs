//! Names and hashes as text.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::scalar::{Scalar, deserialize_scalars};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// 32 bytes, written as 64 hexadecimal digits in lower case.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hex(pub [u8; 32]);

impl Hex {
    /// Reads 64 digits in either case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Self(bytes))
    }

    fn digits(self) -> [u8; 64] {
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        digits
    }
}

/// A match's UUID, written as 8-4-4-4-12 hexadecimal digits in lower case.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatchId(pub u128);

impl MatchId {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];

    /// Reads the 36 characters in either case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let characters: &[u8; 36] = text.as_bytes().try_into().ok()?;
        let mut id = 0;
        for (place, character) in characters.iter().enumerate() {
            if !Self::HYPHENS.contains(&place) {
                id = id << 4 | u128::from(nibble(*character)?);
            } else if *character != b'-' {
                return None;
            }
        }
        Some(Self(id))
    }

    fn characters(self) -> [u8; 36] {
        let mut characters = [b'-'; 36];
        let mut rest = self.0;
        for (place, character) in characters.iter_mut().enumerate().rev() {
            if !Self::HYPHENS.contains(&place) {
                *character = DIGITS[(rest & 15) as usize];
                rest >>= 4;
            }
        }
        characters
    }
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Digits and hyphens are ASCII: the empty text never comes out.
fn ascii(characters: &[u8]) -> &str {
    std::str::from_utf8(characters).unwrap_or_default()
}

impl fmt::Display for Hex {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(ascii(&self.digits()))
    }
}

impl fmt::Display for MatchId {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(ascii(&self.characters()))
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(ascii(&self.digits()))
    }
}

impl Serialize for MatchId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(ascii(&self.characters()))
    }
}

impl Scalar for Hex {
    const WANT: &'static str = "64 hexadecimal digits";

    fn from_text(value: &str) -> Option<Self> {
        Self::parse(value)
    }
}

impl Scalar for MatchId {
    const WANT: &'static str = "a UUID with hyphens";

    fn from_text(value: &str) -> Option<Self> {
        Self::parse(value)
    }
}

deserialize_scalars!(Hex, MatchId);
