//! A dead letter: which match could not be archived, and why.

use std::fmt;

use components::{MatchId, RoomId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Ended;
use crate::batch::match_text;

/// Why a match could not be archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its chain cannot be read from the journal: it stays there.
    Unreadable,
    /// It cannot be made into rows.
    Convert,
    /// The target does not take it.
    Target,
    /// The archive has it with another end: somebody went on from an older journal.
    Twice,
}

impl Reason {
    /// Its word in letters and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Convert => "convert",
            Self::Target => "target",
            Self::Twice => "twice",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A match that could not be archived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The layout of this: 1.
    pub format: u32,
    /// Which match: a UUID.
    pub match_id: String,
    /// In which room: 16 hexadecimal digits.
    pub room: String,
    /// When the match ended, in ms since 1970.
    pub ended_ms: u64,
    /// What kind of failure.
    pub reason: Reason,
    /// What was said, at most [`DeadLetter::TEXT_MAX`] bytes.
    pub text: String,
    /// When it was tried last, in ms since 1970.
    pub at_ms: u64,
    /// How often it was tried alone.
    pub attempts: u32,
}

impl DeadLetter {
    /// The layout this version writes.
    pub const FORMAT: u32 = 1;
    /// Bytes of the text at most: enough for an error, not for a file.
    pub const TEXT_MAX: usize = 2_000;

    /// A letter about this match, tried once.
    #[must_use]
    pub fn new(of: Ended, reason: Reason, text: &str, at_ms: u64) -> Self {
        Self {
            format: Self::FORMAT,
            match_id: match_text(of.match_id),
            room: format!("{:016x}", of.room.0),
            ended_ms: of.ended_ms,
            reason,
            text: short(text, Self::TEXT_MAX),
            at_ms,
            attempts: 1,
        }
    }

    /// A letter about a match that is in the archive with another end, at `there_ms` (ms since 1970).
    #[must_use]
    pub fn twice(of: Ended, there_ms: u64, at_ms: u64) -> Self {
        Self::new(of, Reason::Twice, &Self::twice_text(of, there_ms), at_ms)
    }

    pub(crate) fn twice_text(of: Ended, there_ms: u64) -> String {
        format!(
            "the archive has this match, and there it ended at {there_ms} (ms since 1970), here at \
             {}: the journal was restored from an older copy, and the match went on differently; \
             the archive keeps what it has",
            of.ended_ms
        )
    }

    /// The match it is about; `None` if the letter's names cannot be read.
    #[must_use]
    pub fn of(&self) -> Option<Ended> {
        let match_id = MatchId(Uuid::parse_str(&self.match_id).ok()?.into_bytes());
        let room = RoomId(u64::from_str_radix(&self.room, 16).ok()?);
        Some(Ended { match_id, room, ended_ms: self.ended_ms })
    }
}

/// The beginning of a text, at most so many bytes, cut between characters.
pub(crate) fn short(text: &str, bytes_max: usize) -> String {
    text[..text.floor_char_boundary(bytes_max)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_names_its_match_and_keeps_its_text_short() {
        let of = Ended { match_id: MatchId([7; 16]), room: RoomId(1 << 60), ended_ms: 5 };
        let letter = DeadLetter::new(of, Reason::Convert, &"ä".repeat(3_000), 9);
        assert_eq!(letter.of(), Some(of));
        assert!(letter.text.len() <= DeadLetter::TEXT_MAX && letter.text.ends_with('ä'));
        let text = serde_json::to_string(&letter).unwrap();
        assert!(text.contains(r#""reason":"convert""#), "{text}");
        assert_eq!(serde_json::from_str::<DeadLetter>(&text).unwrap(), letter);
    }
}
