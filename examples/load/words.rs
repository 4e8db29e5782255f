//! What is read of a server's messages: as little as will do.

use protocol::Encoding;
use serde::Deserialize;

/// What a message is, as its first bytes tell. The server writes its fields in a known order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// An update to this version.
    Update(u64),
    /// The answer yes to this request.
    Ok(u32),
    /// Something else, to be read as a whole.
    Other,
}

/// Looks at the first bytes.
pub(crate) fn head(encoding: Encoding, bytes: &[u8]) -> Head {
    let (update, code, version, ok): (&[u8], _, &[u8], &[u8]) = match encoding {
        Encoding::MessagePack => (
            b"\x82\xa4type\xa6update\xa4data\x83\xa4room\xa6",
            6,
            b"\xa7version",
            b"\x83\xa4type\xa2ok\xa2id",
        ),
        Encoding::Json => (
            br#"{"type":"update","data":{"room":""#,
            6,
            br#"","version":"#,
            br#"{"type":"ok","id":"#,
        ),
    };
    let number = |rest: &[u8]| match encoding {
        Encoding::MessagePack => packed(rest),
        Encoding::Json => Some(digits(rest)),
    };
    let found = if let Some(rest) = bytes.strip_prefix(update) {
        let rest = rest.get(code..).and_then(|rest| rest.strip_prefix(version));
        rest.and_then(number).map(Head::Update)
    } else {
        let id = bytes.strip_prefix(ok).and_then(number);
        id.and_then(|id| u32::try_from(id).ok()).map(Head::Ok)
    };
    found.unwrap_or(Head::Other)
}

fn packed(bytes: &[u8]) -> Option<u64> {
    let (&first, rest) = bytes.split_first()?;
    Some(match first {
        0..0x80 => first.into(),
        0xcc => (*rest.first()?).into(),
        0xcd => u16::from_be_bytes(*rest.first_chunk()?).into(),
        0xce => u32::from_be_bytes(*rest.first_chunk()?).into(),
        0xcf => u64::from_be_bytes(*rest.first_chunk()?),
        _ => return None,
    })
}

fn digits(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

/// What matters of any message.
#[derive(Debug, Deserialize)]
pub(crate) struct Message<'a> {
    pub(crate) r#type: &'a str,
    pub(crate) id: Option<u32>,
    #[serde(borrow, default)]
    pub(crate) data: Data<'a>,
}

/// What matters of any message's data.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Data<'a> {
    pub(crate) room: Option<&'a str>,
    pub(crate) version: Option<u64>,
    pub(crate) code: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) events: Vec<Event<'a>>,
    #[serde(borrow)]
    pub(crate) phase: Option<Phase<'a>>,
    pub(crate) hand: Option<Vec<u8>>,
    pub(crate) seats: Vec<Option<SeatNow>>,
}

/// What matters of an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Event<'a> {
    pub(crate) r#type: &'a str,
    pub(crate) seat: Option<u8>,
    pub(crate) next: Option<u8>,
    pub(crate) seats: Vec<u8>,
    pub(crate) piles: u8,
    pub(crate) pieces: Vec<u8>,
    pub(crate) hand: Option<Vec<u8>>,
    pub(crate) decider: Option<&'a str>,
}

/// What matters of a snapshot's phase.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Phase<'a> {
    pub(crate) name: &'a str,
    pub(crate) seat: Option<u8>,
    pub(crate) asked: Vec<u8>,
    pub(crate) accepted: Vec<u8>,
    pub(crate) declined: Vec<u8>,
    pub(crate) plays: Vec<Option<Vec<u8>>>,
}

/// What matters of a snapshot's seat.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SeatNow {
    pub(crate) declared: Option<u8>,
}

/// Reads a whole message.
pub(crate) fn read(encoding: Encoding, bytes: &[u8]) -> Result<Message<'_>, String> {
    match encoding {
        Encoding::MessagePack => rmp_serde::from_slice(bytes).map_err(|error| error.to_string()),
        Encoding::Json => serde_json::from_slice(bytes).map_err(|error| error.to_string()),
    }
}

/// Pieces or seats as a set of bits.
pub(crate) fn set(indices: &[u8]) -> u32 {
    indices.iter().fold(0, |set, index| set | 1_u32.checked_shl((*index).into()).unwrap_or(0))
}
