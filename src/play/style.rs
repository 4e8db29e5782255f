//! Colour, for terminals that want it.

/// Whether what is shown may have colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Letters alone.
    Plain,
    /// With ANSI sequences.
    Colour,
}

impl Style {
    /// For red pieces.
    pub(super) fn red(self, text: &str) -> String {
        self.within("31", text)
    }

    /// For what is asked of the player.
    pub(super) fn bold(self, text: &str) -> String {
        self.within("1", text)
    }

    fn within(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// Text of the server without what could steer a terminal.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect()
}

/// Time for people: whole seconds, begun ones counted.
pub(super) fn seconds(ms: u64) -> String {
    format!("{} s", ms.div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use super::{Style, clean, seconds};

    #[test]
    fn colour_is_put_around_text_or_left_out() {
        assert_eq!(Style::Plain.red("R"), "R");
        assert_eq!(Style::Colour.red("R"), "\x1b[31mR\x1b[0m");
    }

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        assert_eq!(clean("Zoë\x1b[2J\n"), "Zoë?[2J?");
    }

    #[test]
    fn begun_seconds_count() {
        assert_eq!(seconds(44_180), "45 s");
        assert_eq!(seconds(0), "0 s");
    }
}
