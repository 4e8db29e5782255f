//! What a typed line means.

use protocol::{BotLevel, Seat};

/// What the player is asked for: what a bare number means follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Whether to redeal.
    Redeal,
    /// How many piles to declare.
    Piles,
    /// Which pieces to play.
    Pieces,
    /// Nothing now.
    Nothing,
}

/// What the player wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// To read what can be typed.
    Help,
    /// To see the own hand.
    Hand,
    /// To see the table.
    Table,
    /// To see scores and ranks.
    Scores,
    /// To see what is legal now.
    Legal,
    /// To answer about a redeal.
    Redeal(bool),
    /// To declare.
    Declare(u8),
    /// To play the pieces under these numbers.
    Play(Vec<u8>),
    /// To start the first match.
    Start,
    /// To have a bot sit down.
    AddBot(Option<BotLevel>),
    /// To free a seat.
    Remove(Seat),
    /// To start another match.
    Rematch,
    /// To go.
    Leave,
}

/// Reads a line.
///
/// # Errors
/// Says what would be right.
pub(super) fn parse(line: &str, asked: Asked) -> Result<Command, String> {
    let line = line.to_lowercase();
    let words: Vec<&str> =
        line.split([' ', '\t', ',', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    let Some((first, rest)) = words.split_first() else { return Ok(Command::Table) };
    let alone = |command| match rest {
        [] => Ok(command),
        _ => Err(format!("Nothing may follow after `{first}`.")),
    };
    match *first {
        "help" | "h" | "?" => Ok(Command::Help),
        "hand" => alone(Command::Hand),
        "table" | "t" => alone(Command::Table),
        "scores" | "score" => alone(Command::Scores),
        "legal" | "moves" => alone(Command::Legal),
        "yes" | "y" => alone(Command::Redeal(true)),
        "no" | "n" => alone(Command::Redeal(false)),
        "declare" | "d" => piles(rest),
        "play" | "p" => pieces(rest),
        "start" => alone(Command::Start),
        "bot" => level(rest).map(Command::AddBot),
        "remove" => seat(rest).map(Command::Remove),
        "rematch" => alone(Command::Rematch),
        "leave" | "quit" | "exit" | "q" => alone(Command::Leave),
        word if word.starts_with(|letter: char| letter.is_ascii_digit()) => bare(&words, asked),
        word => Err(format!("`{}` is no command: type help.", super::style::clean(word))),
    }
}

fn bare(words: &[&str], asked: Asked) -> Result<Command, String> {
    match asked {
        Asked::Piles => piles(words),
        Asked::Pieces => pieces(words),
        Asked::Redeal => Err("Type yes or no.".to_owned()),
        Asked::Nothing => Err("You are not asked for a number now: wait.".to_owned()),
    }
}

fn piles(words: &[&str]) -> Result<Command, String> {
    match words {
        [word] => word.parse().map(Command::Declare).ok(),
        _ => None,
    }
    .ok_or_else(|| "Declare one number of piles, such as `declare 2`.".to_owned())
}

fn pieces(words: &[&str]) -> Result<Command, String> {
    let numbers: Option<Vec<u8>> = words.iter().map(|word| word.parse().ok()).collect();
    match numbers {
        Some(numbers) if !numbers.is_empty() => Ok(Command::Play(numbers)),
        _ => Err("Name the pieces by their numbers, such as `play 1 3`.".to_owned()),
    }
}

fn level(words: &[&str]) -> Result<Option<BotLevel>, String> {
    match words {
        [] => Ok(None),
        [word] if BotLevel::parse(word).is_some() => Ok(BotLevel::parse(word)),
        _ => Err("Type `bot`, `bot simple` or `bot standard`.".to_owned()),
    }
}

fn seat(words: &[&str]) -> Result<Seat, String> {
    match words {
        [word] => word.parse().ok().and_then(Seat::new),
        _ => None,
    }
    .ok_or_else(|| "Name a seat, 0 to 3, such as `remove 2`.".to_owned())
}

#[cfg(test)]
mod tests {
    use protocol::{BotLevel, Seat};

    use super::{Asked, Command, parse};

    #[test]
    fn a_bare_number_answers_what_is_asked() {
        assert_eq!(parse("2", Asked::Piles), Ok(Command::Declare(2)));
        assert_eq!(parse(" 3  1\r", Asked::Pieces), Ok(Command::Play(vec![3, 1])));
        assert_eq!(parse("1,2", Asked::Pieces), Ok(Command::Play(vec![1, 2])));
        assert_eq!(parse("1", Asked::Redeal), Err("Type yes or no.".to_owned()));
        assert!(parse("1", Asked::Nothing).unwrap_err().contains("not asked"));
        assert!(parse("1 2", Asked::Piles).unwrap_err().contains("declare 2"));
    }

    #[test]
    fn words_mean_the_same_whatever_is_asked() {
        for asked in [Asked::Redeal, Asked::Piles, Asked::Pieces, Asked::Nothing] {
            assert_eq!(parse("Declare 0", asked), Ok(Command::Declare(0)));
            assert_eq!(parse("play 8", asked), Ok(Command::Play(vec![8])));
            assert_eq!(parse("YES", asked), Ok(Command::Redeal(true)));
            assert_eq!(parse("n", asked), Ok(Command::Redeal(false)));
            assert_eq!(parse("quit", asked), Ok(Command::Leave));
            assert_eq!(parse("leave", asked), Ok(Command::Leave));
            assert_eq!(parse("", asked), Ok(Command::Table));
        }
    }

    #[test]
    fn hosts_have_their_commands() {
        let parse = |line| parse(line, Asked::Nothing);
        assert_eq!(parse("start"), Ok(Command::Start));
        assert_eq!(parse("rematch"), Ok(Command::Rematch));
        assert_eq!(parse("bot"), Ok(Command::AddBot(None)));
        assert_eq!(parse("bot simple"), Ok(Command::AddBot(Some(BotLevel::Simple))));
        assert_eq!(parse("remove 2"), Ok(Command::Remove(Seat::ALL[2])));
        for wrong in ["remove", "remove 4", "remove Bot", "remove 1 2"] {
            assert!(parse(wrong).unwrap_err().contains("0 to 3"), "{wrong}");
        }
        assert!(parse("bot clever").unwrap_err().contains("bot simple"));
    }

    #[test]
    fn what_cannot_be_read_is_answered_with_what_could() {
        for (line, part) in [
            ("dance", "`dance` is no command"),
            ("\x1b[2J", "`?[2j` is no command"),
            ("play", "play 1 3"),
            ("play one", "play 1 3"),
            ("play 1 256", "play 1 3"),
            ("declare many", "declare 2"),
            ("start now", "Nothing may follow after `start`"),
        ] {
            let error = parse(line, Asked::Pieces).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
