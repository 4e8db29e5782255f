//! One record on disk: how long it is, a checksum that holds at its own place alone, its kind.

/// Bytes before a record's body: length, checksum, kind.
pub(crate) const FRAME_BYTES: usize = 9;

/// Bytes of kind and body together, at most: a longer length is no length but damage.
pub(crate) const RECORD_BYTES_MAX: usize = 16 << 20;

/// The bit of a kind that says: this is the first record of a flush, so that all before it was
/// written completely.
const FIRST: u8 = 0x80;

/// A record that is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// What it is: see [`Kind`](crate::segment::Kind).
    pub(crate) kind: u8,
    /// Whether a flush begins with it.
    pub(crate) is_first: bool,
    /// What it says.
    pub(crate) body: &'a [u8],
}

impl Frame<'_> {
    /// How many bytes it takes in the file.
    pub(crate) const fn len(&self) -> usize {
        FRAME_BYTES + self.body.len()
    }
}

/// Opens a record: its body is to be appended to `out`. Returns where it starts in `out`.
#[inline]
pub(crate) fn begin(out: &mut Vec<u8>, kind: u8, is_first: bool) -> usize {
    let at = out.len();
    let kind = if is_first { kind | FIRST } else { kind };
    out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, kind]);
    at
}

/// Closes the record opened at `at`, which will be at `position` of its stream.
#[inline]
pub(crate) fn finish(out: &mut [u8], at: usize, position: u64) {
    let record = &mut out[at..];
    debug_assert!(record.len() - 8 <= RECORD_BYTES_MAX, "a room is a few hundred bytes");
    let len = (record.len() - 8) as u32;
    let sum = checksum(&record[8..], position);
    record[..4].copy_from_slice(&len.to_le_bytes());
    record[4..8].copy_from_slice(&sum.to_le_bytes());
}

/// Reads the record at the beginning of `bytes`, which are at `position` of the stream. `None` where
/// there is no good one.
pub(crate) fn read(bytes: &[u8], position: u64) -> Option<Frame<'_>> {
    let len = claimed(bytes)?;
    let record = bytes.get(8..8 + len)?;
    let sum = u32::from_le_bytes(bytes[4..8].try_into().ok()?);
    if sum != checksum(record, position) {
        return None;
    }
    let (kind, body) = record.split_first()?;
    Some(Frame { kind: kind & !FIRST, is_first: kind & FIRST != 0, body })
}

/// The length of kind and body that the bytes claim, where it can be one.
pub(crate) fn claimed(bytes: &[u8]) -> Option<usize> {
    let len = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    (1..=RECORD_BYTES_MAX).contains(&len).then_some(len)
}

#[inline]
fn checksum(record: &[u8], position: u64) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&position.to_le_bytes());
    hasher.update(record);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(position: u64) -> Vec<u8> {
        let mut out = vec![7; 3];
        let at = begin(&mut out, 5, true);
        out.extend_from_slice(b"body");
        finish(&mut out, at, position);
        out.split_off(3)
    }

    #[test]
    fn a_record_reads_back_at_its_own_place_alone() {
        let bytes = record(1_000);
        let frame = read(&bytes, 1_000).unwrap();
        assert_eq!((frame.kind, frame.is_first, frame.body), (5, true, &b"body"[..]));
        assert_eq!(frame.len(), bytes.len());
        assert_eq!(read(&bytes, 1_001), None);
    }

    #[test]
    fn a_record_with_any_bit_flipped_or_any_byte_missing_is_none() {
        let bytes = record(0);
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&bytes, 0), None, "bit {bit}");
        }
        for len in 0..bytes.len() {
            assert_eq!(read(&bytes[..len], 0), None, "{len} bytes");
        }
    }

    #[test]
    fn zeros_are_no_record() {
        assert_eq!(read(&[0; 64], 0), None);
    }
}
