//! Verifying: every file read and counted, every match met exactly once.

use std::collections::{BTreeMap, HashSet};

use arrow_array::Array;
use arrow_array::cast::AsArray;
use uuid::Uuid;

use crate::merge::open_first_column;
use crate::object::{StoreError, sha256_hex};
use crate::{FileEntry, Hour, Table};

use super::progress::Meter;
use super::{Activity, Keeper, Progress};

/// Findings that are listed; more are only counted.
const FINDINGS_MAX: usize = 1000;

/// Matches one run can tell apart: some 30 bytes each.
const MATCHES_MAX: usize = 20_000_000;

const SEATS: u64 = 4;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where: a path, or a match.
    pub place: String,
    /// What is wrong.
    pub why: String,
}

/// What verifying found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Files that count and were read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Their rows.
    pub rows: u64,
    /// Matches.
    pub matches: u64,
    /// Manifests that can be read.
    pub manifests: u64,
    /// Files that were replaced and wait for their deletion.
    pub replaced: u64,
    /// Files that no manifest lists: left by who was killed, to be swept. No fault of what counts.
    pub strays: Vec<String>,
    /// What is wrong, the first 1,000.
    pub findings: Vec<Finding>,
    /// How much is wrong.
    pub wrong: u64,
}

impl Verified {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.wrong == 0
    }

    fn find(&mut self, place: impl Into<String>, why: impl Into<String>) {
        self.wrong += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { place: place.into(), why: why.into() });
        }
    }
}

/// What an hour says of each match: rows, in runs.
type Seen = BTreeMap<Uuid, Runs>;

#[derive(Default, Clone, Copy)]
struct Runs {
    rows: u64,
    runs: u64,
}

impl Keeper {
    /// Reads all files that count and checks them: size, SHA-256, rows, and that each match is in
    /// one row of `matches`, four of `seats`, and one unbroken run of `events`. Changes nothing.
    ///
    /// # Errors
    /// `Unavailable`, if the store is; `TooLarge`, if there are over 20 million matches. What is
    /// wrong with the archive is no error but a finding.
    pub async fn verify(
        &mut self,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Verified, StoreError> {
        let strays = self.strays().await?;
        let mut verified = Verified {
            strays: strays.into_iter().map(|stray| stray.location.to_string()).collect(),
            manifests: self.catalog.manifests().count() as u64,
            ..Verified::default()
        };
        for damaged in self.catalog.damaged() {
            verified.find(crate::Manifest::path(damaged.id), damaged.why.clone());
        }
        let live: HashSet<&str> = self.live().map(|file| file.path.as_str()).collect();
        let listed = self.catalog.manifests().flat_map(|manifest| &manifest.files);
        let listed: HashSet<&str> = listed.map(|file| file.path.as_str()).collect();
        verified.replaced = listed.difference(&live).count() as u64;
        let bytes = self.live().map(|file| file.bytes).sum();
        let mut meter = Meter::new(Activity::Checking, bytes, tell);
        let mut all = BTreeMap::new();
        for hour in self.catalog.hours().collect::<Vec<_>>() {
            self.verify_hour(hour, &mut all, &mut verified, &mut meter).await?;
        }
        verified.matches = all.len() as u64;
        Ok(verified)
    }

    fn live(&self) -> impl Iterator<Item = &FileEntry> {
        Table::ALL.into_iter().flat_map(|table| self.catalog.files(table, ..))
    }

    async fn verify_hour(
        &self,
        hour: Hour,
        all: &mut BTreeMap<Uuid, Hour>,
        verified: &mut Verified,
        meter: &mut Meter<'_>,
    ) -> Result<(), StoreError> {
        let mut tables: BTreeMap<Table, Seen> = BTreeMap::new();
        for table in Table::ALL {
            let seen = tables.entry(table).or_default();
            for file in self.catalog.files(table, hour..=hour) {
                self.verify_file(file, seen, verified).await?;
                meter.add(file.bytes);
            }
        }
        verify_matches(hour, &tables, all, verified);
        if all.len() > MATCHES_MAX {
            return Err(StoreError::TooLarge(format!("more than {MATCHES_MAX} matches")));
        }
        Ok(())
    }

    async fn verify_file(
        &self,
        file: &FileEntry,
        seen: &mut Seen,
        verified: &mut Verified,
    ) -> Result<(), StoreError> {
        let bytes = match self.fetch(file).await {
            Err(StoreError::Damaged(_)) => {
                verified.find(&file.path, "it is not there");
                return Ok(());
            }
            other => other?,
        };
        verified.files += 1;
        verified.bytes += bytes.len() as u64;
        if bytes.len() as u64 != file.bytes {
            let why = format!("it has {} bytes, and its manifest says {}", bytes.len(), file.bytes);
            verified.find(&file.path, why);
        } else if sha256_hex(&bytes) != file.sha256 {
            verified.find(&file.path, "its SHA-256 is not what its manifest says");
        }
        match count(bytes, seen) {
            Err(why) => verified.find(&file.path, why),
            Ok(rows) => {
                verified.rows += rows;
                if rows != file.rows {
                    let why = format!("it has {rows} rows, and its manifest says {}", file.rows);
                    verified.find(&file.path, why);
                }
            }
        }
        Ok(())
    }
}

/// Counts the rows of each match in a file. A file begins a new run of its own.
fn count(bytes: bytes::Bytes, seen: &mut Seen) -> Result<u64, String> {
    let mut file = open_first_column(bytes)?;
    let (mut rows, mut text, mut run) = (0, String::new(), 0);
    while let Some(batch) = file.next()? {
        let ids = batch.column(0).as_string_opt::<i32>().ok_or("its first column is no text")?;
        rows += ids.len() as u64;
        for id in ids {
            let id = id.ok_or("a match_id is null")?;
            if id != text {
                end_run(&text, run, seen)?;
                (text, run) = (id.to_owned(), 0);
            }
            run += 1;
        }
    }
    end_run(&text, run, seen)?;
    Ok(rows)
}

fn end_run(id: &str, rows: u64, seen: &mut Seen) -> Result<(), String> {
    if rows > 0 {
        let id = Uuid::try_parse(id).map_err(|_| format!("match_id `{id}` is no UUID"))?;
        let runs = seen.entry(id).or_default();
        runs.rows += rows;
        runs.runs += 1;
    }
    Ok(())
}

fn verify_matches(
    hour: Hour,
    tables: &BTreeMap<Table, Seen>,
    all: &mut BTreeMap<Uuid, Hour>,
    verified: &mut Verified,
) {
    let none = Seen::new();
    let of = |table| tables.get(&table).unwrap_or(&none);
    let matches = of(Table::Matches);
    for (id, runs) in matches {
        let mut wrong = Vec::new();
        if runs.rows != 1 {
            wrong.push(format!("{} rows of matches in {hour}, not one", runs.rows));
        }
        if let Some(other) = all.insert(*id, hour) {
            wrong.push(format!("it is in {other} and in {hour}"));
        }
        let seats = of(Table::Seats).get(id).copied().unwrap_or_default().rows;
        if seats != SEATS {
            wrong.push(format!("{seats} rows of seats, not four"));
        }
        let events = of(Table::Events).get(id).copied().unwrap_or_default().runs;
        if events != 1 {
            wrong.push(format!("{events} runs of events, not one"));
        }
        if !wrong.is_empty() {
            verified.find(id.to_string(), wrong.join("; "));
        }
    }
    for (table, seen) in tables {
        for id in seen.keys().filter(|id| !matches.contains_key(id)) {
            verified.find(id.to_string(), format!("it is in {} and not in matches", table.name()));
        }
    }
}
