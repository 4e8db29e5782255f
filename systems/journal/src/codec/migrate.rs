//! Older formats, brought up to the newest: a function from each version to the next, on bytes, so
//! that there is one reader of values and it knows one format.
//!
//! What a version leaves as it was needs no function: since format 1 that is the fixed part,
//! settings, and steps (format 2 only knows more of them).

use std::borrow::Cow;

use super::FORMAT;
use super::moving::HOST_SHIFT;
use super::read::{Malformed, Reader};

/// The oldest format that can be read.
const OLDEST: u16 = 1;

/// That this format can be read.
pub(super) fn known(format: u16) -> Result<(), Malformed> {
    match format {
        OLDEST..=FORMAT => Ok(()),
        _ => Err(Malformed { what: "format, which is none that this server knows", at: 0 }),
    }
}

/// A moving part of any known format as one of the newest.
pub(super) fn moving(format: u16, bytes: &[u8]) -> Result<Cow<'_, [u8]>, Malformed> {
    match format {
        1 => moving_1_to_2(bytes).map(Cow::Owned),
        _ => Ok(Cow::Borrowed(bytes)),
    }
}

/// Format 2 knows rooms that stand still, and says so in the first byte, together with the phase
/// and the host, which had a byte each. No room of format 1 stood still.
fn moving_1_to_2(bytes: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut reader = Reader::new(bytes);
    let phase = reader.u8("phase")?;
    if phase > 15 {
        return Err(reader.before("phase"));
    }
    let host = reader.u8("host")?;
    if host > 4 {
        return Err(reader.before("host"));
    }
    let rest = reader.rest();
    let mut moving = Vec::with_capacity(1 + rest.len());
    moving.push(phase | host << HOST_SHIFT);
    moving.extend_from_slice(rest);
    Ok(moving)
}
