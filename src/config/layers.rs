//! Loading: each source laid over the one before, every error noted on the way.

use std::collections::BTreeSet;
use std::path::Path;

use super::check::clashes;
use super::error::ConfigError;
use super::key::Key;
use super::nearest::nearest;
use super::slot::Value;
use super::source::{FILE_VARIABLE, Source};
use super::table::{find, keys};
use super::{Config, Origins, Sources};

/// What every variable of ours begins with.
const PREFIX: &str = "LIAP_";
/// A short name for the variable of `log.filter`, which wins over it.
const LOG_VARIABLE: &str = "LIAP_LOG";
/// Tables in tables: one more than any key has. Deeper ones are named and not looked into.
const DEPTH_MAX: usize = 4;

impl Config {
    /// The configuration these sources make, and where each value came from.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with any source, also where a later one would have won.
    pub(crate) fn load(sources: &Sources) -> Result<(Self, Origins), Vec<ConfigError>> {
        let mut loader = Loader::default();
        if let Some((path, text)) = &sources.file {
            loader.lay_file(path, text);
        }
        loader.lay_env(sources);
        for flag in &sources.flags {
            let source = Source::Flag(flag.flag);
            match find(&flag.key) {
                Some(key) => loader.put_text(key, &flag.value, source),
                None => loader.unknown(&flag.key, source),
            }
        }
        loader.finish()
    }
}

#[derive(Default)]
struct Loader {
    config: Config,
    origins: Origins,
    errors: Vec<ConfigError>,
    /// Keys with a bad value somewhere: what they clash with is not known.
    failed: BTreeSet<&'static str>,
}

impl Loader {
    fn lay_file(&mut self, path: &Path, text: &Result<String, String>) {
        let parsed = text.clone().and_then(|text| {
            text.parse::<toml::Table>().map_err(|error| format!("not TOML: {error}"))
        });
        match parsed {
            Ok(table) => self.lay_table("", &table, &Source::File(path.to_owned()), 1),
            Err(reason) => self.errors.push(ConfigError::File { path: path.to_owned(), reason }),
        }
    }

    fn lay_table(&mut self, section: &str, table: &toml::Table, source: &Source, depth: usize) {
        for (name, value) in table {
            let name = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
            let is_section = keys()
                .iter()
                .any(|key| key.name.strip_prefix(&name).is_some_and(|rest| rest.starts_with('.')));
            match (find(&name), value) {
                (Some(key), _) => {
                    let read = key.kind.read_toml(value);
                    self.put(key, read, &value.to_string(), source.clone());
                }
                (None, toml::Value::Table(inner))
                    if depth < DEPTH_MAX && (is_section || !inner.is_empty()) =>
                {
                    self.lay_table(&name, inner, source, depth + 1);
                }
                (None, _) if is_section => self.errors.push(ConfigError::BadValue {
                    name,
                    value: value.to_string(),
                    allowed: "a table".to_owned(),
                    source: source.clone(),
                }),
                (None, _) => self.unknown(&name, source.clone()),
            }
        }
    }

    fn lay_env(&mut self, sources: &Sources) {
        let mut variables: Vec<(String, Option<&str>)> = sources
            .env
            .iter()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_str()))
            .filter(|(name, _)| name.starts_with(PREFIX) && name != FILE_VARIABLE)
            .collect();
        // In order of name, so that errors have an order; this puts LIAP_LOG before LIAP_LOG__FILTER.
        variables.sort();
        for (name, value) in variables {
            let is_key = |key: &&Key| {
                key.variable() == name || name == LOG_VARIABLE && key.name == "log.filter"
            };
            match (keys().iter().find(is_key), value) {
                (Some(key), Some(value)) => self.put_text(key, value, Source::Env(name)),
                (Some(key), None) => {
                    let read = Err(key.kind.to_string());
                    self.put(key, read, "something that is not Unicode", Source::Env(name));
                }
                (None, _) => self.unknown_variable(name),
            }
        }
    }

    fn put_text(&mut self, key: &'static Key, text: &str, source: Source) {
        self.put(key, key.kind.read_text(text), text, source);
    }

    fn put(&mut self, key: &'static Key, read: Result<Value, String>, given: &str, source: Source) {
        match read {
            Ok(value) => {
                key.write(&mut self.config, value);
                self.origins.0.insert(key.name.clone(), source);
            }
            Err(allowed) => {
                self.failed.insert(&key.name);
                self.errors.push(ConfigError::BadValue {
                    name: key.name.clone(),
                    value: given.to_owned(),
                    allowed,
                    source,
                });
            }
        }
    }

    fn unknown(&mut self, name: &str, source: Source) {
        let names = keys().iter().map(|key| key.name.as_str());
        let nearest = nearest(name, names, ".").map(str::to_owned);
        self.errors.push(ConfigError::UnknownKey { name: name.to_owned(), source, nearest });
    }

    fn unknown_variable(&mut self, name: String) {
        // All begin with the prefix: that they share it makes no two of them alike.
        let own = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
        let variables: Vec<String> = keys().iter().map(|key| own(&key.variable())).collect();
        let special = [FILE_VARIABLE, LOG_VARIABLE].map(own);
        let names = variables.iter().chain(&special).map(String::as_str);
        let nearest = nearest(&own(&name), names, "__").map(|name| format!("{PREFIX}{name}"));
        let source = Source::Env(name.clone());
        self.errors.push(ConfigError::UnknownKey { name, source, nearest });
    }

    fn finish(mut self) -> Result<(Config, Origins), Vec<ConfigError>> {
        for clash in clashes(&self.config, &self.origins) {
            if clash.keys.iter().any(|name| self.failed.contains(name.as_str())) {
                continue;
            }
            let values = clash.keys.iter().filter_map(|name| find(name)).map(|key| {
                let source = self.origins.of(&key.name).clone();
                (key.name.clone(), key.show(&self.config), source)
            });
            self.errors.push(ConfigError::Clash { rule: clash.rule, values: values.collect() });
        }
        if self.errors.is_empty() { Ok((self.config, self.origins)) } else { Err(self.errors) }
    }
}
