//! `liap archive ls`: what is archived, from the manifests alone.

use std::collections::BTreeMap;
use std::io::Write;

use archive::{Amount, Catalog, Dead, Summary, Table};
use serde_json::{Map, Value, json};

use super::{Desk, Kept, done};
use crate::archiving::DEAD;
use crate::args::Exit;
use crate::journal_tools::Failure;

pub(super) fn run(hours: bool, desk: &Desk, out: &mut impl Write) -> Result<Exit, Failure> {
    let Kept { keeper, runtime } = desk.kept()?;
    let store = std::sync::Arc::clone(keeper.catalog().store());
    let catalog = done(&runtime, Catalog::load(store, Default::default()))?;
    let dead =
        Dead::at(&desk.beside(DEAD)).list().map_err(|error| Failure::Data(error.to_string()))?;
    let times: BTreeMap<String, Summary> = if hours {
        let by_hour = catalog.by_hour().into_iter();
        by_hour
            .map(|(hour, summary)| (format!("{}T{}", hour.date(), hour.of_day()), summary))
            .collect()
    } else {
        catalog.by_day()
    };
    let whole = whole(times.values());
    if desk.json {
        let each = |(time, summary): (&String, &Summary)| (time.clone(), summary_json(summary));
        let times: Map<String, Value> = times.iter().map(each).collect();
        let damaged: Vec<String> =
            catalog.damaged().iter().map(|one| format!("{}: {}", one.id, one.why)).collect();
        let manifests = catalog.manifests().count();
        let all = json!({
            "matches": whole.matches(), "manifests": manifests, "dead": dead.len(),
            "damaged_manifests": damaged, "whole": summary_json(&whole), "times": times,
        });
        writeln!(out, "{all:#}")?;
        return Ok(Exit::Ok);
    }
    writeln!(out, "{:<13} {:>10} {:>7} {:>12} {:>10}", "", "matches", "files", "rows", "MiB")?;
    for (time, summary) in &times {
        write_line(out, time, summary.matches(), summary.whole())?;
    }
    writeln!(out)?;
    for (table, amount) in &whole.tables {
        write_line(out, table.name(), whole.matches(), *amount)?;
    }
    write_line(out, "all", whole.matches(), whole.whole())?;
    if !dead.is_empty() {
        writeln!(out, "\n{} matches could not be archived: `liap archive retry`", dead.len())?;
    }
    for damaged in catalog.damaged() {
        writeln!(out, "manifest {} is damaged: {}", damaged.id, damaged.why)?;
    }
    Ok(Exit::Ok)
}

fn whole<'a>(parts: impl Iterator<Item = &'a Summary>) -> Summary {
    let mut whole = Summary::default();
    for (table, amount) in parts.flat_map(|summary| &summary.tables) {
        *whole.tables.entry(*table).or_default() += *amount;
    }
    whole
}

fn write_line(
    out: &mut impl Write,
    name: &str,
    matches: u64,
    amount: Amount,
) -> std::io::Result<()> {
    let mib = amount.bytes as f64 / f64::from(1 << 20);
    let (files, rows) = (amount.files, amount.rows);
    writeln!(out, "{name:<13} {matches:>10} {files:>7} {rows:>12} {mib:>10.2}")
}

fn summary_json(summary: &Summary) -> Value {
    let each = |(table, amount): (&Table, &Amount)| {
        let Amount { files, rows, bytes, .. } = *amount;
        (table.name().to_owned(), json!({ "files": files, "rows": rows, "bytes": bytes }))
    };
    Value::Object(summary.tables.iter().map(each).collect())
}
