//! Components as bytes: small, versioned, and read without trust. FORMAT.md has it byte by byte.
//!
//! A value is written in the newest [`FORMAT`] alone, and read in every one: bytes of an older
//! format are first brought up to the newest, one version at a time ([`migrate`]).

mod act;
mod action;
mod code;
mod event;
mod fixed;
mod migrate;
mod moving;
mod phase;
mod read;
mod settings;
mod step;
mod write;

#[cfg(test)]
mod tests;

use components::RoomState;

pub(crate) use fixed::write_fixed;
pub(crate) use moving::write_moving;
pub use read::Malformed;
pub(crate) use read::Reader;
pub(crate) use settings::{read_settings, write_settings};
pub(crate) use step::{Step, read_step, write_step};
pub(crate) use write::{put_bytes, put_room, put_varint, put_zigzag};

/// The layout that is written. A change of any layout is a new number, a migration from the one
/// before, and fixtures of both.
pub const FORMAT: u16 = 2;

/// Reads a room from the two parts it was written in. The version is in the moving part.
///
/// # Errors
/// When the bytes are no such parts, or do not belong together.
pub(crate) fn read_state(format: u16, fixed: &[u8], moving: &[u8]) -> Result<RoomState, Malformed> {
    migrate::known(format)?;
    let vacant = fixed::read_fixed(fixed)?;
    moving::read_moving(&migrate::moving(format, moving)?, vacant)
}
