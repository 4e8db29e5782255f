//! A load client: plays many rooms over real connections, as cheaply as it can, and measures.
//!
//! `cargo run --release --example load -- --rooms 1000 --humans 4 --rate 10000`

mod args;
mod pace;
mod process;
mod report;
mod room;
mod socket;
mod table;
mod tally;
mod view;
mod words;

use std::cell::{Cell, RefCell};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use clap::Parser;
use tokio::sync::{Notify, Semaphore};
use tokio::task::LocalSet;
use tokio::time::{sleep, timeout};

use args::{Args, Until};
use process::{Cost, cost};
use report::Report;
use room::Room;
use tally::Tally;

/// How long the last updates may take to come.
const GRACE: Duration = Duration::from_secs(2);

#[expect(clippy::print_stderr, reason = "it is a program for a terminal")]
fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(report) => {
            report.print();
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("load: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<Report, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    LocalSet::new().block_on(&runtime, measure(Rc::new(args)))
}

async fn measure(args: Rc<Args>) -> Result<Report, String> {
    let tally = Rc::new(RefCell::new(Tally::new().map_err(|error| error.to_string())?));
    let server = |args: &Args| args.server_pid.map_or(Cost::default(), cost);
    let before = server(&args);
    ramp(&args, &tally).await?;
    let ramp_us = tally.borrow().now_us();
    if args.until == Until::Play {
        sleep(Duration::from_secs_f64(args.warm_up)).await;
    }
    let (server_start, own_start) = (server(&args), cost(std::process::id()));
    {
        let mut tally = tally.borrow_mut();
        tally.from_us = tally.now_us();
        tally.until_us = tally.from_us + (args.seconds * 1e6) as u64;
    }
    sleep(Duration::from_secs_f64(args.seconds)).await;
    let (server_end, own_end) = (server(&args), cost(std::process::id()));
    // Whatever is missing after it counts as lost.
    let _ = timeout(GRACE, all_delivered(&args, &tally)).await;
    let tally = tally.borrow();
    Ok(Report::new(
        &args,
        &tally,
        ramp_us,
        [before, server_start, server_end],
        [own_start, own_end],
    ))
}

/// Opens all rooms, which play on by themselves.
async fn ramp(args: &Rc<Args>, tally: &Rc<RefCell<Tally>>) -> Result<(), String> {
    let target = Rc::new(args.target()?);
    let permits = Rc::new(Semaphore::new(args.ramp.max(1)));
    let (open, changed) = (Rc::new(Cell::new(0)), Rc::new(Notify::new()));
    let failed = Rc::new(RefCell::new(None));
    for nth in 0..args.rooms {
        let (args, tally, target) = (Rc::clone(args), Rc::clone(tally), Rc::clone(&target));
        let (permits, open) = (Rc::clone(&permits), Rc::clone(&open));
        let (changed, failed) = (Rc::clone(&changed), Rc::clone(&failed));
        tokio::task::spawn_local(async move {
            let Ok(permit) = permits.acquire().await else { return };
            let opened = Room::open(&args, &target, nth, tally).await;
            drop(permit);
            let room = match opened {
                Ok(room) => room,
                Err(reason) => {
                    failed.borrow_mut().get_or_insert(format!("room {nth}: {reason}"));
                    return changed.notify_one();
                }
            };
            open.set(open.get() + 1);
            changed.notify_one();
            room.play().await;
        });
    }
    while open.get() < args.rooms {
        changed.notified().await;
        if let Some(reason) = failed.borrow_mut().take() {
            return Err(reason);
        }
    }
    Ok(())
}

/// Waits until every measured action's update is everywhere.
async fn all_delivered(args: &Args, tally: &RefCell<Tally>) {
    loop {
        {
            let tally = tally.borrow();
            let expected = (tally.actions - tally.refused) * u64::from(args.humans);
            if tally.broadcast.len() >= expected {
                return;
            }
        }
        sleep(Duration::from_millis(10)).await;
    }
}
