//! Counters, as Prometheus reads them.

use std::fmt::Write;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use archive::Table;

use super::routes::{COUNT, ROUTES};
use crate::desk::Desk;

const BUCKETS_MS: [u64; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 10_000];

/// What is counted of one route.
#[derive(Debug, Default)]
struct Route {
    /// By the status's first digit.
    answers: [AtomicU64; 6],
    buckets: [AtomicU64; BUCKETS_MS.len()],
    took_us: AtomicU64,
}

/// What `serve` counts.
#[derive(Debug, Default)]
pub struct Metrics {
    routes: [Route; COUNT],
    /// By the error's code: there are as many as there are codes.
    sql_refused: Mutex<std::collections::BTreeMap<&'static str, u64>>,
    /// Connections that are open.
    pub connections: AtomicU64,
}

impl Metrics {
    pub(super) fn served(&self, route: usize, status: u16, took: Duration) {
        let Some(route) = self.routes.get(route) else { return };
        if let Some(answers) = route.answers.get(usize::from(status / 100)) {
            answers.fetch_add(1, Ordering::Relaxed);
        }
        let took_us = took.as_micros() as u64;
        route.took_us.fetch_add(took_us, Ordering::Relaxed);
        let at = BUCKETS_MS.iter().position(|ms| took_us <= ms * 1_000);
        if let Some(bucket) = at.and_then(|at| route.buckets.get(at)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn sql_refused(&self, code: &'static str) {
        let mut refused = self.sql_refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused.entry(code).or_default() += 1;
    }

    /// All of it.
    #[must_use]
    pub fn text(&self, desk: &Desk) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        _ = self.of_requests(&mut text);
        _ = of_caches(&mut text, desk);
        _ = of_archive(&mut text, desk);
        text
    }

    fn of_requests(&self, out: &mut String) -> std::fmt::Result {
        let routes = || self.routes.iter().zip(ROUTES.iter().map(|(_, path, _)| path));
        head(out, "requests_total", "counter", "Requests that were answered.")?;
        for (route, path) in routes() {
            for (digit, answers) in route.answers.iter().enumerate() {
                let count = answers.load(Ordering::Relaxed);
                if count > 0 {
                    writeln!(
                        out,
                        "liap_query_requests_total{{path=\"{path}\",status=\"{digit}xx\"}} {count}"
                    )?;
                }
            }
        }
        head(out, "request_seconds", "histogram", "How long answers took.")?;
        for (route, path) in routes() {
            let count: u64 = route.answers.iter().map(|one| one.load(Ordering::Relaxed)).sum();
            if count == 0 {
                continue;
            }
            let mut below = 0;
            for (bucket, ms) in route.buckets.iter().zip(BUCKETS_MS) {
                below += bucket.load(Ordering::Relaxed);
                let le = ms as f64 / 1_000.0;
                writeln!(
                    out,
                    "liap_query_request_seconds_bucket{{path=\"{path}\",le=\"{le}\"}} {below}"
                )?;
            }
            let seconds = route.took_us.load(Ordering::Relaxed) as f64 / 1e6;
            writeln!(
                out,
                "liap_query_request_seconds_bucket{{path=\"{path}\",le=\"+Inf\"}} {count}"
            )?;
            writeln!(out, "liap_query_request_seconds_sum{{path=\"{path}\"}} {seconds}")?;
            writeln!(out, "liap_query_request_seconds_count{{path=\"{path}\"}} {count}")?;
        }
        head(out, "sql_refused_total", "counter", "Questions in SQL that were not answered.")?;
        for (code, count) in self.sql_refused.lock().unwrap_or_else(PoisonError::into_inner).iter()
        {
            writeln!(out, "liap_query_sql_refused_total{{code=\"{code}\"}} {count}")?;
        }
        let open = self.connections.load(Ordering::Relaxed);
        gauge(out, "connections", "Connections that are open.", open as f64)
    }
}

fn of_caches(out: &mut String, desk: &Desk) -> std::fmt::Result {
    let counts = desk.counts();
    type Of = fn(&crate::kept::Count) -> u64;
    let lines: [(&str, &str, &str, Of); 4] = [
        ("cache_hits_total", "counter", "Answers that were there.", |one| one.hits),
        ("cache_misses_total", "counter", "Answers that had to be made.", |one| one.misses),
        ("cache_entries", "gauge", "Answers that are kept.", |one| one.entries),
        ("cache_bytes", "gauge", "Bytes of answers that are kept.", |one| one.bytes),
    ];
    for (name, kind, help, of) in lines {
        head(out, name, kind, help)?;
        for count in &counts {
            writeln!(out, "liap_query_{name}{{cache=\"{}\"}} {}", count.name, of(count))?;
        }
    }
    Ok(())
}

fn of_archive(out: &mut String, desk: &Desk) -> std::fmt::Result {
    let now = desk.archive.now();
    head(out, "archive_files", "gauge", "Files that count.")?;
    for table in Table::ALL {
        let files = now.files(table).len();
        writeln!(out, "liap_query_archive_files{{table=\"{}\"}} {files}", table.name())?;
    }
    let looked_ms = desk.looked_ms.load(Ordering::Relaxed);
    let failed = desk.looks_failed.load(Ordering::Relaxed);
    gauge(out, "archive_manifests", "Manifests that are there.", now.manifests as f64)?;
    gauge(
        out,
        "archive_manifests_damaged",
        "Those that cannot be read.",
        now.damaged.len() as f64,
    )?;
    gauge(out, "archive_as_of_seconds", "When the newest was written.", now.as_of_ms as f64 / 1e3)?;
    gauge(out, "archive_looked_seconds", "When it was last looked at.", looked_ms as f64 / 1e3)?;
    gauge(out, "snapshot", "Changes that were noticed.", now.number as f64)?;
    gauge(out, "index_entries", "Players in files that are indexed.", now.index.entries() as f64)?;
    head(out, "archive_looks_failed_total", "counter", "Looks at the archive that failed.")?;
    writeln!(out, "liap_query_archive_looks_failed_total {failed}")
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) -> std::fmt::Result {
    writeln!(out, "# HELP liap_query_{name} {help}\n# TYPE liap_query_{name} {kind}")
}

fn gauge(out: &mut String, name: &str, help: &str, value: f64) -> std::fmt::Result {
    head(out, name, "gauge", help)?;
    writeln!(out, "liap_query_{name} {value}")
}
