//! How much there is, from the manifests alone.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::Catalog;
use crate::{FileEntry, Hour, Table};

/// How much there is of something.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// Files.
    pub files: u64,
    /// Rows in them.
    pub rows: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl AddAssign<&FileEntry> for Amount {
    fn add_assign(&mut self, file: &FileEntry) {
        *self += Self { files: 1, rows: file.rows, bytes: file.bytes };
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.files += other.files;
        self.rows += other.rows;
        self.bytes += other.bytes;
    }
}

/// How much there is of an hour, or of a day.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    /// By table; tables without files are not here.
    pub tables: BTreeMap<Table, Amount>,
}

impl Summary {
    /// How many matches.
    #[must_use]
    pub fn matches(&self) -> u64 {
        self.tables.get(&Table::Matches).map_or(0, |amount| amount.rows)
    }

    /// All tables together.
    #[must_use]
    pub fn whole(&self) -> Amount {
        let mut whole = Amount::default();
        for amount in self.tables.values() {
            whole += *amount;
        }
        whole
    }
}

impl Catalog {
    /// How much there is, by hour.
    #[must_use]
    pub fn by_hour(&self) -> BTreeMap<Hour, Summary> {
        let mut hours: BTreeMap<Hour, Summary> = BTreeMap::new();
        for file in Table::ALL.into_iter().flat_map(|table| self.files(table, ..)) {
            *hours.entry(file.hour).or_default().tables.entry(file.table).or_default() += file;
        }
        hours
    }

    /// How much there is, by day (`YYYY-MM-DD`).
    #[must_use]
    pub fn by_day(&self) -> BTreeMap<String, Summary> {
        let mut days: BTreeMap<String, Summary> = BTreeMap::new();
        for (hour, summary) in self.by_hour() {
            let day = days.entry(hour.date()).or_default();
            for (table, amount) in summary.tables {
                *day.tables.entry(table).or_default() += amount;
            }
        }
        days
    }
}
