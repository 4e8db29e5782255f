//! Numbers and ids into bytes. All sizes in bytes; all fixed-size numbers little-endian.

use components::{PieceSet, RoomId, Seat};

use super::code::Coded;

/// Seven bits a byte, lowest first, the top bit set on all but the last: 1 to 10 bytes.
#[inline]
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A varint that is short for small negative numbers too: 0, -1, 1, -2 as 0, 1, 2, 3.
#[inline]
pub(crate) fn put_zigzag(out: &mut Vec<u8>, value: i64) {
    put_varint(out, ((value << 1) ^ (value >> 63)) as u64);
}

/// The number plus one as a varint, and 0 for none.
#[inline]
pub(super) fn put_option(out: &mut Vec<u8>, value: Option<u32>) {
    put_varint(out, value.map_or(0, |value| u64::from(value) + 1));
}

/// A room: its shard in one byte, then the rest of its number as a varint.
#[inline]
pub(crate) fn put_room(out: &mut Vec<u8>, room: RoomId) {
    out.push(room.shard());
    put_varint(out, room.0 & ((1 << 56) - 1));
}

/// Bytes behind their number as a varint.
#[inline]
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Two numbers that are mostly below 15, in one byte, the first in its low half. A half of 15 says
/// that the number less 15 follows as a varint, the first one's first.
#[inline]
pub(super) fn put_nibbles(out: &mut Vec<u8>, low: u16, high: u16) {
    out.push(low.min(15) as u8 | (high.min(15) as u8) << 4);
    for wide in [low, high] {
        if wide >= 15 {
            put_varint(out, u64::from(wide - 15));
        }
    }
}

/// 0 for no seat, else its number plus one: three bits.
#[inline]
pub(super) const fn seat_or_none(seat: Option<Seat>) -> u8 {
    match seat {
        Some(seat) => seat.number() + 1,
        None => 0,
    }
}

/// 0 for none, else the code plus one.
#[inline]
pub(super) fn code_or_none<T: Coded>(value: Option<T>) -> u8 {
    value.map_or(0, |value| value.code() + 1)
}

/// Up to three pieces in a byte each, more of them as a mask: 1 to 5 bytes. Plays are mostly small.
#[inline]
pub(super) fn put_pieces(out: &mut Vec<u8>, pieces: PieceSet) {
    match pieces.len() {
        0 => out.push(PIECES_NONE),
        1..=3 => {
            let mut mask = pieces.0;
            while mask != 0 {
                let index = mask.trailing_zeros() as u8;
                mask &= mask - 1;
                out.push(if mask == 0 { index } else { index | PIECES_MORE });
            }
        }
        _ => {
            out.push(PIECES_MASK);
            out.extend_from_slice(&pieces.0.to_le_bytes());
        }
    }
}

/// Another piece follows this one.
pub(super) const PIECES_MORE: u8 = 0x20;
/// No piece at all.
pub(super) const PIECES_NONE: u8 = 0x40;
/// A mask of four bytes follows.
pub(super) const PIECES_MASK: u8 = 0x41;
