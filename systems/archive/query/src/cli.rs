//! The command line of `liap-query`.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::ask::{AskError, Limits};
use crate::engine::{Engine, EngineLimits};
use crate::names::Names;
use crate::place::Place;
use crate::snapshot::{Archive, Snapshot};

mod export;
mod serve;
mod sql;
mod tables;

/// The archive of finished matches, asked in SQL and over HTTP.
#[derive(Debug, Parser)]
#[command(name = "liap-query", version, about)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Common {
    /// The folder of the archive.
    #[arg(long, global = true, value_name = "DIR", default_value = "data/archive")]
    archive: PathBuf,
    /// The store of names; without this flag that beside the archive, if there is one.
    #[arg(long, global = true, value_name = "FILE")]
    people: Option<PathBuf>,
    /// Threads that run queries; 0 is one for each core, at least 2.
    #[arg(long, global = true, value_name = "N", default_value_t = 0,
          value_parser = clap::value_parser!(u16).range(0..=256))]
    threads: u16,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answers one question in SQL.
    Sql(sql::SqlArgs),
    /// Lists the tables with their columns and how much is in them.
    Tables,
    /// Writes a table, or what a question finds, to a file.
    Export(export::ExportArgs),
    /// Answers over HTTP.
    Serve(serve::ServeArgs),
}

/// What a question may cost.
#[derive(Debug, Clone, Copy, Args)]
struct LimitArgs {
    /// Milliseconds that a question may take.
    #[arg(long, value_name = "MS", default_value_t = 10_000,
          value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    sql_time_ms: u64,
    /// MiB that a question's sorts, joins and groups may hold.
    #[arg(long, value_name = "MB", default_value_t = 256,
          value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    sql_memory_mb: u64,
    /// Rows of an answer.
    #[arg(long, value_name = "N", default_value_t = 10_000,
          value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    sql_rows_max: u64,
    /// MiB of an answer.
    #[arg(long, value_name = "MB", default_value_t = 16,
          value_parser = clap::value_parser!(u64).range(1..=4_096))]
    sql_answer_mb: u64,
}

impl LimitArgs {
    const fn limits(&self) -> Limits {
        Limits {
            time: Duration::from_millis(self.sql_time_ms),
            memory_bytes: (self.sql_memory_mb << 20) as usize,
            rows_max: self.sql_rows_max as usize,
            bytes_max: (self.sql_answer_mb << 20) as usize,
        }
    }
}

impl Common {
    fn engine(&self) -> Result<Arc<Engine>, Failed> {
        let store = Place::Folder(self.archive.clone()).open();
        let store = store.map_err(|error| Failed::usage(error.to_string()))?;
        let mut limits = EngineLimits::default();
        if self.threads > 0 {
            limits.threads = usize::from(self.threads);
        }
        let engine = Engine::new(store, limits);
        Ok(Arc::new(engine.map_err(|error| Failed::system(error.to_string()))?))
    }

    /// The archive as it is now, without an index of players.
    async fn snapshot(&self) -> Result<(Arc<Engine>, Arc<Snapshot>), Failed> {
        let engine = self.engine()?;
        let archive = Archive::new(Arc::clone(&engine), None);
        let snapshot = archive.look().await.map_err(Failed::asked)?.unwrap_or_default();
        for name in &snapshot.damaged {
            say(&format!("warning: {name} cannot be read; what it lists is left out"));
        }
        Ok((engine, snapshot))
    }

    fn names(&self) -> Result<Names, Failed> {
        let beside = self.archive.with_file_name("people.sqlite");
        let file: &Path = match &self.people {
            Some(file) => file,
            None if beside.exists() => &beside,
            None => return Ok(Names::default()),
        };
        let named = |error| Failed::damaged(format!("{}: {error}", file.display()));
        Names::open(file).map_err(named)
    }
}

/// Runs the command that was given.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let log = std::env::var("LIAP_LOG").unwrap_or_else(|_| "warn".to_owned());
    let filter = tracing_subscriber::EnvFilter::try_new(&log).unwrap_or_default();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(cli.dispatch());
            runtime.shutdown_background();
            done
        }
        Err(error) => Err(Failed::system(error.to_string())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            say(&failed.to_string());
            ExitCode::from(failed.exit)
        }
    }
}

impl Cli {
    async fn dispatch(self) -> Result<(), Failed> {
        match self.command {
            Command::Sql(args) => sql::run(&self.common, args).await,
            Command::Tables => tables::run(&self.common).await,
            Command::Export(args) => export::run(&self.common, args).await,
            Command::Serve(args) => serve::run(&self.common, args).await,
        }
    }
}

/// Says something that is not the answer. If nobody listens, so be it.
fn say(what: &str) {
    _ = writeln!(std::io::stderr(), "{what}");
}

/// Why a command failed: the exit codes are those of docs/configuration.md.
#[derive(Debug)]
struct Failed {
    exit: u8,
    what: String,
    hint: String,
}

impl Failed {
    const fn new(exit: u8, what: String) -> Self {
        Self { exit, what, hint: String::new() }
    }

    const fn usage(what: String) -> Self {
        Self::new(2, what)
    }

    const fn damaged(what: String) -> Self {
        Self::new(65, what)
    }

    const fn system(what: String) -> Self {
        Self::new(74, what)
    }

    fn asked(error: AskError) -> Self {
        let exit = match &error {
            AskError::BadSql { .. } | AskError::NotReadOnly(_) | AskError::UnknownTable(_) => 2,
            AskError::Unavailable(_) | AskError::Changed => 74,
            AskError::Internal(_) => 70,
            _ => 1,
        };
        Self { exit, what: format!("{}: {error}", error.code()), hint: error.hint() }
    }

    /// Nobody reads the answer any more: no failure of ours.
    fn written(error: impl Into<std::io::Error>) -> Result<(), Self> {
        let error = error.into();
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(Self::system(format!("cannot write: {error}"))),
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "\nhint: {}", self.hint) }
    }
}
