//! Numbers and ids out of bytes that may be anything: every read checks, none trusts a length.

mod values;

use std::fmt;

use components::RoomId;

/// Bytes that are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// What was read.
    pub what: &'static str,
    /// Where, in bytes from the beginning of what was being read.
    pub at: usize,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, at } = self;
        write!(f, "malformed {what} at byte {at}")
    }
}

impl std::error::Error for Malformed {}

/// Bytes that are read from front to back.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads `bytes` from their beginning.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Whether all has been read.
    pub(crate) const fn is_finished(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// What has not been read yet, all at once.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at = self.bytes.len();
        rest
    }

    /// That all has been read.
    pub(crate) const fn finish(&self, what: &'static str) -> Result<(), Malformed> {
        if self.is_finished() { Ok(()) } else { Err(self.malformed(what)) }
    }

    /// What to say of the byte that comes next.
    pub(crate) const fn malformed(&self, what: &'static str) -> Malformed {
        Malformed { what, at: self.at }
    }

    /// The next `count` bytes.
    pub(crate) fn bytes(
        &mut self,
        count: usize,
        what: &'static str,
    ) -> Result<&'a [u8], Malformed> {
        let end = self.at.checked_add(count).ok_or(self.malformed(what))?;
        let bytes = self.bytes.get(self.at..end).ok_or(self.malformed(what))?;
        self.at = end;
        Ok(bytes)
    }

    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<[u8; N], Malformed> {
        let start = self.malformed(what);
        self.bytes(N, what)?.try_into().map_err(|_| start)
    }

    /// One byte.
    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, Malformed> {
        let byte = self.bytes.get(self.at).copied().ok_or(self.malformed(what))?;
        self.at += 1;
        Ok(byte)
    }

    /// Four bytes.
    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        self.array(what).map(u32::from_le_bytes)
    }

    /// Eight bytes.
    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, Malformed> {
        self.array(what).map(u64::from_le_bytes)
    }

    /// A varint: at most 10 bytes, since no number has more bits.
    pub(crate) fn varint(&mut self, what: &'static str) -> Result<u64, Malformed> {
        let start = self.malformed(what);
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.u8(what)?;
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(start)
    }

    /// A varint that fits into `T`.
    pub(crate) fn number<T: TryFrom<u64>>(&mut self, what: &'static str) -> Result<T, Malformed> {
        let start = self.malformed(what);
        T::try_from(self.varint(what)?).map_err(|_| start)
    }

    /// A zigzag number.
    pub(crate) fn zigzag(&mut self, what: &'static str) -> Result<i64, Malformed> {
        let value = self.varint(what)?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A room.
    pub(crate) fn room(&mut self) -> Result<RoomId, Malformed> {
        let start = self.malformed("room");
        let shard = self.u8("room")?;
        let number = self.varint("room")?;
        if number >> 56 == 0 { Ok(RoomId(u64::from(shard) << 56 | number)) } else { Err(start) }
    }

    /// Bytes behind their number.
    pub(crate) fn counted(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        let count = self.number(what)?;
        self.bytes(count, what)
    }

    /// Text behind its number of bytes.
    pub(crate) fn str(&mut self, what: &'static str) -> Result<&'a str, Malformed> {
        let start = self.malformed(what);
        std::str::from_utf8(self.counted(what)?).map_err(|_| start)
    }
}
