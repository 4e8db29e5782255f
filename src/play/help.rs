//! What can be typed, and the rules in short.

use components::Settings;
use rules::PILES;

use super::style::Style;

/// The page that `help` shows.
pub(super) fn lines(style: Style) -> Vec<String> {
    let settings = Settings::default();
    let (target, rounds) = (settings.score_target, settings.rounds_max);
    let (zero, exact) = (settings.zero_bonus, settings.exact_bonus);
    let page = format!(
        "\
{commands}
  play 1 3, or 1 3     play pieces 1 and 3 of your hand
  declare 2, or 2      declare 2 piles, when you are asked
  yes, no              whether to redeal a weak hand
  legal                what you may do now, and what would be ahead
  table, hand, scores  show them; Enter alone shows the table
  start, rematch       the host begins a match; four seats must be filled
  bot, remove N        the host has a bot sit down, or frees seat N
  leave, quit          give up your seat (a bot plays on) and go
{game}
  Each of the 8 pieces in a hand is a pile to win: {PILES} piles a round. Declare how many you will
  capture. In a turn the leader plays a set, the others as many pieces, any they hold; the
  strongest set of the leader's kind takes them all. Only the same kind can beat it.
  Sets, all of one colour: single; pair; 3, 4 or 5 Soldiers; straight (General+Advisor+Elephant or
  Chariot+Horse+Cannon), with one or two of its kinds twice, or two each of Chariot, Horse, Cannon.
  Captured what you declared: that many points + {exact}, or +{zero} for 0 declared; otherwise minus
  the difference. The match ends at {target} points or after round {rounds}. Each piece shows its points.
  In the table, > is to act and * is ahead or took the turn.",
        commands = style.bold("Commands"),
        game = style.bold("The game"),
    );
    page.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::command::{Asked, parse};
    use super::super::style::Style;
    use super::lines;

    #[test]
    fn every_command_of_the_page_is_one() {
        let page = lines(Style::Plain);
        let rows = page.iter().skip(1).take_while(|line| line.as_str() != "The game");
        let words: Vec<String> =
            rows.flat_map(|row| row[2..22].split(',').map(str::to_owned)).collect();
        let words: Vec<&str> = words.iter().map(|word| word.trim()).collect();
        assert!(words.contains(&"rematch") && words.contains(&"yes"), "{words:?}");
        for word in words {
            let typed = word.trim_start_matches("or ").replace('N', "2");
            assert!(parse(&typed, Asked::Pieces).is_ok(), "{typed:?}");
        }
    }

    #[test]
    fn it_fits_a_terminal() {
        assert!(lines(Style::Plain).iter().all(|line| line.len() <= 100));
    }
}
