//! What the values of a room are made of.

use components::{Name, PieceSet, Seat, SeatSet};

use super::{Malformed, Reader};
use crate::codec::code::Coded;
use crate::codec::write::{PIECES_MASK, PIECES_MORE, PIECES_NONE};

impl Reader<'_> {
    /// The size of a score.
    pub(in crate::codec) fn i16(&mut self, what: &'static str) -> Result<i16, Malformed> {
        let start = self.malformed(what);
        i16::try_from(self.zigzag(what)?).map_err(|_| start)
    }

    /// A number or none.
    pub(in crate::codec) fn option(
        &mut self,
        what: &'static str,
    ) -> Result<Option<u32>, Malformed> {
        let start = self.malformed(what);
        match self.varint(what)? {
            0 => Ok(None),
            more => u32::try_from(more - 1).map(Some).map_err(|_| start),
        }
    }

    /// Two numbers that are mostly below 15.
    pub(in crate::codec) fn nibbles(
        &mut self,
        what: &'static str,
    ) -> Result<(u16, u16), Malformed> {
        let start = self.malformed(what);
        let byte = self.u8(what)?;
        let mut halves = [u16::from(byte & 15), u16::from(byte >> 4)];
        for half in &mut halves {
            if *half == 15 {
                *half = self.number::<u16>(what)?.checked_add(15).ok_or(start)?;
            }
        }
        Ok((halves[0], halves[1]))
    }

    /// Two numbers below 256 that are mostly below 15.
    pub(in crate::codec) fn small_pair(
        &mut self,
        what: &'static str,
    ) -> Result<(u8, u8), Malformed> {
        let start = self.malformed(what);
        let (low, high) = self.nibbles(what)?;
        match (low.try_into(), high.try_into()) {
            (Ok(low), Ok(high)) => Ok((low, high)),
            _ => Err(start),
        }
    }

    /// 0 or 1.
    pub(in crate::codec) fn bool(&mut self, what: &'static str) -> Result<bool, Malformed> {
        let start = self.malformed(what);
        match self.u8(what)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(start),
        }
    }

    /// The value of this code, which was just read.
    pub(in crate::codec) fn coded<T: Coded>(
        &self,
        code: u8,
        what: &'static str,
    ) -> Result<T, Malformed> {
        T::of(code).ok_or(self.before(what))
    }

    /// The value of this code less one; none for 0.
    pub(in crate::codec) fn coded_or_none<T: Coded>(
        &self,
        code: u8,
        what: &'static str,
    ) -> Result<Option<T>, Malformed> {
        if code == 0 { Ok(None) } else { self.coded(code - 1, what).map(Some) }
    }

    /// The value of the next byte's code.
    pub(in crate::codec) fn code<T: Coded>(&mut self, what: &'static str) -> Result<T, Malformed> {
        let code = self.u8(what)?;
        self.coded(code, what)
    }

    /// A seat in a byte of its own.
    pub(in crate::codec) fn seat(&mut self) -> Result<Seat, Malformed> {
        let number = self.u8("seat")?;
        self.seat_of(number)
    }

    /// The seat of this number, which was just read.
    pub(in crate::codec) fn seat_of(&self, number: u8) -> Result<Seat, Malformed> {
        Seat::new(number).ok_or(self.before("seat"))
    }

    /// The seat of this number less one; none for 0.
    pub(in crate::codec) fn seat_or_none_of(&self, number: u8) -> Result<Option<Seat>, Malformed> {
        if number == 0 { Ok(None) } else { self.seat_of(number - 1).map(Some) }
    }

    /// A seat, or none, in a byte of its own.
    pub(in crate::codec) fn seat_or_none(&mut self) -> Result<Option<Seat>, Malformed> {
        let number = self.u8("seat")?;
        self.seat_or_none_of(number)
    }

    /// A set of seats: there are only four.
    pub(in crate::codec) fn seats(&mut self) -> Result<SeatSet, Malformed> {
        let set = SeatSet(self.u8("seats")?);
        if set.minus(SeatSet::ALL).is_empty() { Ok(set) } else { Err(self.before("seats")) }
    }

    /// A set of pieces.
    pub(in crate::codec) fn pieces(&mut self) -> Result<PieceSet, Malformed> {
        let mut byte = self.u8("pieces")?;
        match byte {
            PIECES_NONE => return Ok(PieceSet::EMPTY),
            PIECES_MASK => return self.u32("pieces").map(PieceSet),
            _ => {}
        }
        let mut mask = 0;
        while byte & !PIECES_MORE < 32 {
            mask |= 1 << (byte & 31);
            if byte & PIECES_MORE == 0 {
                return Ok(PieceSet(mask));
            }
            byte = self.u8("pieces")?;
        }
        Err(self.before("pieces"))
    }

    /// A person's name.
    pub(in crate::codec) fn name(&mut self) -> Result<Name, Malformed> {
        self.str("name").map(Name::new)
    }

    /// What to say of the byte that was just read.
    pub(in crate::codec) const fn before(&self, what: &'static str) -> Malformed {
        Malformed { what, at: self.at.saturating_sub(1) }
    }
}
