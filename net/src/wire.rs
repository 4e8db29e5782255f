//! Messages as bytes: written into one buffer that stays, kept as long as they are shared.

use bytes::Bytes;
use protocol::Encoding;

/// The buffer messages are written into.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    buffer: Vec<u8>,
}

/// A buffer that one large message has made larger than this is given back.
const BUFFER_BYTES_MAX: usize = 64 * 1_024;

impl Wire {
    /// What `write` wrote, in memory of exactly its size.
    pub(crate) fn bytes(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Bytes {
        self.buffer.clear();
        write(&mut self.buffer);
        let bytes = Bytes::copy_from_slice(&self.buffer);
        self.buffer.shrink_to(BUFFER_BYTES_MAX);
        bytes
    }
}

/// One message in the encodings that somebody needs: each is written at most once.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    written: [Option<Bytes>; Encoding::ALL.len()],
}

impl Shared {
    /// The message in this encoding; `write` writes it if nobody needed it before.
    pub(crate) fn bytes(
        &mut self,
        encoding: Encoding,
        wire: &mut Wire,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Bytes {
        let written = &mut self.written[encoding as usize];
        written.get_or_insert_with(|| wire.bytes(write)).clone()
    }
}
