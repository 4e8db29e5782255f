//! What can be wrong with a configuration: told all at once, each with where it came from.

use std::fmt;
use std::path::PathBuf;

use super::source::Source;

/// Characters of somebody's value that are quoted: enough to find it.
const QUOTED_CHARS_MAX: usize = 100;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ConfigError {
    /// The file is not there, not readable or not TOML.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is no such key.
    UnknownKey {
        /// Its dotted name, or the variable's.
        name: String,
        /// Where it was.
        source: Source,
        /// The name that may have been meant.
        nearest: Option<String>,
    },
    /// The key does not allow the value.
    BadValue {
        /// The dotted name.
        name: String,
        /// The value, as it was given.
        value: String,
        /// What would be allowed.
        allowed: String,
        /// Where it was.
        source: Source,
    },
    /// Values that are allowed, but not with each other.
    Clash {
        /// What must hold, and why.
        rule: String,
        /// What does not: names, values as TOML, where they were.
        values: Vec<(String, String, Source)>,
    },
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, reason } => {
                write!(f, "file {}: {}", path.to_string_lossy().escape_debug(), reason.trim_end())
            }
            Self::UnknownKey { name, source, nearest } => {
                write!(f, "{}: no such key ({source})", quote(name))?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean {nearest}?"),
                    None => Ok(()),
                }
            }
            Self::BadValue { name, value, allowed, source } => {
                write!(f, "{name}: {} is not allowed ({source}); allowed: {allowed}", quote(value))
            }
            Self::Clash { rule, values } => {
                f.write_str(rule)?;
                for (index, (name, value, source)) in values.iter().enumerate() {
                    let before = if index == 0 { "; but" } else { " and" };
                    write!(f, "{before} {name} = {} ({source})", quote(value))?;
                }
                Ok(())
            }
        }
    }
}

/// A foreign text in one line of bearable length.
fn quote(text: &str) -> String {
    let mut quoted: String = text.chars().take(QUOTED_CHARS_MAX).collect();
    if quoted.len() < text.len() {
        quoted.push_str("...");
    }
    // Quotation marks stay as they are: values of a file bring their own.
    quoted
        .chars()
        .flat_map(|c| if c.is_control() { c.escape_debug().collect() } else { vec![c] })
        .collect()
}

/// All of them, a line each, under a line that counts them.
pub(crate) fn explain(errors: &[ConfigError]) -> String {
    let count = match errors.len() {
        1 => "one error".to_owned(),
        n => format!("{n} errors"),
    };
    let mut text = format!("{count} in the configuration:\n");
    for error in errors {
        text.push_str(&format!("  - {}\n", error.to_string().replace('\n', "\n    ")));
    }
    text
}
