//! A configuration as TOML, with where each value came from.

use std::fmt::Write;

use super::table::keys;
use super::{Config, Origins};

impl Config {
    /// Every key on a line of its own, under its dotted name; a comment tells the source. As a
    /// file it makes the same configuration.
    pub(crate) fn to_toml(&self, origins: &Origins) -> String {
        let mut toml = String::new();
        let mut section = "";
        for key in keys() {
            if key.section() != section && !toml.is_empty() {
                toml.push('\n');
            }
            section = key.section();
            let line = format!("{} = {}", key.name, key.show(self));
            // Writing to a string cannot fail.
            let _ = writeln!(toml, "{line:<44} # {}", origins.of(&key.name));
        }
        toml
    }
}
