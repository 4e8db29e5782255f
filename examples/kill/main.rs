//! The kill test: a server is killed again and again under people who play on it, and nothing that
//! anybody saw is lost, made otherwise or done twice.
//!
//! `cargo run --release --example kill -- --rooms 500 --kills 100 --dir /tmp/kill`

mod args;
mod book;
mod chance;
mod choice;
mod export;
mod judge;
mod player;
mod print;
mod report;
mod run;
#[cfg(test)]
mod sample;
mod server;
mod shared;
mod verdict;

use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::process::ExitCode;
use std::rc::Rc;

use clap::Parser;
use serde_json::Value;
use tokio::task::LocalSet;

use args::Args;
use judge::{Judged, judge};
use report::Report;
use run::{Lives, Pair};
use server::Starter;
use shared::{Shared, Stage};
use verdict::Verdict;

#[expect(clippy::print_stderr, reason = "it is a program for a terminal")]
fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(report) => {
            report.print();
            if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(reason) => {
            eprintln!("kill: {reason}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<Report, String> {
    let text = |error: std::io::Error| error.to_string();
    fs::create_dir_all(&args.dir).map_err(text)?;
    // An empty one may be a disk of its own.
    if fs::read_dir(server::data(args)).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("{} is there already", server::data(args).display()));
    }
    let starter = Starter::new(args).map_err(text)?;
    let seen = if args.seen {
        let file = File::create(args.dir.join("seen.jsonl")).map_err(text)?;
        Some(RefCell::new(BufWriter::new(file)))
    } else {
        None
    };
    let shared = Rc::new(Shared {
        url: starter.url(),
        stage: Cell::new(Stage::Playing),
        think_ms: args.think,
        verdict: RefCell::new(Verdict::default()),
        seen,
    });
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    let (pairs, lives) = LocalSet::new().block_on(&runtime, async {
        let pairs = run::seat_people(args, &shared);
        let lives = run::live_and_die(args, &starter, &shared, &pairs).await?;
        Ok::<(Vec<Pair>, Lives), String>((pairs, lives))
    })?;
    if let Some(seen) = &shared.seen {
        seen.borrow_mut().flush().map_err(text)?;
    }
    let mut verdict = shared.verdict.take();
    let (judged, referee) = look_back(args, &pairs, &mut verdict);
    Ok(Report::new(args, &lives, verdict, judged, referee))
}

/// What the journal says of it all, and what an independent reader says of the journal.
fn look_back(args: &Args, pairs: &[Pair], verdict: &mut Verdict) -> (Judged, Option<Value>) {
    let is_enough = args.stop_at > 0 && verdict.violations >= args.stop_at;
    if args.wire_only || is_enough {
        return (Judged::default(), None);
    }
    let exported = match export::export(args) {
        Ok(exported) => exported,
        Err(what) => {
            verdict.violate(what);
            return (Judged::default(), None);
        }
    };
    let judged = judge(pairs, &exported, verdict);
    let referee = args.referee.as_ref().map(|path| export::referee(path, &exported));
    let said = match referee.transpose() {
        Ok(said) => said,
        Err(what) => {
            verdict.violate(what);
            None
        }
    };
    (judged, said)
}
