//! The two encodings of the one model.

use serde::Serialize;

/// How messages are written as bytes: agreed on when the WebSocket opens.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `MessagePack` with named maps, in binary frames.
    #[default]
    MessagePack,
    /// JSON, in text frames.
    Json,
}

impl Encoding {
    /// Both, the server's favourite first.
    pub const ALL: [Self; 2] = [Self::MessagePack, Self::Json];

    /// The WebSocket subprotocol that asks for it.
    #[must_use]
    pub const fn subprotocol(self) -> &'static str {
        match self {
            Self::MessagePack => "liap.v1",
            Self::Json => "liap.v1.json",
        }
    }

    /// The encoding a subprotocol asks for, if it is one of ours.
    #[must_use]
    pub fn of_subprotocol(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.subprotocol() == name)
    }
}

/// Appends `value` to `out`.
///
/// Writing to memory cannot fail, and no wire type has a `Serialize` that does: should one ever,
/// `out` is left as it was rather than with half a message.
pub(crate) fn write<T: Serialize>(encoding: Encoding, value: &T, out: &mut Vec<u8>) {
    let start = out.len();
    let written = match encoding {
        Encoding::MessagePack => {
            let mut serializer = rmp_serde::Serializer::new(&mut *out).with_struct_map();
            value.serialize(&mut serializer).is_ok()
        }
        Encoding::Json => serde_json::to_writer(&mut *out, value).is_ok(),
    };
    debug_assert!(written, "a wire type failed to serialize");
    if !written {
        out.truncate(start);
    }
}
