//! A configuration as TOML, with where each value came from.

use std::fmt::Write;

use super::table::keys;
use super::{Config, Origins};

impl Config {
    /// The dotted names of the keys whose values are not the same in the other.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        let differ = keys().iter().filter(|key| key.show(self) != key.show(other));
        differ.map(|key| key.name.clone()).collect()
    }

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
