//! What a player may be called.

use std::fmt;

use crate::Seat;

/// Most characters of a name, after trimming.
const NAME_CHARS_MAX: usize = 50;

/// Why a name cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadName {
    /// Nothing is left of it after trimming.
    Empty,
    /// It has more than 50 characters after trimming; so many.
    TooLong(usize),
    /// It has this control or direction-changing character.
    Unseen(char),
    /// It is of the form `Bot n`.
    Bot,
}

impl fmt::Display for BadName {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => to.write_str("A name needs at least one character that is no space."),
            Self::TooLong(chars) => {
                write!(to, "A name has at most {NAME_CHARS_MAX} characters; this one has {chars}.")
            }
            Self::Unseen(character) => write!(
                to,
                "A name may not hold the control or direction character U+{:04X}.",
                u32::from(*character)
            ),
            Self::Bot => to.write_str("Names of the form \"Bot n\" are for bots."),
        }
    }
}

impl std::error::Error for BadName {}

/// The name as it will be shown: trimmed.
///
/// # Errors
/// Says what is wrong with it. Whether it is free in a room is for the room to say.
pub fn check_name(name: &str) -> Result<&str, BadName> {
    let name = name.trim();
    if name.is_empty() {
        return Err(BadName::Empty);
    }
    let chars = name.chars().count();
    if chars > NAME_CHARS_MAX {
        return Err(BadName::TooLong(chars));
    }
    if let Some(unseen) = name.chars().find(|character| is_unseen(*character)) {
        return Err(BadName::Unseen(unseen));
    }
    if is_bots(name) {
        return Err(BadName::Bot);
    }
    Ok(name)
}

/// The name of the bot in a seat: `Bot 1` to `Bot 4`.
#[must_use]
pub const fn bot_name(seat: Seat) -> &'static str {
    ["Bot 1", "Bot 2", "Bot 3", "Bot 4"][seat.index()]
}

/// Control characters, and those that change the direction of text around them: a name could
/// otherwise pass for another one, or break the line it is shown in.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}'
            | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn is_bots(name: &str) -> bool {
    let Some((word, number)) = name.split_at_checked(3) else { return false };
    let digits = number.trim_start();
    word.eq_ignore_ascii_case("bot")
        && digits.len() < number.len()
        && !digits.is_empty()
        && digits.chars().all(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::{BadName, bot_name, check_name};
    use crate::Seat;

    #[test]
    fn names_are_trimmed() {
        assert_eq!(check_name("  Ada Lovelace\u{3000}"), Ok("Ada Lovelace"));
        assert_eq!(check_name("เลียบ 象棋 🀄"), Ok("เลียบ 象棋 🀄"));
    }

    #[test]
    fn length_counts_in_characters_after_trimming() {
        assert_eq!(check_name(" \t "), Err(BadName::Empty));
        assert_eq!(check_name(&format!(" {} ", "é".repeat(50))), Ok("é".repeat(50).as_str()));
        assert_eq!(check_name(&"é".repeat(51)), Err(BadName::TooLong(51)));
    }

    #[test]
    fn characters_that_hide_or_turn_text_are_refused() {
        for unseen in ['\0', '\n', '\u{7F}', '\u{85}', '\u{61C}', '\u{200E}', '\u{200F}']
            .into_iter()
            .chain('\u{202A}'..='\u{202E}')
            .chain('\u{2066}'..='\u{2069}')
        {
            assert_eq!(check_name(&format!("a{unseen}b")), Err(BadName::Unseen(unseen)));
        }
    }

    #[test]
    fn only_bots_are_called_like_bots() {
        for name in ["Bot 1", "bot 4", "BOT  17", "Bot\u{a0}2", "Bot ٣"] {
            assert_eq!(check_name(name), Err(BadName::Bot), "{name}");
        }
        for name in ["Bot", "Bot1", "Botany 1", "Bot 1st", "Robot 1", "Bo"] {
            assert_eq!(check_name(name), Ok(name));
        }
        for seat in Seat::ALL {
            assert_eq!(check_name(bot_name(seat)), Err(BadName::Bot));
        }
    }
}
