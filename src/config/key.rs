//! A key: one row of the table.

use super::Config;
use super::kind::Kind;
use super::slot::{Slot, Value};

/// A row of an array that a key stands for; 0 where there is no array.
type Row = usize;

/// One thing that can be set.
pub(crate) struct Key {
    /// Its dotted name, the same in files, flags and variables.
    pub(super) name: String,
    /// What it allows.
    pub(super) kind: Kind,
    /// What it is, in a sentence.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test holds the documentation against it"))]
    pub(super) doc: String,
    row: Row,
    slot: fn(&mut Config, Row) -> &mut dyn Slot,
}

impl Key {
    /// A key of this name, kind, description and place.
    pub(super) fn new(
        name: impl Into<String>,
        kind: Kind,
        doc: impl Into<String>,
        slot: fn(&mut Config, Row) -> &mut dyn Slot,
    ) -> Self {
        Self { name: name.into(), kind, doc: doc.into(), row: 0, slot }
    }

    /// The same for a row of an array.
    pub(super) fn at(self, row: Row) -> Self {
        Self { row, ..self }
    }

    /// Its section: the name up to the first dot.
    pub(super) fn section(&self) -> &str {
        self.name.split_once('.').map_or(&self.name, |(section, _)| section)
    }

    /// The environment variable that sets it.
    pub(super) fn variable(&self) -> String {
        format!("LIAP_{}", self.name.replace('.', "__").to_uppercase())
    }

    /// Its value in `config`.
    pub(super) fn read(&self, config: &Config) -> Value {
        // The one accessor is for writing; a copy is cheap enough for printing and messages.
        (self.slot)(&mut config.clone(), self.row).get()
    }

    /// Its value in `config` as TOML.
    pub(super) fn show(&self, config: &Config) -> String {
        let toml = match self.read(config) {
            Value::Int(number) => toml::Value::Integer(number),
            Value::Unlimited => "none".into(),
            Value::Choice(name) => name.into(),
            Value::Text(text) => text.into(),
            Value::Address(address) => address.to_string().into(),
            Value::List(items) => items.into(),
        };
        toml.to_string()
    }

    /// Sets it in `config`.
    pub(super) fn write(&self, config: &mut Config, value: Value) {
        (self.slot)(config, self.row).set(value);
    }
}
