//! Seats, pieces and turns: small numbers and sets of them.

use serde::de::SeqAccess;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use crate::scalar::{Got, Scalar, deserialize_scalars};

/// A seat's number, 0..=3, clockwise.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Seat(u8);

impl Seat {
    /// All four.
    pub const ALL: [Self; 4] = [Self(0), Self(1), Self(2), Self(3)];

    /// The seat of this number, if there is one.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number < 4 { Some(Self(number)) } else { None }
    }

    /// Its number, 0..=3.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its place in an array of four.
    #[must_use]
    pub const fn index(self) -> usize {
        (self.0 & 3) as usize
    }
}

impl Scalar for Seat {
    const WANT: &'static str = "a seat 0..3";

    fn from_int(value: u64) -> Option<Self> {
        u8::try_from(value).ok().and_then(Self::new)
    }
}

/// A set of pieces, bit n for piece n; an array of indices 0..=31 on the wire.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pieces(pub u32);

impl Pieces {
    /// How many, 0..=32.
    #[must_use]
    pub const fn len(self) -> u8 {
        self.0.count_ones() as u8
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The indices, smallest first.
    pub fn iter(self) -> impl ExactSizeIterator<Item = u8> + Clone {
        Bits(self.0)
    }
}

impl FromIterator<u8> for Pieces {
    /// Indices above 31 are left out.
    fn from_iter<I: IntoIterator<Item = u8>>(indices: I) -> Self {
        let bits = indices.into_iter().filter_map(|index| 1u32.checked_shl(index.into()));
        Self(bits.fold(0, |set, bit| set | bit))
    }
}

impl Serialize for Pieces {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serialize_bits(self.0, to)
    }
}

impl Scalar for Pieces {
    const WANT: &'static str = "an array of different piece indices 0..31";

    fn from_list<'de, A: SeqAccess<'de>>(list: &mut A) -> Result<Result<Self, String>, A::Error> {
        Ok(read_bits(list, 32, Self::WANT)?.map(Self))
    }
}

/// A set of seats, bit n for seat n; an array of numbers 0..=3 on the wire.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seats(pub u8);

impl Seats {
    /// Whether `seat` is in it.
    #[must_use]
    pub const fn contains(self, seat: Seat) -> bool {
        self.0 & (1 << seat.0) != 0
    }

    /// Its seats in order.
    pub fn iter(self) -> impl Iterator<Item = Seat> {
        Seat::ALL.into_iter().filter(move |seat| self.contains(*seat))
    }
}

impl FromIterator<Seat> for Seats {
    fn from_iter<I: IntoIterator<Item = Seat>>(seats: I) -> Self {
        Self(seats.into_iter().fold(0, |set, seat| set | 1 << seat.0))
    }
}

impl Serialize for Seats {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serialize_bits((self.0 & 0b1111).into(), to)
    }
}

impl Scalar for Seats {
    const WANT: &'static str = "an array of different seats 0..3";

    fn from_list<'de, A: SeqAccess<'de>>(list: &mut A) -> Result<Result<Self, String>, A::Error> {
        Ok(read_bits(list, 4, Self::WANT)?.map(|bits| Self(bits as u8)))
    }
}

/// A moment of a match, `[round, turn]` on the wire.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Turn {
    /// The round, from 1.
    pub round: u8,
    /// The turn, from 1; 0 before the round's first turn.
    pub turn: u8,
}

impl Serialize for Turn {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        [self.round, self.turn].serialize(to)
    }
}

impl Scalar for Turn {
    const WANT: &'static str = "[round, turn], each 0..255";

    fn from_list<'de, A: SeqAccess<'de>>(list: &mut A) -> Result<Result<Self, String>, A::Error> {
        let first = list.next_element::<Got<u8>>()?;
        let second = list.next_element::<Got<u8>>()?;
        let more = list.next_element::<serde::de::IgnoredAny>()?.is_some();
        Ok(match (first, second) {
            (Some(Got(Ok(round))), Some(Got(Ok(turn)))) if !more => Ok(Self { round, turn }),
            _ => Err(format!("expected {}, got another list", Self::WANT)),
        })
    }
}

deserialize_scalars!(Seat, Pieces, Seats, Turn);

#[derive(Clone)]
struct Bits(u32);

impl Iterator for Bits {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let index = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (index < 32).then_some(index as u8)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.0.count_ones() as usize;
        (len, Some(len))
    }
}

impl ExactSizeIterator for Bits {}

fn serialize_bits<S: Serializer>(bits: u32, to: S) -> Result<S::Ok, S::Error> {
    let mut list = to.serialize_seq(Some(bits.count_ones() as usize))?;
    for index in Bits(bits) {
        list.serialize_element(&index)?;
    }
    list.end()
}

/// Reads different indices below `end`, which is at most 32: so no list of more than 32 passes.
fn read_bits<'de, A: SeqAccess<'de>>(
    list: &mut A,
    end: u8,
    want: &str,
) -> Result<Result<u32, String>, A::Error> {
    let mut bits = 0u32;
    while let Some(Got(index)) = list.next_element::<Got<u8>>()? {
        let index = match index {
            Ok(index) if index < end => index,
            Ok(index) => return Ok(Err(format!("expected {want}, got {index} in it"))),
            Err(misfit) => return Ok(Err(format!("expected {want}; in it, {misfit}"))),
        };
        if bits & (1 << index) != 0 {
            return Ok(Err(format!("expected {want}, got {index} twice")));
        }
        bits |= 1 << index;
    }
    Ok(Ok(bits))
}
