//! Where values come from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes of a configuration file: far more than every key with a comment needs.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The variable that names the file when no flag does.
pub(super) const FILE_VARIABLE: &str = "LIAP_CONFIG";

/// All that a configuration is made of, beside the defaults; what comes later wins.
#[derive(Debug, Default, Clone)]
pub(crate) struct Sources {
    /// The file, and its text or why there is none.
    pub(super) file: Option<(PathBuf, Result<String, String>)>,
    /// The environment; only names that begin with `LIAP_` count.
    pub(super) env: Vec<(OsString, OsString)>,
    /// The flags in order.
    pub(super) flags: Vec<Flag>,
}

/// A value given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flag {
    /// The flag, such as `--listen`.
    pub(crate) flag: &'static str,
    /// The dotted name it sets.
    pub(crate) key: String,
    /// To what.
    pub(crate) value: String,
}

impl Sources {
    /// The same, with the file read again.
    pub(crate) fn again(&self) -> Self {
        let file = self.file.as_ref().map(|(path, _)| read(path.clone()));
        Self { file, ..self.clone() }
    }

    /// Reads the file, if `file` or else `LIAP_CONFIG` in `env` names one. A file that cannot be
    /// read is told of by [`Config::load`](super::Config::load).
    pub(crate) fn gather(
        file: Option<&Path>,
        env: impl IntoIterator<Item = (OsString, OsString)>,
        flags: Vec<Flag>,
    ) -> Self {
        let env: Vec<_> = env.into_iter().collect();
        let named = || env.iter().find(|(name, _)| name == FILE_VARIABLE);
        let file = file.map(Path::to_owned).or_else(|| named().map(|(_, path)| path.into()));
        Self { file: file.map(read), env, flags }
    }
}

fn read(path: PathBuf) -> (PathBuf, Result<String, String>) {
    let text = read_file(&path).map_err(|error| error.to_string());
    (path, text)
}

fn read_file(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(io::Error::other(format!("it has more than {FILE_BYTES_MAX} bytes")));
    }
    Ok(text)
}

/// Where one value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody set it.
    Default,
    /// This file.
    File(PathBuf),
    /// This variable.
    Env(String),
    /// This flag.
    Flag(&'static str),
}

/// In a form that fits in a line, and in a TOML comment.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.to_string_lossy().escape_debug()),
            Self::Env(name) => write!(f, "env {}", name.escape_debug()),
            Self::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

/// Where each value came from, by the key's name; the rest are defaults.
#[derive(Debug, Default)]
pub(crate) struct Origins(pub(super) BTreeMap<String, Source>);

impl Origins {
    /// Where the value of this key came from.
    pub(super) fn of(&self, name: &str) -> &Source {
        self.0.get(name).unwrap_or(&Source::Default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gather(
        file: Option<&str>,
        env: &[(&str, &str)],
    ) -> Option<(PathBuf, Result<String, String>)> {
        let env = env.iter().map(|(name, value)| (name.into(), value.into()));
        Sources::gather(file.map(Path::new), env, Vec::new()).file
    }

    #[test]
    fn the_flag_names_the_file_before_the_variable_does() {
        let env = [(FILE_VARIABLE, "/no/such/variable")];
        let path = |file| gather(file, &env).map(|(path, _)| path);
        assert_eq!(path(Some("/no/such/flag")), Some("/no/such/flag".into()));
        assert_eq!(path(None), Some("/no/such/variable".into()));
        assert_eq!(gather(None, &[]), None);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_kept_as_a_reason() {
        let (_, text) = gather(Some("/no/such/file"), &[]).unwrap();
        assert!(text.unwrap_err().contains("No such file"));
    }
}
