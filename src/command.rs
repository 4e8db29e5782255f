//! From the command line to what it asks for, and back to an exit code.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use components::Faults;

use crate::args::{self, CheckConfig, Command, DataDirectory, Exit, Serve, Simulate};
use crate::config::{Config, Origins, Sources, explain};
use crate::{
    Plan, Report, admin_tools, archive_tools, journal_tools, log, play, replay, serve, simulate,
    verify_deal,
};

/// Does what the command line asks for. The exit codes are in docs/configuration.md.
#[must_use]
pub fn run() -> ExitCode {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let done = match args::parse() {
        Command::Serve(asked) => run_server(&asked, &mut out, &mut err),
        Command::Simulate(asked) => run_simulation(&asked, &mut out, &mut err),
        Command::Play(asked) => play::run(&asked),
        Command::CheckConfig(asked) => check_config(&asked, &mut out, &mut err),
        Command::Replay(asked) => replay::run(&asked, &mut out, &mut err),
        Command::Journal(asked) => journal_tools::run(&asked, &mut out, &mut err),
        Command::Archive(asked) => archive_tools::run(&asked, &mut out, &mut err),
        Command::Admin(asked) => admin_tools::run(&asked, &mut out, &mut err),
        Command::RotateKeys(asked) => rotate_keys(&asked, &mut out),
        Command::VerifyDeal(asked) => verify_deal::run(&asked, &mut out, &mut err),
    };
    let exit = done.unwrap_or_else(|error| {
        // With stderr gone too there is nobody left to tell.
        _ = writeln!(err, "liap: {error}");
        Exit::Io
    });
    exit.into()
}

fn run_server(asked: &Serve, out: &mut impl Write, err: &mut impl Write) -> io::Result<Exit> {
    let sources = asked.sources();
    let Some((config, origins)) = load(&sources, err)? else { return Ok(Exit::Usage) };
    if asked.print_config {
        write!(out, "{}", config.to_toml(&origins))?;
        return Ok(Exit::Ok);
    }
    log::start(&config.log);
    match serve::serve(&config, sources, faults(asked)) {
        Ok(serve::End::Asked) => Ok(Exit::Ok),
        Ok(serve::End::ShardDied) => Ok(Exit::Internal),
        Ok(serve::End::StorageFailed) => Ok(Exit::Io),
        Err(serve::Failure::Io(error)) => Err(error),
        Err(serve::Failure::Data(what)) => {
            writeln!(err, "liap: {what}")?;
            Ok(Exit::Data)
        }
    }
}

#[cfg(feature = "faults")]
fn faults(asked: &Serve) -> Faults {
    Faults::planted(&asked.plant)
}

#[cfg(not(feature = "faults"))]
const fn faults(_: &Serve) -> Faults {
    Faults::NONE
}

fn rotate_keys(asked: &DataDirectory, out: &mut impl Write) -> io::Result<Exit> {
    serve::keys::rotate(&asked.path)?;
    writeln!(out, "There is a new key. A running server takes it up when it starts again.")?;
    Ok(Exit::Ok)
}

fn check_config(
    asked: &CheckConfig,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<Exit> {
    if load(&asked.sources(), err)?.is_none() {
        return Ok(Exit::Usage);
    }
    writeln!(out, "The configuration is good.")?;
    Ok(Exit::Ok)
}

/// The configuration; or `None`, all that is wrong with it having been told.
fn load(sources: &Sources, err: &mut impl Write) -> io::Result<Option<(Config, Origins)>> {
    match Config::load(sources) {
        Ok(loaded) => Ok(Some(loaded)),
        Err(errors) => {
            write!(err, "{}", explain(&errors))?;
            Ok(None)
        }
    }
}

fn run_simulation(
    asked: &Simulate,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<Exit> {
    let Some((config, _)) = load(&asked.sources(), err)? else { return Ok(Exit::Usage) };
    #[cfg(feature = "faults")]
    if asked.histories.faults {
        return run_histories(asked, out);
    }
    let plan = Plan {
        rooms: asked.rooms as usize,
        shards: asked.shards.into(),
        lineup: asked.lineup(),
        pace: asked.pace,
        amnesia: asked.amnesia,
        wall_ms: asked.wall_ms,
        logging: asked.logging(&config.archive),
        settings: config.game,
        ..Plan::new(asked.matches, asked.seed, Default::default())
    };
    let report = simulate(&plan)?;
    if let Some(path) = &asked.matches_to {
        write_matches(&report, &mut BufWriter::new(File::create(path)?))?;
    }
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)?;
    Ok(Exit::Ok)
}

fn write_matches(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for played in &report.played {
        serde_json::to_writer(&mut *out, played)?;
        writeln!(out)?;
    }
    out.flush()
}

/// Whole histories with faults, until one is violated.
#[cfg(feature = "faults")]
fn run_histories(asked: &Simulate, out: &mut impl Write) -> io::Result<Exit> {
    use crate::history::{Plan, run_many};

    let wanted = &asked.histories;
    let faults = Faults::planted(&wanted.plant);
    let plan = Plan { faults, durability: wanted.durability, ..Plan::new(asked.seed) };
    let report = run_many(&plan, wanted.histories);
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)?;
    let Some(violation) = report.violation else { return Ok(Exit::Ok) };
    writeln!(out, "{violation}")?;
    Ok(Exit::CheckFailed)
}
