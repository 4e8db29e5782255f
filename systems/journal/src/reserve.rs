//! Space set aside on the disk: a full disk still takes what gives space back.

use std::io;

use crate::{Disk, Journal};

/// The file that takes the space. It holds nothing.
const NAME: &str = "RESERVE";

/// It is written in pieces of this many bytes.
const PIECE_BYTES: usize = 256 << 10;

/// What has become of the space.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reserve {
    /// It was not looked at yet.
    #[default]
    Unknown,
    /// It is set aside.
    Held,
    /// It was given to the streams, or could not be set aside.
    Spent,
}

impl<D: Disk> Journal<D> {
    /// Whether the disk has no more room than [`Options::reserve_bytes`](crate::Options::reserve_bytes)
    /// had set aside. What is flushed now should give room back: [`Journal::archived`] and
    /// [`Journal::forget`]; old files go sooner meanwhile. [`Journal::reclaim`] ends this.
    #[must_use]
    pub fn is_tight(&self) -> bool {
        self.reserve == Reserve::Spent
    }

    /// Sets space aside again, if there is enough of it. Returns whether it is there, or none is
    /// wanted. Costs writing that much: not to be asked more often than about once a second.
    pub fn reclaim(&mut self) -> bool {
        if self.reserve == Reserve::Spent
            && set_aside(&mut self.disk, self.options.reserve_bytes).is_ok()
        {
            self.reserve = Reserve::Held;
        }
        self.reserve != Reserve::Spent
    }

    /// Space is set aside before the first bytes are written.
    pub(crate) fn look_for_reserve(&mut self) {
        let has_something = self.events.has_something() || self.state.has_something();
        if self.reserve != Reserve::Unknown || !has_something {
            return;
        }
        self.reserve = Reserve::Held;
        let bytes = self.options.reserve_bytes;
        if self.disk.len(NAME).unwrap_or(0) == bytes {
            return;
        }
        if let Err(error) = set_aside(&mut self.disk, bytes) {
            tracing::warn!(bytes, %error, "no space can be set aside for when the disk is full");
            self.reserve = Reserve::Spent;
        }
    }

    /// Gives the space to the streams. Returns whether there was any.
    pub(crate) fn spend_reserve(&mut self) -> bool {
        if self.reserve != Reserve::Held || self.disk.remove(NAME).is_err() {
            return false;
        }
        tracing::warn!("the disk is full: what was set aside is used, to give space back");
        self.reserve = Reserve::Spent;
        true
    }
}

/// Writes a file of this size that nobody could make smaller by compressing it. It need not survive
/// anything, so it is not synced.
fn set_aside<D: Disk>(disk: &mut D, bytes: u64) -> io::Result<()> {
    match disk.remove(NAME) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    if bytes == 0 {
        return Ok(());
    }
    let mut file = disk.create(NAME)?;
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    let (mut left, mut noise) = (bytes, 0x9e37_79b9_7f4a_7c15_u64);
    let mut write = || {
        while left > 0 {
            let len = left.min(PIECE_BYTES as u64) as usize;
            piece.clear();
            while piece.len() < len {
                // xorshift64: Marsaglia, "Xorshift RNGs", 2003.
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                piece.extend_from_slice(&noise.to_le_bytes());
            }
            disk.append(&mut file, &piece[..len])?;
            left -= len as u64;
        }
        Ok(())
    };
    let written = write();
    if written.is_err() {
        // Part of it is no use, and takes space from others.
        _ = disk.remove(NAME);
    }
    written
}
